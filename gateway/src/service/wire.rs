//! Answers of the exchange, written for the wire.

use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{
    BlockedBecause, Claim, CommittedRelease, EarlyStatus, HandoverStatus, StoredStatement, Unanswered,
    WarmStatus,
};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::member::Membership;
use handdruk_domain::statement::{Body, RawStatement, Statement};
use handdruk_proto::{statement_in, timestamp, to_wire, v1};

/// Where a handover stands, with the statements it rests on.
pub(super) fn standing(stands: &HandoverStatus, on: &[RawStatement]) -> v1::GetHandoverResponse {
    v1::GetHandoverResponse {
        handover: Some(status(stands)),
        statements: statements(on),
    }
}

/// Where a handover stands.
pub(super) fn status(status: &HandoverStatus) -> v1::HandoverStatus {
    v1::HandoverStatus {
        handover_id: status.handover.to_string(),
        stage: to_wire(status.stage),
        awaited: status
            .awaited
            .iter()
            .map(|awaited| v1::Awaited {
                slot_id: awaited.slot.map(|slot| slot.to_string()).unwrap_or_default(),
                what: to_wire(awaited.what),
                until_time: awaited.until.map(timestamp),
            })
            .collect(),
        decide_again_time: status.decide_again.map(timestamp),
        blocked_reasons: status.blocked.iter().map(blocked).collect(),
        permit: status.permit.as_ref().map(Into::into),
        warm: status.warm.as_ref().map(warm),
        early: status.early.map(early),
        unanswered: status.unanswered.iter().map(unanswered).collect(),
    }
}

fn early(early: EarlyStatus) -> v1::StageDeadline {
    v1::StageDeadline {
        owner: to_wire(early.owner),
        last_day: early.deadline.last_day.to_string(),
        known: to_wire(early.deadline.known),
        heard: early.heard.map_or(0, to_wire),
    }
}

fn unanswered(unanswered: &Unanswered) -> v1::UnansweredWithdrawal {
    v1::UnansweredWithdrawal {
        withdrawal: unanswered.withdrawal.as_bytes().to_vec().into(),
        last_day: unanswered.deadline.last_day.to_string(),
        known: to_wire(unanswered.deadline.known),
        heard: unanswered.heard.map_or(0, to_wire),
    }
}

fn warm(warm: &WarmStatus) -> v1::WarmStatus {
    v1::WarmStatus {
        stage: to_wire(warm.stage),
        owner: warm.owner.map_or(0, to_wire),
        last_day: warm
            .deadline
            .map(|deadline| deadline.last_day.to_string())
            .unwrap_or_default(),
        known: warm.deadline.map_or(0, |deadline| to_wire(deadline.known)),
        heard: warm.heard.map_or(0, to_wire),
    }
}

fn blocked(because: &BlockedBecause) -> v1::BlockedReason {
    v1::BlockedReason {
        reason: because.reason.word().to_uppercase().replace('-', "_"),
        about: because.about.clone().unwrap_or_default(),
    }
}

/// A release that was committed before a decision.
pub(super) fn release(release: &CommittedRelease) -> v1::CommittedRelease {
    v1::CommittedRelease {
        release: Some((&release.release).into()),
        arrived: release.arrived,
    }
}

/// Statements in order.
pub(super) fn statements(raw: &[RawStatement]) -> Vec<v1::Statement> {
    raw.iter().map(Into::into).collect()
}

/// A statement that must be there, read as the claim to say a `T`.
pub(super) fn claim<T: Body + Clone>(
    wire: Option<v1::Statement>,
    field: &'static str,
) -> Result<Claim<T>, Refusal> {
    Claim::new(statement_in(wire, field)?)
}

/// A digest of exactly 32 bytes.
pub(super) fn digest(bytes: &[u8], field: &'static str) -> Result<Digest, Refusal> {
    Digest::try_from(bytes).map_err(|_| Refusal::about(Reason::Malformed, field))
}

/// Whose membership it is, for a page token.
pub(super) fn oin_of(stored: &StoredStatement) -> Option<String> {
    let claim = Statement::<Membership>::claim(stored.statement.clone()).ok()?;
    claim.peek().ok().map(|membership| membership.oin.to_string())
}
