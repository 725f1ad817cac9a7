//! Which part of the state a command needs, so that a store reads it for a whole group at once.

use std::collections::{BTreeMap, BTreeSet};

use super::command::{Caller, Command, Request};
use crate::digest::Digest;
use crate::ids::{ChildRef, HandoverId, InvitationId, RequestId};
use crate::oin::Oin;
use crate::statement::KeyId;
use crate::statement::consent::Attested;

/// One child at one organisation. Two organisations' references cannot be matched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChildKey {
    /// The organisation whose reference it is: the sender of the child's handovers, the inviter of its guardians.
    pub inviter: Oin,
    /// Its reference.
    pub child: ChildRef,
}

/// How much of a child is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// Its guardians: invitations and keys. A change of authority stands with each handover that was open when it was recorded.
    People,
    /// And its handovers that have no outcome yet.
    Open,
    /// And all its handovers.
    All,
}

/// What to load. A store adds what these lead to: a handover brings its statements, the memberships and current key
/// bundles of its two organisations, its catalogue, and its child's [`Extent::People`]; an invitation brings its child; a
/// session brings its invitation. The catalogue in force always comes along, and so does the restoration in force: with it, of the
/// members and of those who invited, since which one each has returned what it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keys {
    /// Handovers.
    pub handovers: BTreeSet<HandoverId>,
    /// Children.
    pub children: BTreeMap<ChildKey, Extent>,
    /// Invitations, each with how much of its child.
    pub invitations: BTreeMap<InvitationId, Extent>,
    /// Sessions by [`super::SessionToken::digest`], each with how much of the child behind it.
    pub sessions: BTreeMap<Digest, Extent>,
    /// Sessions by [`super::SessionToken::digest`]: which key ring the guardian behind each keeps.
    pub rings: BTreeSet<Digest>,
    /// Organisations: membership and current key bundle.
    pub members: BTreeSet<Oin>,
    /// Older key bundles by the id of their statement key: for statements that were signed long before they arrive.
    pub older_keys: BTreeSet<KeyId>,
    /// Requests that may be repeats.
    pub requests: BTreeSet<(Caller, RequestId)>,
}

impl Keys {
    /// Everything that one of both needs.
    pub fn extend(&mut self, other: Keys) {
        self.handovers.extend(other.handovers);
        widen(&mut self.children, other.children);
        widen(&mut self.invitations, other.invitations);
        widen(&mut self.sessions, other.sessions);
        self.rings.extend(other.rings);
        self.members.extend(other.members);
        self.older_keys.extend(other.older_keys);
        self.requests.extend(other.requests);
    }
}

fn widen<K: Ord>(into: &mut BTreeMap<K, Extent>, from: BTreeMap<K, Extent>) {
    for (key, extent) in from {
        let known = into.entry(key).or_insert(extent);
        *known = extent.max(*known);
    }
}

impl Request {
    /// What [`super::Books::apply`] needs to decide it.
    pub fn keys(&self) -> Keys {
        let mut keys = self.command.keys();
        keys.members.extend(self.caller.oin().cloned());
        keys.requests.extend(
            self.reference
                .map(|reference| (self.caller.clone(), reference.id)),
        );
        // Which child's authority changed depends on who attests, which the command alone does not know.
        if let (Command::RecordAttestation { attestation }, Caller::Organisation(oin)) =
            (&self.command, &self.caller)
            && let Attested::AuthorityChanged { .. } = attestation.claimed().what
        {
            let child = ChildKey {
                inviter: oin.clone(),
                child: attestation.claimed().child,
            };
            keys.children.insert(child, Extent::Open);
        }
        keys
    }
}

impl Command {
    /// What the command itself names. Nothing in it is believed yet.
    fn keys(&self) -> Keys {
        let mut keys = Keys::default();
        match self {
            Command::Propose {
                manifest,
                application,
            } => {
                let manifest = manifest.claimed();
                keys.handovers.insert(manifest.handover);
                keys.members
                    .extend([manifest.sender.oin.clone(), manifest.recipient.oin.clone()]);
                let child = ChildKey {
                    inviter: manifest.sender.oin.clone(),
                    child: manifest.child,
                };
                keys.children.insert(child, Extent::People);
                keys.older_keys
                    .extend(application.as_ref().and_then(|claim| claim.statement().key()));
            }
            Command::Renew { renewal } => {
                _ = keys.handovers.insert(renewal.claimed().handover);
            }
            Command::RecordTold { told } => {
                _ = keys.handovers.insert(told.claimed().handover);
            }
            Command::Submit { envelope, .. } => {
                _ = keys.handovers.insert(envelope.claimed().handover);
            }
            Command::Acknowledge { receipt } => {
                _ = keys.handovers.insert(receipt.claimed().handover);
            }
            Command::ReportProgress { progress } => {
                _ = keys.handovers.insert(progress.claimed().handover);
            }
            Command::AnswerWithdrawal { answer } => {
                _ = keys.handovers.insert(answer.claimed().handover);
            }
            Command::AddPreviews { handover, .. }
            | Command::AddPlans { handover, .. }
            | Command::Fetch { handover }
            | Command::Retract { handover }
            | Command::Forget { handover } => {
                _ = keys.handovers.insert(*handover);
            }
            Command::Tick {
                handover,
                municipality,
            } => {
                keys.handovers.insert(*handover);
                keys.members.extend(municipality.clone());
            }
            Command::Invite { invitation } => {
                let (id, invitation) = (invitation.claimed().invitation, invitation.claimed());
                keys.invitations.insert(id, Extent::People);
                let child = ChildKey {
                    inviter: invitation.inviter.clone(),
                    child: invitation.child,
                };
                keys.children.insert(child, Extent::People);
            }
            Command::RevokeInvitation { invitation } => {
                _ = keys.invitations.insert(*invitation, Extent::Open);
            }
            Command::RecordAttestation { attestation } => {
                keys.handovers.extend(attestation.claimed().handover);
            }
            Command::BeginActivation { invitation, .. } | Command::LogIn { invitation, .. } => {
                keys.invitations.insert(*invitation, Extent::People);
            }
            Command::Activate { keys: own, .. } => {
                keys.invitations.insert(own.claimed().invitation, Extent::People);
            }
            Command::LogOut { session } => {
                _ = keys.sessions.insert(session.digest(), Extent::People);
            }
            Command::Decide { session, decision } => {
                keys.sessions.insert(session.digest(), Extent::People);
                keys.handovers.insert(decision.claimed().handover);
            }
            Command::AddView {
                session, handover, ..
            } => {
                keys.sessions.insert(session.digest(), Extent::People);
                keys.handovers.insert(*handover);
            }
            Command::PutKeyRing { session, .. } => {
                keys.sessions.insert(session.digest(), Extent::People);
                keys.rings.insert(session.digest());
            }
            Command::PublishKeyBundle { bundle } => {
                _ = keys.members.insert(bundle.oin.clone());
            }
            Command::RegisterMember { membership } => {
                _ = keys.members.insert(membership.oin.clone());
            }
            Command::ReturnStatements { returned, ended, .. } => {
                keys.handovers
                    .extend(returned.iter().map(|returned| returned.handover));
                let statements = returned.iter().flat_map(|returned| &returned.statements);
                let signatures = statements.flat_map(|statement| &statement.signatures);
                keys.older_keys.extend(signatures.map(|signature| signature.key));
                keys.invitations
                    .extend(ended.iter().map(|letter| (*letter, Extent::Open)));
            }
            Command::RegisterCatalogue { .. } | Command::PublishScript { .. } | Command::Restore { .. } => {}
        }
        keys
    }
}
