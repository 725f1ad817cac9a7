//! The synthetic dossiers of the stories, carried in the binary.

/// One dossier with what stands beside it.
#[derive(Debug, Clone, Copy)]
pub struct Dossier {
    /// File name.
    pub name: &'static str,
    /// OSO XML, or JSON.
    pub bytes: &'static [u8],
    /// What OSO lacks; may be empty.
    pub additions: &'static [u8],
    /// The push plan.
    pub plan: &'static str,
}

macro_rules! dossier {
    ($name:literal) => {
        Dossier {
            name: concat!($name, ".xml"),
            bytes: include_bytes!(concat!("../../../node/dossiers/", $name, ".xml")),
            additions: include_bytes!(concat!("../../../node/dossiers/", $name, ".additions.json")),
            plan: include_str!(concat!("../../../node/dossiers/", $name, ".push.toml")),
        }
    };
}

/// Noor.
pub const NOOR: Dossier = dossier!("noor");
/// Milan.
pub const MILAN: Dossier = dossier!("milan");
/// Sara.
pub const SARA: Dossier = dossier!("sara");
/// Jayden.
pub const JAYDEN: Dossier = dossier!("jayden");
/// Luca.
pub const LUCA: Dossier = dossier!("luca");
/// Emma.
pub const EMMA: Dossier = dossier!("emma");
/// Tim.
pub const TIM: Dossier = dossier!("tim");
/// Zeynep.
pub const ZEYNEP: Dossier = Dossier {
    name: "zeynep.json",
    bytes: include_bytes!("../../../node/dossiers/zeynep.json"),
    additions: &[],
    plan: include_str!("../../../node/dossiers/zeynep.push.toml"),
};

/// What Sara's old municipality tells the new one.
pub const SARA_CARE: Dossier = Dossier {
    name: "sara-care.json",
    bytes: include_bytes!("../../../node/dossiers/sara-care.json"),
    additions: &[],
    plan: include_str!("../../../node/dossiers/sara-care.push.toml"),
};
/// What Sara's new school asks its support alliance.
pub const SARA_SUPPORT: Dossier = Dossier {
    name: "sara-swv.json",
    bytes: include_bytes!("../../../node/dossiers/sara-swv.json"),
    additions: &[],
    plan: include_str!("../../../node/dossiers/sara-swv.push.toml"),
};

/// Every child's own.
pub const ALL: &[Dossier] = &[NOOR, MILAN, SARA, JAYDEN, LUCA, EMMA, TIM, ZEYNEP];
