//! Dossiers from files: OSO 2019.1 and our own JSON, with what a professional adds.
//!
//! Everything a stranger sent passes here once and becomes typed, or is refused whole with the element named. Nothing is
//! stored, and no refusal holds a value.

pub mod additions;
mod detect;
pub mod dropped;
pub mod json;
pub mod oso;
mod refusal;
mod text;

#[cfg(test)]
mod tests;

use handdruk_content::category::{PersonKey, ViewAgreement};
use handdruk_content::dossier::Dossier;
use handdruk_domain::clock::Date;
use handdruk_domain::oin::Site;
use handdruk_domain::statement::manifest::TransitionCode;
use rand_core::Rng;

pub use additions::{Additions, merge};
pub use detect::{Format, detect};
pub use dropped::{DropReason, Dropped, Sizes};
pub use refusal::{At, ImportRefusal};

/// The largest file that is read, in bytes. A larger one is refused before anything is parsed.
pub const MAX_BYTES: usize = 20_000_000;

/// What a person in the dossier is to the child's decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonRole {
    /// The child or young person.
    Child,
    /// A legal representative, as the school has it. Whether someone has authority the school confirms, not the file.
    LegalRepresentative,
    /// Somebody else, who is only called.
    Other,
}

/// One person in the dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The key under which contacts and views of that person stand.
    pub key: PersonKey,
    /// In which capacity.
    pub role: PersonRole,
}

/// Whether the guardians have seen the dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inspection {
    /// Not yet, so inspection is open.
    NotYet,
    /// Held at the school.
    Held {
        /// On which day.
        on: Date,
        /// Whether they agreed with the content.
        agreement: ViewAgreement,
    },
}

/// Where a dossier comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// On which day it was made.
    pub made: Option<Date>,
    /// Whether it is marked as not final.
    pub provisional: bool,
    /// The school site that made it.
    pub sender: Option<Site>,
    /// The BRIN of the school to which a pupil returns from special education. OSO names no other recipient.
    pub returned_to: Option<String>,
}

/// A dossier as it was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The typed categories.
    pub dossier: Dossier,
    /// The school transition, where the file names one. OSO always does.
    pub transition: Option<TransitionCode>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// The people in it.
    pub people: Vec<Person>,
    /// The inspection record.
    pub inspection: Inspection,
    /// Whether the school recorded consent to the transfer. It is the basis of nothing; a no is worth asking about
    /// before anything that rests on consent.
    pub transfer_consent: Option<ViewAgreement>,
    /// What was left behind.
    pub dropped: Vec<Dropped>,
    /// How large it was.
    pub sizes: Sizes,
}

/// Reads a dossier in whichever of the two formats it is.
pub fn read(bytes: &[u8], today: Date, rng: &mut impl Rng) -> Result<Imported, ImportRefusal> {
    match detect(bytes)? {
        Format::OsoXml => oso::read(bytes, today, rng),
        Format::Json => json::read(bytes, today, rng),
    }
}
