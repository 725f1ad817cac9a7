//! What happened at the gateway, and what it makes a node do. Most events move nothing by themselves except the outbox: how a
//! handover stands is then asked for, so that an event that was overtaken does no harm. Those that tell it move it on, never back.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::{HandoverId, SlotId};
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::consent::GuardianKeys;
use handdruk_domain::statement::member::Membership;
use handdruk_domain::statement::{Kind, RawStatement, Statement};
use handdruk_proto::v1::EventKind;
use handdruk_proto::{FromWire as _, v1};

use super::checkpoint::Checkpoints;
use super::learn::{self, Learnt};
use super::{calls, plan, preview, refresh};
use crate::error::NodeError;
use crate::node::{Change, Node};
use crate::outbox;
use crate::store::{InvitationState, SentRow, Tx, Withdrawal};
use crate::task::{Lane, Task};

/// More handovers of one child than this are not offered at once.
const MOST: u32 = 200;

/// Handles events that came together, in their order, and makes them durable at once. The newest checkpoint among them is compared
/// after what they tell: it stands for those before it.
pub(super) async fn take(
    node: &Node,
    checkpoints: &mut Checkpoints,
    events: Vec<v1::WatchEventsResponse>,
) -> Result<(), NodeError> {
    let (mut shown, mut news) = (None, Vec::with_capacity(events.len()));
    for event in events {
        if event.kind == i32::from(EventKind::Checkpoint) {
            // Its cursor is that of the news before it, which is stored with that if it changed anything.
            shown = Some(event.checkpoint);
        } else {
            news.push(News::read(event));
        }
    }
    if let Err(error) = hear(node, &news).await {
        if news.len() < 2 {
            return Err(error);
        }
        // One of them cannot be handled: those before it count all the same.
        for one in news.chunks(1) {
            hear(node, one).await?;
        }
    }
    match shown {
        Some(shown) => checkpoints.compare(node, shown).await,
        None => Ok(()),
    }
}

/// All of it in one transaction.
async fn hear(node: &Node, news: &[News]) -> Result<(), NodeError> {
    let Some(cursor) = news.iter().map(|one| one.cursor).max() else {
        return Ok(());
    };
    let now = node.now();
    let mut tx = node.store.join().await?;
    let (mut changes, mut is_news) = (Vec::new(), false);
    for one in news {
        let Some((kind, told)) = &one.told else {
            is_news = true;
            continue;
        };
        match react(node, &mut tx, *kind, told, now).await {
            Ok(Reaction::None) => {}
            Ok(Reaction::Written(change)) => {
                is_news = true;
                changes.extend(change);
            }
            Err(NodeError::Refused(refusal)) => {
                is_news = true;
                // What it wanted was refused for good: hearing it again would change nothing.
                tracing::warn!(kind = kind.as_str_name(), %refusal, "an event was refused");
            }
            Err(error) => return Err(error),
        }
    }
    if !is_news {
        // Heard again, it would change nothing again: the cursor goes on with the next that does.
        return Ok(());
    }
    tx.advance_cursor(cursor).await?;
    tx.commit().await?;
    for change in changes {
        node.announce(change);
    }
    node.wake();
    Ok(())
}

/// An event and where it stands. What cannot be read is passed over.
struct News {
    cursor: u64,
    told: Option<(EventKind, Told)>,
}

impl News {
    fn read(event: v1::WatchEventsResponse) -> Self {
        let cursor = event.cursor;
        let Ok(kind) = EventKind::try_from(event.kind) else {
            // A newer gateway may tell more than this version knows; what we must know is in the vocabulary.
            tracing::warn!(kind = event.kind, "an event of an unknown kind was passed over");
            return Self { cursor, told: None };
        };
        let told = Told::read(event).inspect_err(|error| {
            tracing::warn!(kind = kind.as_str_name(), %error, "a malformed event was passed over");
        });
        Self {
            cursor,
            told: told.ok().map(|told| (kind, told)),
        }
    }
}

/// What an event led to.
enum Reaction {
    /// It told what is known.
    None,
    /// Something was written, perhaps a change that watchers hear of.
    Written(Option<Change>),
}

/// An event, read.
struct Told {
    handover: Option<HandoverId>,
    slot: Option<SlotId>,
    statements: Vec<RawStatement>,
    sealed_view: Vec<u8>,
    /// Where the handover stands, with all that was signed about it.
    standing: Option<(v1::HandoverStatus, Vec<RawStatement>)>,
}

impl Told {
    fn read(event: v1::WatchEventsResponse) -> Result<Self, NodeError> {
        let handover = HandoverId::from_optional_field(&event.handover_id, "handover_id")?;
        // What cannot be read of it is asked for.
        let standing = event
            .standing
            .zip(handover)
            .and_then(|(standing, handover)| refresh::read(standing, handover).ok());
        Ok(Self {
            handover,
            standing,
            slot: SlotId::from_optional_field(&event.slot_id, "slot_id")?,
            statements: event
                .statements
                .into_iter()
                .map(RawStatement::try_from)
                .collect::<Result<_, _>>()?,
            sealed_view: event.sealed_view.to_vec(),
        })
    }
}

async fn react(
    node: &Node,
    tx: &mut Tx,
    kind: EventKind,
    told: &Told,
    now: Timestamp,
) -> Result<Reaction, NodeError> {
    let change = match kind {
        EventKind::GuardianActivated => activated(node, tx, told, now).await?,
        EventKind::CodeAlarm | EventKind::InvitationEnded => alarm(tx, kind, told).await?,
        EventKind::ViewAdded => {
            preview::take_view(tx, told.handover, told.slot, &told.sealed_view, now).await?
        }
        EventKind::EnvelopeReady => {
            if let Some(handover) = told.handover {
                fetch(node, tx, handover, now).await?;
            }
            None
        }
        EventKind::DeadlineEscalated => {
            escalated(told);
            None
        }
        EventKind::Unspecified | EventKind::Checkpoint => None,
        _ => match told.handover {
            Some(handover) => match tx.sent(handover).await? {
                Some(row) => return of_sent(node, tx, row, (kind, told), now).await,
                None => of_others(node, tx, handover, (kind, told), now).await?,
            },
            None => None,
        },
    };
    Ok(Reaction::Written(change))
}

/// About a handover that we send. Where it stands is asked for, unless the event tells it, or tells what is known.
async fn of_sent(
    node: &Node,
    tx: &mut Tx,
    mut row: SentRow,
    (kind, told): (EventKind, &Told),
    now: Timestamp,
) -> Result<Reaction, NodeError> {
    let (handover, lane) = (row.handover, Lane::child(row.child));
    let changed = Reaction::Written(Some(Change::Sent(handover)));
    let is_kept = learn::decisions(node, tx, &row, &told.statements, now).await?;
    let tells = matches!(
        kind,
        EventKind::Released | EventKind::Received | EventKind::Quarantined
    );
    if let Some((status, statements)) = told.standing.as_ref().filter(|_| tells) {
        match learn::told(node, tx, &row, (status, statements), now).await? {
            Learnt::News => return Ok(changed),
            Learnt::Known if is_kept => return Ok(changed),
            Learnt::Known => return Ok(Reaction::None),
            Learnt::Unclear => {}
        }
    }
    if kind == EventKind::Permitted
        && let Some(permit) = told.statements.iter().find(|raw| raw.kind == Kind::Permit)
    {
        let permit = permit.digest();
        if calls::is_sealed_under(&row, permit) || node.is_in_hand(handover, permit) {
            return Ok(if is_kept { changed } else { Reaction::None });
        }
        outbox::once(tx, &lane, &Task::Permitted { handover, permit }, now).await?;
        return Ok(changed);
    }
    if kind == EventKind::Withdrawn && row.record.withdrawal == Withdrawal::None {
        row.record.withdrawal = Withdrawal::Unanswered;
        row.updated_at = now;
        tx.put_sent(&row).await?;
        // What came back rested on the same yes.
        tx.erase_details(handover).await?;
    }
    outbox::once(tx, &lane, &Task::Refresh { handover }, now).await?;
    Ok(changed)
}

/// About a handover that others send to us, or one that is not known here.
async fn of_others(
    node: &Node,
    tx: &mut Tx,
    handover: HandoverId,
    (kind, told): (EventKind, &Told),
    now: Timestamp,
) -> Result<Option<Change>, NodeError> {
    if kind == EventKind::Withdrawn {
        let by = told
            .statements
            .iter()
            .find(|s| matches!(s.kind, Kind::Decision | Kind::Attestation));
        // Never gone on behind: it is asked for again until it says what was taken back, and by whom.
        let by = by.ok_or(NodeError::Broken("a withdrawal came without the decision"))?;
        tx.keep_proof(handover, by, now).await?;
        let mark = Task::MarkWithdrawn {
            handover,
            withdrawal: by.digest(),
        };
        outbox::once(tx, &Lane::inbox(handover), &mark, now).await?;
        // By when it must be answered is the gateway's to say.
        if tx.inbox_item(handover).await?.is_some() {
            outbox::once(tx, &Lane::inbox(handover), &Task::Refresh { handover }, now).await?;
        }
    } else if tx.inbox_item(handover).await?.is_some() {
        outbox::once(tx, &Lane::inbox(handover), &Task::Refresh { handover }, now).await?;
    } else if let EventKind::DeadlineDue | EventKind::DeadlineMissed = kind {
        // What we should have fetched is still there.
        fetch(node, tx, handover, now).await?;
    } else {
        // Ours before this database was put back from a copy, perhaps: what we signed about it tells.
        outbox::once(tx, &Lane::inbox(handover), &Task::Refresh { handover }, now).await?;
    }
    Ok(None)
}

/// A guardian activated: pin the keys, and let the guardian inspect everything open.
async fn activated(
    node: &Node,
    tx: &mut Tx,
    told: &Told,
    now: Timestamp,
) -> Result<Option<Change>, NodeError> {
    let raw = told
        .statements
        .iter()
        .find(|statement| statement.kind == Kind::GuardianKeys);
    let raw = raw.ok_or_else(|| NodeError::about(Reason::Malformed, "an activation without keys"))?;
    let keys = Statement::<GuardianKeys>::claim(raw.clone())?;
    let Some(invitation) = preview::pin(node, tx, &keys).await? else {
        return Ok(None);
    };
    let Some(child) = tx.child_of_slot(invitation.slot).await? else {
        return Ok(None);
    };
    // What was sent already as well, as long as its content is kept: new keys can inspect what the old ones could.
    for row in tx.sent_page(Some(child), None, MOST).await? {
        if row.stage.is_some() {
            preview::offer(node, tx, &row, &invitation, now).await?;
            plan::offer_newest(node, tx, &row, &invitation, now).await?;
        }
    }
    Ok(None)
}

/// Somebody tried a used code, or an invitation ended that we did not end.
async fn alarm(tx: &mut Tx, kind: EventKind, told: &Told) -> Result<Option<Change>, NodeError> {
    let Some(slot) = told.slot else { return Ok(None) };
    let Some(mut newest) = tx.invitations(slot).await?.pop() else {
        return Ok(None);
    };
    let ended_by_us = newest.state != InvitationState::Open && newest.state != InvitationState::Activated;
    let concerns_newest = told.statements.contains(&newest.record.statement.0);
    if kind == EventKind::CodeAlarm || (concerns_newest && !ended_by_us) {
        tracing::error!(%slot, kind = kind.as_str_name(), "an alarm about a guardian's invitation: look at the pupil's guardians");
        newest.alarm = true;
        tx.put_invitation(&newest).await?;
    }
    Ok(None)
}

/// A law names us: an organisation should have reported something by now. Which child it is about is not ours to know
/// before it does.
fn escalated(told: &Told) {
    let ask = told
        .statements
        .iter()
        .filter(|statement| statement.kind == Kind::Membership)
        .filter_map(|raw| Statement::<Membership>::claim(raw.clone()).ok()?.peek().ok());
    for membership in ask {
        tracing::warn!(organisation = %membership.oin, "an organisation has missed a deadline that a law makes ours: ask it");
    }
}

/// Fetches what waits, unless that is under way or done.
async fn fetch(node: &Node, tx: &mut Tx, handover: HandoverId, now: Timestamp) -> Result<(), NodeError> {
    let lane = Lane::inbox(handover);
    let waits = tx
        .lane(&lane.0)
        .await?
        .iter()
        .any(|(_, task)| matches!(task, Task::Fetch { .. }));
    if !waits && tx.inbox_item(handover).await?.is_none() {
        let request = node.request_id();
        tx.add_task(&lane.0, &Task::Fetch { handover, request }, false, now)
            .await?;
    }
    Ok(())
}
