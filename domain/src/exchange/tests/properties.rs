//! What holds after any sequence of operations.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::world::*;
use crate::category::Category;
use crate::exchange::stored::{StoredHandover, StoredStatement};
use crate::exchange::{Answer, Books, Caller, Command, Effects, Failure, Request, Signing, State};
use crate::ids::{HandoverId, InvitationId, SlotId};
use crate::purpose::Purpose;
use crate::stage::Stage;
use crate::statement::Statement;
use crate::statement::consent::{Attested, Choice, Decision};
use crate::statement::envelope::{CompartmentName, Release};
use crate::statement::manifest::{AuthorityKind, Holder, Renewal};
use crate::statement::outcome::{Outcome, QuarantineReason, Receipt};
use crate::statement::permit::Permit;
use crate::statement::{Body, Kind, RawStatement};

const PURPOSES: [Purpose; 3] = [
    Purpose::CareHandover,
    Purpose::TransferReportPrimary,
    Purpose::Safety,
];
const PEOPLE: [u8; 3] = [MOTHER, FATHER, CHILD];

#[derive(Debug, Clone)]
enum Operation {
    Propose(usize),
    /// Everything that leads to sealed content, so that sequences get somewhere.
    Prepare(usize),
    Tell(usize, usize),
    Decide(usize, usize, Choice, usize),
    Paper(usize, usize, Choice),
    Speak(usize, usize),
    SecondPerson(usize),
    ChangeAuthority(usize, AuthorityKind),
    Reinvite(usize),
    Revoke(usize),
    Submit(usize),
    SubmitOld,
    Fetch(usize),
    Acknowledge(usize),
    Quarantine(usize),
    Retract(usize),
    Renew(usize),
    Tick(usize),
    RollOver,
    Later(i64),
    Repeat(usize),
    /// The gateway goes on from a copy, and this is what it is asked first.
    Restore(Box<Operation>),
}

fn operation() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let handover = 0..3_usize;
    let person = 0..3_usize;
    let choice = prop::sample::select(Choice::ALL.to_vec());
    let kinds = prop::sample::select(AuthorityKind::ALL.to_vec());
    prop_oneof![
        2 => (0..3_usize).prop_map(O::Propose),
        8 => handover.clone().prop_map(O::Prepare),
        4 => (handover.clone(), person.clone()).prop_map(|(h, p)| O::Tell(h, p)),
        4 => (handover.clone(), person.clone()).prop_map(|(h, p)| O::Decide(h, p, Choice::Agree, 0)),
        4 => (handover.clone(), person.clone(), choice.clone(), 0..16_usize).prop_map(|(h, p, c, m)| O::Decide(h, p, c, m)),
        // One category only: what is not required may be left out, and the rest goes.
        4 => (handover.clone(), 0..2_usize, 0..4_usize)
            .prop_map(|(h, p, bit)| O::Decide(h, p, Choice::Withdraw, 1 << bit)),
        1 => (handover.clone(), person.clone(), choice).prop_map(|(h, p, c)| O::Paper(h, p, c)),
        1 => (handover.clone(), person.clone()).prop_map(|(h, p)| O::Speak(h, p)),
        1 => handover.clone().prop_map(O::SecondPerson),
        1 => (person.clone(), kinds).prop_map(|(p, k)| O::ChangeAuthority(p, k)),
        1 => person.clone().prop_map(O::Reinvite),
        1 => person.prop_map(O::Revoke),
        5 => handover.clone().prop_map(O::Submit),
        1 => Just(O::SubmitOld),
        8 => handover.clone().prop_map(O::Fetch),
        3 => handover.clone().prop_map(O::Acknowledge),
        1 => handover.clone().prop_map(O::Quarantine),
        1 => handover.clone().prop_map(O::Retract),
        1 => handover.clone().prop_map(O::Renew),
        2 => handover.prop_map(O::Tick),
        1 => Just(O::RollOver),
        3 => prop::sample::select(vec![1, 24 * 8, 24 * 31, 24 * 70]).prop_map(O::Later),
        2 => (0..200_usize).prop_map(O::Repeat),
        1 => first_since_a_copy().prop_map(|first| O::Restore(Box::new(first))),
    ]
}

/// Whatever may come first when the gateway goes on from a copy.
fn first_since_a_copy() -> impl Strategy<Value = Operation> {
    use Operation as O;
    let handover = 0..3_usize;
    prop_oneof![
        handover.clone().prop_map(O::Tick),
        handover.clone().prop_map(O::Fetch),
        handover.clone().prop_map(O::Submit),
        handover.clone().prop_map(O::Acknowledge),
        handover.clone().prop_map(O::Retract),
        handover.clone().prop_map(O::Renew),
        (handover.clone(), 0..2_usize).prop_map(|(h, p)| O::Tell(h, p)),
        (handover.clone(), 0..2_usize).prop_map(|(h, p)| O::Decide(h, p, Choice::Agree, 0)),
        (handover, 0..2_usize).prop_map(|(h, p)| O::Speak(h, p)),
        (0..2_usize).prop_map(O::Revoke),
    ]
}

/// What the test believes, kept beside the books and never read from them.
#[derive(Default)]
struct Beliefs {
    /// Per handover, slot and category: the invitation and choice of what was last accepted from own keys.
    chosen: BTreeMap<(HandoverId, SlotId, Category), (InvitationId, Choice)>,
    /// Slots whose authority changed: whether their no still counts is for policy's own tests.
    changed: BTreeSet<SlotId>,
    /// Sealed content, as a store would hold it.
    content: BTreeMap<HandoverId, BTreeSet<CompartmentName>>,
    /// Statements of each handover, as a store would hold them.
    stories: BTreeMap<HandoverId, Vec<StoredStatement>>,
    /// Outcomes, once reached.
    outcomes: BTreeMap<HandoverId, Stage>,
    leaves: u64,
    permits: BTreeMap<crate::digest::Digest, Permit>,
    /// What stood open in a copy that was put back.
    put_back: BTreeSet<HandoverId>,
    restorations: u64,
}

struct Run {
    world: World,
    sent: Vec<Sent>,
    people: Vec<Person>,
    asked: Vec<(Request, Option<String>)>,
    old: Option<(
        crate::statement::envelope::Envelope,
        Vec<crate::exchange::SealedCompartment>,
    )>,
    beliefs: Beliefs,
    serial: u64,
}

impl Run {
    fn new() -> Self {
        let mut world = World::new();
        let people = PEOPLE.map(|person| world.guardian(person)).into();
        let beliefs = Beliefs {
            leaves: world.books.next_leaf,
            ..Beliefs::default()
        };
        Self {
            world,
            sent: Vec::new(),
            people,
            asked: Vec::new(),
            old: None,
            beliefs,
            serial: 1,
        }
    }

    /// Asks, and checks what must hold of every answer.
    fn ask(&mut self, caller: Caller, command: Command) -> Option<Answer> {
        let request = self.world.request(caller, command);
        let (answer, told) = self.carry_out(&request);
        self.asked.push((request, told));
        answer
    }

    /// The answer, and the text of what a repeat must be told; `None` where nothing was kept.
    fn carry_out(&mut self, request: &Request) -> (Option<Answer>, Option<String>) {
        let before = fingerprint(&self.world.books);
        // What is refused while something ends first is not kept: it may be asked again.
        let ends_first = !self.world.books.held.is_empty();
        let gateway = oin(GATEWAY);
        let signer =
            crate::statement::Ed25519Signer::from_seed(&zeroize::Zeroizing::new([91; 32])).expect("a seed");
        let signing = Signing {
            gateway: &gateway,
            signer: &signer,
        };
        match self
            .world
            .books
            .apply(request, self.world.now, &mut self.world.rng, signing)
        {
            Err(Failure::Refused(_)) => {
                assert_eq!(
                    fingerprint(&self.world.books),
                    before,
                    "a refusal changed something"
                );
                (None, None)
            }
            Err(fault) => panic!("a fault: {fault}"),
            Ok((answer, effects)) => {
                self.committed(request, &effects, &answer);
                let made_anew = matches!(answer, Answer::Fetched(_) | Answer::Activated { .. });
                let is_kept = !(made_anew || ends_first && matches!(answer, Answer::Refused(_)));
                let told = is_kept.then(|| format!("{answer:?}"));
                (answer.into_result().ok(), told)
            }
        }
    }

    fn committed(&mut self, request: &Request, effects: &Effects, answer: &Answer) {
        self.beliefs.leaves += u64::try_from(effects.evidence.len()).expect("few");
        assert_eq!(self.world.books.next_leaf, self.beliefs.leaves);
        for kept in &effects.statements {
            if kept.statement.kind == Kind::Permit {
                let over = kept
                    .handover
                    .is_some_and(|id| self.beliefs.outcomes.contains_key(&id));
                assert!(!over, "a permit after the outcome");
                let permit = read::<Permit>(&kept.statement);
                self.beliefs.permits.insert(kept.digest, permit);
            }
            if let Some(handover) = kept.handover {
                let stored = StoredStatement {
                    digest: kept.digest,
                    statement: kept.statement.clone(),
                };
                self.beliefs.stories.entry(handover).or_default().push(stored);
            }
        }
        for handover in &effects.emptied {
            self.beliefs.content.remove(handover);
        }
        for (handover, name) in &effects.erased {
            self.beliefs.content.entry(*handover).or_default().remove(name);
        }
        for (handover, compartments) in &effects.compartments {
            self.beliefs
                .content
                .insert(*handover, compartments.iter().map(|(name, _)| *name).collect());
        }
        // A decision that took effect (one that was known already keeps no statement).
        for kept in effects
            .statements
            .iter()
            .filter(|kept| kept.statement.kind == Kind::Decision)
        {
            let decision = read::<Decision>(&kept.statement);
            for (category, choice) in decision.choices {
                let key = (decision.handover, decision.slot, category);
                let old = self.beliefs.chosen.get(&key).copied();
                // New keys never revive what the old ones refused.
                let revives = old.is_some_and(|(by, last)| last.blocks() && by != decision.invitation);
                if choice.blocks() || !revives {
                    self.beliefs.chosen.insert(key, (decision.invitation, choice));
                }
            }
        }
        for kept in effects
            .statements
            .iter()
            .filter(|kept| kept.statement.kind == Kind::Release)
        {
            self.check_release(&read::<Release>(&kept.statement));
        }
        if let Answer::Fetched(fetched) = answer {
            assert!(
                !self.beliefs.put_back.contains(&fetched.handover),
                "sent, although it stood in a copy"
            );
            let content = self.beliefs.content.get(&fetched.handover);
            assert!(
                fetched
                    .sent
                    .iter()
                    .all(|name| content.is_some_and(|content| content.contains(name)))
            );
        }
        for (id, handover) in &effects.handovers {
            let stage = handover.state().stage();
            if let Some(outcome) = self.beliefs.outcomes.get(id) {
                assert_eq!(*outcome, stage, "an outcome was left by {:?}", request.command);
            }
            if stage.is_outcome() {
                self.beliefs.outcomes.insert(*id, stage);
                assert!(
                    !self.beliefs.content.contains_key(id),
                    "content outlived its handover"
                );
            }
            self.check_stored(*id);
            check_owned(handover);
        }
    }

    /// No release without a permit in force that covers everything sent, and none that a known no blocks.
    fn check_release(&self, release: &Release) {
        assert!(
            !self.beliefs.put_back.contains(&release.handover),
            "released, although it stood in a copy"
        );
        let permit = self
            .beliefs
            .permits
            .get(&release.permit)
            .expect("a release cites a permit of its own handover");
        assert_eq!(permit.handover, release.handover);
        assert!(
            permit.at <= self.world.now && self.world.now < permit.not_after,
            "the permit is not in force"
        );
        let manifest = &self
            .sent
            .iter()
            .find(|sent| sent.id() == release.handover)
            .expect("proposed")
            .manifest;
        for name in &release.sent {
            let CompartmentName::Category(category) = name else {
                continue;
            };
            assert!(
                permit.categories.contains(category),
                "{category} is not in the permit"
            );
            if manifest.purpose != Purpose::CareHandover {
                continue;
            }
            let said = self
                .beliefs
                .chosen
                .iter()
                .filter(|((h, _, c), _)| *h == release.handover && c == category);
            let counts = |(_, slot, _): &(HandoverId, SlotId, Category)| !self.beliefs.changed.contains(slot);
            let blocking: Vec<_> = said
                .filter(|(key, (_, choice))| counts(key) && choice.blocks())
                .collect();
            assert!(blocking.is_empty(), "{category} was released against a known no");
        }
        assert!(!release.sent.is_empty());
    }

    /// What a store holds reads back as what the books hold.
    fn check_stored(&self, id: HandoverId) {
        let handover = self.world.books.handover(id).expect("just put in place");
        let stored = StoredHandover {
            held: None,
            state: handover.to_stored(),
            due: handover.due(),
            statements: self.beliefs.stories.get(&id).cloned().unwrap_or_default(),
        };
        let mut books = Books::beside_log_of(0);
        books
            .put_handover(id, &stored, &oin(GATEWAY))
            .expect("reads back");
        let again = books.handover(id).expect("just put in");
        assert_eq!(again.to_stored(), stored.state);
        assert_eq!(again.known, handover.known);
        assert_eq!(again.said().len(), handover.said().len());
        assert_eq!(again.status(), handover.status());
    }

    fn log_in_all(&mut self) {
        for person in 0..self.people.len() {
            let session = self.people[person].session.clone();
            let counts =
                session.is_some_and(|session| self.world.books.guardian(&session, self.world.now).is_ok());
            if !counts {
                _ = self.world.log_in(&mut self.people[person], true);
            }
        }
        self.beliefs.leaves = self.world.books.next_leaf;
    }

    fn step(&mut self, operation: &Operation) {
        use Operation as O;
        let school = || Caller::Organisation(oin(SCHOOL));
        let sent = |run: &Self, at: usize| run.sent.get(at).cloned();
        match operation {
            O::Propose(purpose) if self.sent.len() < 4 => {
                let mut manifest = self.world.manifest(PURPOSES[*purpose]);
                manifest.not_after = self.next_term();
                let claim = self.world.claim(SCHOOL, &manifest);
                let made = Sent {
                    manifest,
                    digest: claim.digest(),
                };
                self.sent.push(made);
                let command = Command::Propose {
                    manifest: claim,
                    application: None,
                };
                if self.ask(school(), command).is_none() {
                    self.sent.pop();
                }
            }
            O::Propose(_) => {}
            O::Prepare(at) => {
                for person in 0..2 {
                    self.step(&O::Tell(*at, person));
                    self.step(&O::Decide(*at, person, Choice::Agree, 0));
                }
                self.step(&O::SecondPerson(*at));
                self.step(&O::Submit(*at));
            }
            O::Tell(at, person) => {
                let Some(sent) = sent(self, *at) else { return };
                let told = crate::statement::consent::Told {
                    handover: sent.id(),
                    manifest: sent.digest,
                    slot: slot(PEOPLE[*person]),
                    how: crate::statement::consent::ToldHow::Letter,
                    renewal: None,
                    at: self.world.now,
                };
                let told = self.world.claim(SCHOOL, &told);
                self.ask(school(), Command::RecordTold { told });
            }
            O::Decide(at, person, choice, mask) => {
                let Some(sent) = sent(self, *at) else { return };
                self.world.now += jiff::SignedDuration::from_secs(1);
                let all = sent.manifest.categories.keys().enumerate();
                let chosen: Vec<_> = all
                    .filter(|(bit, _)| *mask == 0 || mask >> bit & 1 == 1)
                    .map(|(_, c)| (*c, *choice))
                    .collect();
                let person = &self.people[*person];
                let Some(session) = person.session.clone() else {
                    return;
                };
                let decision = self.world.decision(&sent.manifest, sent.digest, person, &chosen);
                let decision =
                    crate::exchange::Claim::new(Statement::sign(&decision, &[&person.own]).expect("signs"))
                        .expect("reads");
                self.ask(Caller::Portal(oin(PORTAL)), Command::Decide { session, decision });
            }
            O::Paper(at, person, choice) => {
                let Some(sent) = sent(self, *at) else { return };
                let choices = sent
                    .manifest
                    .categories
                    .keys()
                    .map(|category| (*category, *choice))
                    .collect();
                let what = Attested::PaperDecision {
                    manifest: sent.digest,
                    choices,
                };
                self.attest(Some(sent.id()), Some(PEOPLE[*person]), what);
            }
            O::Speak(at, person) => {
                let Some(sent) = sent(self, *at) else { return };
                let choices = sent
                    .manifest
                    .categories
                    .keys()
                    .map(|category| (*category, Choice::Withdraw))
                    .collect();
                let what = Attested::SpokenWithdrawal {
                    manifest: sent.digest,
                    choices,
                };
                self.attest(Some(sent.id()), Some(PEOPLE[*person]), what);
            }
            O::SecondPerson(at) => {
                let Some(sent) = sent(self, *at) else { return };
                self.attest(
                    Some(sent.id()),
                    None,
                    Attested::SafetyReport {
                        manifest: sent.digest,
                    },
                );
            }
            O::ChangeAuthority(person, authority) => {
                let holder = Holder::Guardian {
                    authority: *authority,
                    under_investigation: false,
                };
                self.beliefs.changed.insert(slot(PEOPLE[*person]));
                self.attest(None, Some(PEOPLE[*person]), Attested::AuthorityChanged { holder });
            }
            O::Reinvite(person) => {
                let current = self.world.books.invitation(self.people[*person].invitation);
                let ended = current.is_none_or(|(_, invited)| invited.ended.is_some());
                let replaces = (!ended).then_some(self.people[*person].invitation);
                if let Ok(mut anew) = self.world.invite(SCHOOL, PEOPLE[*person], replaces) {
                    self.world.activate(&mut anew).expect("a fresh code");
                    self.people[*person] = anew;
                }
                self.beliefs.leaves = self.world.books.next_leaf;
            }
            O::Revoke(person) => {
                let invitation = self.people[*person].invitation;
                self.ask(school(), Command::RevokeInvitation { invitation });
            }
            O::Submit(at) => {
                let Some(sent) = sent(self, *at) else { return };
                let (envelope, compartments) = self.world.envelope(&sent);
                self.old = Some((envelope.clone(), compartments.clone()));
                let envelope = self.world.claim(SCHOOL, &envelope);
                self.ask(
                    school(),
                    Command::Submit {
                        envelope,
                        compartments,
                    },
                );
            }
            O::SubmitOld => {
                let Some((envelope, compartments)) = self.old.clone() else {
                    return;
                };
                let envelope = self.world.claim(SCHOOL, &envelope);
                self.ask(
                    school(),
                    Command::Submit {
                        envelope,
                        compartments,
                    },
                );
            }
            O::Fetch(at) => {
                let Some(sent) = sent(self, *at) else { return };
                let recipient = Caller::Organisation(sent.manifest.recipient.oin.clone());
                self.ask(recipient, Command::Fetch { handover: sent.id() });
            }
            O::Acknowledge(at) => self.acknowledge(*at, None),
            O::Quarantine(at) => self.acknowledge(*at, Some(QuarantineReason::ExtraField)),
            O::Retract(at) => {
                let Some(sent) = sent(self, *at) else { return };
                self.ask(school(), Command::Retract { handover: sent.id() });
            }
            O::Renew(at) => {
                let Some(sent) = sent(self, *at) else { return };
                let renewal = Renewal {
                    handover: sent.id(),
                    manifest: sent.digest,
                    not_after: self.next_term(),
                    age_band: sent.manifest.age_band,
                    at: self.world.now,
                };
                let renewal = self.world.claim(SCHOOL, &renewal);
                self.ask(school(), Command::Renew { renewal });
            }
            O::Tick(at) => {
                let Some(sent) = sent(self, *at) else { return };
                let tick = Command::Tick {
                    handover: sent.id(),
                    municipality: None,
                };
                self.carry_out(&Request {
                    caller: Caller::Gateway,
                    reference: None,
                    command: tick,
                });
            }
            O::RollOver => self.roll_over(),
            O::Later(hours) => {
                self.world.later(*hours);
                self.roll_over();
                self.log_in_all();
            }
            O::Repeat(at) => self.repeat(*at),
            O::Restore(first) => self.restore(first),
        }
    }

    /// The books as they stand are a copy; this is asked first, before anybody has returned anything, and then they return.
    fn restore(&mut self, first: &Operation) {
        self.beliefs.restorations += 1;
        let open = self
            .world
            .books
            .handovers()
            .filter(|it| !it.state().stage().is_outcome());
        let open: BTreeSet<_> = open.map(crate::exchange::Handover::id).collect();
        self.beliefs.put_back.extend(&open);
        let restoration = super::restored::restoration(&self.world, self.beliefs.restorations, |_| {});
        let digest = restoration.digest();
        let by_gateway = |command| Request {
            caller: Caller::Gateway,
            reference: None,
            command,
        };
        self.carry_out(&by_gateway(Command::Restore { restoration }));
        self.step(first);
        if !self.sent.is_empty() {
            self.step(&Operation::Tick(0));
        }
        for id in open {
            let handover = self.world.books.handover(id).expect("proposed");
            let has_ended = match handover.state() {
                State::Released(released) => released.stopped,
                state => state.stage().is_outcome(),
            };
            assert!(has_ended, "it goes on after {first:?}");
        }
        for by in [SCHOOL, PROVIDER, SECONDARY, SAFE_HOME] {
            self.carry_out(&Request {
                caller: Caller::Organisation(oin(by)),
                reference: None,
                command: Command::ReturnStatements {
                    restoration: digest,
                    returned: Vec::new(),
                    ended: Vec::new(),
                    is_all: true,
                },
            });
        }
        self.log_in_all();
    }

    /// A repeated request gets its first answer and has no effects; one that was refused is decided anew.
    fn repeat(&mut self, at: usize) {
        if self.asked.is_empty() {
            return;
        }
        let (request, first) = self.asked[at % self.asked.len()].clone();
        let Some(first) = first else { return };
        let before = fingerprint(&self.world.books);
        let (_, again) = self.carry_out(&request);
        assert_eq!(again.as_ref(), Some(&first), "another answer than the first");
        assert_eq!(
            fingerprint(&self.world.books),
            before,
            "a repeat changed something"
        );
    }

    fn roll_over(&mut self) {
        self.serial += 1;
        for number in [SCHOOL, PROVIDER, SECONDARY, SAFE_HOME] {
            self.world.roll_over(number, self.serial);
        }
        self.beliefs.leaves = self.world.books.next_leaf;
    }

    fn attest(&mut self, handover: Option<HandoverId>, person: Option<u8>, what: Attested) {
        self.world.now += jiff::SignedDuration::from_secs(1);
        let attestation = crate::statement::consent::Attestation {
            handover,
            child: child(),
            slot: person.map(slot),
            what,
            professionals: ["ib-1", "head-1"]
                .map(|name| name.parse().expect("a reference"))
                .into(),
            at: self.world.now,
        };
        let attestation = self.world.claim(SCHOOL, &attestation);
        self.ask(
            Caller::Organisation(oin(SCHOOL)),
            Command::RecordAttestation { attestation },
        );
    }

    fn acknowledge(&mut self, at: usize, quarantined: Option<QuarantineReason>) {
        let Some(sent) = self.sent.get(at).cloned() else {
            return;
        };
        let Some(State::Released(released)) = self.world.books.handover(sent.id()).map(|h| h.state().clone())
        else {
            return;
        };
        let names = released.release.sent.iter().filter_map(|name| match name {
            CompartmentName::Category(category) => Some(*category),
            CompartmentName::View(_) => None,
        });
        let received = Outcome::Received {
            categories: names.collect(),
        };
        let result = quarantined.map_or(received, |reason| Outcome::Quarantined {
            category: None,
            reason,
        });
        let receipt = Receipt {
            handover: sent.id(),
            release: released.release.digest(),
            result,
            at: self.world.now,
        };
        let recipient = sent.manifest.recipient.oin.clone();
        let number = [PROVIDER, SECONDARY, SAFE_HOME]
            .into_iter()
            .find(|number| oin(*number) == recipient);
        let receipt = self.world.claim(number.expect("one of them"), &receipt);
        self.ask(Caller::Organisation(recipient), Command::Acknowledge { receipt });
    }

    /// The first of the month after next, so that a month is enough to come close to it and two to pass it.
    fn next_term(&self) -> crate::clock::Date {
        use jiff::ToSpan;
        let month = crate::clock::date_in_nl(self.world.now).first_of_month();
        month.checked_add(2.months()).expect("within the calendar")
    }

    /// Lets time pass until nothing is left to wait for: whoever is under way is asked for again.
    fn finish(&mut self) {
        self.world.later(24 * 365);
        self.roll_over();
        for at in 0..self.sent.len() {
            let id = self.sent[at].id();
            let is_due = |run: &Self| {
                let handover = run.world.books.handover(id).expect("proposed");
                handover.due().is_some_and(|due| due <= run.world.now)
            };
            // Whatever is late is told; it pauses, then it expires.
            while is_due(self) {
                self.step(&Operation::Tick(at));
            }
            self.step(&Operation::Fetch(at));
            assert!(
                self.beliefs.outcomes.contains_key(&id),
                "no outcome: {:?}",
                self.world.stage(&self.sent[at])
            );
        }
    }
}

/// No state without an owner and a deadline, but for what is closed or never arrived; and each withdrawal that wants an
/// answer has a deadline of its own.
fn check_owned(handover: &crate::exchange::Handover) {
    let stage = handover.state().stage();
    assert_eq!(handover.early().is_some(), !stage.is_outcome(), "{stage}");
    assert_eq!(handover.warm().is_some(), stage == Stage::Received, "{stage}");
    if let Some(warm) = handover.warm() {
        assert_eq!(warm.owner.is_some(), warm.stage != crate::warm::WarmStage::Closed);
        assert_eq!(warm.owner.is_some(), warm.deadline.is_some());
    }
    let has_it = matches!(stage, Stage::Released | Stage::Received | Stage::Quarantined);
    let waiting = handover
        .withdrawals()
        .iter()
        .filter(|withdrawal| withdrawal.answer.is_none());
    assert_eq!(
        handover.unanswered().len(),
        if has_it { waiting.count() } else { 0 }
    );
}

fn read<T: Body>(raw: &RawStatement) -> T {
    Statement::<T>::claim(raw.clone())
        .expect("of this kind")
        .peek()
        .expect("reads")
}

/// Everything in the books that a command could change.
fn fingerprint(books: &Books) -> String {
    let handovers: Vec<_> = books
        .handovers()
        .map(|handover| (handover.to_stored(), handover.due()))
        .collect();
    let invitations: Vec<_> = books
        .children
        .values()
        .flat_map(|child| &child.invitations)
        .map(|i| {
            (
                i.ended,
                i.activated
                    .as_ref()
                    .map(|activated| (activated.keys.digest(), activated.failed_logins)),
            )
        })
        .collect();
    let others = (
        books.next_leaf,
        books.seen.len(),
        books.sessions.len(),
        books.bundles.len(),
        books.in_force,
    );
    format!("{handovers:?} {invitations:?} {others:?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_operations_breaks_a_promise(operations in prop::collection::vec(operation(), 1..60)) {
        let mut run = Run::new();
        for purpose in [0, 0, 1] {
            run.step(&Operation::Propose(purpose));
        }
        for operation in &operations {
            run.step(operation);
        }
        run.finish();
    }
}

/// The property above is worth little if its sequences never get anywhere.
#[test]
fn the_sequences_reach_every_outcome() {
    use Operation as O;
    let all = |at: usize| (0..2).flat_map(move |p| [O::Tell(at, p), O::Decide(at, p, Choice::Agree, 0)]);
    let mut run = Run::new();
    for at in 0..4 {
        run.step(&O::Propose(0));
        for operation in all(at) {
            run.step(&operation);
        }
        run.step(&O::Submit(at));
    }
    run.step(&O::Fetch(0));
    run.step(&O::Acknowledge(0));
    run.step(&O::Fetch(1));
    run.step(&O::Quarantine(1));
    run.step(&O::Decide(2, 0, Choice::Withdraw, 0));
    run.finish();
    let reached: Vec<_> = run.sent.iter().map(|sent| run.world.stage(sent)).collect();
    assert_eq!(
        reached,
        [
            Stage::Received,
            Stage::Quarantined,
            Stage::Retracted,
            Stage::Expired
        ]
    );
}
