//! What a dossier holds and Handdruk never hands over: counted, so that a school and a guardian can see it.

use core::fmt;
use std::collections::BTreeMap;

use serde::Serialize;

/// Why an element was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DropReason {
    /// A document: nobody can check what it says.
    Attachment,
    /// Nationality, or a stand-in for it such as the indication of cultural background.
    Nationality,
    /// Place of birth.
    Birthplace,
    /// A signal to the risk index (VIR), which no dossier may carry.
    RiskIndex,
    /// Discussed in a care advisory team (ZAT).
    CareTeam,
    /// A bank account.
    Bank,
    /// Someone who is neither the child nor one of its guardians: a doctor, a deceased parent, an institution.
    OtherPerson,
    /// A street address: the child's never leaves the node, and who needs one knows it from the register.
    StreetAddress,
    /// A phone number or e-mail address marked secret, or its placeholder.
    SecretContact,
    /// Background that once decided on funding, such as the weight of a pupil.
    Funding,
    /// The school system's own key for the pupil.
    SystemKey,
    /// The names as the register has them, beside the same names as the school has them.
    Duplicate,
    /// The school chose not to deliver this category (OPT-UIT).
    OptedOut,
    /// The national table forbids this category for this transition (VERBODEN).
    ForbiddenForTransition,
    /// No purpose in any catalogue asks for it.
    NoPurpose,
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attachment => "an attachment",
            Self::Nationality => "nationality or cultural background",
            Self::Birthplace => "place of birth",
            Self::RiskIndex => "risk index, forbidden in every dossier",
            Self::CareTeam => "care advisory team",
            Self::Bank => "bank account",
            Self::OtherPerson => "about someone else",
            Self::StreetAddress => "street address",
            Self::SecretContact => "secret number or address",
            Self::Funding => "used for funding only",
            Self::SystemKey => "the school system's own key",
            Self::Duplicate => "said elsewhere in the dossier",
            Self::OptedOut => "opted out by the school",
            Self::ForbiddenForTransition => "forbidden for this transition",
            Self::NoPurpose => "no purpose asks for it",
        })
    }
}

/// One line of what was dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dropped {
    /// The element's path.
    pub element: String,
    /// Why.
    pub reason: DropReason,
    /// How often the element stood in the dossier.
    pub count: usize,
    /// How many filled fields stood in it.
    pub fields: usize,
}

/// How large a dossier is, for the table of what stays behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sizes {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes of its attachments (after decoding to UTF-8).
    pub attachment_bytes: usize,
    /// Filled fields: elements that hold a value of their own.
    pub fields: usize,
    /// Of those, the ones dropped.
    pub dropped_fields: usize,
}

/// Counts while a dossier is read.
#[derive(Debug, Default)]
pub(super) struct Tally {
    dropped: BTreeMap<(String, DropReason), (usize, usize)>,
    pub(super) fields: usize,
    pub(super) attachment_bytes: usize,
}

impl Tally {
    /// Counts one dropped element with that many filled fields in it.
    pub(super) fn drop(&mut self, path: String, reason: DropReason, fields: usize) {
        let (count, sum) = self.dropped.entry((path, reason)).or_default();
        *count += 1;
        *sum += fields;
    }

    /// Gives what was dropped at or below a path for want of a purpose a stronger reason. Attachments and the like keep
    /// theirs.
    pub(super) fn relabel(&mut self, path: &str, reason: DropReason) {
        let below = |element: &str| {
            element
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let keys: Vec<_> = self
            .dropped
            .keys()
            .filter(|(element, why)| *why == DropReason::NoPurpose && below(element))
            .cloned()
            .collect();
        for key in keys {
            if let Some((count, fields)) = self.dropped.remove(&key) {
                let line = self.dropped.entry((key.0, reason)).or_default();
                line.0 += count;
                line.1 += fields;
            }
        }
    }

    /// Where something was dropped for this reason, if anywhere.
    pub(super) fn first(&self, reason: DropReason) -> Option<&str> {
        self.dropped
            .keys()
            .find(|(_, why)| *why == reason)
            .map(|(element, _)| element.as_str())
    }

    /// The sizes of a file of that many bytes, and the lines of what was dropped.
    pub(super) fn close(self, bytes: usize) -> (Sizes, Vec<Dropped>) {
        let dropped: Vec<_> = self
            .dropped
            .into_iter()
            .map(|((element, reason), (count, fields))| Dropped {
                element,
                reason,
                count,
                fields,
            })
            .collect();
        let dropped_fields = dropped.iter().map(|line| line.fields).sum();
        let sizes = Sizes {
            bytes,
            attachment_bytes: self.attachment_bytes,
            fields: self.fields,
            dropped_fields,
        };
        (sizes, dropped)
    }
}
