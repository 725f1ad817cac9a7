//! What the gateway must not be able to name: typed categories, field selection, commitments, sealing and opening.

pub mod category;
pub mod dossier;
pub mod number;
pub mod seal;
pub mod text;

mod redact;
