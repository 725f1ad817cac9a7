//! A child of 13 and a parent, each with own keys, who say yes and no through whichever gateway answers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use handdruk_cli::federation::cast::credentials;
use handdruk_domain::category::Category;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::consent::{Choice, Language};
use handdruk_guardian::error::ClientError;
use handdruk_guardian::keys::Credentials;
use handdruk_guardian::session::{Decided, Session};
use handdruk_service::Entropy;
use rand_chacha::ChaCha20Rng;
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
    rng: ChaCha20Rng,
}

/// What came of a decision.
pub(crate) enum Said {
    /// The gateway answered.
    Answered(Decided),
    /// It took effect, and the answer was lost.
    Found,
}

impl Person {
    /// Activates a letter's code.
    pub(crate) async fn activate(town: Arc<Town>, code: &str, secret: &str) -> anyhow::Result<Self> {
        let credentials = credentials(code, secret)?;
        let mut rng = Entropy::from_os()?.fork();
        let session = town.guardian_client(0)?.activate(&credentials, &mut rng).await?;
        Ok(Self {
            town,
            credentials,
            sessions: vec![Some(session), None],
            rng,
        })
    }

    /// Says the same about everything that is asked, first through `gateway`, then through whichever answers. Whoever gets no
    /// answer looks whether it took effect before saying it again.
    pub(crate) async fn say(
        &mut self,
        mut gateway: usize,
        gateways: usize,
        handover: HandoverId,
        choice: Choice,
    ) -> anyhow::Result<Said> {
        let began = Instant::now();
        loop {
            match self.try_to_say(gateway, handover, choice).await {
                Ok(Some(said)) => return Ok(said),
                Ok(None) => {}
                Err(error) => {
                    if began.elapsed() > PATIENCE {
                        return Err(error).with_context(|| format!("{choice} to {handover} got no answer"));
                    }
                    if let Some(ClientError::Refused(_)) = error.downcast_ref() {
                        // The session may have ended.
                        self.sessions[gateway] = None;
                    }
                    gateway = (gateway + 1) % gateways;
                }
            }
            if began.elapsed() > PATIENCE {
                bail!("no preview of {handover} came in {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// `None` while there is nothing to look at yet.
    async fn try_to_say(
        &mut self,
        gateway: usize,
        handover: HandoverId,
        choice: Choice,
    ) -> anyhow::Result<Option<Said>> {
        if self.sessions[gateway].is_none() {
            let client = self.town.guardian_client(gateway)?;
            self.sessions[gateway] = Some(client.log_in(&self.credentials).await?);
        }
        let session = self.sessions[gateway].as_mut().context("logged in")?;
        let listed = session.questions().await?;
        let id = handover.to_string();
        let Some(listed) = listed.into_iter().find(|listed| listed.handover == id) else {
            return Ok(None);
        };
        let question = listed.question?;
        let choices: BTreeMap<Category, Choice> = question
            .on_consent()
            .into_iter()
            .map(|category| (category, choice))
            .collect();
        if question.choices() == choices {
            return Ok(Some(Said::Found));
        }
        if !question.standing().has_preview && choice == Choice::Agree {
            return Ok(None);
        }
        let page = session.page(&question, Language::Dutch).await?;
        let decided = session
            .decide(&question, &page, choices, None, &mut self.rng)
            .await?;
        Ok(Some(Said::Answered(decided)))
    }
}
