//! What comes with the steps of the warm part: read from a system, sealed to the other organisation, opened, told.
//!
//! Invariant: what does not open, or is not exactly what belongs to its step, is not kept; the step itself counts all the
//! same. Nothing is sealed once a yes was taken back.

use handdruk_content::dossier::Items;
use handdruk_content::seal::SealError;
use handdruk_content::seal::step::{self, Binding};
use handdruk_content::step::{Guest, StepDetails, TalkKind, TalkPlan};
use handdruk_content::text::{Line, Prose};
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::Reason;
use handdruk_domain::statement::manifest::Actor;
use handdruk_domain::statement::outcome::{Progress, Step};
use handdruk_domain::statement::{Kind, RawStatement, Statement};
use handdruk_proto::{FromWire, statement_in, timestamp, to_wire, v1};
use prost::Message as _;
use v1::step_details::Details as Wire;

use crate::error::NodeError;
use crate::node::Node;
use crate::store::{Came, Snapshot, Tx, Withdrawal};

/// Details with their sealed form.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// As the other side gets them.
    pub(crate) bytes: Bytes,
    /// As we keep them.
    pub(crate) details: StepDetails,
}

fn malformed(about: &'static str) -> NodeError {
    NodeError::about(Reason::Malformed, about)
}

fn optional<T: core::str::FromStr>(text: &str, field: &'static str) -> Result<Option<T>, NodeError> {
    Ok(T::from_optional_field(text, field)?)
}

/// Reads details that belong to `step`.
pub(crate) fn read(wire: Option<&v1::StepDetails>, step: Step) -> Result<Option<StepDetails>, NodeError> {
    let Some(wire) = wire.and_then(|wire| wire.details.as_ref()) else {
        return Ok(None);
    };
    let details = match wire {
        Wire::TalkPlan(plan) => StepDetails::TalkPlan(read_plan(plan)?),
        Wire::Agreements(json) => StepDetails::Agreements(
            serde_json::from_slice(json).map_err(|_| malformed("details.agreements"))?,
        ),
        Wire::WaitingUntil(date) => {
            StepDetails::WaitingUntil(Date::from_field(date, "details.waiting_until")?)
        }
    };
    if !details.fit(&step) {
        return Err(malformed("details: not those of this step"));
    }
    Ok(Some(details))
}

fn read_plan(plan: &v1::TalkPlan) -> Result<TalkPlan, NodeError> {
    let starts: jiff::civil::DateTime = plan
        .starts
        .parse()
        .map_err(|_| malformed("details.talk_plan.starts"))?;
    if starts.second() != 0 || starts.subsec_nanosecond() != 0 {
        return Err(malformed("details.talk_plan.starts: to the minute"));
    }
    let invited = plan
        .invited
        .iter()
        .map(|who| FromWire::from_field(who, "details.talk_plan.invited"))
        .collect::<Result<Vec<_>, _>>()?;
    let invited = if invited.is_empty() {
        None
    } else {
        Some(Items::new(invited).map_err(|_| malformed("details.talk_plan.invited"))?)
    };
    let guests = plan.guests().map(guest).collect::<Option<_>>();
    Ok(TalkPlan {
        guests: guests.ok_or_else(|| malformed("details.talk_plan.guests"))?,
        starts,
        kind: match plan.kind() {
            v1::TalkKind::Unspecified => return Err(malformed("details.talk_plan.kind")),
            v1::TalkKind::InPerson => TalkKind::InPerson,
            v1::TalkKind::Phone => TalkKind::Phone,
            v1::TalkKind::Video => TalkKind::Video,
        },
        place: optional(&plan.place, "details.talk_plan.place")?,
        invited,
        message: optional(&plan.message, "details.talk_plan.message")?,
    })
}

const fn guest(wire: v1::TalkGuest) -> Option<Guest> {
    match wire {
        v1::TalkGuest::Unspecified => None,
        v1::TalkGuest::Mentor => Some(Guest::Mentor),
        v1::TalkGuest::Parents => Some(Guest::Parents),
        v1::TalkGuest::Child => Some(Guest::Child),
        v1::TalkGuest::Care => Some(Guest::Care),
        v1::TalkGuest::OwnMentor => Some(Guest::OwnMentor),
    }
}

const fn guest_on_wire(guest: Guest) -> v1::TalkGuest {
    match guest {
        Guest::Mentor => v1::TalkGuest::Mentor,
        Guest::Parents => v1::TalkGuest::Parents,
        Guest::Child => v1::TalkGuest::Child,
        Guest::Care => v1::TalkGuest::Care,
        Guest::OwnMentor => v1::TalkGuest::OwnMentor,
    }
}

fn write(details: &StepDetails) -> Result<v1::StepDetails, NodeError> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let wire = match details {
        StepDetails::TalkPlan(plan) => Wire::TalkPlan(v1::TalkPlan {
            starts: plan.starts.strftime("%Y-%m-%dT%H:%M").to_string(),
            kind: match plan.kind {
                TalkKind::InPerson => v1::TalkKind::InPerson,
                TalkKind::Phone => v1::TalkKind::Phone,
                TalkKind::Video => v1::TalkKind::Video,
            }
            .into(),
            place: text(plan.place.as_ref().map(Line::as_str)),
            invited: plan
                .invited
                .iter()
                .flat_map(|invited| invited.iter())
                .map(|who| who.as_str().to_owned())
                .collect(),
            message: text(plan.message.as_ref().map(Prose::as_str)),
            guests: plan
                .guests
                .iter()
                .map(|guest| guest_on_wire(*guest).into())
                .collect(),
        }),
        StepDetails::Agreements(agreed) => Wire::Agreements(
            serde_json::to_vec(agreed)
                .map_err(|_| NodeError::Broken("agreements do not serialise"))?
                .into(),
        ),
        StepDetails::WaitingUntil(date) => Wire::WaitingUntil(date.to_string()),
    };
    Ok(v1::StepDetails { details: Some(wire) })
}

/// Seals details to the other organisation.
pub(crate) async fn seal(
    node: &Node,
    handover: HandoverId,
    to: &Oin,
    step: Step,
    details: StepDetails,
) -> Result<Sealed, NodeError> {
    let too_large = || NodeError::about(Reason::TooLarge, "details");
    let content = details.to_bytes().ok_or_else(too_large)?;
    let chain = node.directory.chain(to, node.now()).await?;
    let bundle = chain.newest();
    let binding = Binding {
        handover,
        reporter: &node.oin,
        step,
    };
    let reader = (bundle.digest(), bundle.opening_key.0.as_slice());
    let sealed = step::seal(reader, binding, &content, &mut node.entropy.fork());
    let bytes = sealed.map_err(|error| match error {
        SealError::TooLong(_) => too_large(),
        SealError::InvalidPublicKey { .. } => NodeError::reason(Reason::WrongRecipientKey),
        SealError::NothingToSeal | SealError::Library(_) => NodeError::Broken("details could not be sealed"),
    })?;
    Ok(Sealed {
        bytes: Bytes(bytes),
        details,
    })
}

/// Opens what came with a verified step of the other organisation. `None` where nothing came.
fn open(node: &Node, progress: &Progress) -> Option<Came> {
    let sealed = &progress.sealed.as_ref()?.0;
    let keys = node.keyring.current();
    let binding = Binding {
        handover: progress.handover,
        reporter: &progress.by.on_behalf_of,
        step: progress.step,
    };
    let opened = step::bundle(sealed)
        .and_then(|bundle| keys.opening(bundle))
        .and_then(|key| step::open(key, binding, sealed).ok())
        .and_then(|plain| StepDetails::from_bytes(&progress.step, &plain));
    Some(opened.map_or(Came::Refused, Came::Details))
}

/// Signs a step that brings nothing along, as it is sent.
pub(crate) fn report(
    node: &Node,
    by: Actor,
    handover: HandoverId,
    step: Step,
    at: Timestamp,
) -> Result<Vec<u8>, NodeError> {
    let progress = Progress {
        handover,
        step,
        sealed: None,
        by,
        at,
    };
    let request = v1::ReportProgressRequest {
        request_id: node.request_id().to_string(),
        progress: Some(handdruk_proto::statement(&node.sign(&progress)?)),
    };
    Ok(request.encode_to_vec())
}

/// Keeps a step of the other organisation that was verified and is new, with what came with it.
pub(crate) async fn learn(
    node: &Node,
    tx: &mut Tx,
    handover: HandoverId,
    raw: &RawStatement,
    withdrawal: Withdrawal,
) -> Result<(), NodeError> {
    let statement = Statement::<Progress>::claim(raw.clone())?;
    let progress = statement.peek()?;
    let ours = progress.by.on_behalf_of == node.oin;
    if let Some(came) = open(node, &progress).filter(|_| !ours && withdrawal == Withdrawal::None) {
        tx.put_detail(handover, statement.digest(), &came).await?;
    }
    Ok(())
}

/// The gateway took a step of ours: it is on record here as well.
pub(crate) async fn took(
    tx: &mut Tx,
    handover: HandoverId,
    request: &[u8],
    now: Timestamp,
) -> Result<(), NodeError> {
    let statement = reported(request)?;
    let step = statement.peek()?.step;
    tx.keep_proof(handover, statement.raw(), now).await?;
    if let Some(mut row) = tx.sent(handover).await? {
        add(&mut row.record.steps, step);
        tx.put_sent(&row).await?;
    } else if let Some(mut row) = tx.inbox_item(handover).await? {
        add(&mut row.record.steps, step);
        tx.put_inbox(&row).await?;
    }
    Ok(())
}

/// The gateway refused a step of ours: nothing comes with what was not taken.
pub(crate) async fn not_taken(tx: &mut Tx, handover: HandoverId, request: &[u8]) -> Result<(), NodeError> {
    Ok(tx.drop_detail(handover, reported(request)?.digest()).await?)
}

/// The step that a stored call reports.
pub(crate) fn reported(request: &[u8]) -> Result<Statement<Progress>, NodeError> {
    let request = v1::ReportProgressRequest::decode(request);
    let request = request.map_err(|_| NodeError::Broken("a stored call does not decode"))?;
    Ok(statement_in(request.progress, "progress")?)
}

/// A step was signed anew: what comes with it is kept under its new name.
pub(crate) async fn renamed(
    tx: &mut Tx,
    handover: HandoverId,
    (old, new): (&[u8], &[u8]),
) -> Result<(), NodeError> {
    let (old, new) = (reported(old)?.digest(), reported(new)?.digest());
    if let Some(came) = tx.details(handover).await?.remove(&old) {
        tx.put_detail(handover, new, &came).await?;
        tx.drop_detail(handover, old).await?;
    }
    Ok(())
}

/// Puts a step among those that were taken. What became of the content is none of them.
pub(crate) fn add(steps: &mut Vec<String>, step: Step) {
    let is_new = !steps.iter().any(|taken| taken == step.word());
    if is_new && !matches!(step, Step::Read { .. } | Step::Erased { .. }) {
        steps.push(step.word().to_owned());
    }
}

/// Who read a handover and the steps of its warm part, from the statements that are kept.
pub(crate) async fn thread(
    snapshot: &mut Snapshot,
    handover: HandoverId,
) -> Result<(Vec<v1::Read>, Vec<v1::ThreadStep>), NodeError> {
    let mut taken: Vec<(Digest, Progress)> = snapshot
        .proofs_of(handover, Kind::Progress)
        .await?
        .into_iter()
        .filter_map(|raw| {
            let progress = Statement::<Progress>::claim(raw).ok()?;
            Some((progress.digest(), progress.peek().ok()?))
        })
        .collect();
    taken.sort_by_key(|(_, progress)| progress.at);
    let came = snapshot.details(handover).await?;
    let (mut reads, mut thread) = (Vec::new(), Vec::new());
    for (digest, progress) in taken {
        let professional = progress.by.actor.as_str().to_owned();
        let at = Some(timestamp(progress.at));
        let decline_reason = match progress.step {
            Step::Read { categories } => {
                reads.push(v1::Read {
                    professional,
                    read_time: at,
                    categories: categories.iter().map(to_wire).collect(),
                });
                continue;
            }
            Step::Declined { reason } => to_wire(reason),
            _ => 0,
        };
        let details = match came.get(&digest) {
            Some(Came::Details(details)) => Some(write(details)?),
            Some(Came::Refused) | None => None,
        };
        thread.push(v1::ThreadStep {
            step: progress.step.word().to_owned(),
            organisation_oin: progress.by.on_behalf_of.to_string(),
            professional,
            report_time: at,
            decline_reason,
            details,
            details_refused: matches!(came.get(&digest), Some(Came::Refused)),
        });
    }
    Ok((reads, thread))
}
