//! What pages load: style sheet, pictures, scripts that belong to the look. Names carry a digest of the bytes, so that a
//! browser may keep them for ever and never shows an old one.

/// A file that is served as it is.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Its plain name: `look.css`.
    pub name: &'static str,
    /// Where it is served, digest included: `/look/look-3f2a90c1d5b7.css`.
    pub path: &'static str,
    /// Its bytes.
    pub bytes: &'static [u8],
    /// Its media type, with the character set where it has one.
    pub media_type: &'static str,
    /// SHA-256 of the bytes, in base64 as `integrity` attributes have it after `sha256-`.
    pub digest: &'static str,
}

impl Asset {
    /// The asset of `look` with this plain name.
    pub fn named(name: &str) -> Option<&'static Self> {
        ASSETS.iter().find(|asset| asset.name == name)
    }
}

/// Every asset of `look`.
pub fn assets() -> &'static [Asset] {
    ASSETS
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The style sheet.
pub(crate) static STYLE: &Asset = &ASSETS[STYLE_AT];
