//! A session: one guardian, logged in, who sees questions and decides. Keys live only as long as the session does.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::category::ViewAgreement;
use handdruk_content::plan::{About, Plan};
use handdruk_content::seal::plan::open;
use handdruk_content::seal::preview::{Preview, seal_view};
use handdruk_content::text::Prose;
use handdruk_content::view::View;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::evidence::Act;
use handdruk_domain::exchange::SessionToken;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::reason::Reason;
use handdruk_domain::reason::Refusal;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{Choice, Decision, Language};
use handdruk_domain::statement::envelope::Release;
use handdruk_domain::statement::manifest::Manifest;
use handdruk_domain::statement::{Kind, Party, Signer, Statement, Verified, VerifyingKey};
use handdruk_proto::{from_wire, statement, time, uuid, v1};
use rand_core::CryptoRng;

use crate::client::{Client, ask, malformed, raw, request, wire};
use crate::error::{ChoiceError, ClientError, NotBelieved};
use crate::history::{Entry, Said, Signers, released};
use crate::keys::OwnKeys;
use crate::page::Page;
use crate::question::Question;
use crate::trust::{Anchored, Untrusted};

/// One guardian, logged in.
pub struct Session {
    client: Client,
    token: SessionToken,
    own: OwnKeys,
    own_key: VerifyingKey,
    anchored: Anchored,
}

impl core::fmt::Debug for Session {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Session({})", self.anchored.invitation().invitation)
    }
}

/// A handover in the list: believed, or why it is not.
#[derive(Debug)]
pub struct Listed {
    /// Its id, as the gateway has it.
    pub handover: String,
    /// The question itself.
    pub question: Result<Question, NotBelieved>,
}

/// A decision, signed and ready to be sent: see [`Session::sign`].
#[derive(Clone)]
pub struct SignedDecision(v1::DecideRequest);

impl core::fmt::Debug for SignedDecision {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SignedDecision({})", self.0.request_id)
    }
}

/// The gateway's answer to a decision.
#[derive(Debug, Clone)]
pub struct Decided {
    /// Where the handover now stands.
    pub stage: Stage,
    /// What had left before the decision counted.
    pub releases: Vec<CommittedRelease>,
    /// The index of the decision's leaf in the evidence log.
    pub evidence_index: u64,
}

/// A release that was committed before a decision.
#[derive(Debug, Clone)]
pub struct CommittedRelease {
    /// When.
    pub at: Timestamp,
    /// What left.
    pub said: Said,
    /// Whether the recipient has confirmed that it arrived. If not, it is under way.
    pub arrived: bool,
}

impl Session {
    pub(crate) fn new(client: Client, token: SessionToken, own: OwnKeys, anchored: Anchored) -> Self {
        let party = Party::Guardian(anchored.invitation().invitation);
        let own_key = VerifyingKey::new(party, own.signing().public_key());
        Self {
            client,
            token,
            own,
            own_key,
            anchored,
        }
    }

    /// Who invited this guardian, to what, checked with the code.
    pub const fn anchored(&self) -> &Anchored {
        &self.anchored
    }

    /// The language of the guardian's letter.
    pub fn language(&self) -> Language {
        self.anchored.invitation().language
    }

    /// Every handover in which this guardian has or had a say; open questions first.
    pub async fn questions(&mut self) -> Result<Vec<Listed>, ClientError> {
        let message = v1::ListQuestionsRequest {
            session: self.session(),
        };
        let answer = ask(|| {
            let (mut client, message) = (self.client.guardians.clone(), message.clone());
            async move { client.list_questions(request(message)).await }
        })
        .await?;
        let mut listed = Vec::with_capacity(answer.questions.len());
        for sent in answer.questions {
            let handover = sent
                .handover
                .as_ref()
                .map(|status| status.handover_id.clone())
                .unwrap_or_default();
            let question = match self.client.question(&self.anchored, &self.own_key, sent).await {
                Ok(question) => Ok(question),
                Err(ClientError::NotBelieved(why)) => Err(why),
                Err(other) => return Err(other),
            };
            listed.push(Listed { handover, question });
        }
        Ok(listed)
    }

    /// One of them.
    pub async fn question(&mut self, handover: HandoverId) -> Result<Question, ClientError> {
        let id = handover.to_string();
        let listed = self
            .questions()
            .await?
            .into_iter()
            .find(|listed| listed.handover == id);
        let listed = listed.ok_or(ClientError::Refused(Refusal::about(Reason::NotFound, "handover")))?;
        Ok(listed.question?)
    }

    /// Opens the preview of a question and compares it with what the sender committed to. `None` if there is none yet.
    pub async fn preview(&mut self, question: &Question) -> Result<Option<Preview>, ClientError> {
        if !question.standing().has_preview {
            return Ok(None);
        }
        let message = v1::GetPreviewRequest {
            session: self.session(),
            handover_id: question.handover().to_string(),
        };
        let answer = ask(|| {
            let (mut client, message) = (self.client.guardians.clone(), message.clone());
            async move { client.get_preview(request(message)).await }
        })
        .await?;
        let manifest: Statement<Manifest> = wire(answer.manifest, "manifest")?;
        if manifest.digest() != question.manifest().digest() {
            return Err(NotBelieved::Untrusted(Untrusted::Another(Kind::Manifest)).into());
        }
        let preview = Preview::open(
            self.own.opening(),
            question.manifest().digest(),
            &question.manifest().categories,
            self.anchored.invitation().slot,
            &answer.sealed,
        );
        Ok(Some(preview.map_err(NotBelieved::Preview)?))
    }

    /// The page about a question: with the content, if it can be inspected.
    pub async fn page(&mut self, question: &Question, language: Language) -> Result<Page, ClientError> {
        let preview = self.preview(question).await?;
        Ok(Page::of(question, preview.as_ref(), language))
    }

    /// Signs a decision over exactly the page that was shown, and sends it.
    pub async fn decide(
        &mut self,
        question: &Question,
        shown: &Page,
        choices: BTreeMap<Category, Choice>,
        until: Option<Date>,
        rng: &mut impl CryptoRng,
    ) -> Result<Decided, ClientError> {
        let signed = self.sign(question, shown, choices, until, rng)?;
        self.send(question, &signed).await
    }

    /// Signs a decision over exactly the page that was shown. Nothing is sent.
    pub fn sign(
        &self,
        question: &Question,
        shown: &Page,
        choices: BTreeMap<Category, Choice>,
        until: Option<Date>,
        rng: &mut impl CryptoRng,
    ) -> Result<SignedDecision, ClientError> {
        check_choices(question, shown, &choices)?;
        let invitation = self.anchored.invitation();
        let decision = Decision {
            handover: shown.handover(),
            manifest: shown.manifest(),
            slot: invitation.slot,
            invitation: invitation.invitation,
            choices,
            shown: shown.digest(),
            language: shown.language(),
            until,
            at: self.client.now(),
        };
        let signed = Statement::sign(&decision, &[self.own.signing()])?;
        Ok(SignedDecision(v1::DecideRequest {
            session: self.session(),
            request_id: RequestId::random(rng).to_string(),
            decision: Some(statement(&signed)),
        }))
    }

    /// Sends a signed decision. Whoever gets no answer sends it again, also through another address of the gateway: it takes
    /// effect once, and every answer is the first one.
    pub async fn send(
        &mut self,
        question: &Question,
        signed: &SignedDecision,
    ) -> Result<Decided, ClientError> {
        let answer = ask(|| {
            let (mut client, message) = (self.client.guardians.clone(), signed.0.clone());
            async move { client.decide(request(message)).await }
        })
        .await?;
        self.decided(question, answer).await
    }

    async fn decided(
        &mut self,
        question: &Question,
        answer: v1::DecideResponse,
    ) -> Result<Decided, ClientError> {
        let status = answer.handover.ok_or_else(|| malformed("handover"))?;
        let stage = from_wire(status.stage).map_err(NotBelieved::Malformed)?;
        let gateway = self.client.gateway_member().await?;
        let mut releases = Vec::with_capacity(answer.releases.len());
        for committed in answer.releases {
            let release: Statement<Release> = wire(committed.release, "release")?;
            let said = released(&gateway, &release)?;
            let release = release.peek().map_err(|_| malformed("release"))?;
            if release.handover != question.handover() {
                return Err(NotBelieved::Untrusted(Untrusted::Another(Kind::Release)).into());
            }
            releases.push(CommittedRelease {
                at: release.at,
                said,
                arrived: committed.arrived,
            });
        }
        Ok(Decided {
            stage,
            releases,
            evidence_index: answer.evidence_index,
        })
    }

    /// Signs remarks and seals them to the sender, who hands them over with the rest. Whether the gateway says that they can
    /// still go along; if not, they reach the sender alone.
    pub async fn add_view(
        &mut self,
        shown: &Page,
        agreement: ViewAgreement,
        text: Option<Prose<4000>>,
        rng: &mut impl CryptoRng,
    ) -> Result<bool, ClientError> {
        let view_key = shown.view_key().ok_or(ChoiceError::NoViewKey)?;
        let invitation = self.anchored.invitation();
        let view = View {
            handover: shown.handover(),
            manifest: shown.manifest(),
            slot: invitation.slot,
            invitation: invitation.invitation,
            agreement,
            text,
            at: self.client.now(),
        };
        let signed = Statement::sign(&view, &[self.own.signing()])?;
        let sealed = seal_view(&signed, view_key, shown.manifest(), invitation.slot, rng)?;
        let message = v1::AddViewRequest {
            session: self.session(),
            request_id: RequestId::random(rng).to_string(),
            handover_id: shown.handover().to_string(),
            sealed: sealed.into(),
        };
        let answer = ask(|| {
            let (mut client, message) = (self.client.guardians.clone(), message.clone());
            async move { client.add_view(request(message)).await }
        })
        .await?;
        Ok(answer.in_time)
    }

    /// When and where the talk is that is planned, as the inviter signed it for this guardian. `None` where no talk is planned,
    /// or nothing of its plan came.
    pub fn plan(&self, question: &Question) -> Result<Option<Verified<Plan>>, NotBelieved> {
        let Some(sealed) = question.sealed_plan() else {
            return Ok(None);
        };
        let invitation = self.anchored.invitation();
        let about = About {
            handover: question.handover(),
            manifest: question.manifest().digest(),
            step: sealed.step,
            slot: invitation.slot,
            invitation: invitation.invitation,
        };
        let bound = (about.manifest, about.slot, about.step);
        let another = || NotBelieved::Untrusted(Untrusted::Another(Kind::Plan));
        let opened = open(self.own.opening(), bound, &sealed.sealed)?.ok_or_else(another)?;
        // Whoever knows this guardian's public key can seal to it: the inviter's signature says whose plan it is.
        let plan = self.anchored.inviter().verify(&opened, |plan| plan.at)?;
        if plan.about() != about {
            return Err(another());
        }
        Ok(Some(plan))
    }

    /// Everything that happened with one handover.
    pub async fn history(&mut self, question: &Question) -> Result<Vec<Entry>, ClientError> {
        let message = v1::ListHistoryRequest {
            session: self.session(),
            handover_id: question.handover().to_string(),
        };
        let answer = ask(|| {
            let (mut client, message) = (self.client.guardians.clone(), message.clone());
            async move { client.list_history(request(message)).await }
        })
        .await?;
        let recipient = self.client.member(&question.manifest().recipient.oin).await?;
        let gateway = self.client.gateway_member().await?;
        let signers = Signers {
            sender: self.anchored.inviter(),
            recipient: &recipient,
            gateway: &gateway,
            own: &self.own_key,
            slot: self.anchored.invitation().slot,
        };
        let mut entries = Vec::with_capacity(answer.entries.len());
        for entry in answer.entries {
            let at = time(entry.event_time, "event_time").map_err(NotBelieved::Malformed)?;
            let act: Act = uuid(&entry.event, "event").map_err(NotBelieved::Malformed)?;
            let mut said = Vec::with_capacity(entry.statements.len());
            for sent in entry.statements {
                let statement = raw(sent)?;
                // An event also cites what it rests on, which other events put on record.
                if act.records(statement.kind) {
                    said.push(signers.read(statement));
                }
            }
            entries.push(Entry {
                at,
                act,
                evidence_index: entry.evidence_index,
                said,
            });
        }
        Ok(entries)
    }

    /// What a no can still be about: everything that rests on consent; once it arrived, what had been sent.
    pub async fn open_to_no(&mut self, question: &Question) -> Result<BTreeSet<Category>, ClientError> {
        let on_consent = question.on_consent();
        if !matches!(question.standing().stage, Stage::Received | Stage::Quarantined) {
            return Ok(on_consent);
        }
        let history = self.history(question).await?;
        let said = history.iter().rev().flat_map(|entry| &entry.said);
        let sent = said.filter_map(|said| match said {
            Said::Released { sent, .. } => Some(sent),
            _ => None,
        });
        let sent: BTreeSet<Category> = sent.flatten().copied().collect();
        Ok(on_consent.intersection(&sent).copied().collect())
    }

    /// Ends the session at the gateway.
    pub async fn log_out(self) -> Result<(), ClientError> {
        let message = v1::LogOutRequest {
            session: self.session(),
        };
        ask(|| {
            let (mut client, message) = (self.client.guardians.clone(), message.clone());
            async move { client.log_out(request(message)).await }
        })
        .await?;
        Ok(())
    }

    fn session(&self) -> prost::bytes::Bytes {
        self.token.as_bytes().to_vec().into()
    }
}

/// What this client does not sign, whatever the gateway would say to it.
fn check_choices(
    question: &Question,
    shown: &Page,
    choices: &BTreeMap<Category, Choice>,
) -> Result<(), ChoiceError> {
    if shown.handover() != question.handover() || shown.manifest() != question.manifest().digest() {
        return Err(ChoiceError::OtherPage);
    }
    if choices.is_empty() {
        return Err(ChoiceError::Nothing);
    }
    let on_consent = question.on_consent();
    for (category, choice) in choices {
        if !question.manifest().categories.contains_key(category) {
            return Err(ChoiceError::NotInHandover(*category));
        }
        if *choice == Choice::Agree && !on_consent.contains(category) {
            return Err(ChoiceError::NotOnConsent(*category));
        }
        if *choice == Choice::Agree && !shown.is_inspected() {
            return Err(ChoiceError::NotInspected);
        }
    }
    Ok(())
}
