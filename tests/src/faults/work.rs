//! What the organisations and the family do while things break, and the ledger of what they were promised.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use handdruk_cli::federation::cast::PATIENCE as ANSWER_WITHIN;
use handdruk_cli::federation::dossiers::{Dossier, JAYDEN, LUCA};
use handdruk_cli::plan::Plan;
use handdruk_cli::words;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_proto::{from_wire, v1};
use handdruk_service::{Entropy, Failure};
use tokio::time::Instant;

use crate::draw::{Round, Withdrawing};
use crate::family::{AGAIN, PATIENCE, Person, Said};
use crate::promises::{Finding, Promise};
use crate::report::Worked;
use crate::town::{SENDER, Town};

/// A consent that was taken back, and what the gateway answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TakenBack {
    /// Where the answer put it in the log, and how many releases it named; `None` where the answer was lost.
    pub(crate) answer: Option<(u64, usize)>,
}

/// One handover that was admitted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admitted {
    pub(crate) handover: HandoverId,
    pub(crate) taken_back: Option<TakenBack>,
}

/// A child's family, invited and with own keys.
struct Family {
    plan: Plan,
    parent: Person,
    child: Person,
    /// The places of its handovers in the ledger.
    handovers: Vec<usize>,
}

/// Everybody who acts, and the ledger.
pub(crate) struct Work {
    town: Arc<Town>,
    entropy: Entropy,
    attendance: Plan,
    family: Option<Family>,
    families: u64,
    ledger: Vec<Admitted>,
    worked: Worked,
    findings: Vec<Finding>,
}

/// The plan of what rests on consent: the same recipient as the other, at its desk for care. One parent has the say, so that
/// nobody's silence is waited for.
const CARE: &str = r#"
pupil = "leerling-jayden"
municipality = "0193"

[[guardian]]
person = "chantal"
name = "Chantal Pinas"
language = "nl"
authority = "single"

[[guardian]]
person = "jayden"
name = "Jayden Pinas"
language = "nl"
young-person = true

[[target]]
purpose = "care-access"
to = "00000099000000005100"
desk = "loket"
"#;

impl Work {
    /// Nobody has done anything yet.
    pub(crate) fn new(town: Arc<Town>) -> anyhow::Result<Self> {
        Ok(Self {
            town,
            entropy: Entropy::from_os()?,
            attendance: Plan::parse(LUCA.plan)?,
            family: None,
            families: 0,
            ledger: Vec::new(),
            worked: Worked::default(),
            findings: Vec::new(),
        })
    }

    /// Everything that was admitted.
    pub(crate) fn ledger(&self) -> &[Admitted] {
        &self.ledger
    }

    /// What was done.
    pub(crate) const fn worked(&self) -> &Worked {
        &self.worked
    }

    /// What was seen to be broken while it was done.
    pub(crate) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Another child, whose family gets its letters while nothing breaks: a page of questions stays short that way.
    pub(crate) async fn next_family(&mut self) -> anyhow::Result<()> {
        self.families += 1;
        let mut plan = Plan::parse(CARE)?;
        plan.pupil = format!("leerling-{}", self.families);
        let request = self.request(&JAYDEN, &plan)?;
        let first = self.push(&request).await?;
        let parent = self.person(&plan.pupil, "chantal").await?;
        let child = self.person(&plan.pupil, "jayden").await?;
        let mut family = Family {
            plan,
            parent,
            child,
            handovers: Vec::new(),
        };
        family.parent.say(0, false, first, Choice::Agree).await?;
        family.child.say(0, false, first, Choice::Agree).await?;
        family.handovers.push(self.ledger.len());
        self.ledger.push(Admitted {
            handover: first,
            taken_back: None,
        });
        self.family = Some(family);
        Ok(())
    }

    async fn person(&mut self, pupil: &str, person: &str) -> anyhow::Result<Person> {
        let request = v1::InviteGuardianRequest {
            request_id: RequestId::random(&mut self.entropy.fork()).to_string(),
            pupil: pupil.to_owned(),
            person: person.to_owned(),
            replace: false,
            acting: Some(acting()),
        };
        let answer = self
            .town
            .system(&SENDER)?
            .families()
            .invite_guardian(request)
            .await;
        let code = answer
            .map_err(|status| words::failure(&status))?
            .into_inner()
            .code;
        Person::activate(self.town.clone(), &code, "een geheim van dertien").await
    }

    /// The work of one round: one handover that the law demands; one that a family agrees to, and perhaps a consent taken back.
    /// At its end all of it is asked for once more, with the same bytes.
    pub(crate) async fn round(&mut self, round: &Round) -> anyhow::Result<()> {
        let demanding = self.request(&LUCA, &self.attendance)?;
        let demanded = self.push(&demanding).await?;
        self.ledger.push(Admitted {
            handover: demanded,
            taken_back: None,
        });
        let asking = self.request(&JAYDEN, &self.family.as_ref().context("a family")?.plan)?;
        let asked = self.push(&asking).await?;
        let family = self.family.as_mut().context("a family")?;
        let own = self.ledger.len();
        family.handovers.push(own);
        self.ledger.push(Admitted {
            handover: asked,
            taken_back: None,
        });
        let ways = round.ways;
        family
            .parent
            .say(ways.parent, false, asked, Choice::Agree)
            .await?;
        let mut said = vec![family.child.say(ways.child, false, asked, Choice::Agree).await?];
        said.extend(self.withdraw(round, own).await?);
        for (request, answered) in [(demanding, demanded), (asking, asked)] {
            let again = self.push(&request).await?;
            self.worked.repeats += 1;
            if again != answered {
                let says = format!("a push was answered with {answered}, and its repetition with {again}");
                self.findings.push(Finding::new(Promise::Once, says));
            }
        }
        for said in said {
            self.repeat(ways.withdrawal + 1, &said).await?;
        }
        Ok(())
    }

    /// The withdrawal of a round, if it has one. `own` is the place of its handover in the ledger.
    async fn withdraw(&mut self, round: &Round, own: usize) -> anyhow::Result<Option<Said>> {
        let family = self.family.as_mut().context("a family")?;
        let of = match round.withdrawing {
            Withdrawing::Never => return Ok(None),
            Withdrawing::Race(after) => {
                tokio::time::sleep(after).await;
                own
            }
            Withdrawing::Earlier(back) => {
                let held = family.handovers.iter().rev().skip(back);
                let mut held = held.filter(|&&at| self.ledger[at].taken_back.is_none());
                let Some(&earlier) = held.next() else {
                    return Ok(None);
                };
                earlier
            }
        };
        let (way, handover) = (round.ways.withdrawal, self.ledger[of].handover);
        let at_once = round.ways.at_once && self.town.gateways() > 1;
        let is_across = self.town.receiver_is_at().is_some_and(|at| at != way);
        let said = family.child.say(way, at_once, handover, Choice::Withdraw).await?;
        self.worked.note(round.withdrawing, is_across, at_once);
        let answer = said.answer.map(|answer| (answer.evidence_index, answer.releases));
        self.ledger[of].taken_back = Some(TakenBack { answer });
        Ok(Some(said))
    }

    /// Says again what the child said, and compares the answers: there is one.
    async fn repeat(&mut self, way: usize, said: &Said) -> anyhow::Result<()> {
        let family = self.family.as_mut().context("a family")?;
        let way = way % self.town.gateways();
        let again = family.child.repeat(way, said).await?;
        self.worked.repeats += u64::from(again.is_some());
        let again = again.filter(|again| Some(*again) != said.answer);
        for other in said.others.iter().copied().chain(again) {
            let says = format!(
                "a decision was answered {:?}, and its repetition {other:?}",
                said.answer
            );
            self.findings.push(Finding::new(Promise::Once, says));
        }
        Ok(())
    }

    fn request(&self, dossier: &Dossier, plan: &Plan) -> anyhow::Result<v1::PushRequest> {
        let mut request = plan.request(dossier.bytes.to_vec(), dossier.additions.to_vec(), "ib-1")?;
        request.request_id = RequestId::random(&mut self.entropy.fork()).to_string();
        Ok(request)
    }

    /// Pushes until the node answers: the same request each time, so that it takes effect once.
    async fn push(&self, request: &v1::PushRequest) -> anyhow::Result<HandoverId> {
        let began = Instant::now();
        loop {
            let mut call = tonic::Request::new(request.clone());
            call.set_timeout(ANSWER_WITHIN / 4);
            match self.town.system(&SENDER)?.transitions().push(call).await {
                Ok(answer) => {
                    let results = answer.into_inner().results;
                    let [result] = &results[..] else {
                        bail!("one target has {} results", results.len());
                    };
                    if let Some(refused) = &result.refused {
                        bail!("refused: {}", words::refused(refused));
                    }
                    return Ok(result.handover_id.parse()?);
                }
                Err(status) => {
                    if let Failure::Refused(refusal) = Failure::of(&status) {
                        bail!("a push was refused: {refusal}");
                    }
                    if began.elapsed() > PATIENCE {
                        return Err(words::failure(&status)).context("the node does not answer");
                    }
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Waits until nothing is under way any more. What a taken back consent left blocked at its sender is taken back by the
    /// sender as well, so that everything has its outcome.
    pub(crate) async fn come_to_rest(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        for at in 0..self.ledger.len() {
            let Admitted {
                handover, taken_back, ..
            } = self.ledger[at];
            let mut asked = false;
            loop {
                let stage = stage_at_sender(&self.town, handover).await?;
                match stage {
                    Some(stage) if stage.is_outcome() => break,
                    Some(Stage::Blocked) if taken_back.is_some() && !asked => {
                        self.retract(handover).await?;
                        asked = true;
                    }
                    _ => {}
                }
                if began.elapsed() > 2 * PATIENCE {
                    let stage = stage.map_or("not admitted".to_owned(), |stage| stage.to_string());
                    bail!("{handover} does not come to an end: it stands at {stage} at its sender");
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
        Ok(())
    }

    async fn retract(&mut self, handover: HandoverId) -> anyhow::Result<()> {
        let request = v1::RetractHandoverRequest {
            request_id: RequestId::random(&mut self.entropy.fork()).to_string(),
            handover_id: handover.to_string(),
            acting: Some(acting()),
        };
        let mut transitions = self.town.system(&SENDER)?.transitions();
        let answer = transitions.retract_handover(request).await;
        answer.map_err(|status| words::failure(&status))?;
        Ok(())
    }
}

/// Where a handover stands at its sender; `None` while the gateway has not admitted it.
async fn stage_at_sender(town: &Town, handover: HandoverId) -> anyhow::Result<Option<Stage>> {
    let request = v1::GetSentHandoverRequest {
        handover_id: handover.to_string(),
    };
    let answer = town
        .system(&SENDER)?
        .transitions()
        .get_sent_handover(request)
        .await;
    let sent = answer.map_err(|status| words::failure(&status))?.into_inner();
    let status = sent.handover.and_then(|sent| sent.status).context("no status")?;
    Ok(from_wire(status.stage).ok())
}

fn acting() -> v1::ActingProfessional {
    v1::ActingProfessional {
        professional: "ib-1".to_owned(),
    }
}
