//! The system that is explored: two nodes, a gateway, a guardian, a network that may lose, repeat and reorder, and time.
//!
//! What goes wrong is counted. A mishap is a connection that breaks (what was asked may still arrive, later than what comes
//! after it, or never; the answer is lost) or a process that is restarted. An absence is a step of the clock that somebody
//! sleeps through: a node that is not caught up, or the deadline engine.

use std::sync::Arc;

use handdruk_domain::category::CategorySet;
use handdruk_domain::warm::{Owner, Side, Thread, WarmStage};
use stateright::{Model, Property};

use super::flaw::Flaw;
use super::gateway::{Ask, Gateway, STEPS, Saying, Told};
use super::node::{Node, Task};
use super::properties;
use super::state::{Action, State};
use super::world::{Extent, Story, World};

/// How far the model goes. Within it every order of everything is tried.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Steps of the clock.
    pub(crate) ticks: u8,
    /// Steps that the professionals of the sender and of the recipient take.
    pub(crate) steps: [u8; 2],
    /// Broken connections and restarts.
    pub(crate) mishaps: u8,
    /// Steps of the clock that somebody sleeps through.
    pub(crate) absences: u8,
    /// Withdrawals.
    pub(crate) withdrawals: u8,
    /// Whether the sender's node is there at all.
    pub(crate) has_sender: bool,
}

/// The model.
pub(crate) struct System {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) bounds: Bounds,
    pub(crate) flaw: Flaw,
    /// What must be reached, so that a run says something.
    pub(crate) reaches: Vec<Property<Self>>,
    /// From which steps, taken before, it begins. `None` begins where the envelope waits.
    beginnings: Vec<Option<Vec<Ask>>>,
    threads: Vec<Thread>,
}

impl System {
    /// Begins where the envelope waits for its recipient.
    pub(crate) fn from_the_envelope(story: Story, bounds: Bounds) -> Self {
        Self::new(story, bounds, vec![None])
    }

    /// Begins at every stage of the warm part that the story has.
    pub(crate) fn from_every_stage(story: Story, bounds: Bounds) -> Self {
        let mut system = Self::new(story, bounds, Vec::new());
        system.beginnings = system.ways_to_every_stage().into_iter().map(Some).collect();
        system
    }

    fn new(story: Story, bounds: Bounds, beginnings: Vec<Option<Vec<Ask>>>) -> Self {
        let gateway = Arc::new(Gateway::new(World::new(story)));
        let threads = threads(story);
        Self {
            gateway,
            bounds,
            flaw: Flaw::None,
            reaches: Vec::new(),
            beginnings,
            threads,
        }
    }

    /// The same, and says what it must reach.
    pub(crate) fn reaching(self, reaches: Vec<Property<Self>>) -> Self {
        Self { reaches, ..self }
    }

    /// The same, with something wrong in it.
    pub(crate) fn with(self, flaw: Flaw) -> Self {
        Self { flaw, ..self }
    }

    /// One shortest way to each stage and owner, by the rules of the thread.
    fn ways_to_every_stage(&self) -> Vec<Vec<Ask>> {
        let mut ways = vec![(self.threads[0], Vec::new())];
        let mut at = 0;
        while let Some((thread, way)) = ways.get(at).cloned() {
            at += 1;
            for (step, by) in moves() {
                let Ok(next) = thread.take(STEPS[usize::from(step)], by) else {
                    continue;
                };
                let is_known = ways
                    .iter()
                    .any(|(known, _)| (known.stage(), known.owner()) == (next.stage(), next.owner()));
                if !is_known {
                    // Beyond the numbers of what is said later.
                    let saying = Saying {
                        step,
                        number: 8 + u8::try_from(way.len()).expect("few"),
                        attempt: 0,
                    };
                    let way = way.iter().copied().chain([Ask::Report(by, saying)]).collect();
                    ways.push((next, way));
                }
            }
        }
        ways.retain(|(thread, _)| thread.stage() != WarmStage::Closed);
        ways.into_iter().map(|(_, way)| way).collect()
    }

    fn begin(&self, before: Option<&[Ask]>) -> State {
        let mut gateway = self.gateway.submitted();
        let (mut sender, mut recipient) = (Node::new(Side::Sender), Node::new(Side::Recipient));
        if let Some(steps) = before {
            gateway = self.gateway.after(&gateway, &[Ask::Fetch, Ask::Acknowledge]);
            gateway = self.gateway.after(&gateway, steps);
            recipient.content = Some(self.gateway.world.categories());
            for node in [&mut sender, &mut recipient] {
                node.cursor = u8::try_from(gateway.told(node.side).len()).expect("few");
                node.view = Some(gateway.view());
            }
        } else {
            sender.cursor = u8::try_from(gateway.told(Side::Sender).len()).expect("few");
            sender.view = Some(gateway.view());
        }
        State {
            tick: 0,
            gateway,
            unsaved: None,
            sender,
            recipient,
            requests: Vec::new(),
            answers: Vec::new(),
            withdrawn: Vec::new(),
            mishaps: self.bounds.mishaps,
            absences: self.bounds.absences,
            is_released_late: false,
        }
    }

    /// The steps that a workdesk offers: what can be right, as far as its node knows.
    fn offers(&self, node: &Node) -> impl Iterator<Item = u8> {
        let warm = node.warm();
        let thread = self.threads.iter().copied().find(|thread| {
            warm.is_some_and(|warm| (warm.stage, warm.owner) == (thread.stage(), thread.owner()))
        });
        let side = node.side;
        moves()
            .filter(move |(_, by)| *by == side)
            .filter(move |(step, by)| {
                thread.is_some_and(|thread| thread.take(STEPS[usize::from(*step)], *by).is_ok())
            })
            .map(|(step, _)| step)
    }

    /// What was taken back so far.
    pub(crate) fn taken_back(&self, state: &State) -> CategorySet {
        state
            .withdrawn
            .iter()
            .flat_map(|(extent, _)| self.gateway.world.taken_back(*extent).iter())
            .collect()
    }

    /// Whose nodes are there.
    fn present(&self) -> impl Iterator<Item = Side> {
        let has_sender = self.bounds.has_sender;
        let sides = Side::ALL.iter().copied();
        sides.filter(move |side| has_sender || *side == Side::Recipient)
    }

    /// Who would sleep through the next step of the clock.
    fn behind(&self, state: &State) -> u8 {
        let nodes = self.present().filter(|side| {
            let node = state.node(*side);
            !node.is_caught_up(state.gateway.told(*side).len())
        });
        u8::try_from(nodes.count()).expect("two") + u8::from(state.gateway.is_due(state.tick))
    }

    /// A request arrives: decided, committed, answered.
    fn arrive(&self, state: &mut State, at: usize) {
        let (side, task) = state.requests.remove(at);
        let now = state.unsaved.clone().unwrap_or_else(|| state.gateway.clone());
        let Task::Ask(ask) = task else { return };
        let (next, told) = self.gateway.answer(&now, ask, state.tick);
        let told = self.flaw.answers(&now, ask, told, &self.gateway);
        if let Told::Released(sent) = &told {
            let taken_back = self.taken_back(state);
            state.is_released_late |= sent.iter().any(|sent| taken_back.contains(sent));
        }
        if self.flaw == Flaw::AnswersBeforeItSaves {
            state.unsaved = Some(next);
        } else {
            state.gateway = next;
        }
        let answer = (side, task, told);
        if !state.answers.contains(&answer) {
            state.answers.push(answer);
        }
    }
}

/// Every step of either side that moves a thread.
fn moves() -> impl Iterator<Item = (u8, Side)> {
    let moving = |step: u8| {
        use handdruk_domain::statement::outcome::Step;
        !matches!(STEPS[usize::from(step)], Step::Read { .. } | Step::Erased { .. })
    };
    (0..u8::try_from(STEPS.len()).expect("few"))
        .filter(move |step| moving(*step))
        .flat_map(|step| Side::ALL.iter().map(move |by| (step, *by)))
}

/// Every thread that a story can come to, the first of them first.
fn threads(story: Story) -> Vec<Thread> {
    use handdruk_domain::warm::Course;
    let mut found = vec![match story {
        Story::Care => Thread::begin(Course::Talk, false),
        Story::Move => Thread::begin(Course::Short, true),
    }];
    let mut at = 0;
    while let Some(thread) = found.get(at).copied() {
        at += 1;
        for (step, by) in moves() {
            if let Ok(next) = thread.take(STEPS[usize::from(step)], by)
                && !found.contains(&next)
            {
                found.push(next);
            }
        }
    }
    found
}

impl Model for System {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        self.beginnings
            .iter()
            .map(|before| self.begin(before.as_deref()))
            .collect()
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for side in self.present() {
            let node = state.node(side);
            if !node.is_calling && matches!(node.outbox.first(), Some(Task::Refresh { .. })) {
                actions.push(Action::Question(side));
            }
            if usize::from(node.cursor) < state.gateway.told(side).len() {
                actions.push(Action::Hear(side));
            }
            if state.mishaps > 0 {
                if node.is_calling && !matches!(node.outbox.first(), Some(Task::Refresh { .. })) {
                    actions.push(Action::Break(side));
                }
                if self.flaw.shows_in_a_restart() {
                    actions.push(Action::Restart(side));
                }
            }
            let limit = self.bounds.steps[usize::from(side == Side::Recipient)];
            if node.said < limit {
                actions.extend(self.offers(node).map(|step| Action::Say(side, step)));
            }
        }
        actions.extend((0..state.requests.len()).map(Action::Arrive));
        actions.extend((0..state.answers.len()).map(Action::Return));
        if state.unsaved.is_some() {
            actions.extend([Action::Save, Action::RestartGateway]);
        }
        if !state.recipient.to_answer.is_empty() {
            actions.extend([true, false].map(|erased| Action::Answer { erased }));
        }
        if state.withdrawn.len() < usize::from(self.bounds.withdrawals) {
            actions.extend([Extent::One, Extent::All].map(Action::Withdraw));
        }
        if !state.withdrawn.is_empty() && state.mishaps > 0 {
            actions.push(Action::WithdrawAgain);
        }
        if state.gateway.is_due(state.tick) {
            actions.push(Action::Look);
        }
        if state.tick < self.bounds.ticks && self.behind(state) <= state.absences {
            actions.push(Action::Pass);
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Question(side) => {
                // It changes nothing, so that it may as well be read when it is sent: what the model leaves open is how old
                // its answer is by the time that it comes.
                let now = state.unsaved.as_ref().unwrap_or(&state.gateway);
                let told = Told::Stands(now.view());
                let node = state.node_mut(side);
                node.is_calling = true;
                let first = node.outbox[0];
                state.answers.push((side, first, told));
            }
            Action::Arrive(at) => self.arrive(&mut state, at),
            Action::Return(at) => {
                let (side, _, told) = state.answers.remove(at);
                state.node_mut(side).take(&told);
            }
            Action::Hear(side) => {
                let node = state.node_mut(side);
                for event in &last.gateway.told(side)[usize::from(node.cursor)..] {
                    match self.flaw {
                        Flaw::PassesOverEvents => node.cursor += 1,
                        _ => node.hear(*event),
                    }
                }
            }
            Action::Break(side) => {
                state.mishaps -= 1;
                state.node_mut(side).is_calling = false;
            }
            Action::Restart(side) => {
                state.mishaps -= 1;
                let node = state.node_mut(side);
                node.restart();
                self.flaw.restarts(node);
            }
            Action::RestartGateway => {
                state.mishaps = last.mishaps.checked_sub(1)?;
                state.unsaved = None;
                state.answers.clear();
            }
            Action::Save => state.gateway = state.unsaved.take()?,
            Action::Say(side, step) => state.node_mut(side).say(step),
            Action::Answer { erased } => state.recipient.answer(erased, &self.gateway.world),
            Action::Withdraw(extent) => {
                let ask = Ask::Withdraw {
                    extent,
                    said: state.tick,
                };
                let (next, told) = self.gateway.answer(&state.gateway, ask, state.tick);
                if let Told::Refused(_) = told {
                    return None;
                }
                state.gateway = next;
                state.withdrawn.push((extent, state.tick));
            }
            Action::WithdrawAgain => {
                state.mishaps -= 1;
                let (extent, said) = *state.withdrawn.last()?;
                let ask = Ask::Withdraw { extent, said };
                (state.gateway, _) = self.gateway.answer(&state.gateway, ask, state.tick);
            }
            Action::Look => {
                let (next, _) = self.gateway.answer(&state.gateway, Ask::Look, state.tick);
                state.gateway = self.flaw.looks(&state.gateway, next);
            }
            Action::Pass => {
                state.absences -= self.behind(&state);
                state.tick += 1;
            }
        }
        let state = state.tidy(self.flaw);
        (state != *last).then_some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = properties::all();
        all.extend(self.reaches.iter().cloned());
        all
    }
}

/// Whether a side is the owner.
pub(crate) fn owns(owner: Option<Owner>, side: Side) -> bool {
    owner.is_some_and(|owner| owner.is(side))
}
