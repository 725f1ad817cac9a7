//! The gateway's answers as JSON.

use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::exchange::AwaitedWhat;
use handdruk_domain::ids::InvitationId;
use handdruk_domain::reason::Refusal;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::RawStatement;
use handdruk_domain::statement::permit::Basis;
use handdruk_domain::warm::WarmStage;
use handdruk_proto::{from_wire, time, v1};
use serde::Serialize;

use crate::problem::Problem;
use crate::session::Live;

/// What the gateway answered is not what it should be. Nothing of it is shown.
pub(super) fn unreadable(_: Refusal) -> Problem {
    tracing::error!("an answer of the gateway cannot be read");
    Problem::Unanswered
}

/// A statement that must be there.
pub(super) fn statement(sent: Option<v1::Statement>) -> Result<RawStatement, Problem> {
    let sent = sent.ok_or(Problem::Unanswered)?;
    sent.try_into().map_err(unreadable)
}

/// A statement that may be there.
fn optional(sent: Option<v1::Statement>) -> Result<Option<RawStatement>, Problem> {
    sent.map(|sent| statement(Some(sent))).transpose()
}

/// Statements in order.
pub(super) fn statements(sent: Vec<v1::Statement>) -> Result<Vec<RawStatement>, Problem> {
    sent.into_iter().map(|sent| statement(Some(sent))).collect()
}

/// Sealed or random bytes.
pub(super) fn bytes(sent: &[u8]) -> Bytes {
    Bytes(sent.to_vec())
}

fn instant(sent: Option<prost_types::Timestamp>) -> Result<Option<Timestamp>, Problem> {
    sent.map(|at| time(Some(at), "time"))
        .transpose()
        .map_err(unreadable)
}

/// When the session ends, in seconds from now, and which codes it holds.
#[derive(Debug, Serialize)]
pub(super) struct Session {
    ends_in_seconds: u32,
    idle_seconds: u32,
    warn_seconds: u32,
    invitations: Vec<InvitationId>,
}

impl From<&Live> for Session {
    fn from(live: &Live) -> Self {
        Self {
            ends_in_seconds: live.times.ends,
            idle_seconds: live.times.idle,
            warn_seconds: live.times.warn,
            invitations: live.accounts.iter().map(|account| account.invitation).collect(),
        }
    }
}

/// Where a handover stands. The gateway never shows a permit here, because it cites everybody's decisions.
#[derive(Debug, Serialize)]
pub(super) struct Status {
    handover_id: String,
    stage: Stage,
    awaited: Vec<Awaited>,
    decide_again: Option<Timestamp>,
    blocked: Vec<Blocked>,
    warm: Option<Warm>,
    unanswered: Vec<Unanswered>,
}

/// Where the warm part stands, once it was received.
#[derive(Debug, Serialize)]
struct Warm {
    stage: WarmStage,
    /// By when the next step is due. None once it is closed.
    last_day: Option<Date>,
    /// Whether somebody has heard that it is late.
    is_late: bool,
}

fn warm(sent: &v1::WarmStatus) -> Result<Warm, Problem> {
    let last_day = Some(sent.last_day.as_str()).filter(|day| !day.is_empty());
    Ok(Warm {
        stage: from_wire(sent.stage).map_err(unreadable)?,
        last_day: last_day.map(day).transpose()?,
        is_late: has_heard(sent.heard),
    })
}

/// A withdrawal of this guardian's that the recipient has not answered yet.
#[derive(Debug, Serialize)]
struct Unanswered {
    /// The last day on which an answer is in time.
    last_day: Date,
    /// Whether somebody has heard that it is late.
    is_late: bool,
}

fn unanswered(sent: &v1::UnansweredWithdrawal) -> Result<Unanswered, Problem> {
    Ok(Unanswered {
        last_day: day(&sent.last_day)?,
        is_late: has_heard(sent.heard),
    })
}

fn day(sent: &str) -> Result<Date, Problem> {
    sent.parse().map_err(|_| Problem::Unanswered)
}

fn has_heard(hearer: i32) -> bool {
    hearer != i32::from(v1::Hearer::Unspecified)
}

#[derive(Debug, Serialize)]
struct Awaited {
    slot_id: String,
    what: AwaitedWhat,
    until: Option<Timestamp>,
}

#[derive(Debug, Serialize)]
struct Blocked {
    reason: String,
    about: String,
}

pub(super) fn status(sent: Option<v1::HandoverStatus>) -> Result<Status, Problem> {
    let sent = sent.ok_or(Problem::Unanswered)?;
    let awaited = sent.awaited.into_iter().map(|awaited| {
        Ok(Awaited {
            slot_id: awaited.slot_id,
            what: from_wire(awaited.what).map_err(unreadable)?,
            until: instant(awaited.until_time)?,
        })
    });
    let blocked = sent.blocked_reasons.into_iter().map(|blocked| Blocked {
        reason: blocked.reason,
        about: blocked.about,
    });
    Ok(Status {
        handover_id: sent.handover_id,
        stage: from_wire(sent.stage).map_err(unreadable)?,
        awaited: awaited.collect::<Result<_, Problem>>()?,
        decide_again: instant(sent.decide_again_time)?,
        blocked: blocked.collect(),
        warm: sent.warm.as_ref().map(warm).transpose()?,
        unanswered: sent.unanswered.iter().map(unanswered).collect::<Result<_, _>>()?,
    })
}

/// One handover as one guardian sees it.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "as the gateway says them, each for itself"
)]
pub(super) struct Question {
    handover: Status,
    manifest: RawStatement,
    basis: Basis,
    asked: bool,
    awaited: bool,
    may_inspect: bool,
    has_preview: bool,
    told: Option<Timestamp>,
    silence: Option<Timestamp>,
    own_decisions: Vec<RawStatement>,
    sender: RawStatement,
    recipient: RawStatement,
    /// The change of authority that gave this guardian the capacity that holds now, where it is not the manifest that did.
    authority: Option<RawStatement>,
    /// The latest, which says the term and age band that hold now.
    renewal: Option<RawStatement>,
    /// When and where a talk is, sealed to this guardian.
    plan: Option<Plan>,
}

/// The plan of a talk, sealed.
#[derive(Debug, Serialize)]
struct Plan {
    step: Digest,
    sealed: Bytes,
}

fn plan(sent: &v1::TalkPlanned) -> Result<Plan, Problem> {
    Ok(Plan {
        step: Digest::try_from(&sent.step[..]).map_err(|_| Problem::Unanswered)?,
        sealed: bytes(&sent.sealed),
    })
}

pub(super) fn question(sent: v1::Question) -> Result<Question, Problem> {
    Ok(Question {
        handover: status(sent.handover)?,
        manifest: statement(sent.manifest)?,
        basis: from_wire(sent.basis).map_err(unreadable)?,
        asked: sent.asked,
        awaited: sent.awaited,
        may_inspect: sent.may_inspect,
        has_preview: sent.has_preview,
        told: instant(sent.told_time)?,
        silence: instant(sent.silence_time)?,
        own_decisions: statements(sent.own_decisions)?,
        sender: statement(sent.sender)?,
        recipient: statement(sent.recipient)?,
        authority: optional(sent.authority)?,
        renewal: optional(sent.renewal)?,
        plan: sent.plan.as_ref().map(plan).transpose()?,
    })
}

/// One thing that happened.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    at: Option<Timestamp>,
    event: String,
    evidence_index: u64,
    statements: Vec<RawStatement>,
}

pub(super) fn entry(sent: v1::HistoryEntry) -> Result<Entry, Problem> {
    Ok(Entry {
        at: instant(sent.event_time)?,
        event: sent.event,
        evidence_index: sent.evidence_index,
        statements: statements(sent.statements)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_withdrawal_without_an_answer_is_told_with_the_day_and_whether_it_is_late() {
        let waiting = |last_day: &str, heard: v1::Hearer| v1::UnansweredWithdrawal {
            last_day: last_day.into(),
            heard: heard.into(),
            ..v1::UnansweredWithdrawal::default()
        };
        let sent = v1::HandoverStatus {
            stage: v1::Stage::Received.into(),
            unanswered: vec![
                waiting("2027-07-05", v1::Hearer::Unspecified),
                waiting("2027-06-01", v1::Hearer::Owner),
            ],
            ..v1::HandoverStatus::default()
        };
        let shown = serde_json::to_value(status(Some(sent.clone())).expect("reads")).expect("writes");
        let expected = serde_json::json!([
            { "last_day": "2027-07-05", "is_late": false },
            { "last_day": "2027-06-01", "is_late": true },
        ]);
        assert_eq!(shown["unanswered"], expected);
        let endless = v1::HandoverStatus {
            unanswered: vec![waiting("some day", v1::Hearer::Unspecified)],
            ..sent
        };
        assert!(
            status(Some(endless)).is_err(),
            "a day that is none is not passed on"
        );
    }
}
