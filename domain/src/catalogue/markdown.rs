//! docs/PURPOSES.md, made from the catalogue.

use super::Catalogue;

/// The text of docs/PURPOSES.md.
pub fn purposes_markdown(catalogue: &Catalogue) -> String {
    catalogue.version().to_owned()
}
