//! The organisations of the demo's federation: all fictional, all with test OINs.

use handdruk_domain::role::{Desk, Role};
use handdruk_domain::warm::calendar::Region;

/// One organisation as the demo and the tests set it up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Member {
    /// Short name: folder, log file, and what tests call it.
    pub key: &'static str,
    /// Test OIN.
    pub oin: &'static str,
    /// What guardians know it by.
    pub name: &'static str,
    /// Its roles.
    pub roles: &'static [Role],
    /// Its desks.
    pub desks: &'static [Desk],
    /// Its school sites.
    pub sites: &'static [&'static str],
    /// A municipality's code.
    pub municipality: Option<&'static str>,
    /// The municipalities of a support alliance's region, by code.
    pub region: &'static [&'static str],
    /// The holiday region of its schools, or of the children that it works for.
    pub holiday_region: Option<Region>,
    /// Its public telephone number, in a range that is not given out.
    pub telephone: Option<&'static str>,
}

const NOTHING: Member = Member {
    key: "",
    oin: "",
    name: "",
    roles: &[],
    desks: &[],
    sites: &[],
    municipality: None,
    region: &[],
    holiday_region: None,
    telephone: None,
};

/// Desks of a municipality.
const MUNICIPAL_DESKS: &[Desk] = &[Desk::Attendance, Desk::Care, Desk::EarlyLeavers];

/// The gateway.
pub const GATEWAY: Member = Member {
    key: "gateway",
    oin: "00000099000000000100",
    name: "Handdruk Gateway",
    roles: &[Role::Gateway],
    ..NOTHING
};
/// The guardians' way in.
pub const PORTAL: Member = Member {
    key: "portal",
    oin: "00000099000000000200",
    name: "Handdruk Portaal",
    roles: &[Role::Portal],
    ..NOTHING
};
/// A board of primary schools in Zwolle.
pub const WATERLELIE: Member = Member {
    key: "waterlelie",
    oin: "00000099000000001000",
    name: "Basisschool De Waterlelie",
    roles: &[Role::Po],
    sites: &["99PA00", "99PA01"],
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 01 00"),
    ..NOTHING
};
/// A board of primary schools in Dirksland.
pub const HAVENHOOFD: Member = Member {
    key: "havenhoofd",
    oin: "00000099000000001100",
    name: "Basisschool Het Havenhoofd",
    roles: &[Role::Po],
    sites: &["99PD00"],
    holiday_region: Some(Region::Midden),
    telephone: Some("088 000 02 00"),
    ..NOTHING
};
/// A secondary school in Zwolle.
pub const STADSCOLLEGE: Member = Member {
    key: "stadscollege",
    oin: "00000099000000002000",
    name: "Het Stadscollege",
    roles: &[Role::Vo],
    sites: &["99VA00", "99VA01"],
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 03 00"),
    ..NOTHING
};
/// A vocational college.
pub const VAKHUIS: Member = Member {
    key: "vakhuis",
    oin: "00000099000000003000",
    name: "Mbo Het Vakhuis",
    roles: &[Role::Mbo],
    sites: &["99MA00"],
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 04 00"),
    ..NOTHING
};
/// A preschool.
pub const PINKEL: Member = Member {
    key: "pinkel",
    oin: "00000099000000003500",
    name: "Peuteropvang Pinkel",
    roles: &[Role::Kdv],
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 05 00"),
    ..NOTHING
};
/// A support alliance.
pub const SWV_EILANDEN: Member = Member {
    key: "swv-eilanden",
    oin: "00000099000000004000",
    name: "Samenwerkingsverband De Eilanden",
    roles: &[Role::Swv],
    region: &["1924"],
    holiday_region: Some(Region::Midden),
    telephone: Some("088 000 06 00"),
    ..NOTHING
};
/// The support alliance of the other region.
pub const SWV_IJSSEL: Member = Member {
    key: "swv-ijssel",
    oin: "00000099000000004100",
    name: "Samenwerkingsverband IJsselrand",
    roles: &[Role::Swv],
    region: &["0193"],
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 07 00"),
    ..NOTHING
};
/// A municipality.
pub const GOEREE: Member = Member {
    key: "goeree",
    oin: "00000099000000005000",
    name: "Gemeente Goeree-Overflakkee",
    roles: &[Role::Gem],
    desks: MUNICIPAL_DESKS,
    municipality: Some("1924"),
    holiday_region: Some(Region::Midden),
    telephone: Some("088 000 08 00"),
    ..NOTHING
};
/// Another municipality.
pub const ZWOLLE: Member = Member {
    key: "zwolle",
    oin: "00000099000000005100",
    name: "Gemeente Zwolle",
    roles: &[Role::Gem],
    desks: MUNICIPAL_DESKS,
    municipality: Some("0193"),
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 09 00"),
    ..NOTHING
};
/// A youth-care provider.
pub const LINDE: Member = Member {
    key: "linde",
    oin: "00000099000000006000",
    name: "Jeugdhulp De Linde",
    roles: &[Role::Jh],
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 10 00"),
    ..NOTHING
};
/// A safe-home agency.
pub const VEILIG_THUIS: Member = Member {
    key: "veilig-thuis",
    oin: "00000099000000007000",
    name: "Veilig Thuis IJsselrand",
    roles: &[Role::Vt],
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 11 00"),
    ..NOTHING
};
/// A certified agency.
pub const JEUGDBESCHERMING: Member = Member {
    key: "jeugdbescherming",
    oin: "00000099000000008000",
    name: "Jeugdbescherming IJsselrand",
    roles: &[Role::Gi],
    holiday_region: Some(Region::Noord),
    telephone: Some("088 000 12 00"),
    ..NOTHING
};

/// Every organisation that runs a node in the whole demo.
pub const ORGANISATIONS: &[Member] = &[
    WATERLELIE,
    HAVENHOOFD,
    STADSCOLLEGE,
    VAKHUIS,
    PINKEL,
    SWV_EILANDEN,
    SWV_IJSSEL,
    GOEREE,
    ZWOLLE,
    LINDE,
    VEILIG_THUIS,
    JEUGDBESCHERMING,
];
