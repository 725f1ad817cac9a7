//! What the gateway must not be able to name: typed categories, field selection, commitments, sealing and opening.

pub mod category;
pub mod check;
pub mod code;
pub mod commitment;
pub mod day;
pub mod dossier;
pub mod field;
pub mod hint;
pub mod kdf;
pub mod label;
pub mod number;
pub mod plan;
pub mod reach;
pub mod seal;
pub mod selection;
pub mod step;
pub mod text;
pub mod view;
pub mod wording;

mod entry;
mod redact;

#[cfg(test)]
mod sample;
