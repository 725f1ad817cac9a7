//! A child of 13 and a parent, each with own keys, who say yes and no through whichever gateway answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::future::join_all;
use handdruk_cli::federation::cast::credentials;
use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Choice, Language};
use handdruk_guardian::error::ClientError;
use handdruk_guardian::keys::Credentials;
use handdruk_guardian::question::Question;
use handdruk_guardian::session::{Decided, Session, SignedDecision};
use handdruk_service::Entropy;
use tokio::time::Instant;

use crate::town::Town;

/// How long somebody tries before the campaign has failed: everything that breaks is mended long before.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);
/// How long they wait before they try again.
pub(crate) const AGAIN: Duration = Duration::from_millis(100);

/// One guardian or young person.
pub(crate) struct Person {
    town: Arc<Town>,
    credentials: Credentials,
    /// A session at each gateway, once there is one.
    sessions: Vec<Option<Session>>,
    entropy: Entropy,
}

/// What the gateway answered to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    /// Where the handover stood after it.
    stage: Stage,
    /// Where the decision stands in the log.
    pub(crate) evidence_index: u64,
    /// How many releases it named as committed before.
    pub(crate) releases: usize,
}

impl Answer {
    fn of(decided: &Decided) -> Self {
        Self {
            stage: decided.stage,
            evidence_index: decided.evidence_index,
            releases: decided.releases.len(),
        }
    }
}

/// What came of a decision.
pub(crate) struct Said {
    /// `None` where it took effect, and every answer was lost.
    pub(crate) answer: Option<Answer>,
    /// Other answers to the very same bytes, where one differs: there must be none.
    pub(crate) others: Vec<Answer>,
    sent: Option<Sent>,
}

struct Sent {
    question: Question,
    signed: SignedDecision,
}

impl Person {
    /// Activates a letter's code.
    pub(crate) async fn activate(town: Arc<Town>, code: &str, secret: &str) -> anyhow::Result<Self> {
        let credentials = credentials(code, secret)?;
        let entropy = Entropy::from_os()?;
        let began = Instant::now();
        let session = loop {
            let client = town.guardian_client(0)?;
            match client.activate(&credentials, &mut entropy.fork()).await {
                Ok(session) => break session,
                Err(error) if began.elapsed() > PATIENCE => return Err(error.into()),
                // The letter may be printed before the gateway hears of it: its node was cut off a moment ago.
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        };
        let mut sessions = vec![Some(session)];
        sessions.resize_with(town.gateways(), || None);
        Ok(Self {
            town,
            credentials,
            sessions,
            entropy,
        })
    }

    /// Says the same about everything that is asked: first through `gateway`, or through all of them at once; then through whichever
    /// answers, the same bytes each time.
    pub(crate) async fn say(
        &mut self,
        mut gateway: usize,
        at_once: bool,
        handover: HandoverId,
        choice: Choice,
    ) -> anyhow::Result<Said> {
        let began = Instant::now();
        loop {
            let result = match self.sign(gateway, handover, choice).await {
                Ok(Signed::Nothing) => Ok(None),
                Ok(Signed::Found) => {
                    return Ok(Said {
                        answer: None,
                        others: Vec::new(),
                        sent: None,
                    });
                }
                Ok(Signed::Ready(sent)) => self.send(gateway, at_once, *sent).await.map(Some),
                Err(error) => Err(error),
            };
            match result {
                Ok(Some(said)) => return Ok(said),
                Ok(None) => {}
                Err(error) => {
                    if began.elapsed() > PATIENCE {
                        return Err(error).with_context(|| format!("{choice} to {handover} got no answer"));
                    }
                    self.forget_refused(gateway, &error);
                    gateway = (gateway + 1) % self.sessions.len();
                }
            }
            if began.elapsed() > PATIENCE {
                bail!("no preview of {handover} came in {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Says again what was said, the same bytes, through another gateway. Its answer; `None` where there was nothing to repeat.
    pub(crate) async fn repeat(&mut self, gateway: usize, said: &Said) -> anyhow::Result<Option<Answer>> {
        let Some(sent) = &said.sent else {
            return Ok(None);
        };
        self.until_answered(gateway, sent).await.map(Some)
    }

    /// A session that was refused may have ended.
    fn forget_refused(&mut self, gateway: usize, error: &anyhow::Error) {
        if let Some(ClientError::Refused(_)) = error.downcast_ref() {
            self.sessions[gateway] = None;
        }
    }

    async fn session(&mut self, gateway: usize) -> anyhow::Result<&mut Session> {
        if self.sessions[gateway].is_none() {
            let client = self.town.guardian_client(gateway)?;
            self.sessions[gateway] = Some(client.log_in(&self.credentials).await?);
        }
        self.sessions[gateway].as_mut().context("logged in")
    }

    async fn sign(&mut self, gateway: usize, handover: HandoverId, choice: Choice) -> anyhow::Result<Signed> {
        let mut rng = self.entropy.fork();
        let session = self.session(gateway).await?;
        let listed = session.questions().await?;
        let id = handover.to_string();
        let Some(listed) = listed.into_iter().find(|listed| listed.handover == id) else {
            return Ok(Signed::Nothing);
        };
        let question = listed.question?;
        let choices: BTreeMap<Category, Choice> = question
            .on_consent()
            .into_iter()
            .map(|category| (category, choice))
            .collect();
        if question.choices() == choices {
            return Ok(Signed::Found);
        }
        if !question.standing().has_preview && choice == Choice::Agree {
            return Ok(Signed::Nothing);
        }
        let page = session.page(&question, Language::Dutch).await?;
        let signed = session.sign(&question, &page, choices, None, &mut rng)?;
        Ok(Signed::Ready(Box::new(Sent { question, signed })))
    }

    async fn send(&mut self, gateway: usize, at_once: bool, sent: Sent) -> anyhow::Result<Said> {
        let mut answers = Vec::new();
        if at_once {
            for gateway in 0..self.sessions.len() {
                // Who cannot log in now does not take part.
                let _ = self.session(gateway).await;
            }
            let open = self.sessions.iter_mut().flatten();
            let all = join_all(open.map(|session| session.send(&sent.question, &sent.signed))).await;
            answers.extend(all.into_iter().flatten().map(|decided| Answer::of(&decided)));
        }
        if answers.is_empty() {
            answers.push(self.until_answered(gateway, &sent).await?);
        }
        let answer = answers[0];
        answers.retain(|other| *other != answer);
        Ok(Said {
            answer: Some(answer),
            others: answers,
            sent: Some(sent),
        })
    }

    async fn until_answered(&mut self, mut gateway: usize, sent: &Sent) -> anyhow::Result<Answer> {
        let began = Instant::now();
        loop {
            let session = self.session(gateway).await;
            let answer = match session {
                Ok(session) => session
                    .send(&sent.question, &sent.signed)
                    .await
                    .map_err(Into::into),
                Err(error) => Err(error),
            };
            match answer {
                Ok(decided) => return Ok(Answer::of(&decided)),
                Err(error) => {
                    let is_refused = matches!(error.downcast_ref(), Some(ClientError::Refused(_)));
                    if is_refused || began.elapsed() > PATIENCE {
                        return Err(error);
                    }
                }
            }
            gateway = (gateway + 1) % self.sessions.len();
            tokio::time::sleep(AGAIN).await;
        }
    }
}

/// What there was to sign.
enum Signed {
    /// Nothing to look at yet.
    Nothing,
    /// It was said already, and no answer came.
    Found,
    /// A decision.
    Ready(Box<Sent>),
}
