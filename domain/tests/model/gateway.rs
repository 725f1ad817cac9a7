//! The gateway: the real rules over what it has committed.
//!
//! [`Committed`] is exactly what its store keeps: a handover as it is written down, the statements behind it, first answers,
//! notices, and which sealed content is left. Each command reads books from that, lets [`Books::apply`] decide, and commits
//! the effects, as the sequencer does. So whatever the model visits was written down and read back before.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use handdruk_domain::category::CategorySet;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::exchange::{
    Answer, Books, Caller, Command, Effects, Failure, Request, RequestRef, SealedCompartment,
};
use handdruk_domain::ids::RequestId;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::Verified;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::envelope::{Compartment, CompartmentName, Envelope};
use handdruk_domain::statement::outcome::{
    DeclineReason, Erasure, KeepGround, Outcome as Became, Progress, Receipt, Step, WithdrawalAnswer,
    WithdrawalOutcome,
};
use handdruk_domain::warm::Side;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::committed::{Committed, View, category};
use super::world::{self, Extent, PORTAL, RECIPIENT, SENDER, World, claim, instant, made, oin};

/// Every step that either side can report. Of the reasons for declining, one for each way that they lead.
pub(crate) const STEPS: [Step; 14] = [
    Step::Accepted {},
    Step::Declined {
        reason: DeclineReason::NoPlace,
    },
    Step::Declined {
        reason: DeclineReason::WaitingList,
    },
    Step::Confirmed {},
    Step::NoRecipient {},
    Step::TalkPlanned {},
    Step::TalkHeld {},
    Step::Started {},
    Step::NotStarted {},
    Step::AftercarePlanned {},
    Step::AftercareHeld {},
    Step::Closed {},
    Step::Read {
        categories: CategorySet::ALL,
    },
    Step::Erased { why: Erasure::Term },
];

/// A step of [`STEPS`] as one side said it: its number, and which attempt at signing it this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Saying {
    pub(crate) step: u8,
    pub(crate) number: u8,
    pub(crate) attempt: u8,
}

impl Saying {
    /// When it says that it was made: unique among all that one side says.
    const fn at(self) -> u8 {
        self.number + 16 * self.attempt
    }

    /// The number of the step that a statement reports.
    pub(crate) fn number_of(progress: &Progress) -> u8 {
        let after = progress.at.duration_since(instant(0)).as_secs();
        u8::try_from(after % 16).expect("below 16")
    }
}

/// What is asked of the gateway. The same ask is the same bytes, whenever it arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Ask {
    /// Recipient.
    Fetch,
    /// Recipient: all of it arrived.
    Acknowledge,
    /// Either side: a step.
    Report(Side, Saying),
    /// Recipient: erased, or kept on a ground.
    Answer { withdrawal: Digest, erased: bool },
    /// Guardian: taken back, said at this step of the clock.
    Withdraw { extent: Extent, said: u8 },
    /// The deadline engine: time may have changed something.
    Look,
}

/// What the gateway answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Told {
    /// Taken: this is where it stands.
    Stands(View),
    /// Released: these categories.
    Released(CategorySet),
    /// Refused, and why.
    Refused(Reason),
}

/// What was asked of which commitment, at which step of the clock, and what came of it.
type Decided = HashMap<(Digest, Ask, u8), (Committed, Told)>;

/// The gateway's program: it decides, and remembers what it decided before, because the same command over the same
/// commitment at the same time gives the same.
pub(crate) struct Gateway {
    pub(crate) world: World,
    decided: Mutex<Decided>,
    tried: Mutex<BTreeSet<String>>,
}

impl Gateway {
    pub(crate) fn new(world: World) -> Self {
        Self {
            world,
            decided: Mutex::default(),
            tried: Mutex::default(),
        }
    }

    /// A handover whose envelope waits for its recipient.
    pub(crate) fn submitted(&self) -> Committed {
        let world = &self.world;
        let propose = Command::Propose {
            manifest: world.manifest.clone(),
            application: None,
        };
        let sender = || Caller::Organisation(oin(SENDER));
        let proposed = self.begin(&plain(sender(), propose));
        let agreed = match world.story {
            world::Story::Move => proposed,
            world::Story::Care => {
                let decide = Command::Decide {
                    session: world::session(),
                    decision: world.decision(world.categories(), Choice::Agree, 0),
                };
                self.must(&proposed, &plain(Caller::Portal(oin(PORTAL)), decide))
            }
        };
        let submit = self.envelope(&agreed);
        self.must(&agreed, &plain(sender(), submit))
    }

    /// Asks what must be allowed.
    pub(crate) fn after(&self, before: &Committed, asks: &[Ask]) -> Committed {
        asks.iter().fold(before.clone(), |committed, ask| {
            match self.answer(&committed, *ask, 0) {
                (_, Told::Refused(reason)) => panic!("{ask:?}: {reason}"),
                (next, _) => next,
            }
        })
    }

    /// What the gateway commits and answers. A refusal commits nothing.
    pub(crate) fn answer(&self, before: &Committed, ask: Ask, tick: u8) -> (Committed, Told) {
        let key = (before.fingerprint(), ask, tick);
        let known = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&key) {
            return known.clone();
        }
        drop(known);
        let answered = match self.decide(before, &self.request(before, ask), tick) {
            Ok((next, answer)) => (next, told(answer)),
            Err(refused) => (before.clone(), Told::Refused(refused)),
        };
        let mut known = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(key, answered.clone());
        answered
    }

    /// How many decisions were taken.
    pub(crate) fn decisions(&self) -> usize {
        self.decided.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Tries everything that anybody could ask now. Each goes on or is refused with a reason; whatever else would happen is
    /// a fault, and panics. What the rules cannot tell apart is tried once.
    pub(crate) fn try_everything(&self, committed: &Committed, tick: u8) {
        let is_new = self
            .tried
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(committed.shape());
        if !is_new {
            return;
        }
        let steps = (0_u8..).zip(STEPS).flat_map(|(step, _)| {
            Side::ALL.iter().map(move |side| {
                let saying = Saying {
                    step,
                    number: 15,
                    attempt: 0,
                };
                Ask::Report(*side, saying)
            })
        });
        let answers = committed.handover().withdrawals().iter().flat_map(|withdrawal| {
            [true, false].map(|erased| Ask::Answer {
                withdrawal: withdrawal.statement,
                erased,
            })
        });
        let others = [Ask::Fetch, Ask::Acknowledge, Ask::Look];
        for ask in steps.chain(answers).chain(others) {
            if let Ok((next, _)) = self.decide(committed, &self.request(committed, ask), tick) {
                assert!(
                    next.is_borne_out(),
                    "{ask:?} leads from {committed:?} to {next:?}"
                );
            }
        }
    }

    fn begin(&self, request: &Request) -> Committed {
        let mut books = self.world.books();
        let (_, effects) = self.apply(&mut books, request, 0).expect("is admitted");
        Committed::of(None, effects, &books)
    }

    fn must(&self, before: &Committed, request: &Request) -> Committed {
        match self.decide(before, request, 0) {
            Ok((next, _)) => next,
            Err(reason) => panic!("a beginning that is refused: {reason}"),
        }
    }

    /// Reads the books, decides, and gives what is to be committed.
    fn decide(&self, before: &Committed, request: &Request, tick: u8) -> Result<(Committed, Answer), Reason> {
        let mut books = self.world.books();
        before.put_into(&mut books, self.world.signing().gateway);
        match self.apply(&mut books, request, tick) {
            Ok((answer, effects)) => Ok((Committed::of(Some(before), effects, &books), answer)),
            Err(Failure::Refused(refusal)) => Err(refusal.reason),
            Err(fault) => panic!("a fault: {fault}"),
        }
    }

    fn apply(&self, books: &mut Books, request: &Request, tick: u8) -> Result<(Answer, Effects), Failure> {
        let mut rng = ChaCha20Rng::from_seed([7; 32]);
        books.apply(request, instant(tick), &mut rng, self.world.signing())
    }

    /// The bytes of an ask, as they are sent again and again.
    fn request(&self, before: &Committed, ask: Ask) -> Request {
        let handover = world::handover();
        let recipient = || Caller::Organisation(oin(RECIPIENT));
        let (caller, command) = match ask {
            Ask::Fetch => (recipient(), Command::Fetch { handover }),
            Ask::Acknowledge => (recipient(), acknowledge(before)),
            Ask::Report(side, saying) => {
                let number = world::side(side);
                let progress = Progress {
                    handover,
                    step: self.step(saying.step),
                    sealed: None,
                    by: world::actor(number),
                    at: made(saying.at()),
                };
                let progress = claim(&progress, number);
                (
                    Caller::Organisation(oin(number)),
                    Command::ReportProgress { progress },
                )
            }
            Ask::Answer { withdrawal, erased } => {
                let result = if erased {
                    WithdrawalOutcome::Erased {}
                } else {
                    WithdrawalOutcome::Kept {
                        ground: KeepGround::CareDossier,
                    }
                };
                let answer = WithdrawalAnswer {
                    handover,
                    withdrawal,
                    result,
                    by: world::actor(RECIPIENT),
                    at: made(1),
                };
                let answer = claim(&answer, RECIPIENT);
                (recipient(), Command::AnswerWithdrawal { answer })
            }
            Ask::Withdraw { extent, said } => {
                let categories = self.world.taken_back(extent);
                let decide = Command::Decide {
                    session: world::session(),
                    decision: self.world.decision(categories, Choice::Withdraw, said),
                };
                return plain(Caller::Portal(oin(PORTAL)), decide);
            }
            Ask::Look => {
                let tick = Command::Tick {
                    handover,
                    municipality: None,
                };
                return plain(Caller::Gateway, tick);
            }
        };
        let digest = Digest::of(format!("{ask:?}").as_bytes());
        let id = RequestId::try_from(&digest.as_bytes()[..16]).expect("16 bytes");
        Request {
            reference: Some(RequestRef { id, digest }),
            ..plain(caller, command)
        }
    }

    /// What was read is what was sent, so far as anybody knows.
    fn step(&self, step: u8) -> Step {
        match STEPS[usize::from(step)] {
            Step::Read { .. } => Step::Read {
                categories: self.world.categories(),
            },
            step => step,
        }
    }

    fn envelope(&self, permitted: &Committed) -> Command {
        let permit = permitted.handover().state().permit().expect("permitted");
        let sealed: Vec<_> = permit
            .categories
            .iter()
            .map(|category| SealedCompartment::new(category.word().as_bytes().to_vec()))
            .collect();
        let books = self.world.books();
        let envelope = Envelope {
            handover: world::handover(),
            manifest: self.world.manifest.digest(),
            permit: permit.digest(),
            recipient_bundle: books.bundle(&oin(RECIPIENT)).expect("published").digest(),
            encapsulation: Bytes(vec![1; 1120]),
            compartments: permit
                .categories
                .iter()
                .zip(&sealed)
                .map(|(category, sealed)| Compartment {
                    name: CompartmentName::Category(*category),
                    digest: sealed.digest(),
                    size: u32::try_from(sealed.bytes().len()).expect("small"),
                })
                .collect(),
            at: instant(0),
        };
        Command::Submit {
            envelope: claim(&envelope, SENDER),
            compartments: sealed,
        }
    }
}

/// A request without an id.
fn plain(caller: Caller, command: Command) -> Request {
    Request {
        caller,
        reference: None,
        command,
    }
}

fn acknowledge(before: &Committed) -> Command {
    let release = before.handover().state().release();
    let receipt = Receipt {
        handover: world::handover(),
        release: release.map_or_else(|| Digest::of(b"none"), Verified::digest),
        result: Became::Received {
            categories: release
                .map(|release| release.categories().collect())
                .unwrap_or_default(),
        },
        at: made(0),
    };
    Command::Acknowledge {
        receipt: claim(&receipt, RECIPIENT),
    }
}

fn told(answer: Answer) -> Told {
    match answer {
        Answer::Handover(status) | Answer::Decided { handover: status, .. } => {
            Told::Stands(View::of(&status))
        }
        Answer::Fetched(fetched) => Told::Released(fetched.sent.iter().filter_map(category).collect()),
        Answer::Refused(refusal) => Told::Refused(refusal.reason),
        other => panic!("nobody here asks for {other:?}"),
    }
}
