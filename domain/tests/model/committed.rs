//! What the gateway's store keeps about a handover, and what is to be seen of it.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use handdruk_domain::category::{Category, CategorySet};
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{
    Books, Caller, Effects, Handover, HandoverStatus, Notice, NoticeKind, Seen, StoredHandover,
    StoredStatement, WarmStatus,
};
use handdruk_domain::ids::RequestId;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::envelope::CompartmentName;
use handdruk_domain::statement::outcome::{Progress, WithdrawalAnswer};
use handdruk_domain::statement::{Body, Statement};
use handdruk_domain::warm::{Side, WarmStage};

use super::gateway::Saying;
use super::world::{self, instant, oin};

/// Where a handover stands, as one organisation is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) stage: Stage,
    pub(crate) warm: Option<WarmStatus>,
}

impl View {
    pub(crate) fn of(status: &HandoverStatus) -> Self {
        Self {
            stage: status.stage,
            warm: status.warm,
        }
    }
}

impl Hash for View {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let warm = self.warm.map(|warm| {
            let day = warm.deadline.map(|deadline| deadline.last_day);
            (warm.stage, warm.owner, day, warm.heard)
        });
        (self.stage, warm).hash(state);
    }
}

/// What the gateway's store keeps about the handover.
#[derive(Clone)]
pub(crate) struct Committed(Arc<Record>);

struct Record {
    /// Of everything in it: what two commitments differ in, if in anything.
    fingerprint: Digest,
    stored: StoredHandover,
    seen: BTreeMap<(Caller, RequestId), Seen>,
    notices: Vec<Notice>,
    content: CategorySet,
    handover: Handover,
    facts: Facts,
}

/// What is asked of a commitment in every state that holds it, so that it is worked out once.
struct Facts {
    /// What the sender and the recipient were told, in order.
    told: [Vec<Event>; 2],
    /// The numbers of the steps on record, of each side.
    recorded: [Vec<u8>; 2],
    /// Whether an auditor would find the warm part borne out.
    is_borne_out: bool,
}

/// What a stream of events tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) kind: NoticeKind,
    /// The statement that it is about.
    pub(crate) about: Option<Digest>,
    /// Whether it is about the stage in which the handover is now.
    pub(crate) is_about_this_stage: bool,
}

impl core::fmt::Debug for Committed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let warm = self.handover().warm();
        write!(
            f,
            "Committed({}, {:?}, due {:?}, {} notices)",
            self.stage(),
            warm.map(|warm| (
                warm.stage,
                warm.owner,
                warm.deadline.map(|d| d.last_day),
                warm.heard
            )),
            self.0.stored.due,
            self.0.notices.len()
        )
    }
}

impl PartialEq for Committed {
    fn eq(&self, other: &Self) -> bool {
        self.0.fingerprint == other.0.fingerprint
    }
}
impl Eq for Committed {}
impl Hash for Committed {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.fingerprint.hash(state);
    }
}

impl Committed {
    /// What tells it from every other.
    pub(crate) fn fingerprint(&self) -> Digest {
        self.0.fingerprint
    }

    /// Puts it into books, read back from its stored form.
    pub(crate) fn put_into(&self, books: &mut Books, gateway: &handdruk_domain::oin::Oin) {
        books
            .put_handover(world::handover(), &self.0.stored, gateway)
            .expect("what was written down reads back");
        for ((caller, id), seen) in &self.0.seen {
            books.put_seen(caller.clone(), *id, seen.clone());
        }
    }

    pub(crate) fn handover(&self) -> &Handover {
        &self.0.handover
    }

    pub(crate) fn stage(&self) -> Stage {
        self.0.handover.state().stage()
    }

    /// The stage of the warm part, once there is one.
    pub(crate) fn warm_stage(&self) -> Option<WarmStage> {
        Some(self.0.handover.warm()?.stage)
    }

    /// Which sealed content is left.
    pub(crate) fn content(&self) -> CategorySet {
        self.0.content
    }

    /// Where it stands.
    pub(crate) fn view(&self) -> View {
        View::of(&self.0.handover.status())
    }

    /// Everything that one side was told, in order.
    pub(crate) fn told(&self, side: Side) -> &[Event] {
        &self.0.facts.told[usize::from(side == Side::Recipient)]
    }

    /// The numbers of the steps of one side that are on record, in order.
    pub(crate) fn recorded(&self, side: Side) -> &[u8] {
        &self.0.facts.recorded[usize::from(side == Side::Recipient)]
    }

    /// Whether the warm part stands where its steps lead, taken one after the other: what an auditor checks.
    pub(crate) fn is_borne_out(&self) -> bool {
        self.0.facts.is_borne_out
    }

    /// Whether time alone has something to do.
    pub(crate) fn is_due(&self, tick: u8) -> bool {
        self.0.stored.due.is_some_and(|due| due <= instant(tick))
    }

    /// What it looks like without times and digests: what the rules can tell apart.
    pub(crate) fn shape(&self) -> String {
        let mut state = serde_json::from_str(&self.0.stored.state).expect("what was written");
        forget_times_and_digests(&mut state);
        format!("{state} {:?}", self.0.content)
    }
}

impl Facts {
    fn of(stored: &StoredHandover, notices: &[Notice], handover: &Handover) -> Self {
        let answers = statements::<WithdrawalAnswer>(stored);
        let steps = statements::<Progress>(stored);
        let state: serde_json::Value = serde_json::from_str(&stored.state).expect("what was written");
        let began = state["warm"]["began"].as_str();
        let sides = [Side::Sender, Side::Recipient].map(|side| oin(world::side(side)));
        Self {
            told: sides.clone().map(|to| {
                let told = notices.iter().filter(|notice| notice.to == to);
                told.map(|notice| {
                    let about = notice.statements.first().copied();
                    let is_about_this_stage = about.map(|about| about.to_string()).as_deref() == began;
                    Event {
                        kind: notice.kind,
                        about,
                        is_about_this_stage,
                    }
                })
                .collect()
            }),
            recorded: sides.map(|by| {
                let own = steps.iter().filter(|progress| progress.by.on_behalf_of == by);
                own.map(Saying::number_of).collect()
            }),
            is_borne_out: handover.warm_part_follows_from(steps, &answers),
        }
    }
}

/// The statements of one kind, in the order of the log.
fn statements<T: Body>(stored: &StoredHandover) -> Vec<T> {
    let of_kind = stored
        .statements
        .iter()
        .filter(|stored| stored.statement.kind == T::KIND);
    of_kind
        .map(|stored| Statement::<T>::claim(stored.statement.clone()).expect("of this kind"))
        .map(|statement| statement.peek().expect("reads"))
        .collect()
}

fn forget_times_and_digests(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) if text.len() == 43 => text.clear(),
        serde_json::Value::Array(values) => values.iter_mut().for_each(forget_times_and_digests),
        serde_json::Value::Object(fields) => {
            for time in ["since", "last_day", "decide_again", "until"] {
                fields.remove(time);
            }
            fields.values_mut().for_each(forget_times_and_digests);
        }
        _ => {}
    }
}

pub(crate) fn category(name: &CompartmentName) -> Option<Category> {
    match name {
        CompartmentName::Category(category) => Some(*category),
        CompartmentName::View(_) => None,
    }
}

impl Committed {
    /// Commits the effects of a command.
    pub(crate) fn of(before: Option<&Committed>, effects: Effects, books: &Books) -> Self {
        let id = world::handover();
        let handover = books.handover(id).expect("every command is about it").clone();
        let (mut statements, mut seen, mut notices, mut content) = match before {
            Some(Committed(before)) => (
                before.stored.statements.clone(),
                before.seen.clone(),
                before.notices.clone(),
                before.content,
            ),
            None => Default::default(),
        };
        for kept in effects.statements.iter().filter(|kept| kept.handover == Some(id)) {
            statements.push(StoredStatement {
                digest: kept.digest,
                statement: kept.statement.clone(),
            });
        }
        seen.extend(effects.seen);
        notices.extend(effects.notices);
        if effects.emptied.contains(&id) {
            content = CategorySet::default();
        }
        let erased: CategorySet = effects
            .erased
            .iter()
            .filter_map(|(_, name)| category(name))
            .collect();
        content = content.iter().filter(|kept| !erased.contains(*kept)).collect();
        if let Some(compartments) = effects.compartments.get(&id) {
            content = compartments
                .iter()
                .filter_map(|(name, _)| category(name))
                .collect();
        }
        let stored = StoredHandover {
            held: None,
            state: handover.to_stored(),
            due: handover.due(),
            statements,
        };
        Self::written(stored, seen, notices, content, handover)
    }

    fn written(
        stored: StoredHandover,
        seen: BTreeMap<(Caller, RequestId), Seen>,
        notices: Vec<Notice>,
        content: CategorySet,
        handover: Handover,
    ) -> Self {
        let digests: Vec<_> = stored.statements.iter().map(|stored| stored.digest).collect();
        let answers: Vec<_> = seen.iter().map(|(key, seen)| (key, &seen.answer)).collect();
        let told: Vec<_> = notices
            .iter()
            .map(|notice| (&notice.to, notice.kind, &notice.statements))
            .collect();
        let text = format!(
            "{} {:?} {digests:?} {answers:?} {told:?} {content:?}",
            stored.state, stored.due
        );
        let facts = Facts::of(&stored, &notices, &handover);
        Self(Arc::new(Record {
            fingerprint: Digest::of(text.as_bytes()),
            facts,
            stored,
            seen,
            notices,
            content,
            handover,
        }))
    }

    /// The same, but with what a later commitment tells: as if it had told and then forgotten that it did.
    pub(crate) fn telling_as(&self, later: &Committed) -> Self {
        let this = &self.0;
        Self::written(
            this.stored.clone(),
            this.seen.clone(),
            later.0.notices.clone(),
            this.content,
            this.handover.clone(),
        )
    }

    /// The same, but as if time had nothing to do.
    pub(crate) fn not_due(&self) -> Self {
        let this = &self.0;
        let stored = StoredHandover {
            held: None,
            due: None,
            ..this.stored.clone()
        };
        let (seen, notices) = (this.seen.clone(), this.notices.clone());
        Self::written(stored, seen, notices, this.content, this.handover.clone())
    }
}
