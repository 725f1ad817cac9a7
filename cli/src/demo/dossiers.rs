//! The synthetic dossiers of the stories, carried in the binary.

/// One dossier with what stands beside it.
pub(super) struct Dossier {
    /// File name.
    pub(super) name: &'static str,
    /// OSO XML, or JSON.
    pub(super) bytes: &'static [u8],
    /// What OSO lacks; may be empty.
    pub(super) additions: &'static [u8],
    /// The push plan.
    pub(super) plan: &'static str,
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

pub(super) const NOOR: Dossier = dossier!("noor");
pub(super) const MILAN: Dossier = dossier!("milan");
pub(super) const SARA: Dossier = dossier!("sara");
pub(super) const JAYDEN: Dossier = dossier!("jayden");
pub(super) const LUCA: Dossier = dossier!("luca");
pub(super) const EMMA: Dossier = dossier!("emma");
pub(super) const TIM: Dossier = dossier!("tim");
pub(super) const ZEYNEP: Dossier = Dossier {
    name: "zeynep.json",
    bytes: include_bytes!("../../../node/dossiers/zeynep.json"),
    additions: &[],
    plan: include_str!("../../../node/dossiers/zeynep.push.toml"),
};

/// Every one of them.
pub(super) const ALL: &[Dossier] = &[NOOR, MILAN, SARA, JAYDEN, LUCA, EMMA, TIM, ZEYNEP];
