//! Questions: one handover as one guardian may see it, believed as far as it is signed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use handdruk_domain::catalogue::{Catalogue, Ground, PurposeRules};
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Verified;
use handdruk_domain::statement::consent::{Attestation, Attested, Choice, Decision, Invitation};
use handdruk_domain::statement::manifest::{AgeBand, Holder, Manifest, Renewal};
use handdruk_domain::statement::member::Membership;
use handdruk_domain::warm::WarmStage;

use crate::trust::{Anchored, Member};

/// Why a handover that the gateway shows is not this guardian's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotYours {
    /// Another organisation made it than the one that invited this guardian.
    #[error("the handover was not made by the organisation that invited you")]
    OtherSender,
    /// It is about another child.
    #[error("the handover is about another child")]
    OtherChild,
    /// Neither the handover nor a later change of authority gives this guardian a place in it.
    #[error("the handover does not name you as somebody with a say")]
    NoSlot,
    /// The change of authority that came with it is somebody else's, another child's, or from before the handover.
    #[error("the change of authority is not about you and this handover")]
    OtherAuthority,
    /// The renewal that came with it is another handover's, or of another manifest.
    #[error("the renewal is not of this handover")]
    OtherRenewal,
    /// The gateway filed it under another handover's id.
    #[error("the handover's id is not that of its manifest")]
    OtherHandover,
    /// The rules that it cites know nothing of its purpose.
    #[error("the rules that the handover cites do not know its purpose")]
    UnknownPurpose,
}

/// How things stand, in the gateway's own words: nothing here is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a field of its own in the gateway's answer"
)]
pub struct Standing {
    /// The handover's stage.
    pub stage: Stage,
    /// Whether this guardian is asked to decide.
    pub asked: bool,
    /// Whether an answer of this guardian is awaited.
    pub awaited: bool,
    /// Whether this guardian may inspect.
    pub may_inspect: bool,
    /// Whether a preview is there.
    pub has_preview: bool,
    /// When this guardian was told.
    pub told: Option<Timestamp>,
    /// When silence counts.
    pub silence: Option<Timestamp>,
    /// Where the warm part stands, once it was received.
    pub warm: Option<WarmStage>,
}

/// The plan of a talk, as it was sealed to this guardian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SealedPlan {
    /// Which step planned it.
    pub(crate) step: Digest,
    /// The ciphertext.
    pub(crate) sealed: Vec<u8>,
}

/// What the inviter signed about one handover, verified.
pub(crate) struct Signed {
    /// What it wants to hand over.
    pub(crate) manifest: Verified<Manifest>,
    /// The latest term and age band, where they are no longer the manifest's.
    pub(crate) renewal: Option<Verified<Renewal>>,
    /// What changed this guardian's capacity since.
    pub(crate) authority: Option<Verified<Attestation>>,
}

impl Signed {
    /// The age band and the term that hold now. Nobody grows younger, as the policy has it.
    fn renewed(&self) -> Result<(AgeBand, Date), NotYours> {
        let manifest = &self.manifest;
        let Some(renewal) = &self.renewal else {
            return Ok((manifest.age_band, manifest.not_after));
        };
        if renewal.handover != manifest.handover || renewal.manifest != manifest.digest() {
            return Err(NotYours::OtherRenewal);
        }
        Ok((manifest.age_band.max(renewal.age_band), renewal.not_after))
    }

    /// In which capacity the guardian behind an invitation has a say in it: as changed last, else as the manifest says. Somebody
    /// who was given authority after the manifest was made does not stand in it.
    fn holder(&self, invitation: &Invitation) -> Result<Holder, NotYours> {
        let manifest = &self.manifest;
        let Some(authority) = &self.authority else {
            let own = manifest
                .guardians
                .iter()
                .find(|guardian| guardian.slot == invitation.slot);
            return Ok(own.ok_or(NotYours::NoSlot)?.holder);
        };
        match authority.what {
            Attested::AuthorityChanged { holder }
                if authority.slot == Some(invitation.slot)
                    && authority.child == manifest.child
                    && authority.at >= manifest.at =>
            {
                Ok(holder)
            }
            _ => Err(NotYours::OtherAuthority),
        }
    }
}

/// One handover: what its sender signed, and how it stands.
#[derive(Debug, Clone)]
pub struct Question {
    manifest: Verified<Manifest>,
    holder: Holder,
    age_band: AgeBand,
    not_after: Date,
    sender: Verified<Membership>,
    recipient: Verified<Membership>,
    catalogue: Arc<Catalogue>,
    standing: Standing,
    decisions: Vec<Verified<Decision>>,
    plan: Option<SealedPlan>,
}

impl Question {
    /// Puts together what was verified, after checking that it is this guardian's own affair.
    pub(crate) fn new(
        anchored: &Anchored,
        handover: HandoverId,
        signed: Signed,
        recipient: &Member,
        catalogue: Arc<Catalogue>,
        standing: Standing,
        decisions: Vec<Verified<Decision>>,
    ) -> Result<Self, NotYours> {
        let (invitation, manifest) = (anchored.invitation(), &signed.manifest);
        if manifest.handover != handover {
            return Err(NotYours::OtherHandover);
        }
        if manifest.sender.oin != invitation.inviter {
            return Err(NotYours::OtherSender);
        }
        if manifest.child != invitation.child {
            return Err(NotYours::OtherChild);
        }
        let holder = signed.holder(invitation)?;
        let (age_band, not_after) = signed.renewed()?;
        if catalogue.rules(manifest.purpose).is_none() {
            return Err(NotYours::UnknownPurpose);
        }
        let sender = anchored.inviter().membership().clone();
        let recipient = recipient.membership().clone();
        Ok(Self {
            manifest: signed.manifest,
            holder,
            age_band,
            not_after,
            sender,
            recipient,
            catalogue,
            standing,
            decisions,
            plan: None,
        })
    }

    /// The same with the plan of a talk, which is opened when it is asked for.
    pub(crate) fn with_plan(self, plan: Option<SealedPlan>) -> Self {
        Self { plan, ..self }
    }

    /// The plan of a talk, sealed.
    pub(crate) const fn sealed_plan(&self) -> Option<&SealedPlan> {
        self.plan.as_ref()
    }

    /// What the sender signed.
    pub const fn manifest(&self) -> &Verified<Manifest> {
        &self.manifest
    }

    /// Which handover.
    pub fn handover(&self) -> HandoverId {
        self.manifest.handover
    }

    /// In which capacity this guardian has a say in it, as it is now.
    pub const fn holder(&self) -> Holder {
        self.holder
    }

    /// The child's age band, as it is now: what decides who decides.
    pub const fn age_band(&self) -> AgeBand {
        self.age_band
    }

    /// The first day on which the question is over, as it is now.
    pub const fn not_after(&self) -> Date {
        self.not_after
    }

    /// Who wants to hand over.
    pub const fn sender(&self) -> &Verified<Membership> {
        &self.sender
    }

    /// To whom.
    pub const fn recipient(&self) -> &Verified<Membership> {
        &self.recipient
    }

    /// The rules it cites.
    pub const fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// What those rules say about its purpose.
    pub fn rules(&self) -> &PurposeRules {
        self.catalogue
            .rules(self.manifest.purpose)
            .expect("checked in new")
    }

    /// How it stands.
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// The categories that go only if somebody agrees: all of them where the purpose rests on consent.
    pub fn on_consent(&self) -> BTreeSet<Category> {
        let all = self.manifest.categories.keys().copied();
        match &self.rules().ground {
            Ground::Consent { .. } => all.collect(),
            Ground::Statutory { agreement, .. } => {
                all.filter(|category| agreement.contains(category)).collect()
            }
            Ground::Safety | Ground::Aggregate => BTreeSet::new(),
        }
    }

    /// Whether a yes or no of somebody in this capacity counts: for consent, below 12 the holders of authority, from 12 they
    /// and the child, from 16 the young person or whoever stands in; for what a statutory purpose leaves to agreement, only
    /// those last two.
    pub fn counts(&self) -> bool {
        let is_guardian = matches!(self.holder, Holder::Guardian { .. });
        match (&self.rules().ground, self.age_band) {
            (Ground::Consent { .. }, AgeBand::Under12) => is_guardian,
            (Ground::Consent { .. }, AgeBand::From12) => true,
            (Ground::Consent { .. }, AgeBand::From16 | AgeBand::Adult) => !is_guardian,
            (Ground::Statutory { .. }, _) => !self.on_consent().is_empty() && !is_guardian,
            (Ground::Safety | Ground::Aggregate, _) => false,
        }
    }

    /// What this guardian last said about each category, with the keys now in use.
    pub fn choices(&self) -> BTreeMap<Category, Choice> {
        let mut latest = BTreeMap::new();
        for decision in &self.decisions {
            latest.extend(
                decision
                    .choices
                    .iter()
                    .map(|(category, choice)| (*category, *choice)),
            );
        }
        latest
    }
}
