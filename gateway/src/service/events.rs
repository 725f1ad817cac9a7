//! The event stream: an organisation's notices from a cursor on, and each fresh checkpoint.

use std::pin::Pin;
use std::time::Duration;

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Plan, Relation, SignedCheckpoint, Tiles, relation};
use handdruk_domain::exchange::NoticeKind;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::restoration::Restoration;
use handdruk_domain::statement::{Party, Statement, Verified, VerifyingKey};
use handdruk_proto::{statement_in, timestamp, to_wire, v1};
use handdruk_service::{Stage, status_of};
use prost::Message as _;
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use super::context::Context;
use super::wire;
use crate::store::{Numbered, Store};

/// How many notices are read at once.
const PAGE: u32 = 64;
/// How many of them may wait for a slow reader.
const BUFFER: usize = 8;
/// How long a reader may take for one event before its stream ends: what was read for it is let go of, and it resumes from
/// what it has.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long after somebody else's commit a stream looks too, at least; twice as long at most. Whoever watches hears of every fresh
/// checkpoint some time, and not all of them at once of each.
const OTHERS: Duration = Duration::from_secs(15);

/// How large, in bytes, an event's standing may be. Stories have no bound: a longer one is asked for, by a call that counts.
const MAX_STANDING: usize = 64 * 1024;

/// A notice names statements that are not there. Ours.
#[derive(Debug, thiserror::Error)]
#[error("a notice names statements that the store does not have")]
struct HalfNotice;

/// What a watcher gets.
pub(crate) type EventStream =
    Pin<Box<dyn tokio_stream::Stream<Item = Result<v1::WatchEventsResponse, Status>> + Send + 'static>>;

/// What is on its way to a watcher. Boxed: a channel keeps room for dozens, and thousands of channels are empty.
type Told = Box<Result<v1::WatchEventsResponse, Status>>;

impl Context {
    /// Streams what concerns `organisation` after `cursor`, until the watcher goes away, takes too long or opens
    /// too many others, or the gateway stops. A slow watcher slows only its own stream.
    pub(super) fn watch(&self, organisation: Oin, cursor: u64) -> EventStream {
        let (sender, receiver) = mpsc::channel(BUFFER);
        let context = self.clone();
        let open = self.streams().open(&organisation);
        let stopping = self.tasks().stopping(Stage::Front);
        self.tasks()
            .spawn_brief(Stage::Front, "event-stream", async move {
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = sender.closed() => {}
                    () = open.ended() => {}
                    ended = context.feed(&organisation, cursor, &sender) => if let Err(status) = ended {
                        // Gone already: then nobody needs to hear it.
                        takes(&sender, Box::new(Err(status)), PATIENCE).await;
                    }
                }
            });
        Box::pin(ReceiverStream::new(receiver).map(|told| *told))
    }

    async fn feed(
        &self,
        organisation: &Oin,
        mut cursor: u64,
        watcher: &mpsc::Sender<Told>,
    ) -> Result<(), Status> {
        let (mut head, bell) = (self.sequencer().head(), self.sequencer().bell(organisation));
        loop {
            // Marked as seen before reading, so that what is committed meanwhile is read in the next turn.
            let checkpoint = head.borrow_and_update().checkpoint.clone();
            // Boxed: what reading takes is let go of while the stream waits, which is nearly always.
            let Some(reached) = Box::pin(self.catch_up(organisation, cursor, watcher)).await? else {
                return Ok(());
            };
            cursor = reached;
            let event = v1::WatchEventsResponse {
                cursor,
                event_time: Some(timestamp(self.now())),
                kind: v1::EventKind::Checkpoint.into(),
                checkpoint,
                ..Default::default()
            };
            if !takes(watcher, Box::new(Ok(event)), PATIENCE).await {
                return Ok(());
            }
            let another = async {
                let changed = head.changed().await;
                tokio::time::sleep(self.streams().spread().over(OTHERS)).await;
                changed
            };
            tokio::select! {
                () = bell.rung() => {}
                changed = another => if changed.is_err() {
                    return Ok(());
                }
            }
        }
    }

    /// Everything that waits after `cursor`; how far that is, unless the watcher takes no more.
    async fn catch_up(
        &self,
        organisation: &Oin,
        mut cursor: u64,
        watcher: &mpsc::Sender<Told>,
    ) -> Result<Option<u64>, Status> {
        loop {
            let page = self.read(self.store().notices(organisation, cursor, PAGE).await)?;
            let Some(last) = page.last() else {
                return Ok(Some(cursor));
            };
            cursor = last.cursor;
            for numbered in page {
                let event = self.event(organisation, numbered).await?;
                if !takes(watcher, Box::new(Ok(event)), PATIENCE).await {
                    return Ok(None);
                }
            }
        }
    }

    async fn event(&self, organisation: &Oin, numbered: Numbered) -> Result<v1::WatchEventsResponse, Status> {
        let notice = numbered.notice;
        let standing = match notice.handover {
            // What is read next says whether the store is away.
            Some(handover) if tells_standing(notice.kind) => self
                .standing(organisation, handover)
                .await
                .unwrap_or_default()
                .map(|(status, statements)| wire::standing(&status, &statements))
                .filter(fits),
            _ => None,
        };
        let statements = self.read(self.store().statements(&notice.statements).await)?;
        // Half a notice is worse than a late one: its reader would go on behind it. Erased together, they come no more.
        if statements.len() != notice.statements.len() {
            return Err(self.fault(&HalfNotice));
        }
        Ok(v1::WatchEventsResponse {
            cursor: numbered.cursor,
            event_time: Some(timestamp(notice.at)),
            kind: event_kind(notice.kind.word()),
            handover_id: notice.handover.map(|id| id.to_string()).unwrap_or_default(),
            slot_id: notice.slot.map(|id| id.to_string()).unwrap_or_default(),
            statements: statements
                .iter()
                .map(|stored| (&stored.statement).into())
                .collect(),
            checkpoint: String::new(),
            stage: notice.stage.map_or(0, to_wire),
            sealed_view: notice.sealed_view.unwrap_or_default().into(),
            standing,
        })
    }

    /// Compares the restoration that a node has taken up with the one in force. If a newer one is in force here, the node takes
    /// that up first. If the node's is newer, this log was put back once more, from before it: nothing is released.
    pub(super) async fn compare_restoration(&self, shown: Option<v1::Statement>) -> Result<(), Status> {
        let own = self.identity().oin();
        let shown = match shown {
            None => None,
            Some(shown) => {
                let bad = || status_of(&Refusal::about(Reason::BadStatement, "restoration"));
                let claim = statement_in::<Restoration>(Some(shown), "restoration")
                    .map_err(|refusal| status_of(&refusal))?;
                let shown = claim.verify(&[self.registrar()]).map_err(|_| bad())?;
                Some(shown)
                    .filter(|shown| shown.log == *own)
                    .ok_or_else(bad)
                    .map(Some)?
            }
        };
        let in_force = self.read(self.store().restoration().await)?;
        let ours = match &in_force {
            None => None,
            Some(stored) => Some(
                Statement::<Restoration>::claim(stored.statement.clone())
                    .and_then(|claim| claim.peek())
                    .map_err(|error| self.fault(&error))?,
            ),
        };
        let number = ours.map_or(0, |ours| ours.number);
        let is_same = shown.as_ref().map(Verified::digest) == in_force.map(|stored| stored.digest);
        match shown.map_or(0, |shown| shown.number).cmp(&number) {
            std::cmp::Ordering::Less => Err(status_of(&Reason::GatewayRestored.into())),
            std::cmp::Ordering::Equal if is_same => Ok(()),
            std::cmp::Ordering::Equal | std::cmp::Ordering::Greater => {
                self.guard().stop_releases().await;
                Err(status_of(&Reason::LogDiverged.into()))
            }
        }
    }

    /// Compares the checkpoint that a node has seen with the log. If the log is shorter or other, nothing is released any
    /// more. A note that is not a checkpoint of this gateway's own making changes nothing: anybody could write one.
    pub(super) async fn compare_checkpoint(&self, note: &str) -> Result<(), Status> {
        if note.is_empty() {
            return Ok(());
        }
        let head = self.read(self.store().head().await)?;
        // Whoever was told everything and comes back, as all do at once after a restart, shows the very note that stands there.
        if note == head.checkpoint {
            return Ok(());
        }
        let malformed = || status_of(&Refusal::about(Reason::Malformed, "checkpoint"));
        let signed = SignedCheckpoint::parse(note).map_err(|_| malformed())?;
        let own = self.identity().oin();
        let bundles = self.read(self.store().bundles(own).await)?;
        let mut seen = None;
        for stored in &bundles {
            if let Ok(claim) = handdruk_domain::statement::Statement::claim(stored.statement.clone())
                && let Ok(bundle) = claim.peek()
            {
                let bundle: handdruk_domain::statement::member::KeyBundle = bundle;
                let key = VerifyingKey::new(Party::Organisation(own.clone()), bundle.statement_key);
                seen = seen.or_else(|| signed.verify(&key).ok());
            }
        }
        let seen = seen.ok_or_else(|| status_of(&Refusal::about(Reason::BadStatement, "checkpoint")))?;
        if head.size == 0 {
            self.guard().stop_releases().await;
            return Err(status_of(&Reason::LogDiverged.into()));
        }
        let shown = SignedCheckpoint::parse(&head.checkpoint).map_err(|error| self.fault(&error))?;
        let shown = handdruk_domain::evidence::Checkpoint {
            log: shown.log().clone(),
            size: head.size,
            root: head.root,
        };
        let proof = if seen.size <= shown.size {
            self.consistency(seen.size, shown.size).await?
        } else {
            Vec::new()
        };
        match relation(&seen, &shown, &proof) {
            Relation::Same | Relation::Extends => Ok(()),
            Relation::Shorter | Relation::Diverges => {
                self.guard().stop_releases().await;
                Err(status_of(&Reason::LogDiverged.into()))
            }
        }
    }

    /// That the log of `size` leaves extends the one of `earlier` leaves.
    pub(super) async fn consistency(&self, earlier: u64, size: u64) -> Result<Vec<Digest>, Status> {
        let out_of_range = |_| status_of(&Refusal::about(Reason::Malformed, "size"));
        let plan = Plan::consistency(earlier, size).map_err(out_of_range)?;
        self.resolve(&plan).await
    }

    /// Reads what a plan needs, and resolves it.
    pub(super) async fn resolve(&self, plan: &Plan) -> Result<Vec<Digest>, Status> {
        let mut tiles = Tiles::default();
        for tile in plan.tiles() {
            tiles.insert(tile, self.read(self.store().tile(tile).await)?);
        }
        plan.resolve(&tiles).map_err(|error| self.fault(&error))
    }
}

/// Whether an event tells where its handover stands: what every handover comes to. Its sender would ask each time.
const fn tells_standing(kind: NoticeKind) -> bool {
    matches!(
        kind,
        NoticeKind::Released | NoticeKind::Received | NoticeKind::Quarantined
    )
}

/// Whether where a handover stands goes along with an event.
fn fits(standing: &v1::GetHandoverResponse) -> bool {
    standing.encoded_len() <= MAX_STANDING
}

/// Whether the watcher took it in time; there is no use in going on otherwise.
async fn takes<T>(watcher: &mpsc::Sender<T>, event: T, patience: Duration) -> bool {
    let sent = tokio::time::timeout(patience, watcher.send(event)).await;
    if sent.is_err() {
        tracing::info!("an event stream ends: its reader takes nothing");
    }
    sent.is_ok_and(|sent| sent.is_ok())
}

/// The wire's number for a notice: they carry the same words, and a test compares them.
fn event_kind(word: &str) -> i32 {
    let name = format!("EVENT_KIND_{}", word.to_uppercase().replace('-', "_"));
    v1::EventKind::from_str_name(&name).map_or(0, Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_story_does_not_go_along_with_an_event() {
        let of = |steps: usize| v1::GetHandoverResponse {
            statements: vec![
                v1::Statement {
                    body: vec![0; 60 * 1024].into(),
                    ..Default::default()
                };
                steps
            ],
            ..Default::default()
        };
        assert!(fits(&of(1)) && !fits(&of(2)));
    }

    #[tokio::test]
    async fn a_reader_that_takes_nothing_is_given_up() {
        let (sender, mut reader) = mpsc::channel(1);
        let no_patience = Duration::ZERO;
        assert!(
            takes(&sender, 0, no_patience).await,
            "it waits for the reader here"
        );
        assert!(!takes(&sender, 1, no_patience).await);
        assert_eq!(reader.recv().await, Some(0));
        assert!(takes(&sender, 2, no_patience).await, "it reads again");
        drop(reader);
        assert!(!takes(&sender, 3, PATIENCE).await, "it went away");
    }

    #[test]
    fn every_notice_has_its_word_on_the_wire() {
        for kind in NoticeKind::ALL {
            assert_ne!(event_kind(kind.word()), 0, "{kind}");
        }
        let unspecified_and_checkpoint = 2;
        let next = i32::try_from(NoticeKind::ALL.len() + unspecified_and_checkpoint).expect("small");
        assert!(
            v1::EventKind::try_from(next).is_err(),
            "the wire has events that nobody sends"
        );
    }
}
