//! The federation and those who act in it, for the browser tests.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use handdruk_cli::federation::cast::{Cast, Guardian, PATIENCE};
use handdruk_cli::federation::desks;
use handdruk_cli::federation::dossiers::{self, Dossier};
use handdruk_cli::federation::members::{self, Member};
use handdruk_cli::federation::{Federation, Options, eventually, http_get};
use handdruk_cli::plan::Plan;
use handdruk_cli::words;
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_proto::{to_wire, v1};
use handdruk_service::Entropy;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::act::{Act, Colleague, Push, Setup};
use crate::scan;

/// A running federation. Its folder goes with it.
pub(crate) struct Town {
    cast: Cast,
    guardians: Vec<Option<Guardian>>,
    rng: ChaCha20Rng,
    folder: TempDir,
}

/// Whoever acts for an organisation in these tests.
const PROFESSIONAL: &str = "ib-1";

fn acting() -> v1::ActingProfessional {
    v1::ActingProfessional {
        professional: PROFESSIONAL.to_owned(),
    }
}

fn member(key: &str) -> anyhow::Result<Member> {
    members::ORGANISATIONS
        .iter()
        .find(|member| member.key == key)
        .copied()
        .with_context(|| format!("there is no organisation {key}"))
}

fn said<T>(answer: Result<tonic::Response<T>, tonic::Status>) -> anyhow::Result<T> {
    Ok(answer.map_err(|status| words::failure(&status))?.into_inner())
}

impl Town {
    /// Mints, writes and starts everything.
    pub(crate) fn open(setup: &Setup) -> anyhow::Result<Self> {
        // The binary that users run is built beside this one.
        let exe = std::env::current_exe()?.with_file_name("handdruk-under-test");
        let folder = tempfile::tempdir()?;
        let organisations: anyhow::Result<Vec<Member>> =
            setup.organisations.iter().map(|key| member(key)).collect();
        let mut federation = Federation::create(Options {
            exe,
            directory: folder.path().to_owned(),
            organisations: organisations?,
            start: setup.start,
            log: setup.log.clone(),
        })?;
        configure_portal(&federation, &setup.portal)?;
        configure_workdesks(&federation, &setup.organisations, &setup.workdesk)?;
        federation.start()?;
        Ok(Self {
            cast: Cast::new(federation)?,
            guardians: Vec::new(),
            rng: Entropy::from_os()?.fork(),
            folder,
        })
    }

    /// The first answer: where the portal is, and who is there.
    pub(crate) fn describe(&self) -> Value {
        let organisations: serde_json::Map<String, Value> = members::ORGANISATIONS
            .iter()
            .map(|member| {
                (
                    member.key.to_owned(),
                    json!({ "oin": member.oin, "name": member.name }),
                )
            })
            .collect();
        let workdesks: serde_json::Map<String, Value> = members::ORGANISATIONS
            .iter()
            .filter_map(|member| {
                let address = self.cast.federation.workdesk(member.key).ok()?;
                Some((member.key.to_owned(), json!(address)))
            })
            .collect();
        json!({
            "portal": self.cast.federation.portal(),
            "organisations": organisations,
            "workdesks": workdesks,
        })
    }

    /// Stops every process and forgets everything.
    pub(crate) fn close(mut self) -> anyhow::Result<()> {
        self.cast.federation.stop()?;
        self.folder.close()?;
        Ok(())
    }

    fn request_id(&mut self) -> String {
        RequestId::random(&mut self.rng).to_string()
    }

    /// Does one thing and answers what came of it.
    pub(crate) async fn act(&mut self, act: Act) -> anyhow::Result<Value> {
        match act {
            Act::Push(push) => self.push(push).await,
            Act::Application { at, until } => {
                let line = self
                    .cast
                    .application(&member(&at)?, Purpose::TransferReportPrimary, &until)
                    .await?;
                Ok(json!(line))
            }
            Act::Letter {
                from,
                pupil,
                person,
                replace,
            } => self.letter(&member(&from)?, pupil, person, replace).await,
            Act::Revoke { from, invitation } => {
                let request = v1::RevokeGuardianInvitationRequest {
                    request_id: self.request_id(),
                    invitation_id: invitation,
                    acting: Some(acting()),
                };
                let mut families = self.cast.federation.system(&member(&from)?)?.families();
                said(families.revoke_guardian_invitation(request).await)?;
                Ok(Value::Null)
            }
            Act::People { at, pupil } => self.people(&member(&at)?, pupil).await,
            Act::Tell { by, handover, person } => {
                self.cast.told(&member(&by)?, &handover, &person).await?;
                Ok(Value::Null)
            }
            Act::Invite(colleague) => {
                let Colleague {
                    reference,
                    name,
                    roles,
                    ..
                } = &colleague;
                let federation = &self.cast.federation;
                let at = member(&colleague.at)?;
                let code = federation
                    .invite(&at, reference, name, roles, colleague.scope())
                    .await?;
                Ok(json!({ "code": code.text().as_str() }))
            }
            Act::Seat(colleague) => {
                let Colleague {
                    reference,
                    name,
                    roles,
                    ..
                } = &colleague;
                let federation = &self.cast.federation;
                let at = member(&colleague.at)?;
                let login = federation
                    .seat(&at, reference, name, roles, colleague.scope())
                    .await?;
                Ok(json!({
                    "reference": login.reference,
                    "password": desks::PASSWORD,
                    "secret": login.second.text().as_str(),
                }))
            }
            Act::Activate { code, secret } => {
                let guardian = self.cast.activate(&code, &secret).await?;
                self.guardians.push(Some(guardian));
                Ok(json!(self.guardians.len() - 1))
            }
            Act::Decide {
                guardian,
                handover,
                choice,
            } => {
                let mut guardian = self.guardian(guardian).await?;
                let decided = guardian.1.decide(&handover, choice).await;
                let releases = decided.map(|(_, decided)| decided.releases.len());
                self.give_back(guardian);
                Ok(json!({ "releases": releases? }))
            }
            Act::Sees { guardian } => {
                let mut guardian = self.guardian(guardian).await?;
                let sees = guardian.1.sees().await;
                self.give_back(guardian);
                Ok(json!(sees?))
            }
            Act::Attest {
                at,
                handover,
                person,
                categories,
                choice,
                assisted,
            } => {
                let choices = categories.iter().map(|category| v1::CategoryChoice {
                    category: to_wire(*category),
                    choice: to_wire(choice),
                });
                let request = v1::RecordAttestedDecisionRequest {
                    request_id: self.request_id(),
                    handover_id: handover,
                    person,
                    choices: choices.collect(),
                    assisted,
                    acting: Some(acting()),
                    second_professional: "directeur-1".to_owned(),
                };
                let mut families = self.cast.federation.system(&member(&at)?)?.families();
                said(families.record_attested_decision(request).await)?;
                Ok(Value::Null)
            }
            Act::SpokenWithdrawal { at, handover, person } => {
                let request = v1::RecordSpokenWithdrawalRequest {
                    request_id: self.request_id(),
                    handover_id: handover,
                    person,
                    categories: Vec::new(),
                    acting: Some(acting()),
                };
                let mut families = self.cast.federation.system(&member(&at)?)?.families();
                said(families.record_spoken_withdrawal(request).await)?;
                Ok(Value::Null)
            }
            Act::Days { days } => {
                self.cast.federation.pass_days(days).await?;
                Ok(json!(self.cast.federation.now().to_string()))
            }
            Act::Reaches {
                from,
                handover,
                stage,
            } => {
                let from = member(&from)?;
                self.cast.reaches(&from, &handover, stage).await?;
                Ok(json!(self.cast.stage_at(&from, &handover).await?.to_string()))
            }
            Act::Sent { from, handover } => {
                let sent = self.cast.sent(&member(&from)?, &handover).await?;
                let status = sent.status.context("no status")?;
                let reasons: Vec<_> = status.blocked_reasons.iter().map(words::refused).collect();
                Ok(json!({
                    "stage": words::stage(status.stage),
                    "blocked": reasons,
                    "owner": sent.owner,
                    "sent": categories(&sent.sent),
                    "withheld": categories(&sent.withheld),
                    "received": categories(&sent.received),
                    "withdrawal": words::withdrawal(sent.withdrawal, sent.keep_ground),
                    "steps": sent.steps,
                }))
            }
            Act::Read { at, handover } => {
                let (item, content) = self.cast.read(&member(&at)?, &handover).await?;
                Ok(json!({ "item": inbox_item(&item), "content": content }))
            }
            Act::Inbox { at, handover } => {
                let item = self.cast.item(&member(&at)?, &handover).await?;
                Ok(item.as_ref().map_or(Value::Null, inbox_item))
            }
            Act::Accept { at, handover } => {
                self.cast.accept(&member(&at)?, &handover).await?;
                Ok(Value::Null)
            }
            Act::AnswerWithdrawal { at, handover, kept } => {
                self.answer_withdrawal(&member(&at)?, handover, kept.map_or(0, to_wire))
                    .await
            }
            Act::Scan { process, words } => {
                let folder = self.own_folder(&process)?;
                Ok(json!({
                    "files": scan::count(&folder)?,
                    "found": scan::found(&folder, &words)?,
                }))
            }
            Act::Metrics { process } => {
                let health = self.cast.federation.process(&process)?.health();
                Ok(json!(http_get(health, "/metrics")?))
            }
            Act::Mails => {
                let mails = self.cast.federation.post().mails();
                Ok(json!(mails.iter().map(|mail| &mail.text).collect::<Vec<_>>()))
            }
            Act::Stop { process } => {
                self.cast.federation.process(&process)?.kill();
                Ok(Value::Null)
            }
            Act::Restart { process } => {
                let process = self.cast.federation.process(&process)?;
                process.kill();
                process.spawn()?;
                process.wait_ready()?;
                Ok(Value::Null)
            }
        }
    }

    async fn push(&mut self, push: Push) -> anyhow::Result<Value> {
        let from = member(&push.from)?;
        let dossier = dossiers::ALL
            .iter()
            .find(|dossier| dossier.name.split('.').next() == Some(push.dossier.as_str()))
            .with_context(|| format!("there is no dossier {}", push.dossier))?;
        let mut plan = Plan::parse(dossier.plan)?;
        plan.pupil = push.pupil;
        if let Some(guardians) = push.guardians {
            plan.guardians = guardians;
        }
        if let Some(targets) = push.targets {
            plan.targets = targets;
        }
        let dossier = match &push.born {
            Some(born) => with_birthday(dossier, born)?,
            None => *dossier,
        };
        let pushed = self.cast.push(&from, &dossier, &plan).await?;
        let results: Vec<_> = pushed
            .iter()
            .map(|result| {
                json!({
                    "purpose": words::purpose(result.purpose),
                    "to": result.recipient_oin,
                    "handover": result.handover_id,
                    "refused": result.refused.as_ref().map(words::refused),
                })
            })
            .collect();
        Ok(json!(results))
    }

    async fn letter(
        &mut self,
        from: &Member,
        pupil: String,
        person: String,
        replace: bool,
    ) -> anyhow::Result<Value> {
        let request = v1::InviteGuardianRequest {
            request_id: self.request_id(),
            pupil,
            person,
            replace,
            acting: Some(acting()),
        };
        let mut families = self.cast.federation.system(from)?.families();
        let letter = said(families.invite_guardian(request).await)?;
        Ok(json!({ "invitation": letter.invitation_id, "code": letter.code, "html": letter.letter }))
    }

    async fn people(&mut self, at: &Member, pupil: String) -> anyhow::Result<Value> {
        let mut families = self.cast.federation.system(at)?.families();
        let people = said(families.list_guardians(v1::ListGuardiansRequest { pupil }).await)?;
        let people: Vec<_> = people
            .guardians
            .into_iter()
            .map(|state| {
                json!({
                    "person": state.guardian.map(|guardian| guardian.person),
                    "activated": state.activated,
                    "invitation": state.invitation_id,
                    "alarm": state.alarm,
                })
            })
            .collect();
        Ok(json!(people))
    }

    async fn answer_withdrawal(
        &mut self,
        at: &Member,
        handover: String,
        kept_ground: i32,
    ) -> anyhow::Result<Value> {
        let unanswered = i32::from(v1::WithdrawalState::Unanswered);
        let asked = eventually(PATIENCE, || async {
            let item = self.cast.item(at, &handover).await?;
            Ok(item.is_some_and(|item| item.withdrawal == unanswered))
        })
        .await?;
        anyhow::ensure!(asked, "nobody withdrew what {} received", at.name);
        let request = v1::AnswerInboxWithdrawalRequest {
            request_id: self.request_id(),
            handover_id: handover,
            kept_ground,
            acting: Some(acting()),
        };
        let mut inbox = self.cast.federation.system(at)?.inbox();
        said(inbox.answer_inbox_withdrawal(request).await)?;
        Ok(Value::Null)
    }

    /// A guardian with a fresh session: sessions end with the hours, code and secret do not.
    async fn guardian(&mut self, number: usize) -> anyhow::Result<(usize, Guardian)> {
        let guardian = self.guardians.get_mut(number).and_then(Option::take);
        let guardian = guardian.with_context(|| format!("there is no guardian {number}"))?;
        Ok((number, self.cast.log_in(guardian).await?))
    }

    fn give_back(&mut self, (number, guardian): (usize, Guardian)) {
        if let Some(place) = self.guardians.get_mut(number) {
            *place = Some(guardian);
        }
    }

    fn own_folder(&mut self, process: &str) -> anyhow::Result<PathBuf> {
        let log = self.cast.federation.process(process)?.log().to_owned();
        Ok(log.parent().context("a log lies in a folder")?.to_owned())
    }
}

fn categories(numbers: &[i32]) -> Vec<String> {
    let line = words::categories(numbers);
    line.split_whitespace()
        .filter(|id| *id != "none")
        .map(str::to_owned)
        .collect()
}

fn inbox_item(item: &v1::InboxItem) -> Value {
    json!({
        "stage": words::stage(item.stage),
        "from": item.sender_oin,
        "categories": categories(&item.categories),
        "withheld": categories(&item.withheld),
        "withdrawal": words::withdrawal(item.withdrawal, item.keep_ground),
        "steps": item.steps,
    })
}

/// Adds to the portal's configuration file.
fn configure_portal(federation: &Federation, more: &str) -> anyhow::Result<()> {
    let file = federation
        .directory()
        .join(members::PORTAL.key)
        .join("portal.toml");
    let mut file = std::fs::OpenOptions::new().append(true).open(file)?;
    writeln!(file, "\n{more}")?;
    Ok(())
}

/// Adds to the section `[workdesk]`, which another section follows.
fn configure_workdesks(federation: &Federation, keys: &[String], more: &str) -> anyhow::Result<()> {
    for key in keys.iter().filter(|_| !more.is_empty()) {
        let file = federation.directory().join(key).join("node.toml");
        let text = std::fs::read_to_string(&file)?;
        let (before, after) = text.split_once("\n[certificates]").context("a section follows")?;
        std::fs::write(&file, format!("{before}\n{more}\n[certificates]{after}"))?;
    }
    Ok(())
}

/// The dossier of a child born on another day. Dossiers live as long as the process, as those carried in the binary do.
fn with_birthday(dossier: &Dossier, born: &str) -> anyhow::Result<Dossier> {
    let text = std::str::from_utf8(dossier.bytes)?;
    let before = "<geboortedatum>";
    let start = text
        .find(before)
        .context("an OSO dossier says when the child was born")?
        + before.len();
    let length = text[start..].find('<').context("the element ends")?;
    let changed = [&text[..start], born, &text[start + length..]].concat();
    Ok(Dossier {
        bytes: Box::leak(changed.into_bytes().into_boxed_slice()),
        ..*dossier
    })
}
