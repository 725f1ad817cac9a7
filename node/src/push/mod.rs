//! Pushing a child's dossier: one handover per target, each admitted or refused by itself.
//!
//! Invariant: what the answer calls admitted or queued is durable, with its content, before the answer leaves; what it
//! calls refused left nothing of the dossier behind. Guardian slots and the child's reference are made here, once.

pub(crate) mod application;
pub(crate) mod people;
pub(crate) mod plan;
pub(crate) mod shown;
pub(crate) mod term;

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::seal::person::PersonKeyPair;
use handdruk_domain::clock::{Date, Timestamp, date_in_nl};
use handdruk_domain::digest::Bytes;
use handdruk_domain::ids::ChildRef;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::{Municipality, Oin, Site};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::Verified;
use handdruk_domain::statement::consent::{Attestation, Attested};
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, Inspection, Manifest, ProfessionalRef, SchoolTransition,
};
use handdruk_proto::{FromWire as _, from_wire, v1};
use handdruk_service::Entropy;
use prost::Message as _;
use tokio::sync::oneshot;
use tokio::time::Instant;

use self::people::People;
use self::plan::{OtherEnd, Overview, Planned, Report, Shared, Target};
use crate::error::NodeError;
use crate::import::{self, Imported};
use crate::node::{Change, Ended, Node, SETTLE};
use crate::outbox;
use crate::store::{GuardianRecord, SentRecord, SentRow, Snapshot, Tx, Unplaced};
use crate::task::Method;
use crate::unplaced;
use crate::written::Written;

/// More targets than this in one push are a mistake.
const MAX_TARGETS: usize = 32;

/// What a system pushes, read.
#[derive(Debug)]
pub(crate) struct Pushed {
    pupil: String,
    imported: Imported,
    guardians: Vec<GuardianRecord>,
    targets: Vec<Target>,
    transition_month: Option<Date>,
    municipality: Option<Municipality>,
}

impl Pushed {
    /// Reads a request, dossier and additions included. Takes a while for a large dossier: not for an async task.
    pub(crate) fn read(request: &v1::PushRequest, today: Date, entropy: &Entropy) -> Result<Self, Refusal> {
        let mut rng = entropy.fork();
        let targets = request
            .targets
            .iter()
            .map(target)
            .collect::<Result<Vec<_>, _>>()?;
        if targets.is_empty() || targets.len() > MAX_TARGETS {
            return Err(Refusal::about(Reason::Malformed, "targets: between 1 and 32"));
        }
        let transition_month = date(&request.transition_month, "transition_month")?;
        let mut imported = import::read(&request.dossier, today, &mut rng)?;
        if !request.additions.is_empty() {
            let additions = import::Additions::read(&request.additions)?;
            imported = import::merge(imported, additions, &mut rng)?;
        }
        Ok(Self {
            pupil: people::key(&request.pupil, "pupil")?,
            imported,
            guardians: request
                .guardians
                .iter()
                .map(people::read)
                .collect::<Result<_, _>>()?,
            targets,
            transition_month,
            municipality: Municipality::from_optional_field(&request.municipality, "municipality")?,
        })
    }
}

impl Pushed {
    /// In which month the child goes to the next school, if anybody says so.
    fn month(&self) -> Option<Date> {
        let of_dossier = || self.imported.dossier.transition.as_ref().and_then(|t| t.date);
        self.transition_month.or_else(of_dossier)
    }
}

/// Reads an ISO 8601 date; empty means none.
pub(crate) fn date(text: &str, field: &'static str) -> Result<Option<Date>, Refusal> {
    Date::from_optional_field(text, field)
}

fn target(wire: &v1::Target) -> Result<Target, Refusal> {
    let application = (!wire.application.is_empty())
        .then(|| application::from_line(&wire.application))
        .transpose()?;
    let safety = wire.safety.as_ref().map(|report| {
        Ok::<_, Refusal>(Report {
            justification: report.justification.clone(),
            second: ProfessionalRef::from_field(&report.second_professional, "safety.second_professional")
                .map_err(|_| Refusal::about(Reason::SecondPersonMissing, "safety.second_professional"))?,
            supervision_order: report.supervision_order,
        })
    });
    Ok(Target {
        purpose: from_wire(wire.purpose)?,
        recipient: recipient(wire)?,
        application,
        application_attested_on: date(&wire.application_attested_on, "application_attested_on")?,
        safety: safety.transpose()?,
    })
}

/// Reads to whom; no number means that nobody is known.
fn recipient(wire: &v1::Target) -> Result<Option<Address>, Refusal> {
    let Some(oin) = Oin::from_optional_field(&wire.recipient_oin, "recipient_oin")? else {
        return Ok(None);
    };
    let desk = match wire.recipient_desk {
        0 => None,
        desk => Some(from_wire(desk)?),
    };
    let site = Site::from_optional_field(&wire.recipient_site, "recipient_site")?;
    Ok(Some(Address { oin, site, desk }))
}

/// Which request of which caller this is, for the answer that is kept.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Who asks.
    pub(crate) by: Actor,
    /// Whether a professional was named.
    pub(crate) professional: bool,
}

/// What became of one target.
enum Fate {
    Refused(Overview, Vec<Refusal>),
    Ready(Overview, Box<Planned>),
}

/// Plans every target and stores nothing.
pub(crate) async fn rehearse(
    node: &Node,
    pushed: Pushed,
    asked: &Asked,
) -> Result<v1::PushResponse, NodeError> {
    let others = other_ends(node, &pushed.targets).await;
    let mut snapshot = node.store.snapshot().await?;
    let known = snapshot.child(&pushed.pupil).await?;
    let child = known.unwrap_or_else(|| ChildRef::random(&mut node.entropy.fork()));
    let (_, mut fates, pushed) = plan_all(node, &mut snapshot, pushed, child, &others, asked, false).await?;
    let hints = hints(&mut fates);
    let results = pushed
        .targets
        .iter()
        .zip(fates)
        .map(|(target, fate)| match fate {
            Fate::Refused(overview, reasons) => refused(target, overview, &reasons),
            Fate::Ready(overview, _) => result(target, overview),
        })
        .collect();
    Ok(response(&pushed.imported, hints, results))
}

/// Plans every target and stores nothing: for a person to look at what would go and what would stay home.
pub(crate) async fn show(
    node: &Node,
    pushed: Pushed,
    asked: &Asked,
) -> Result<v1::PreviewPushResponse, NodeError> {
    let others = other_ends(node, &pushed.targets).await;
    let mut snapshot = node.store.snapshot().await?;
    let known = snapshot.child(&pushed.pupil).await?;
    let child = known.unwrap_or_else(|| ChildRef::random(&mut node.entropy.fork()));
    let (_, mut fates, pushed) = plan_all(node, &mut snapshot, pushed, child, &others, asked, true).await?;
    let hints = hints(&mut fates);
    let targets = fates.into_iter().map(|fate| {
        let (overview, refused) = match fate {
            Fate::Refused(overview, reasons) => (overview, reasons),
            Fate::Ready(overview, _) => (overview, Vec::new()),
        };
        let (content, home) = overview
            .shown
            .into_wire()
            .map_err(|_| NodeError::Broken("content does not serialise"))?;
        Ok(v1::TargetPreview {
            refused: refused.iter().map(crate::api::wire::blocked).collect(),
            missing: overview
                .absent
                .iter()
                .map(|category| handdruk_proto::to_wire(*category))
                .collect(),
            content: content.into(),
            home,
        })
    });
    let targets = targets.collect::<Result<_, NodeError>>()?;
    let v1::PushResponse { dropped, hints, .. } = response(&pushed.imported, hints, Vec::new());
    Ok(v1::PreviewPushResponse {
        targets,
        dropped,
        hints,
    })
}

/// The hints of all targets: they are about the dossier, and said once.
fn hints(fates: &mut [Fate]) -> BTreeSet<String> {
    fates
        .iter_mut()
        .flat_map(|fate| match fate {
            Fate::Refused(overview, _) | Fate::Ready(overview, _) => core::mem::take(&mut overview.hints),
        })
        .collect()
}

/// A push that was stored, and what is awaited before it is answered.
pub(crate) struct Stored {
    /// The answer as it stands now.
    pub(crate) response: v1::PushResponse,
    /// Per handover, its place among the results and how its proposal ends.
    pub(crate) proposals: Vec<(usize, HandoverId, oneshot::Receiver<Ended>)>,
    /// Of what a recipient is sought.
    pub(crate) sought: Vec<HandoverId>,
}

/// Plans every target and stores those that may go, with their proposals.
pub(crate) async fn store(
    node: &Node,
    tx: &mut Tx,
    pushed: Pushed,
    others: &[Result<OtherEnd, Refusal>],
    asked: &Asked,
) -> Result<Stored, NodeError> {
    let now = node.now();
    let child = match tx.child(&pushed.pupil).await? {
        Some(child) => child,
        None => ChildRef::random(&mut node.entropy.fork()),
    };
    let (people, mut fates, pushed) = plan_all(node, tx, pushed, child, others, asked, false).await?;
    let unplaced = pushed.targets.iter().any(|target| target.recipient.is_none());
    let goes = unplaced || fates.iter().any(|fate| matches!(fate, Fate::Ready(..)));
    if goes {
        if tx.child(&pushed.pupil).await?.is_none() {
            tx.add_pupil(child, &pushed.pupil, now).await?;
        }
        people.store(tx).await?;
        let open = tx.open_sent(child).await?;
        let new = people.new.iter().filter(|_| !open.is_empty());
        for row in people.changed_capacity.iter().chain(new) {
            let attestation = Attestation {
                handover: None,
                child,
                slot: Some(row.slot),
                what: Attested::AuthorityChanged {
                    holder: row.record.holder,
                },
                professionals: vec![asked.by.actor.clone()],
                at: now,
            };
            let statement = node.sign(&attestation)?;
            let task = outbox::attest(node, tx, child, None, &statement, now).await?;
            for open in &open {
                tx.hold(open.handover, task).await?;
                tx.keep_proof(open.handover, statement.raw(), now).await?;
            }
        }
    }
    let mut stored = Stored {
        response: response(&pushed.imported, hints(&mut fates), Vec::new()),
        proposals: Vec::new(),
        sought: Vec::new(),
    };
    for (target, fate) in pushed.targets.iter().zip(fates) {
        let answer = match fate {
            Fate::Refused(overview, reasons) => {
                if target.recipient.is_none() {
                    let mut sought = Unplaced {
                        handover: HandoverId::at(now, &mut node.entropy.fork()),
                        child,
                        purpose: target.purpose,
                        created_at: now,
                        month: pushed.month().map(Date::first_of_month),
                        watch: None,
                        fields: overview.fields.clone(),
                    };
                    let region = node
                        .directory
                        .known_member(&node.oin)
                        .and_then(|own| own.holiday_region);
                    let catalogue = node.directory.catalogue_in_force()?;
                    sought.watch = unplaced::watch(&catalogue, &sought, region, now);
                    stored.sought.push(tx.put_unplaced(&sought).await?);
                }
                refused(target, overview, &reasons)
            }
            Fate::Ready(overview, planned) => {
                let birth = pushed
                    .imported
                    .dossier
                    .identity
                    .as_ref()
                    .map(|identity| identity.date_of_birth);
                let row = row(node, target, &overview, &planned, birth, now);
                tx.add_sent(&row, &crate::content_bytes::write(&planned.contents))
                    .await?;
                let task = propose(node, tx, target, &row, &planned.manifest).await?;
                if let (Some(report), Some(_)) = (&target.safety, planned.manifest.justification) {
                    let attestation = Attestation {
                        handover: Some(row.handover),
                        child,
                        slot: None,
                        what: Attested::SafetyReport {
                            manifest: planned.manifest.digest(),
                        },
                        professionals: vec![asked.by.actor.clone(), report.second.clone()],
                        at: now,
                    };
                    outbox::attest(
                        node,
                        tx,
                        child,
                        Some(row.handover),
                        &node.sign(&attestation)?,
                        now,
                    )
                    .await?;
                }
                stored
                    .proposals
                    .push((stored.response.results.len(), row.handover, node.expect(task)));
                v1::TargetResult {
                    handover_id: row.handover.to_string(),
                    status: Some(crate::api::wire::status(&row)),
                    queued: true,
                    ..result(target, overview)
                }
            }
        };
        stored.response.results.push(answer);
    }
    Ok(stored)
}

/// Completes the answer with what the gateway said in time.
pub(crate) async fn complete(node: &Node, stored: Stored) -> Result<v1::PushResponse, NodeError> {
    let Stored {
        mut response,
        proposals,
        sought,
    } = stored;
    for handover in sought {
        node.announce(Change::Sent(handover));
    }
    let until = Instant::now() + SETTLE;
    for (place, handover, ends) in proposals {
        node.announce(Change::Sent(handover));
        let ended = node.settle_until(ends, until).await;
        let row = node.store.snapshot().await?.sent(handover).await?;
        let (Some(result), Some(row)) = (response.results.get_mut(place), row) else {
            continue;
        };
        result.queued = ended.is_none();
        result.status = Some(crate::api::wire::status(&row));
        if let Some(Ended::Refused(refusal)) = ended {
            result.handover_id = String::new();
            result.status = None;
            result.refused = Some(crate::api::wire::blocked(&refusal));
        }
    }
    Ok(response)
}

/// Looks up the other end of every target. Before any transaction: it may ask the gateway.
pub(crate) async fn other_ends(node: &Node, targets: &[Target]) -> Vec<Result<OtherEnd, Refusal>> {
    let mut ends = Vec::with_capacity(targets.len());
    for target in targets {
        ends.push(other_end(node, target).await);
    }
    ends
}

impl Pushed {
    /// To whom and why.
    pub(crate) fn targets(&self) -> &[Target] {
        &self.targets
    }
}

async fn other_end(node: &Node, target: &Target) -> Result<OtherEnd, Refusal> {
    let nobody = || {
        Refusal::about(
            Reason::NoRecipient,
            "recipient_oin: no member with this number is known",
        )
    };
    let address = target.recipient.clone();
    let address = address.ok_or_else(|| {
        Refusal::about(
            Reason::NoRecipient,
            "nobody is known: we own it until somebody is",
        )
    })?;
    let membership = match node.directory.member(&address.oin).await {
        Ok(membership) => membership,
        Err(NodeError::Refused(refusal)) if refusal.reason != Reason::NotFound => return Err(refusal),
        Err(_) => return Err(nobody()),
    };
    let Some(application) = &target.application else {
        return Ok(OtherEnd {
            address,
            membership,
            application: None,
            application_unchecked: false,
        });
    };
    match node.directory.chain(&address.oin, node.now()).await {
        Ok(chain) => {
            let about = |_| Refusal::about(Reason::ApplicationMissing, "not signed by this recipient");
            let application = Some(chain.verify(application).map_err(about)?);
            Ok(OtherEnd {
                address,
                membership,
                application,
                application_unchecked: false,
            })
        }
        Err(NodeError::Refused(refusal)) => Err(refusal),
        Err(_) => Ok(OtherEnd {
            address,
            membership,
            application: None,
            application_unchecked: true,
        }),
    }
}

async fn plan_all(
    node: &Node,
    snapshot: &mut Snapshot,
    mut pushed: Pushed,
    child: ChildRef,
    others: &[Result<OtherEnd, Refusal>],
    asked: &Asked,
    show: bool,
) -> Result<(People, Vec<Fate>, Pushed), NodeError> {
    let now = node.now();
    let today = date_in_nl(now);
    let mut rng = node.entropy.fork();
    let birth = pushed
        .imported
        .dossier
        .identity
        .as_ref()
        .map(|identity| identity.date_of_birth);
    let birth =
        birth.ok_or_else(|| NodeError::about(Reason::DossierRefused, "D01: the date of birth is missing"))?;
    let known = snapshot.guardians(child).await?;
    let band = AgeBand::on(birth, today);
    let mut people = People::compare(child, known, &pushed.guardians, band, &mut rng)?;
    people::rekey(&mut pushed.imported, &people.rows);
    people.reach(&pushed.imported.dossier.contacts);
    let catalogue = node.directory.catalogue_in_force()?;
    let own = node.directory.known_member(&node.oin);
    let own =
        own.ok_or_else(|| NodeError::about(Reason::NotAMember, "our own membership was not fetched yet"))?;
    let keys = node.keyring.current();
    let own_key = keys.verifying_key();
    let imported = &pushed.imported;
    let month = pushed.month();
    let site = imported
        .provenance
        .sender
        .clone()
        .filter(|site| own.sites.contains(site));
    let shared = Shared {
        dossier: &imported.dossier,
        birth,
        transition: SchoolTransition {
            code: imported.transition,
            month: month.unwrap_or(today).first_of_month(),
        },
        municipality: pushed.municipality.clone().filter(|_| !imported.dossier.secret),
        inspection: match imported.inspection {
            import::Inspection::NotYet => Inspection::Open {},
            import::Inspection::Held { on, .. } => Inspection::Attested { on },
        },
        child,
        guardians: people.slots(),
        sender: Address {
            oin: node.oin.clone(),
            site,
            desk: None,
        },
        by: asked.by.clone(),
        catalogue: &catalogue,
        own_membership: &own,
        signer: keys.signer(),
        own_key: &own_key,
        now,
        show,
    };
    let mut fates = Vec::with_capacity(pushed.targets.len());
    for (target, other) in pushed.targets.iter().zip(others) {
        let (overview, planned) = plan::plan(&shared, target, other.as_ref().map_err(Clone::clone), &mut rng);
        let planned = planned.and_then(|planned| match two_professionals(target, asked) {
            Some(refusal) => Err(vec![refusal]),
            None => Ok(planned),
        });
        fates.push(match planned {
            Ok(planned) => Fate::Ready(overview, Box::new(planned)),
            Err(reasons) => Fate::Refused(overview, reasons),
        });
    }
    Ok((people, fates, pushed))
}

/// A report of unsafety is two different professionals', each named.
fn two_professionals(target: &Target, asked: &Asked) -> Option<Refusal> {
    let report = target
        .safety
        .as_ref()
        .filter(|_| target.purpose == Purpose::Safety);
    let missing = match report {
        None => target.purpose == Purpose::Safety,
        Some(report) => !asked.professional || report.second == asked.by.actor,
    };
    missing.then(|| Refusal::new(Reason::SecondPersonMissing))
}

fn row(
    node: &Node,
    target: &Target,
    overview: &Overview,
    planned: &Planned,
    birth: Option<Date>,
    now: Timestamp,
) -> SentRow {
    let mut rng = node.entropy.fork();
    let view_keys: BTreeMap<_, _> = planned
        .manifest
        .guardians
        .iter()
        .map(|guardian| {
            (
                guardian.slot,
                Bytes(PersonKeyPair::generate(&mut rng).to_bytes().to_vec()),
            )
        })
        .collect();
    SentRow {
        handover: planned.manifest.handover,
        child: planned.manifest.child,
        purpose: target.purpose,
        recipient: planned.manifest.recipient.oin.clone(),
        stage: None,
        created_at: now,
        updated_at: now,
        closed_at: None,
        record: SentRecord::new(
            Written::of(planned.manifest.statement()),
            target.application.as_ref().map(Written::of),
            overview.fields.clone(),
            birth,
            view_keys,
        ),
    }
}

async fn propose(
    node: &Node,
    tx: &mut Tx,
    target: &Target,
    row: &SentRow,
    manifest: &Verified<Manifest>,
) -> Result<i64, NodeError> {
    let request = v1::ProposeRequest {
        request_id: node.request_id().to_string(),
        manifest: Some(handdruk_proto::statement(manifest.statement())),
        application: target.application.as_ref().map(handdruk_proto::statement),
    };
    outbox::call(
        tx,
        row.child,
        Method::Propose,
        Some(row.handover),
        request.encode_to_vec(),
        row.created_at,
    )
    .await
}

fn result(target: &Target, overview: Overview) -> v1::TargetResult {
    v1::TargetResult {
        purpose: handdruk_proto::to_wire(target.purpose),
        recipient_oin: target
            .recipient
            .as_ref()
            .map(|to| to.oin.to_string())
            .unwrap_or_default(),
        categories: overview.fields.iter().map(crate::api::wire::fields).collect(),
        missing: overview.missing,
        content_bytes: overview.bytes,
        ..v1::TargetResult::default()
    }
}

fn refused(target: &Target, overview: Overview, reasons: &[Refusal]) -> v1::TargetResult {
    v1::TargetResult {
        refused: reasons.first().map(crate::api::wire::blocked),
        reasons: reasons.iter().map(crate::api::wire::blocked).collect(),
        ..result(target, overview)
    }
}

fn response(
    imported: &Imported,
    hints: BTreeSet<String>,
    results: Vec<v1::TargetResult>,
) -> v1::PushResponse {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    v1::PushResponse {
        results,
        dropped: imported
            .dropped
            .iter()
            .map(|dropped| v1::DroppedElement {
                element: dropped.element.clone(),
                why: dropped.reason.to_string(),
                count: number(dropped.count),
            })
            .collect(),
        dossier_bytes: imported.sizes.bytes as u64,
        attachment_bytes: imported.sizes.attachment_bytes as u64,
        dossier_fields: number(imported.sizes.fields),
        hints: hints.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests;
