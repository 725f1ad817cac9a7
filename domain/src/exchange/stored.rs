//! The state as a store keeps it, and how it is read back. Everything was verified before it was stored; what is read back
//! must be the very bytes whose digest was recorded then.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::answer::{Awaited, BlockedBecause};
use super::books::Books;
use super::handover::{Handover, Withdrawal};
use super::keys::ChildKey;
use super::late::Early;
use super::people::{Activated, Ended, Invited};
use super::secret::GatewayHalf;
use super::state::{Arrived, Awaiting, Blocked, Closed, Permitted, Released, State, Submitted};
use super::warm::Warm;
use crate::category::CategorySet;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::ids::HandoverId;
use crate::oin::Oin;
use crate::policy::Said;
use crate::reason::Reason;
use crate::statement::consent::Decision;
use crate::statement::envelope::CompartmentName;
use crate::statement::manifest::Manifest;
use crate::statement::{Body, Kind, Party, RawStatement, Statement, Verified};
use crate::warm::Watch;

/// What a store gave back is not what was put there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored {what} does not read back as it was recorded")]
pub struct Damaged {
    /// Which part.
    pub what: &'static str,
}

/// A stored statement with the digest that was recorded when it was verified.
#[derive(Debug, Clone)]
pub struct StoredStatement {
    /// The recorded digest.
    pub digest: Digest,
    /// The statement.
    pub statement: RawStatement,
}

impl StoredStatement {
    fn read<T: Body>(&self, signer: impl FnOnce(&T) -> Party) -> Result<Verified<T>, Damaged> {
        let damaged = Damaged { what: T::KIND.word() };
        let statement = Statement::<T>::claim(self.statement.clone()).map_err(|_| damaged)?;
        statement.reread(&self.digest, signer).map_err(|_| damaged)
    }
}

/// A stored invitation.
#[derive(Debug, Clone)]
pub struct StoredInvitation {
    /// Kind invitation.
    pub invitation: StoredStatement,
    /// The gateway's half.
    pub gateway_half: GatewayHalf,
    /// Kind guardian-keys, with the login verifier, failed logins, and until when logging in waits.
    pub activated: Option<(StoredStatement, Digest, u32, Option<Timestamp>)>,
    /// Why it no longer counts.
    pub ended: Option<Ended>,
}

/// A stored handover.
#[derive(Debug, Clone)]
pub struct StoredHandover {
    /// What [`Handover::to_stored`] wrote.
    pub state: String,
    /// When time alone may change it.
    pub due: Option<Timestamp>,
    /// The restoration that put it back and holds it, by number.
    pub held: Option<u64>,
    /// Every statement of its story, in the order of the log.
    pub statements: Vec<StoredStatement>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    state: StateRecord,
    offered: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    withdrawals: Vec<WithdrawalRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decides: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    early: Option<Early>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    warm: Option<Warm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WithdrawalRecord {
    statement: Digest,
    answer: Option<Digest>,
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    is_erased: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    watch: Option<Watch>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
enum StateRecord {
    Awaiting {
        awaited: Vec<Awaited>,
        decide_again: Option<Timestamp>,
    },
    Blocked {
        because: Vec<BlockedBecause>,
    },
    Permitted {
        permit: Digest,
    },
    Submitted(SealedRecord),
    Released {
        sealed: SealedRecord,
        release: Digest,
        stopped: bool,
    },
    Arrived {
        release: Digest,
        permit: Digest,
        receipt: Digest,
    },
    Retracted {
        release: Option<Digest>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<Reason>,
        #[serde(default, skip_serializing_if = "is_none")]
        left: CategorySet,
    },
    Expired {
        release: Option<Digest>,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedRecord {
    permit: Digest,
    sealed_under: Digest,
    envelope: Digest,
    erased: BTreeMap<CompartmentName, Digest>,
}

impl From<&Submitted> for SealedRecord {
    fn from(sealed: &Submitted) -> Self {
        Self {
            permit: sealed.permit.digest(),
            sealed_under: sealed.sealed_under.digest(),
            envelope: sealed.envelope.digest(),
            erased: sealed.erased.clone(),
        }
    }
}

impl Handover {
    /// Writes down what its statements do not say: the state, and which statements it rests on.
    pub fn to_stored(&self) -> String {
        let closed = |closed: &Closed| closed.release.as_ref().map(Verified::digest);
        let state = match &self.state {
            State::Awaiting(Awaiting {
                awaited,
                decide_again,
            }) => StateRecord::Awaiting {
                awaited: awaited.clone(),
                decide_again: *decide_again,
            },
            State::Blocked(Blocked { because }) => StateRecord::Blocked {
                because: because.clone(),
            },
            State::Permitted(Permitted { permit }) => StateRecord::Permitted {
                permit: permit.digest(),
            },
            State::Submitted(sealed) => StateRecord::Submitted(sealed.into()),
            State::Released(Released {
                sealed,
                release,
                stopped,
            }) => StateRecord::Released {
                sealed: sealed.into(),
                release: release.digest(),
                stopped: *stopped,
            },
            State::Arrived(Arrived {
                release,
                permit,
                receipt,
            }) => StateRecord::Arrived {
                release: release.digest(),
                permit: permit.digest(),
                receipt: receipt.digest(),
            },
            State::Retracted(retracted) => StateRecord::Retracted {
                release: closed(retracted),
                because: retracted.because,
                left: retracted.left,
            },
            State::Expired(expired) => StateRecord::Expired {
                release: closed(expired),
            },
        };
        let withdrawals = self.withdrawals.iter();
        let withdrawals = withdrawals
            .map(|w| WithdrawalRecord {
                statement: w.statement,
                answer: w.answer,
                is_erased: w.is_erased,
                watch: w.watch,
            })
            .collect();
        let record = Record {
            state,
            offered: self.offered,
            withdrawals,
            decides: self.decides,
            early: self.early,
            warm: self.warm,
        };
        serde_json::to_string(&record).expect("a record has string keys and no failing serialiser")
    }

    /// Reads a handover back. `gateway` signed its permits and releases.
    fn from_stored(stored: &StoredHandover, gateway: &Oin) -> Result<Self, Damaged> {
        let damaged = Damaged { what: "handover" };
        let record: Record = serde_json::from_str(&stored.state).map_err(|_| damaged)?;
        let story = Story::read(&stored.statements, gateway)?;
        let state = story.state(record.state)?;
        let withdrawals = record.withdrawals.into_iter();
        // Before there were deadlines for these stages, what was due was the decision. They begin when time next matters.
        let decides = match (&record.early, &state) {
            (None, State::Awaiting(_) | State::Blocked(_) | State::Permitted(_) | State::Submitted(_)) => {
                stored.due
            }
            _ => record.decides,
        };
        Ok(Self {
            state,
            withdrawals: withdrawals
                .map(|w| Withdrawal {
                    statement: w.statement,
                    answer: w.answer,
                    is_erased: w.is_erased,
                    watch: w.watch,
                })
                .collect(),
            offered: record.offered,
            known: stored.statements.iter().map(|stored| stored.digest).collect(),
            decides,
            early: record.early,
            due: stored.due,
            warm: record.warm,
            held: stored.held,
            application: story.application()?,
            said: story.said()?,
            manifest: story.manifest,
        })
    }
}

/// The statements of one handover, by digest.
struct Story<'a> {
    manifest: Verified<Manifest>,
    gateway: &'a Oin,
    in_order: &'a [StoredStatement],
    by_digest: BTreeMap<Digest, &'a StoredStatement>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks it so")]
const fn is_none(categories: &CategorySet) -> bool {
    categories.is_empty()
}

impl<'a> Story<'a> {
    fn read(in_order: &'a [StoredStatement], gateway: &'a Oin) -> Result<Self, Damaged> {
        let manifest = in_order
            .iter()
            .find(|stored| stored.statement.kind == Kind::Manifest);
        let manifest = manifest.ok_or(Damaged { what: "manifest" })?;
        let manifest =
            manifest.read(|manifest: &Manifest| Party::Organisation(manifest.sender.oin.clone()))?;
        let by_digest = in_order.iter().map(|stored| (stored.digest, stored)).collect();
        Ok(Self {
            manifest,
            gateway,
            in_order,
            by_digest,
        })
    }

    fn sender(&self) -> Party {
        Party::Organisation(self.manifest.sender.oin.clone())
    }

    fn recipient(&self) -> Party {
        Party::Organisation(self.manifest.recipient.oin.clone())
    }

    fn gateway(&self) -> Party {
        Party::Organisation(self.gateway.clone())
    }

    fn one<T: Body>(&self, digest: Digest, signer: Party) -> Result<Verified<T>, Damaged> {
        self.by_digest
            .get(&digest)
            .ok_or(Damaged { what: T::KIND.word() })?
            .read(|_| signer)
    }

    fn application(&self) -> Result<Option<Verified<crate::statement::application::Application>>, Damaged> {
        let application = self
            .in_order
            .iter()
            .find(|stored| stored.statement.kind == Kind::Application);
        application
            .map(|stored| stored.read(|_| self.recipient()))
            .transpose()
    }

    fn said(&self) -> Result<Vec<Said>, Damaged> {
        let mut said = Vec::new();
        for stored in self.in_order {
            match stored.statement.kind {
                Kind::Told => said.push(Said::Told(stored.read(|_| self.sender())?)),
                Kind::Attestation => said.push(Said::Attestation(stored.read(|_| self.sender())?)),
                Kind::Renewal => said.push(Said::Renewal(stored.read(|_| self.sender())?)),
                Kind::Decision => said.push(Said::Decision(
                    stored.read(|says: &Decision| Party::Guardian(says.invitation))?,
                )),
                _ => {}
            }
        }
        Ok(said)
    }

    fn sealed(&self, record: SealedRecord) -> Result<Submitted, Damaged> {
        Ok(Submitted {
            permit: self.one(record.permit, self.gateway())?,
            sealed_under: self.one(record.sealed_under, self.gateway())?,
            envelope: self.one(record.envelope, self.sender())?,
            erased: record.erased,
        })
    }

    fn closed(&self, release: Option<Digest>) -> Result<Closed, Damaged> {
        let release = release.map(|release| self.one(release, self.gateway()));
        Ok(Closed::after(release.transpose()?))
    }

    fn state(&self, record: StateRecord) -> Result<State, Damaged> {
        Ok(match record {
            StateRecord::Awaiting {
                awaited,
                decide_again,
            } => State::Awaiting(Awaiting {
                awaited,
                decide_again,
            }),
            StateRecord::Blocked { because } => State::Blocked(Blocked { because }),
            StateRecord::Permitted { permit } => State::Permitted(Permitted {
                permit: self.one(permit, self.gateway())?,
            }),
            StateRecord::Submitted(sealed) => State::Submitted(self.sealed(sealed)?),
            StateRecord::Released {
                sealed,
                release,
                stopped,
            } => State::Released(Released {
                sealed: self.sealed(sealed)?,
                release: self.one(release, self.gateway())?,
                stopped,
            }),
            StateRecord::Arrived {
                release,
                permit,
                receipt,
            } => State::Arrived(Arrived {
                release: self.one(release, self.gateway())?,
                permit: self.one(permit, self.gateway())?,
                receipt: self.one(receipt, self.recipient())?,
            }),
            StateRecord::Retracted {
                release,
                because,
                left,
            } => State::Retracted(Closed {
                because,
                left,
                ..self.closed(release)?
            }),
            StateRecord::Expired { release } => State::Expired(self.closed(release)?),
        })
    }
}

impl Books {
    /// Puts a membership in: the one with the highest serial.
    pub fn put_member(&mut self, stored: &StoredStatement) -> Result<(), Damaged> {
        let membership: Verified<crate::statement::member::Membership> = stored.read(|_| Party::Registrar)?;
        self.members.insert(membership.oin.clone(), membership);
        Ok(())
    }

    /// Puts a key bundle in; `current` marks the organisation's newest.
    pub fn put_bundle(
        &mut self,
        owner: &Oin,
        stored: &StoredStatement,
        current: bool,
    ) -> Result<(), Damaged> {
        let bundle: Verified<crate::statement::member::KeyBundle> =
            stored.read(|_| Party::Certificate(owner.clone()))?;
        if bundle.oin != *owner {
            return Err(Damaged { what: "key-bundle" });
        }
        self.older_bundles
            .insert(bundle.statement_key.id(), bundle.clone());
        if current {
            self.bundles.insert(owner.clone(), bundle);
        }
        Ok(())
    }

    /// Puts an invitation in, in the order of the log, with what became of it.
    pub fn put_invitation(&mut self, stored: StoredInvitation) -> Result<(), Damaged> {
        let invitation: Verified<crate::statement::consent::Invitation> = stored
            .invitation
            .read(|says: &crate::statement::consent::Invitation| Party::Organisation(says.inviter.clone()))?;
        let key = ChildKey {
            inviter: invitation.inviter.clone(),
            child: invitation.child,
        };
        let activated = match stored.activated {
            None => None,
            Some((keys, login_verifier, failed_logins, locked_until)) => Some(Activated {
                keys: keys.read(|_| Party::Code(invitation.invitation))?,
                login_verifier,
                failed_logins,
                locked_until,
            }),
        };
        let invited = Invited {
            invitation,
            gateway_half: stored.gateway_half,
            activated,
            ended: stored.ended,
        };
        self.put_invited(&key, invited);
        Ok(())
    }

    /// Puts a handover in.
    pub fn put_handover(
        &mut self,
        id: HandoverId,
        stored: &StoredHandover,
        gateway: &Oin,
    ) -> Result<(), Damaged> {
        let handover = Handover::from_stored(stored, gateway)?;
        if handover.id() != id {
            return Err(Damaged { what: "handover" });
        }
        self.put_standing(handover);
        Ok(())
    }

    /// Which catalogues the loaded handovers cite: a store puts them in after the handovers.
    pub fn cited_catalogues(&self) -> BTreeSet<Digest> {
        self.handovers
            .values()
            .map(|handover| handover.manifest.catalogue)
            .collect()
    }
}
