//! The board as the process keeps it: what the node says of each handover, with who in the organisation has it.
//!
//! Invariant: the board says of each handover what the node said last, put together with what the workdesk's own store said
//! last of who has it, in whichever order the two came. It is rebuilt from both at every start, so nothing rests on it.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Site;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk;
use handdruk_proto::{from_wire, v1};

use super::{Asks, Board, Direction, Entry, Shelf};
use crate::people::Holder;

struct State {
    board: Board,
    received: HashMap<HandoverId, Arc<v1::InboxItem>>,
    sent: HashMap<HandoverId, Arc<v1::SentHandover>>,
    holders: HashMap<HandoverId, (Holder, i64)>,
}

/// The board of a running workdesk. Cheap to clone.
#[derive(Clone)]
pub struct Live(Arc<RwLock<State>>);

impl core::fmt::Debug for Live {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Live {
    /// An empty board on this day in the Netherlands.
    pub fn new(today: Date) -> Self {
        Self(Arc::new(RwLock::new(State {
            board: Board::new(today),
            received: HashMap::new(),
            sent: HashMap::new(),
            holders: HashMap::new(),
        })))
    }

    /// What the node says of a handover to us. One that it cannot name properly is left out.
    pub fn received(&self, item: v1::InboxItem) {
        let Ok(handover) = item.handover_id.parse() else {
            return;
        };
        let mut state = self.write();
        state.received.insert(handover, Arc::new(item));
        state.settle(handover);
    }

    /// What the node says of a handover of ours.
    pub fn sent(&self, item: v1::SentHandover) {
        let id = item.status.as_ref().map(|status| status.handover_id.parse());
        let Some(Ok(handover)) = id else { return };
        let mut state = self.write();
        state.sent.insert(handover, Arc::new(item));
        state.settle(handover);
    }

    /// Colleagues decided who has it: this is that version of the decision. An older one changes nothing.
    pub fn assign(&self, handover: HandoverId, holder: Holder, version: i64) {
        let mut state = self.write();
        let known = state.holders.get(&handover);
        if known.is_some_and(|(_, known)| *known >= version) {
            return;
        }
        state.holders.insert(handover, (holder, version));
        state.settle(handover);
    }

    /// Reads the board, on this day.
    pub fn read<T>(&self, today: Date, read: impl FnOnce(&Board) -> T) -> T {
        if self.state().board.today() < today {
            self.write().board.advance(today);
        }
        read(&self.state().board)
    }

    /// The handover to us as the node said last.
    pub fn item(&self, handover: HandoverId) -> Option<Arc<v1::InboxItem>> {
        self.state().received.get(&handover).cloned()
    }

    /// The handover of ours as the node said last.
    pub fn sent_item(&self, handover: HandoverId) -> Option<Arc<v1::SentHandover>> {
        self.state().sent.get(&handover).cloned()
    }

    /// The version of who has it, 0 where nobody does: what a page hands to whoever may give it away.
    pub fn version(&self, handover: HandoverId) -> i64 {
        self.state()
            .holders
            .get(&handover)
            .map_or(0, |(_, version)| *version)
    }

    /// Where a handover to us or of ours stands in the organisation, closed or not: what decides who may see it.
    pub fn shelf(&self, handover: HandoverId) -> Option<Shelf> {
        let state = self.state();
        let holder = state.holders.get(&handover).map(|(holder, _)| holder);
        match (state.received.get(&handover), state.sent.get(&handover)) {
            (Some(item), _) => shelf_of_received(item, holder),
            (None, Some(item)) => shelf_of_sent(item, holder),
            (None, None) => None,
        }
    }

    /// Where a handover of ours stands, by what the node says of it now.
    pub fn shelf_of(&self, item: &v1::SentHandover) -> Option<Shelf> {
        let handover = item.status.as_ref()?.handover_id.parse().ok()?;
        let state = self.state();
        let holder = state.holders.get(&handover).map(|(holder, _)| holder);
        shelf_of_sent(item, holder)
    }

    // A panic while it was written leaves an entry out of date, which the node's next word mends: better than no board.
    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn settle(&mut self, handover: HandoverId) {
        let holder = self.holders.get(&handover).map(|(holder, _)| holder);
        let entry = match (self.received.get(&handover), self.sent.get(&handover)) {
            (Some(item), _) => entry_of_received(handover, item, holder),
            (None, Some(item)) => entry_of_sent(handover, item, holder),
            (None, None) => None,
        };
        match entry {
            Some(entry) => self.board.put(entry),
            None => self.board.remove(handover),
        }
    }
}

fn entry_of_received(handover: HandoverId, item: &v1::InboxItem, holder: Option<&Holder>) -> Option<Entry> {
    let asks = if item.withdrawal == v1::WithdrawalState::Unanswered as i32 {
        Asks::Answer
    } else if item.stage != v1::Stage::Received as i32 {
        Asks::Nothing
    } else {
        asks_of(item.warm.as_ref(), v1::Owner::Recipient, Asks::Step)?
    };
    Some(Entry {
        handover,
        shelf: shelf_of_received(item, holder)?,
        asks,
        last_day: match asks {
            Asks::Answer => answer_by(&item.unanswered),
            Asks::Step | Asks::Nothing => last_day(item.warm.as_ref()),
        },
        since: time(item.receive_time.as_ref()),
    })
}

fn entry_of_sent(handover: HandoverId, item: &v1::SentHandover, holder: Option<&Holder>) -> Option<Entry> {
    use v1::Stage as At;
    let status = item.status.as_ref()?;
    let early = status.early.as_ref();
    // While there is time, whoever is asked, the node and the recipient go on by themselves.
    let is_late = early.is_some_and(|early| is_ours_too_late(early.owner, early.heard));
    let answer_is_late = status
        .unanswered
        .iter()
        .any(|waiting| is_ours_too_late(v1::Owner::Recipient.into(), waiting.heard));
    let (asks, last_day) = match At::try_from(status.stage) {
        Ok(At::Retracted | At::Expired) => return None,
        Ok(At::Received | At::Quarantined) if answer_is_late => (Asks::Step, answer_by(&status.unanswered)),
        Ok(At::Quarantined) => (Asks::Step, None),
        Ok(At::Received) => {
            let asks = asks_of(status.warm.as_ref(), v1::Owner::Sender, Asks::Nothing)?;
            (asks, last_day(status.warm.as_ref()))
        }
        Ok(At::Blocked) => (Asks::Step, early.and_then(early_day)),
        _ if is_late => (Asks::Step, early.and_then(early_day)),
        _ => (Asks::Nothing, early.and_then(early_day)),
    };
    Some(Entry {
        handover,
        shelf: shelf_of_sent(item, holder)?,
        asks,
        last_day,
        since: time(item.create_time.as_ref()),
    })
}

/// What the warm part asks of `us`; `None` once it is closed, `unknown` while the gateway has not said.
fn asks_of(warm: Option<&v1::WarmStatus>, us: v1::Owner, unknown: Asks) -> Option<Asks> {
    let Some(warm) = warm else { return Some(unknown) };
    if warm.stage == v1::WarmStage::Closed as i32 {
        return None;
    }
    let ours = warm.owner == us as i32 || warm.owner == v1::Owner::Both as i32;
    Some(if ours { Asks::Step } else { Asks::Nothing })
}

fn shelf_of_received(item: &v1::InboxItem, holder: Option<&Holder>) -> Option<Shelf> {
    let site = item.recipient_site.parse().ok();
    let desk = from_wire(item.recipient_desk).ok();
    Some(shelf(
        Direction::Received,
        from_wire(item.purpose).ok()?,
        site,
        desk,
        holder,
    ))
}

fn shelf_of_sent(item: &v1::SentHandover, holder: Option<&Holder>) -> Option<Shelf> {
    Some(shelf(
        Direction::Sent,
        from_wire(item.purpose).ok()?,
        None,
        None,
        holder,
    ))
}

fn shelf(
    direction: Direction,
    purpose: Purpose,
    site: Option<Site>,
    desk: Option<Desk>,
    holder: Option<&Holder>,
) -> Shelf {
    // Forwarded to a team, it stands there and no longer where it is addressed to.
    let (desk, assignee) = match holder {
        None => (desk, None),
        Some(Holder::Team(team)) => (Some(*team), None),
        Some(Holder::Colleague(colleague)) => (desk, Some(colleague.clone())),
    };
    Shelf {
        direction,
        purpose,
        site,
        desk,
        assignee,
    }
}

fn last_day(warm: Option<&v1::WarmStatus>) -> Option<Date> {
    warm.and_then(|warm| warm.last_day.parse().ok())
}

fn early_day(early: &v1::StageDeadline) -> Option<Date> {
    early.last_day.parse().ok()
}

/// The last day on which the answer that is due first is in time.
fn answer_by(unanswered: &[v1::UnansweredWithdrawal]) -> Option<Date> {
    let days = unanswered
        .iter()
        .filter_map(|waiting| waiting.last_day.parse().ok());
    days.min()
}

/// Whether the sender was told that it is late: as its owner, or because both organisations were.
fn is_ours_too_late(owner: i32, heard: i32) -> bool {
    match v1::Hearer::try_from(heard) {
        Ok(v1::Hearer::Owner) => owner == v1::Owner::Sender as i32 || owner == v1::Owner::Both as i32,
        Ok(v1::Hearer::Organisations | v1::Hearer::Family | v1::Hearer::ThirdParty) => true,
        Ok(v1::Hearer::Unspecified) | Err(_) => false,
    }
}

fn time(at: Option<&prost_types::Timestamp>) -> Timestamp {
    at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}
