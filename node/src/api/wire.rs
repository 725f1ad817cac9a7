//! The node's records, written for the wire.

use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::outcome::{Erasure, WithdrawalOutcome};
use handdruk_domain::warm::Course;
use handdruk_proto::{timestamp, to_wire, v1};
use handdruk_service::wire_reason;
use prost::Message as _;

use crate::store::{CategoryFields, InboxRow, Refused, SentRow, Unplaced, Withdrawal};

/// A refusal as a reason why something is blocked.
pub(crate) fn blocked(refusal: &Refusal) -> v1::BlockedReason {
    v1::BlockedReason {
        reason: wire_reason(refusal.reason),
        about: refusal.about.clone().unwrap_or_default(),
    }
}

/// A refusal that was kept.
fn reason(refused: &Refused) -> v1::BlockedReason {
    v1::BlockedReason {
        reason: wire_reason(refused.reason),
        about: refused.about.clone().unwrap_or_default(),
    }
}

/// How much of a category goes.
pub(crate) fn fields(fields: &CategoryFields) -> v1::CategoryCount {
    v1::CategoryCount {
        category: to_wire(fields.category),
        fields_selected: fields.selected,
        fields_in_dossier: fields.in_dossier,
    }
}

/// Categories in order.
pub(crate) fn categories(categories: &[Category]) -> Vec<i32> {
    categories.iter().map(|category| to_wire(*category)).collect()
}

/// Where a handover that we send stands, as the gateway last said. Before it was admitted: awaiting, or why it never was.
pub(crate) fn status(row: &SentRow) -> v1::HandoverStatus {
    let known = v1::HandoverStatus::decode(row.record.status.0.as_slice()).unwrap_or_default();
    let mut status = v1::HandoverStatus {
        handover_id: row.handover.to_string(),
        stage: to_wire(row.stage.unwrap_or(Stage::Awaiting)),
        ..known
    };
    if let Some(refused) = &row.record.refused {
        status.stage = to_wire(Stage::Blocked);
        status.blocked_reasons = vec![reason(refused)];
    }
    // What was awaited or blocked once is not any more after the stage went on.
    if !matches!(row.stage, None | Some(Stage::Awaiting)) {
        status.awaited.clear();
    }
    status
}

/// A handover that we send. `pupil` is the school administration's key, `recipient` the recipient's name where known.
pub(crate) fn sent(row: &SentRow, pupil: String, recipient: String) -> v1::SentHandover {
    let record = &row.record;
    v1::SentHandover {
        status: Some(status(row)),
        purpose: to_wire(row.purpose),
        pupil,
        recipient_oin: row.recipient.to_string(),
        recipient_name: recipient,
        create_time: Some(timestamp(row.created_at)),
        update_time: Some(timestamp(row.updated_at)),
        categories: record
            .fields
            .iter()
            .filter(|count| count.selected > 0)
            .map(fields)
            .collect(),
        sent: categories(&record.left),
        withheld: categories(&record.withheld),
        received: categories(&record.received),
        quarantine_reason: record.quarantine.map_or(0, to_wire),
        steps: record.steps.clone(),
        withdrawal: withdrawal(record.withdrawal),
        keep_ground: record.keep_ground.map_or(0, to_wire),
        owner: owner(row),
        queued: row.stage.is_none() && record.refused.is_none(),
        late_views: late_views(row),
        // Told where one handover is asked for.
        reads: Vec::new(),
        thread: Vec::new(),
        unrecorded: record.unrecorded.as_ref().map(reason),
    }
}

/// Remarks that did not go along, once what went is settled.
fn late_views(row: &SentRow) -> Vec<v1::Statement> {
    let is_sealed = matches!(
        row.stage,
        Some(Stage::Submitted | Stage::Released | Stage::Received | Stage::Quarantined)
    );
    let views = row.record.late_views().filter(|_| is_sealed);
    views.map(|view| (&view.0).into()).collect()
}

/// What somebody should get and nobody is known who could.
pub(crate) fn unplaced(unplaced: &Unplaced, pupil: String) -> v1::SentHandover {
    v1::SentHandover {
        status: Some(v1::HandoverStatus {
            handover_id: unplaced.handover.to_string(),
            stage: to_wire(Stage::Blocked),
            blocked_reasons: vec![blocked(&Reason::NoRecipient.into())],
            early: unplaced.watch.map(|watch| v1::StageDeadline {
                owner: v1::Owner::Sender.into(),
                last_day: watch.deadline.last_day.to_string(),
                known: to_wire(watch.deadline.known),
                heard: watch.heard.map_or(0, to_wire),
            }),
            ..v1::HandoverStatus::default()
        }),
        purpose: to_wire(unplaced.purpose),
        pupil,
        create_time: Some(timestamp(unplaced.created_at)),
        update_time: Some(timestamp(unplaced.created_at)),
        categories: unplaced
            .fields
            .iter()
            .filter(|count| count.selected > 0)
            .map(fields)
            .collect(),
        owner: "we: find a recipient, and push again".to_owned(),
        ..v1::SentHandover::default()
    }
}

/// What is not kept here any more, which says nothing about how it ended: told once to who watches, so that it leaves their lists.
pub(crate) fn gone(handover: HandoverId) -> v1::SentHandover {
    v1::SentHandover {
        status: Some(v1::HandoverStatus {
            handover_id: handover.to_string(),
            ..v1::HandoverStatus::default()
        }),
        owner: "nobody: it is not kept here any more".to_owned(),
        ..v1::SentHandover::default()
    }
}

/// Who must act next, in words.
fn owner(row: &SentRow) -> String {
    let owner = match row.stage {
        stage if row.record.unrecorded.is_some() && !stage.is_some_and(Stage::is_outcome) => {
            "we: the gateway did not take what was recorded of somebody's decision, see the reason"
        }
        None if row.record.refused.is_some() => "we: the gateway refused it, see the reason",
        None => "the node: the gateway has not answered yet",
        Some(Stage::Awaiting) if awaits_us(row) => "we: somebody must still be told, invited or heard",
        Some(Stage::Awaiting) => "those who are asked or may inspect",
        Some(Stage::Blocked) => "we: talk with the family",
        Some(Stage::Permitted) => "the node: it seals and submits",
        Some(Stage::Submitted | Stage::Released) => "the recipient: it has yet to fetch and confirm",
        Some(Stage::Received) if row.record.withdrawal == Withdrawal::Unanswered => {
            "the recipient: it has yet to answer the withdrawal"
        }
        Some(Stage::Received) => warm_owner(row),
        Some(Stage::Quarantined) => "we: the content was not what was promised",
        Some(Stage::Retracted | Stage::Expired) => "nobody: it ended before it was received",
    };
    owner.to_owned()
}

/// Who must act next once it was received.
fn warm_owner(row: &SentRow) -> &'static str {
    use v1::WarmStage as At;
    let status = v1::HandoverStatus::decode(row.record.status.0.as_slice()).unwrap_or_default();
    let warm = status.warm.unwrap_or_default();
    match (At::try_from(warm.stage), v1::Owner::try_from(warm.owner)) {
        (Ok(At::Closed), _) => "nobody: it is closed",
        (Ok(At::Declined), _) => "we: find another recipient",
        (Ok(At::NoRecipient), _) => "we: nobody is known who could take it over",
        (Ok(At::NotStarted), _) => "both: the child did not start",
        (_, Ok(v1::Owner::Both)) => "both, until both confirm",
        (Ok(At::Waiting), _) => "the recipient: on its waiting list",
        (Ok(At::Received | At::Unspecified), _) => "the recipient: nobody has taken it on yet",
        _ => "the recipient",
    }
}

/// Whether the gateway awaits the sending organisation itself: a telling, or a second professional.
fn awaits_us(row: &SentRow) -> bool {
    use v1::AwaitedWhat as What;
    let status = v1::HandoverStatus::decode(row.record.status.0.as_slice()).unwrap_or_default();
    status.awaited.iter().any(|awaited| {
        awaited.slot_id.is_empty()
            || matches!(
                What::try_from(awaited.what),
                Ok(What::Telling | What::SecondPerson)
            )
    })
}

/// How a withdrawal stands.
pub(crate) fn withdrawal(withdrawal: Withdrawal) -> i32 {
    let wire = match withdrawal {
        Withdrawal::None => v1::WithdrawalState::Unspecified,
        Withdrawal::Unanswered => v1::WithdrawalState::Unanswered,
        Withdrawal::Erased => v1::WithdrawalState::Erased,
        Withdrawal::Kept => v1::WithdrawalState::Kept,
    };
    wire.into()
}

/// An answer to a withdrawal as a state.
pub(crate) const fn answered(outcome: WithdrawalOutcome) -> Withdrawal {
    match outcome {
        WithdrawalOutcome::Erased {} => Withdrawal::Erased,
        WithdrawalOutcome::Kept { .. } => Withdrawal::Kept,
    }
}

/// A handover to us, without content.
pub(crate) fn inbox(row: &InboxRow) -> v1::InboxItem {
    let record = &row.record;
    v1::InboxItem {
        handover_id: row.handover.to_string(),
        purpose: to_wire(row.purpose),
        sender_oin: row.sender.to_string(),
        sender_name: record.sender_name.clone(),
        stage: to_wire(row.stage),
        receive_time: Some(timestamp(row.received_at)),
        categories: categories(&record.categories),
        withheld: categories(&record.withheld),
        quarantine_reason: record.quarantine.map_or(0, to_wire),
        withdrawal: withdrawal(record.withdrawal),
        keep_ground: record.keep_ground.map_or(0, to_wire),
        steps: record.steps.clone(),
        erase_time: Some(timestamp(row.erase_at)),
        warm: record.warm(),
        unanswered: record.unanswered(),
        taken_back: record.taken_back().into_iter().map(to_wire).collect(),
        erased: categories(&record.erased),
        unrecorded: record.unrecorded.as_ref().map(reason),
        // Told where one handover is asked for.
        reads: Vec::new(),
        thread: Vec::new(),
        recipient_site: record.site.as_ref().map(ToString::to_string).unwrap_or_default(),
        recipient_desk: record.desk.map_or(0, to_wire),
        short_course: record.course == Some(Course::Short),
        erased_because: match record.destroyed {
            None => v1::ErasureReason::Unspecified,
            Some(Erasure::Term) => v1::ErasureReason::Term,
            Some(Erasure::Request) => v1::ErasureReason::Request,
        }
        .into(),
        kept_longer: record.kept_longer.map_or(0, to_wire),
    }
}
