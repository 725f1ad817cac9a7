//! Why a dossier is not taken in.
//!
//! Invariant: a refusal names the element and what to do about it, never a value that stood in the file. Names of
//! elements come from our own layout, not from the file, because a stranger's element name could be anything.

use core::fmt;

use handdruk_domain::reason::{Reason, Refusal};

/// Where in a dossier: the element's path and, where known, its line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    /// The path of element names (OSO) or keys (JSON), such as `dossier/huidigeschool/leerling/bsn`.
    pub path: String,
    /// The line in the file, counted from 1.
    pub line: Option<u32>,
}

impl At {
    /// An element on a line.
    pub fn line(path: impl Into<String>, line: u32) -> Self {
        Self {
            path: path.into(),
            line: Some(line),
        }
    }

    /// An element whose line is not known, for instance because it is absent.
    pub fn path(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line: None,
        }
    }

    /// The same place, one element deeper.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self {
            path: format!("{}/{name}", self.path),
            line: self.line,
        }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{} (line {line})", self.path),
            None => f.write_str(&self.path),
        }
    }
}

/// Why a dossier was refused. Nothing of it was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefusal {
    // The file
    /// No bytes, or nothing but white space.
    #[error("the file is empty: export the dossier again")]
    Empty,
    /// More bytes than the limit; nothing was parsed.
    #[error("the file is larger than {limit_mb} MB: export the dossier without attachments")]
    TooLarge {
        /// The limit in megabytes (10^6 bytes).
        limit_mb: usize,
    },
    /// Neither XML nor JSON.
    #[error("the file is {looks_like}, not a dossier: push an OSO 2019.1 XML file or a JSON dossier")]
    NotADossier {
        /// What it looks like.
        looks_like: &'static str,
    },
    /// The declared encoding is not one we read.
    #[error("the declared encoding is not supported: export the dossier as UTF-8")]
    EncodingNotSupported,
    /// The bytes are not text in the declared encoding.
    #[error("the bytes are not {encoding}, as the file declares: export the dossier as UTF-8")]
    EncodingBroken {
        /// The encoding that the file declares or implies.
        encoding: &'static str,
    },
    // The form
    /// Not well-formed XML.
    #[error("the XML is not well-formed at {at} ({fault}): export the dossier again")]
    NotWellFormed {
        /// The innermost open element.
        at: At,
        /// What is wrong, in words.
        fault: &'static str,
    },
    /// A document type declaration, which can define entities and so blow up while it is read.
    #[error("the file has a DOCTYPE at {at}, which a dossier never needs: remove it")]
    Doctype {
        /// The innermost open element.
        at: At,
    },
    /// A reference to an entity other than the five of XML.
    #[error("an entity that is not one of XML's own at {at}: write the text out")]
    Entity {
        /// The element.
        at: At,
    },
    /// Elements deeper than any dossier has them.
    #[error("elements are nested deeper than {limit} at {at}: this is not an OSO dossier")]
    TooDeep {
        /// The innermost element within the limit.
        at: At,
        /// The limit.
        limit: usize,
    },
    /// More elements than any dossier has.
    #[error("more than {limit} elements, reached at {at}: push one dossier per file")]
    TooManyElements {
        /// Where the limit was passed.
        at: At,
        /// The limit.
        limit: usize,
    },
    /// A text longer than its limit.
    #[error("the text of {at} is longer than {max} characters: shorten it")]
    TextTooLong {
        /// The element.
        at: At,
        /// The limit in characters.
        max: usize,
    },
    /// Another XML vocabulary.
    #[error("{at} is not in the namespace of OSO 2019.1 ({namespace}): export the dossier in that version")]
    WrongNamespace {
        /// The element.
        at: At,
        /// The namespace that was expected.
        namespace: &'static str,
    },
    /// Another version of OSO.
    #[error("the dossier is OSO version {found} at {at}: export it as OSO 2019.1")]
    WrongVersion {
        /// Where the version stands.
        at: At,
        /// The version, when it has the form of one.
        found: String,
    },
    /// Another root element, such as a list of dossiers.
    #[error("the file does not start with <dossier>: push one dossier per file")]
    WrongRoot,
    /// An element that OSO 2019.1 does not have at this place. Refused, not ignored: a misspelt `adresgeheim` would
    /// otherwise lose its meaning.
    #[error("{within} holds an element that OSO 2019.1 does not have there: remove or correct it")]
    UnexpectedElement {
        /// The element that holds it, with the line of the unexpected one.
        within: At,
    },
    /// An attribute that OSO 2019.1 does not have.
    #[error("{at} has an attribute that OSO 2019.1 does not have: remove it")]
    UnexpectedAttribute {
        /// The element.
        at: At,
    },
    /// An element that may stand once stands twice, so that nobody can tell which counts.
    #[error("{at} stands more than once: keep one")]
    Repeated {
        /// The second one.
        at: At,
    },
    /// An element that must be there is not.
    #[error("{at} is missing: fill it in")]
    Missing {
        /// Where it should stand.
        at: At,
    },
    /// A value that does not have its form.
    #[error("{at} is not {form}: correct it")]
    Invalid {
        /// The element.
        at: At,
        /// The form it should have, in words.
        form: &'static str,
    },
    // The rules
    /// A BSN that does not pass the check on its digits (elfproef).
    #[error("{at} does not pass the elfproef: correct the number in the school's administration")]
    Elfproef {
        /// The element.
        at: At,
    },
    /// A date that cannot lie in the future does.
    #[error("{at} lies in the future: correct it")]
    InTheFuture {
        /// The element.
        at: At,
    },
    /// Two elements say what cannot both be true.
    #[error("{at} contradicts the rest: {rule}")]
    Contradiction {
        /// One of the elements.
        at: At,
        /// The rule that does not hold, in words that say what to do.
        rule: &'static str,
    },
    /// An address, phone number or e-mail address that `adresgeheim` forbids.
    #[error(
        "{at} is filled in although adresgeheim forbids it: remove it, or use the prescribed placeholder"
    )]
    Secret {
        /// The element.
        at: At,
    },
    /// Something that the profile for the support alliance forbids (rule PaO.LL12 of the OSO profile).
    #[error("{at} must not stand in a dossier for the swv: remove it")]
    NotForSwv {
        /// The element.
        at: At,
    },
    /// A code of `categorie_uitlevering` that the national table does not allow for this transition.
    #[error("{at} weakens what the national table requires for this transition: set it to VERPLICHT")]
    DeliveryWeakened {
        /// The code's element.
        at: At,
    },
    /// A category that must be delivered for this transition is absent.
    #[error("{at} is missing, and {category} must be delivered for this transition: fill it in")]
    DeliveryMissing {
        /// The element that should be there.
        at: At,
        /// The category in `categorie_uitlevering`.
        category: &'static str,
    },
    /// A transition to higher education, outside this federation.
    #[error("{at} is a transition to hbo or wo, which Handdruk does not carry")]
    HigherEducation {
        /// The element.
        at: At,
    },
    /// A transition code that this version does not know.
    #[error("{at} is not a transition code of OSO 2019.1: correct it")]
    TransitionUnknown {
        /// The element.
        at: At,
    },
    // JSON
    /// Not JSON at all.
    #[error("the JSON is not well-formed at line {line}, column {column}: export it again")]
    JsonSyntax {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// JSON that is not the schema's.
    #[error("{at} does not fit the published schema: compare it with the schema and its examples")]
    JsonShape {
        /// The path of keys.
        at: At,
    },
    /// An addition for a category that the dossier already fills.
    #[error("the additions fill {category}, which the dossier already holds: leave it out of one of them")]
    AdditionConflict {
        /// The category's id.
        category: &'static str,
    },
}

impl ImportRefusal {
    /// The stable reason that the peer is told.
    pub fn reason(&self) -> Reason {
        match self {
            Self::TooLarge { .. } | Self::TooDeep { .. } | Self::TooManyElements { .. } => Reason::TooLarge,
            Self::Empty
            | Self::NotADossier { .. }
            | Self::EncodingNotSupported
            | Self::EncodingBroken { .. }
            | Self::NotWellFormed { .. }
            | Self::Doctype { .. }
            | Self::Entity { .. }
            | Self::JsonSyntax { .. } => Reason::Malformed,
            Self::HigherEducation { .. } | Self::TransitionUnknown { .. } => Reason::TransitionNotAllowed,
            _ => Reason::DossierRefused,
        }
    }
}

impl From<ImportRefusal> for Refusal {
    fn from(refusal: ImportRefusal) -> Self {
        Self::about(refusal.reason(), refusal.to_string())
    }
}

#[cfg(test)]
mod tests {
    use handdruk_domain::reason::RefusalClass;

    use super::*;

    #[test]
    fn each_kind_of_refusal_has_its_stable_reason_and_is_the_senders_to_mend() {
        let at = At::line("dossier/metadata/overstap", 9);
        let cases = [
            (ImportRefusal::TooLarge { limit_mb: 20 }, Reason::TooLarge),
            (ImportRefusal::Doctype { at: at.clone() }, Reason::Malformed),
            (
                ImportRefusal::NotADossier {
                    looks_like: "a picture",
                },
                Reason::Malformed,
            ),
            (
                ImportRefusal::HigherEducation { at: at.clone() },
                Reason::TransitionNotAllowed,
            ),
            (ImportRefusal::Elfproef { at: at.clone() }, Reason::DossierRefused),
            (ImportRefusal::Secret { at }, Reason::DossierRefused),
        ];
        for (refusal, reason) in cases {
            let told = Refusal::from(refusal.clone());
            assert_eq!(told.reason, reason);
            assert_eq!(told.about, Some(refusal.to_string()), "the words travel along");
            assert_eq!(reason.class(), RefusalClass::Invalid);
        }
    }
}
