//! What the people and systems of demo and tests do, each through the public API of the process they use.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, bail};
use handdruk_content::code::InvitationCode;
use handdruk_content::plan::Plan as TalkPlan;
use handdruk_domain::category::Category;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Choice, Language};
use handdruk_guardian::client::{Client, Settings};
use handdruk_guardian::keys::Credentials;
use handdruk_guardian::page::Page;
use handdruk_guardian::question::Question;
use handdruk_guardian::secret::Secret;
use handdruk_guardian::session::{Decided, Session};
use handdruk_proto::{from_wire, to_wire, v1};
use handdruk_service::Entropy;
use rand_chacha::ChaCha20Rng;

use super::dossiers::Dossier;
use super::members::{GATEWAY, PORTAL};
use super::{Federation, Member, eventually};
use crate::plan::Plan;
use crate::words;

/// How long a step may take until another process shows it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The federation, and whoever acts in it.
#[derive(Debug)]
pub struct Cast {
    /// The federation.
    pub federation: Federation,
    rng: ChaCha20Rng,
}

/// Each target's fate, in the plan's order.
pub type Pushed = Vec<v1::TargetResult>;

impl Cast {
    /// Whoever acts in `federation`.
    pub fn new(federation: Federation) -> anyhow::Result<Self> {
        Ok(Self {
            federation,
            rng: Entropy::from_os()?.fork(),
        })
    }

    pub(super) fn request_id(&mut self) -> String {
        RequestId::random(&mut self.rng).to_string()
    }

    /// A school system pushes a dossier with its plan.
    pub async fn push(&mut self, from: &Member, dossier: &Dossier, plan: &Plan) -> anyhow::Result<Pushed> {
        Ok(self.push_whole(from, dossier, plan).await?.results)
    }

    /// The same, with everything that the node says about it.
    pub async fn push_whole(
        &mut self,
        from: &Member,
        dossier: &Dossier,
        plan: &Plan,
    ) -> anyhow::Result<v1::PushResponse> {
        let mut request = plan.request(dossier.bytes.to_vec(), dossier.additions.to_vec(), "ib-1")?;
        request.request_id = self.request_id();
        let answer = self.federation.system(from)?.transitions().push(request).await;
        Ok(answer.map_err(|status| words::failure(&status))?.into_inner())
    }

    /// Two professionals record that somebody agreed on paper.
    pub async fn agree_on_paper(
        &mut self,
        at: &Member,
        handover: &str,
        person: &str,
        categories: &[Category],
    ) -> anyhow::Result<()> {
        let choice = |category: &Category| v1::CategoryChoice {
            category: to_wire(*category),
            choice: v1::Choice::Agree.into(),
        };
        let request = v1::RecordAttestedDecisionRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            person: person.to_owned(),
            choices: categories.iter().map(choice).collect(),
            assisted: false,
            acting: Some(acting("ib-1")),
            second_professional: "directeur-1".to_owned(),
        };
        let answer = self
            .federation
            .system(at)?
            .families()
            .record_attested_decision(request)
            .await;
        answer.map_err(|status| words::failure(&status))?;
        Ok(())
    }

    /// The receiving school gives the family a reference.
    pub async fn application(
        &mut self,
        at: &Member,
        purpose: Purpose,
        until: &str,
    ) -> anyhow::Result<String> {
        let request = v1::IssueApplicationRequest {
            request_id: self.request_id(),
            purpose: to_wire(purpose),
            site: at.sites.first().copied().unwrap_or_default().to_owned(),
            not_after: until.to_owned(),
            acting: Some(acting("administration-1")),
        };
        let answer = self
            .federation
            .system(at)?
            .transitions()
            .issue_application(request)
            .await;
        Ok(answer
            .map_err(|status| words::failure(&status))?
            .into_inner()
            .application)
    }

    /// The school prints a letter; the code stands on it.
    pub async fn letter(&mut self, from: &Member, pupil: &str, person: &str) -> anyhow::Result<String> {
        self.print_letter(from, pupil, person, false).await
    }

    /// A new letter for somebody who lost the old one.
    pub async fn letter_again(&mut self, from: &Member, pupil: &str, person: &str) -> anyhow::Result<String> {
        self.print_letter(from, pupil, person, true).await
    }

    async fn print_letter(
        &mut self,
        from: &Member,
        pupil: &str,
        person: &str,
        replace: bool,
    ) -> anyhow::Result<String> {
        let request = v1::InviteGuardianRequest {
            request_id: self.request_id(),
            pupil: pupil.to_owned(),
            person: person.to_owned(),
            replace,
            acting: Some(acting("ib-1")),
        };
        let answer = self
            .federation
            .system(from)?
            .families()
            .invite_guardian(request)
            .await;
        Ok(answer
            .map_err(|status| words::failure(&status))?
            .into_inner()
            .code)
    }

    /// The guardian's client.
    pub fn guardian_client(&self) -> anyhow::Result<Client> {
        let settings = Settings {
            address: format!("https://{}", self.federation.gateway()),
            gateway: GATEWAY.oin.parse()?,
            registrar: self.federation.registrar().clone(),
        };
        Ok(Client::connect(
            &settings,
            &self.federation.identity(PORTAL.key)?,
            self.federation.clock(),
        )?)
    }

    /// Somebody activates a letter's code with a secret of their own.
    pub async fn activate(&mut self, code: &str, secret: &str) -> anyhow::Result<Guardian> {
        let credentials = credentials(code, secret)?;
        let session = self
            .guardian_client()?
            .activate(&credentials, &mut self.rng)
            .await?;
        Ok(Guardian {
            session,
            rng: Entropy::from_os()?.fork(),
            code: code.to_owned(),
            secret: secret.to_owned(),
        })
    }

    /// The same person on a later day: sessions end, code and secret do not.
    pub async fn log_in(&mut self, guardian: Guardian) -> anyhow::Result<Guardian> {
        let credentials = credentials(&guardian.code, &guardian.secret)?;
        let session = self.guardian_client()?.log_in(&credentials).await?;
        Ok(Guardian { session, ..guardian })
    }

    /// Letter, code, secret: a guardian who can decide.
    pub async fn guardian(&mut self, of: &Member, pupil: &str, person: &str) -> anyhow::Result<Guardian> {
        let code = self.letter(of, pupil, person).await?;
        self.activate(&code, &format!("het geheim van {person} zelf"))
            .await
    }

    /// Somebody was told in a conversation.
    pub async fn told(&mut self, by: &Member, handover: &str, person: &str) -> anyhow::Result<()> {
        let request = v1::RecordTellingRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            person: person.to_owned(),
            how: v1::ToldHow::Conversation.into(),
            acting: Some(acting("ib-1")),
        };
        let answer = self
            .federation
            .system(by)?
            .families()
            .record_telling(request)
            .await;
        answer.map_err(|status| words::failure(&status))?;
        Ok(())
    }

    /// A handover as its sender's node sees it.
    pub async fn sent(&self, from: &Member, handover: &str) -> anyhow::Result<v1::SentHandover> {
        let request = v1::GetSentHandoverRequest {
            handover_id: handover.to_owned(),
        };
        let answer = self
            .federation
            .system(from)?
            .transitions()
            .get_sent_handover(request)
            .await;
        answer
            .map_err(|status| words::failure(&status))?
            .into_inner()
            .handover
            .context("an empty answer")
    }

    /// Everything that an organisation sends.
    pub async fn all_sent(&self, from: &Member) -> anyhow::Result<Vec<v1::SentHandover>> {
        let answer = self
            .federation
            .system(from)?
            .transitions()
            .list_handovers(v1::ListHandoversRequest::default())
            .await;
        Ok(answer
            .map_err(|status| words::failure(&status))?
            .into_inner()
            .handovers)
    }

    /// Where a handover stands at its sender.
    pub async fn stage_at(&self, from: &Member, handover: &str) -> anyhow::Result<Stage> {
        let sent = self.sent(from, handover).await?;
        from_wire(sent.status.context("no status")?.stage).map_err(anyhow::Error::new)
    }

    /// Whether a handover comes to stand at `stage` at its sender, within the patience of the demo.
    pub async fn reaches(&self, from: &Member, handover: &str, stage: Stage) -> anyhow::Result<bool> {
        eventually(PATIENCE, || async {
            Ok(self.stage_at(from, handover).await? == stage)
        })
        .await
    }

    /// What an organisation received.
    pub async fn inbox(&self, at: &Member) -> anyhow::Result<Vec<v1::InboxItem>> {
        let answer = self
            .federation
            .system(at)?
            .inbox()
            .list_inbox(v1::ListInboxRequest::default())
            .await;
        Ok(answer
            .map_err(|status| words::failure(&status))?
            .into_inner()
            .items)
    }

    /// What an organisation received, every page of it.
    pub async fn inbox_whole(&self, at: &Member) -> anyhow::Result<Vec<v1::InboxItem>> {
        let (mut items, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = v1::ListInboxRequest {
                page_size: 100,
                page_token,
            };
            let page = self.federation.system(at)?.inbox().list_inbox(request).await;
            let page = page.map_err(|status| words::failure(&status))?.into_inner();
            items.extend(page.items);
            if page.next_page_token.is_empty() {
                return Ok(items);
            }
            page_token = page.next_page_token;
        }
    }

    /// One item, when it is there.
    pub async fn item(&self, at: &Member, handover: &str) -> anyhow::Result<Option<v1::InboxItem>> {
        Ok(self
            .inbox(at)
            .await?
            .into_iter()
            .find(|item| item.handover_id == handover))
    }

    /// What an intake worker reads of one handover: its item, and the content as text.
    pub async fn read(&self, at: &Member, handover: &str) -> anyhow::Result<(v1::InboxItem, String)> {
        let arrived = eventually(PATIENCE, || async {
            Ok(self.item(at, handover).await?.is_some())
        })
        .await?;
        if !arrived {
            bail!("nothing arrived at {}", at.name);
        }
        let request = v1::GetInboxItemRequest {
            handover_id: handover.to_owned(),
            acting: Some(acting("intake-1")),
        };
        let answer = self.federation.system(at)?.inbox().get_inbox_item(request).await;
        let answer = answer.map_err(|status| words::failure(&status))?.into_inner();
        let views: String = answer
            .views
            .iter()
            .map(|view| String::from_utf8_lossy(&view.body).into_owned())
            .collect();
        let content = String::from_utf8(answer.content.to_vec())?;
        Ok((answer.item.context("no item")?, content + &views))
    }

    /// A named professional takes a handover on.
    pub async fn accept(&mut self, at: &Member, handover: &str) -> anyhow::Result<()> {
        let request = v1::AcceptHandoverRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            acting: Some(acting("intake-1")),
        };
        let answer = self.federation.system(at)?.inbox().accept_handover(request).await;
        answer.map_err(|status| words::failure(&status))?;
        Ok(())
    }

    /// A provider answers a withdrawal: kept as a care dossier.
    pub async fn keep_as_dossier(&mut self, at: &Member, handover: &str) -> anyhow::Result<()> {
        let request = v1::AnswerInboxWithdrawalRequest {
            request_id: self.request_id(),
            handover_id: handover.to_owned(),
            kept_ground: v1::KeepGround::CareDossier.into(),
            acting: Some(acting("intake-1")),
        };
        let answer = self
            .federation
            .system(at)?
            .inbox()
            .answer_inbox_withdrawal(request)
            .await;
        answer.map_err(|status| words::failure(&status))?;
        Ok(())
    }
}

/// A guardian or young person with own keys.
#[derive(Debug)]
pub struct Guardian {
    session: Session,
    rng: ChaCha20Rng,
    code: String,
    secret: String,
}

impl Guardian {
    /// Every handover this guardian can see.
    pub async fn sees(&mut self) -> anyhow::Result<Vec<String>> {
        Ok(self
            .session
            .questions()
            .await?
            .into_iter()
            .map(|listed| listed.handover)
            .collect())
    }

    /// Whether this guardian is asked to decide about a handover.
    pub async fn is_asked(&mut self, handover: &str) -> anyhow::Result<bool> {
        let listed = self
            .session
            .questions()
            .await?
            .into_iter()
            .find(|listed| listed.handover == handover);
        Ok(match listed {
            Some(listed) => listed.question?.standing().asked,
            None => false,
        })
    }

    /// Whether this guardian comes to be asked no more, within the patience of the demo.
    pub async fn is_asked_no_more(&mut self, handover: &str) -> anyhow::Result<bool> {
        let started = std::time::Instant::now();
        while self.is_asked(handover).await? {
            if started.elapsed() > PATIENCE {
                return Ok(false);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(true)
    }

    /// The question about a handover, with the page that shows exactly what would be sent. Waits for the preview.
    pub async fn question(&mut self, handover: &str) -> anyhow::Result<(Question, Page)> {
        let id: HandoverId = handover.parse()?;
        let started = std::time::Instant::now();
        loop {
            let found = self
                .session
                .questions()
                .await?
                .into_iter()
                .find(|listed| listed.handover == handover);
            let ready = match found {
                Some(listed) => listed.question?.standing().has_preview,
                None => false,
            };
            if ready {
                let question = self.session.question(id).await?;
                let page = self.session.page(&question, Language::Dutch).await?;
                return Ok((question, page));
            }
            if started.elapsed() > PATIENCE {
                bail!("no preview came for the guardian");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Decides the same about everything that was asked, having read the page.
    pub async fn decide(&mut self, handover: &str, choice: Choice) -> anyhow::Result<(Page, Decided)> {
        let (question, page) = self.question(handover).await?;
        let choices: BTreeMap<Category, Choice> =
            question.on_consent().into_iter().map(|c| (c, choice)).collect();
        let decided = self
            .session
            .decide(&question, &page, choices, None, &mut self.rng)
            .await?;
        Ok((page, decided))
    }

    /// When and where the talk is that is planned, if it came to this guardian.
    pub async fn plan(&mut self, handover: &str) -> anyhow::Result<Option<TalkPlan>> {
        let question = self.session.question(handover.parse()?).await?;
        Ok(self.session.plan(&question)?.map(|plan| plan.body().clone()))
    }

    /// What happened, in lines.
    pub async fn history(&mut self, handover: &str) -> anyhow::Result<String> {
        let question = self.session.question(handover.parse()?).await?;
        let entries = self.session.history(&question).await?;
        Ok(entries
            .iter()
            .flat_map(|entry| entry.lines(Language::Dutch))
            .collect::<Vec<_>>()
            .join("\n"))
    }

    /// The session itself.
    pub fn session(&mut self) -> (&mut Session, &mut ChaCha20Rng) {
        (&mut self.session, &mut self.rng)
    }
}

/// Code and secret, as typed.
pub fn credentials(code: &str, secret: &str) -> anyhow::Result<Credentials> {
    let code: InvitationCode = code.parse()?;
    Ok(Credentials::derive(&code, &Secret::new(secret)?))
}

pub(super) fn acting(professional: &str) -> v1::ActingProfessional {
    v1::ActingProfessional {
        professional: professional.to_owned(),
    }
}

fn result_for(pushed: &Pushed, purpose: Purpose) -> Option<&v1::TargetResult> {
    pushed.iter().find(|result| result.purpose == to_wire(purpose))
}

/// The handover's id, or why there is none.
pub fn admitted(pushed: &Pushed, purpose: Purpose) -> anyhow::Result<&str> {
    accepted(result_for(pushed, purpose).with_context(|| format!("{purpose} was not among the targets"))?)
}

/// The same, among several recipients for one purpose.
pub fn admitted_to<'a>(pushed: &'a Pushed, recipient: &Member) -> anyhow::Result<&'a str> {
    let result = pushed.iter().find(|result| result.recipient_oin == recipient.oin);
    accepted(result.with_context(|| format!("{} was not among the targets", recipient.name))?)
}

fn accepted(result: &v1::TargetResult) -> anyhow::Result<&str> {
    match &result.refused {
        Some(refused) => bail!("it was refused: {}", words::refused(refused)),
        None => Ok(&result.handover_id),
    }
}

/// The reason why a target was refused, if it was.
pub fn refused(pushed: &Pushed, purpose: Purpose) -> Option<String> {
    result_for(pushed, purpose)
        .and_then(|result| result.refused.as_ref())
        .map(words::refused)
}
