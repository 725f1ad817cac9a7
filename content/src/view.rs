//! A guardian's remarks as a signed statement. The guardian signs the plaintext and seals it to the sender, who seals the
//! same signed view to the recipient, beside the committed content: nobody between can change a word of it.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::{HandoverId, InvitationId, SlotId};
use handdruk_domain::statement::{Body, Kind};
use serde::{Deserialize, Serialize};

use crate::category::ViewAgreement;
use crate::redact::redacted;
use crate::text::Prose;

/// Guardian: my remarks on this handover. Signed with the own key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// The handover.
    pub handover: HandoverId,
    /// Of which original manifest.
    pub manifest: Digest,
    /// As whom.
    pub slot: SlotId,
    /// With the keys activated under this invitation.
    pub invitation: InvitationId,
    /// Whether the writer agrees with what is handed over. Of a statutory transfer a remark, never a refusal.
    pub agreement: ViewAgreement,
    /// The remarks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Prose<4000>>,
    /// When.
    pub at: Timestamp,
}

redacted!(View);

impl Body for View {
    const KIND: Kind = Kind::View;

    fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a view has string keys and no failing serialiser")
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> View {
        View {
            handover: HandoverId::from_bytes([1; 16]),
            manifest: Digest::of(b"manifest"),
            slot: SlotId::from_bytes([2; 16]),
            invitation: InvitationId::from_bytes([3; 16]),
            agreement: ViewAgreement::No,
            text: Some("Te veel over thuis.\nDat is niet nodig.".parse().expect("short")),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_view_reads_as_it_was_written_and_does_not_show_itself() {
        assert_eq!(View::from_bytes(&view().to_bytes()), Some(view()));
        assert_eq!(format!("{:?}", view()), "View(..)");
    }

    #[test]
    fn a_view_with_an_unknown_field_or_too_much_text_is_refused() {
        let text = String::from_utf8(view().to_bytes()).expect("JSON");
        assert_eq!(
            View::from_bytes(text.replacen('{', "{\"extra\":1,", 1).as_bytes()),
            None
        );
        assert_eq!(
            View::from_bytes(text.replace("Te veel", &"x".repeat(4001)).as_bytes()),
            None
        );
    }
}
