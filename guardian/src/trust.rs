//! Whom a guardian's client believes: the registrar, by its pinned key, about who is a member; each member's own certificate
//! about that member's keys; and the printed code about who invited. Never the gateway, which only passes these on.

use std::sync::Arc;

use handdruk_certs::{BundleError, Revocation, Trust, verify_bundle, verify_past_bundle};
use handdruk_content::code::CodeKeys;
use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::consent::Invitation;
use handdruk_domain::statement::member::{CatalogueText, KeyBundle, Membership, MembershipStatus};
use handdruk_domain::statement::{
    Body, Kind, Party, PublicKey, Statement, StatementError, Verified, VerifyingKey,
};

/// Why something that the gateway passed on is not believed. Nothing of it is shown or signed.
#[derive(Debug, thiserror::Error)]
pub enum Untrusted {
    /// The pinned registrar did not sign it.
    #[error("the registrar did not sign this {kind}")]
    Registrar {
        /// What it claims to be.
        kind: Kind,
        /// Why it does not verify.
        #[source]
        source: StatementError,
    },
    /// It is about something else than was asked for.
    #[error("this {0} is not the one that was asked for")]
    Another(Kind),
    /// The catalogue is signed, but this version cannot read it.
    #[error("this version cannot read the catalogue")]
    Catalogue,
    /// An organisation's keys are not vouched for by its certificate.
    #[error("the organisation's keys are not vouched for by its certificate")]
    Keys(#[from] BundleError),
    /// An organisation that signs has published no keys.
    #[error("the organisation has published no keys")]
    NoKeys,
    /// Not signed by whom it claims to come from.
    #[error("this {kind} is not signed by whom it claims to come from")]
    Signature {
        /// What it claims to be.
        kind: Kind,
        /// Why it does not verify.
        #[source]
        source: StatementError,
    },
    /// Signed with a key that was not in force at the time it says.
    #[error("this {0} is signed with a key that was not in force then")]
    KeyNotInForce(Kind),
    /// The inviter is not the one that printed the code: somebody else made this invitation.
    #[error("the invitation does not come from whoever printed this code")]
    NotAnchored,
}

/// What is pinned: the registrar's key and the authorities of certificates.
#[derive(Clone)]
pub struct Roots {
    registrar: VerifyingKey,
    trust: Arc<Trust>,
    revocation: Revocation,
}

impl core::fmt::Debug for Roots {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Roots({:?})", self.registrar.public())
    }
}

impl Roots {
    /// Pins them. `revocation` says by which wall time revocation lists count.
    pub const fn new(registrar: PublicKey, trust: Arc<Trust>, revocation: Revocation) -> Self {
        Self {
            registrar: VerifyingKey::new(Party::Registrar, registrar),
            trust,
            revocation,
        }
    }

    fn registered<T: Body>(&self, statement: &Statement<T>) -> Result<Verified<T>, Untrusted> {
        statement
            .verify(&[&self.registrar])
            .map_err(|source| Untrusted::Registrar {
                kind: T::KIND,
                source,
            })
    }

    /// The membership of `oin`, if the registrar signed it.
    pub fn membership(
        &self,
        oin: &Oin,
        statement: &Statement<Membership>,
    ) -> Result<Verified<Membership>, Untrusted> {
        let membership = self.registered(statement)?;
        if membership.oin == *oin {
            Ok(membership)
        } else {
            Err(Untrusted::Another(Kind::Membership))
        }
    }

    /// The catalogue with this digest, if the registrar signed it.
    pub fn catalogue(
        &self,
        digest: Digest,
        statement: &Statement<CatalogueText>,
    ) -> Result<Catalogue, Untrusted> {
        let text = self.registered(statement)?;
        if text.digest() != digest {
            return Err(Untrusted::Another(Kind::Catalogue));
        }
        Catalogue::parse(&text.body().0).map_err(|_| Untrusted::Catalogue)
    }

    /// An organisation with its keys: its membership and all of its key bundles, oldest first. Each bundle must follow from
    /// the one before; one that is in force at `now` must have a certificate that is not revoked.
    pub fn member(
        &self,
        oin: &Oin,
        membership: &Statement<Membership>,
        bundles: &[Statement<KeyBundle>],
        now: Timestamp,
    ) -> Result<Member, Untrusted> {
        let membership = self.membership(oin, membership)?;
        let mut verified: Vec<Verified<KeyBundle>> = Vec::with_capacity(bundles.len());
        for statement in bundles {
            let previous = verified.last();
            let bundle = verify_past_bundle(statement, &self.trust, previous)?;
            let bundle = if bundle.is_valid_at(now) {
                verify_bundle(statement, &self.trust, self.revocation, now, previous)?
            } else {
                bundle
            };
            if bundle.oin != *oin {
                return Err(Untrusted::Another(Kind::KeyBundle));
            }
            verified.push(bundle);
        }
        Ok(Member {
            membership,
            bundles: verified,
        })
    }
}

/// An organisation as the registrar and its own certificate describe it.
#[derive(Debug, Clone)]
pub struct Member {
    membership: Verified<Membership>,
    bundles: Vec<Verified<KeyBundle>>,
}

impl Member {
    /// Its membership.
    pub const fn membership(&self) -> &Verified<Membership> {
        &self.membership
    }

    /// Whether it is a member at `now`.
    pub fn is_active_at(&self, now: Timestamp) -> bool {
        self.membership.status == MembershipStatus::Active && now < self.membership.not_after
    }

    /// Verifies what the organisation says to have signed at `at(body)`, under the key that was in force then.
    pub fn verify<T: Body>(
        &self,
        statement: &Statement<T>,
        at: impl FnOnce(&T) -> Timestamp,
    ) -> Result<Verified<T>, Untrusted> {
        let signature = |source| Untrusted::Signature {
            kind: T::KIND,
            source,
        };
        if self.bundles.is_empty() {
            return Err(Untrusted::NoKeys);
        }
        let signed_by = statement.key();
        // Several bundles in a row may announce the same key: the gateway's does not change with every bundle.
        let mut announcing = self
            .bundles
            .iter()
            .filter(|bundle| Some(bundle.statement_key.id()) == signed_by);
        let first = announcing.clone().next();
        let first = first.ok_or(signature(StatementError::WrongKey))?;
        let verified = statement.verify(&[&first.verifying_key()]).map_err(signature)?;
        let at = at(verified.body());
        if announcing.any(|bundle| bundle.is_valid_at(at)) {
            Ok(verified)
        } else {
            Err(Untrusted::KeyNotInForce(T::KIND))
        }
    }
}

/// An invitation that comes from whoever printed the code, and the organisation that did.
#[derive(Debug, Clone)]
pub struct Anchored {
    invitation: Verified<Invitation>,
    inviter: Member,
}

impl Anchored {
    /// Checks an invitation with the code: it is this code's; the inviter signed it; and its anchor, which nobody can make
    /// without the code, names the inviter and the key that signed. From then on the inviter's manifests are believed
    /// under that key, and under those that stand with it in one chain of key bundles.
    pub fn check(
        code: &CodeKeys,
        statement: &Statement<Invitation>,
        inviter: Member,
    ) -> Result<Self, Untrusted> {
        let invitation = inviter.verify(statement, |invitation| invitation.at)?;
        if invitation.invitation != code.invitation() || invitation.code_key != *code.public_key() {
            return Err(Untrusted::Another(Kind::Invitation));
        }
        let signed_by = statement.key().ok_or(Untrusted::NotAnchored)?;
        let is_inviter = invitation.inviter == inviter.membership.oin;
        if !is_inviter || !code.is_anchor(&invitation.anchor, &invitation.inviter, &signed_by) {
            return Err(Untrusted::NotAnchored);
        }
        Ok(Self { invitation, inviter })
    }

    /// The invitation.
    pub const fn invitation(&self) -> &Verified<Invitation> {
        &self.invitation
    }

    /// Who invited.
    pub const fn inviter(&self) -> &Member {
        &self.inviter
    }
}
