//! Handovers against their manifests and events, their stories, and the sealed content that waits.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::{Act, Event};
use handdruk_domain::exchange::{
    self, Books, Handover, SealedCompartment, State, StoredHandover, StoredStatement,
};
use handdruk_domain::ids::{ChildRef, HandoverId};
use handdruk_domain::oin::Oin;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::envelope::CompartmentName;
use handdruk_domain::statement::outcome::{Progress, WithdrawalAnswer};
use handdruk_domain::statement::{Body, Kind, Statement};

use super::Audit;
use super::report::StoreCheck;
use super::walk::Walk;
use crate::store::StoreFault;
use crate::store::sql::columns::{id, number, optional_id, optional_number, optional_time, word};
use crate::store::sql::query::Query;
use crate::store::sql::{connection, evidence, statements};

/// Handovers per read.
const PAGE: i64 = 100;

/// A row of `handovers`.
struct Row {
    handover: HandoverId,
    sender: Oin,
    recipient: Oin,
    child: ChildRef,
    stage: Stage,
    is_over: bool,
    counted: Counted,
    stored: StoredHandover,
}

/// The columns by which a handover is counted.
#[derive(PartialEq)]
struct Counted {
    /// Municipality, quarter, purpose: where. Absent in rows from before there were counts, too.
    at: [Option<String>; 3],
    standing: Option<String>,
}

impl Counted {
    fn read(row: &connection::Row) -> Result<Self, StoreFault> {
        let text = |column| Ok::<_, StoreFault>(row.optional_text(column)?.map(str::to_owned));
        Ok(Self {
            at: [text("municipality")?, text("quarter")?, text("purpose")?],
            standing: text("standing")?,
        })
    }

    fn of(handover: &Handover) -> Self {
        let counted = handover.counted();
        let text = |say: fn(exchange::Counted<'_>) -> String| counted.map(say);
        Self {
            at: [
                text(|counted| counted.municipality.to_string()),
                text(|counted| counted.quarter.to_string()),
                text(|counted| counted.purpose.to_string()),
            ],
            standing: text(|counted| counted.standing.to_string()),
        }
    }

    /// Whether it is what follows from manifest and state.
    fn is_what(&self, follows: &Self) -> bool {
        if self.at == [None, None, None] {
            self.standing.is_none() || self.standing == follows.standing
        } else {
            self == follows
        }
    }
}

fn read(row: &connection::Row) -> Result<Row, StoreFault> {
    Ok(Row {
        handover: id(row, "handover")?,
        sender: word(row, "sender")?,
        recipient: word(row, "recipient")?,
        child: id(row, "child")?,
        stage: word(row, "stage")?,
        is_over: match number(row, "is_over")? {
            0 => false,
            1 => true,
            _ => return Err(StoreFault::Column("is_over")),
        },
        counted: Counted::read(row)?,
        stored: StoredHandover {
            state: row.text("state")?.to_owned(),
            due: optional_time(row, "due")?,
            held: optional_number(row, "held")?,
            statements: Vec::new(),
        },
    })
}

/// What the statements of one kind say. Their bytes and signatures are compared elsewhere.
fn peek_all<T: Body>(story: &[StoredStatement]) -> Vec<T> {
    let of_kind = story.iter().filter(|stored| stored.statement.kind == T::KIND);
    of_kind
        .filter_map(|stored| Statement::<T>::claim(stored.statement.clone()).ok()?.peek().ok())
        .collect()
}

impl Audit<'_> {
    pub(super) async fn check_handovers(&mut self) -> Result<(), StoreFault> {
        let Some(gateway) = self.owner.clone() else {
            if self.leaves == 0 {
                self.findings.skip(StoreCheck::Handovers, "There are none.");
                self.findings.skip(StoreCheck::Content, "There is none.");
            }
            return Ok(());
        };
        let (mut count, mut after) = (0_u64, Vec::new());
        loop {
            let rows = self.connection.rows(Query::new(
                "SELECT handover, sender, recipient, child, stage, is_over, due, held, state, municipality, \
                 quarter, purpose, standing FROM handovers \
                 WHERE handover > ? ORDER BY handover LIMIT ?",
            )
            .bind(after.clone())
            .bind(PAGE)).await?;
            let Some(last) = rows.last() else { break };
            after = last.owned("handover")?;
            for row in &rows {
                count += 1;
                if let Some(row) = self.readable(StoreCheck::Handovers, "a handover", read(row))? {
                    self.check_handover(row, &gateway).await?;
                }
            }
        }
        self.check_unknown().await?;
        self.check_views().await?;
        let says = format!("All {count} handovers stand where their events say.");
        self.findings.pass(StoreCheck::Handovers, says);
        self.findings.pass(
            StoreCheck::Content,
            "All sealed content is what was committed to, and none is left over.",
        );
        Ok(())
    }

    async fn check_handover(&mut self, mut row: Row, gateway: &Oin) -> Result<(), StoreFault> {
        let id = row.handover;
        let what = format!("handover {id}");
        let story = statements::story(&mut self.connection, id).await;
        let Some(story) = self.readable(StoreCheck::Handovers, &what, story)? else {
            return Ok(());
        };
        row.stored.statements = story;
        let events = self.events_of(id).await?;
        self.check_story(id, &row.stored.statements, &events);

        let mut books = Books::default();
        let put = books
            .put_handover(id, &row.stored, gateway)
            .map_err(StoreFault::from);
        self.readable(StoreCheck::Handovers, &what, put)?;
        let Some(handover) = books.handover(id) else {
            return Ok(());
        };
        let manifest = handover.manifest();
        let same = manifest.sender.oin == row.sender
            && manifest.recipient.oin == row.recipient
            && manifest.child == row.child
            && handover.state().stage() == row.stage
            && row.is_over == row.stage.is_outcome()
            && row.counted.is_what(&Counted::of(handover));
        self.findings.require(StoreCheck::Handovers, same, || {
            format!("The columns of {what} are not what its manifest and state say.")
        });
        self.check_walk(handover, &events);
        self.check_warm(handover, &row.stored.statements, &events);
        self.check_content(handover).await
    }

    /// The events of a handover with their leaves.
    async fn events_of(&mut self, id: HandoverId) -> Result<Vec<(u64, Event)>, StoreFault> {
        let leaves = evidence::leaves_about(&mut self.connection, id, None).await;
        let leaves = self
            .readable(StoreCheck::Log, "an event", leaves)?
            .unwrap_or_default();
        let events = leaves.into_iter().filter_map(|stored| {
            let event = stored.record.leaf()?.event().ok()?;
            (event.handover == Some(id)).then_some((stored.index, event))
        });
        Ok(events.collect())
    }

    /// Whether one of a handover's events may be among those that were erased: only after it began.
    fn may_lack_events(&self, events: &[(u64, Event)]) -> bool {
        let proposed = events.iter().find(|(_, event)| event.act == Act::Proposed);
        // An application is put on record just before the manifest that cites it.
        let began = proposed.map_or(0, |(index, _)| index.saturating_sub(1));
        self.last_erased.is_some_and(|last| began <= last)
    }

    /// Which statements belong to a handover, in the order in which they were put on record.
    fn check_story(&mut self, id: HandoverId, story: &[StoredStatement], events: &[(u64, Event)]) {
        let erased = self.may_lack_events(events);
        let kept: BTreeSet<_> = story.iter().map(|stored| stored.digest).collect();
        let mut last = 0;
        for stored in story {
            let kind = stored.statement.kind;
            let recorded = events
                .iter()
                .find(|(_, event)| event.act.records(kind) && event.rests_on.contains(&stored.digest));
            self.findings
                .require(StoreCheck::Handovers, recorded.is_some() || erased, || {
                    format!("A {kind} is told with handover {id} that its events do not record.")
                });
            let Some((index, _)) = recorded else { continue };
            // An application is put on record before the manifest that cites it, and kept after.
            if kind != Kind::Application {
                self.findings.require(StoreCheck::Handovers, last <= *index, || {
                    format!("What was said about handover {id} does not stand in the order of the log.")
                });
                last = *index;
            }
        }
        for (index, event) in events {
            // What it records comes first. A view is not a statement that a gateway has.
            let records = Kind::ALL
                .iter()
                .any(|kind| *kind != Kind::View && event.act.records(*kind));
            let told = event.rests_on.first().is_some_and(|digest| kept.contains(digest));
            self.findings
                .require(StoreCheck::Handovers, !records || told, || {
                    format!(
                        "What leaf {index} ({}) records is not told with handover {id}.",
                        event.act
                    )
                });
        }
    }

    /// The handover stands where its events lead, on what they record.
    fn check_walk(&mut self, handover: &Handover, events: &[(u64, Event)]) {
        let walk = Walk::along(events.iter().map(|(_, event)| event));
        let state = handover.state();
        let withdrawals: Vec<_> = handover
            .withdrawals()
            .iter()
            .map(|withdrawal| (withdrawal.statement, withdrawal.answer))
            .collect();
        let offered = handover.sender() == handover.recipient()
            || handover.is_visible_to(handover.recipient()) == walk.offered();
        let agrees =
            walk.leads_to(state.stage()) && walk.carries(state) && walk.withdrew(&withdrawals) && offered;
        // What is missing from its events may be what was erased.
        self.findings.require(
            StoreCheck::Handovers,
            agrees || self.may_lack_events(events),
            || format!("Handover {} does not stand where its events lead.", handover.id()),
        );
    }

    /// The warm part stands where its steps lead: nobody is taken off a list without one.
    fn check_warm(&mut self, handover: &Handover, story: &[StoredStatement], events: &[(u64, Event)]) {
        let steps = peek_all::<Progress>(story);
        let answers = peek_all::<WithdrawalAnswer>(story);
        // What is missing from its events may be what was erased.
        let follows = handover.warm_part_follows_from(steps, &answers) || self.may_lack_events(events);
        self.findings.require(StoreCheck::Handovers, follows, || {
            format!(
                "The warm part of handover {} does not stand where its steps lead.",
                handover.id()
            )
        });
    }

    /// Sealed content is exactly what may still be released.
    async fn check_content(&mut self, handover: &Handover) -> Result<(), StoreFault> {
        let id = handover.id();
        let rows = self
            .connection
            .rows(
                Query::new("SELECT name, sealed FROM compartments WHERE handover = ?")
                    .bind(id.as_bytes().to_vec()),
            )
            .await?;
        let mut kept: BTreeMap<CompartmentName, Digest> = BTreeMap::new();
        for row in &rows {
            let read = word(row, "name").and_then(|name| {
                let sealed = row.owned("sealed")?;
                Ok((name, SealedCompartment::new(sealed).digest()))
            });
            kept.extend(self.readable(StoreCheck::Content, "a compartment", read)?);
        }
        let waiting = match handover.state() {
            State::Submitted(sealed) => Some(sealed),
            State::Released(released) if !released.stopped => Some(&released.sealed),
            _ => None,
        };
        let waiting: BTreeMap<_, _> = waiting
            .into_iter()
            .flat_map(|sealed| {
                let compartments = sealed.envelope.compartments.iter();
                compartments.filter(|compartment| !sealed.erased.contains_key(&compartment.name))
            })
            .map(|compartment| (compartment.name, compartment.digest))
            .collect();
        for name in kept.keys().chain(waiting.keys()).collect::<BTreeSet<_>>() {
            let says = match (kept.get(name), waiting.get(name)) {
                (Some(kept), Some(sealed)) if kept == sealed => continue,
                (Some(_), Some(_)) => "is not what was sealed",
                (Some(_), None) => "should have been erased",
                (None, _) => "is lost",
            };
            self.findings.fail(
                StoreCheck::Content,
                format!("Compartment {name} of handover {id} {says}."),
            );
        }
        Ok(())
    }

    /// No event is about a handover that is not there.
    async fn check_unknown(&mut self) -> Result<(), StoreFault> {
        let rows = self
            .connection
            .rows(Query::new(
                "SELECT MIN(leaf) AS leaf FROM cites c WHERE handover IS NOT NULL \
             AND NOT EXISTS (SELECT 1 FROM handovers h WHERE h.handover = c.handover) GROUP BY handover",
            ))
            .await?;
        for row in &rows {
            let says = format!(
                "Leaf {} is about a handover that is not in the store.",
                number(row, "leaf")?
            );
            self.findings.fail(StoreCheck::Handovers, says);
        }
        Ok(())
    }

    /// A sealed view that waits in an outbox is one that its guardian handed in.
    async fn check_views(&mut self) -> Result<(), StoreFault> {
        let mut after = i64::MIN;
        loop {
            let rows = self
                .connection
                .rows(
                    Query::new(
                        "SELECT cursor, handover, sealed_view FROM notices \
                 WHERE sealed_view IS NOT NULL AND cursor > ? ORDER BY cursor LIMIT ?",
                    )
                    .bind(after)
                    .bind(PAGE),
                )
                .await?;
            let Some(last) = rows.last() else { break };
            after = last.int("cursor")?;
            for row in &rows {
                let read = optional_id::<HandoverId>(row, "handover")
                    .and_then(|handover| Ok((handover, row.owned("sealed_view")?)));
                let Some((handover, sealed)) = self.readable(StoreCheck::Content, "a view", read)? else {
                    continue;
                };
                let cited = self.connection.row(Query::new(
                    "SELECT 1 FROM cites WHERE digest = ? AND act = 'view-added' AND handover IS NOT DISTINCT FROM ?",
                )
                .bind(Digest::of(&sealed).as_bytes().to_vec())
                .bind(handover.map(|handover| handover.as_bytes().to_vec()))).await?;
                let known = cited.is_some() || self.erased > 0;
                self.findings.require(StoreCheck::Content, known, || {
                    let about = handover.map(|id| id.to_string()).unwrap_or_default();
                    format!("A sealed view of handover {about} is not on record.")
                });
            }
        }
        Ok(())
    }
}
