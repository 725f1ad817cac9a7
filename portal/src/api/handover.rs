//! What a guardian sees and says about handovers.

use axum::Json;
use axum::extract::State;
use handdruk_domain::digest::Bytes;
use handdruk_domain::exchange::{Command, SessionToken};
use handdruk_domain::ids::{HandoverId, InvitationId, RequestId};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::RawStatement;
use handdruk_proto::v1;
use serde::{Deserialize, Serialize};

use super::wire::{self, Entry, Question, Status};
use crate::cookie::Guardian;
use crate::gateway::{read, request, write};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::session::Account;
use crate::strict::Strict;

/// The gateway's session for one of the joined codes, as it goes over the wire.
pub(super) fn session(guardian: &Guardian, invitation: InvitationId) -> Result<prost::bytes::Bytes, Problem> {
    guardian
        .live
        .token(invitation)
        .map(sent)
        .ok_or_else(Problem::no_session)
}

fn sent(token: &SessionToken) -> prost::bytes::Bytes {
    token.as_bytes().to_vec().into()
}

/// Everything that the guardian behind one joined code may see.
pub(crate) async fn ask(portal: &Portal, account: &Account) -> Result<Vec<v1::Question>, Problem> {
    let answer = read(|| {
        let mut guardians = portal.gateway().guardians();
        let message = v1::ListQuestionsRequest {
            session: sent(&account.token),
        };
        async move { guardians.list_questions(request(message)).await }
    })
    .await?;
    Ok(answer.questions)
}

#[derive(Serialize)]
pub(super) struct Questions {
    accounts: Vec<OneAccount>,
}

#[derive(Serialize)]
struct OneAccount {
    invitation_id: InvitationId,
    questions: Vec<Question>,
    /// Why nothing is shown for this code: a letter that was replaced or revoked must not hide the others.
    refused: Option<String>,
}

pub(super) async fn questions(
    State(portal): State<Portal>,
    guardian: Guardian,
) -> Result<Json<Questions>, Problem> {
    let mut accounts = Vec::new();
    for account in &guardian.live.accounts {
        let (questions, refused) = match ask(&portal, account).await {
            Ok(questions) => (questions, None),
            Err(problem @ Problem::Refused(_)) => (Vec::new(), Some(problem.reason())),
            Err(problem) => return Err(problem),
        };
        accounts.push(OneAccount {
            invitation_id: account.invitation,
            questions: questions
                .into_iter()
                .map(wire::question)
                .collect::<Result<_, _>>()?,
            refused,
        });
    }
    Ok(Json(Questions { accounts }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    invitation_id: InvitationId,
    handover_id: HandoverId,
}

#[derive(Serialize)]
pub(super) struct Preview {
    sealed: Bytes,
    manifest: RawStatement,
}

pub(super) async fn preview(
    State(portal): State<Portal>,
    guardian: Guardian,
    Strict(about): Strict<About>,
) -> Result<Json<Preview>, Problem> {
    let session = session(&guardian, about.invitation_id)?;
    let answer = read(|| {
        let mut guardians = portal.gateway().guardians();
        let message = v1::GetPreviewRequest {
            session: session.clone(),
            handover_id: about.handover_id.to_string(),
        };
        async move { guardians.get_preview(request(message)).await }
    })
    .await?;
    Ok(Json(Preview {
        sealed: wire::bytes(&answer.sealed),
        manifest: wire::statement(answer.manifest)?,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decide {
    invitation_id: InvitationId,
    request_id: RequestId,
    decision: RawStatement,
}

#[derive(Serialize)]
pub(super) struct Decided {
    handover: Status,
    releases: Vec<Release>,
    evidence_index: u64,
}

#[derive(Serialize)]
struct Release {
    release: RawStatement,
    arrived: bool,
}

pub(super) async fn decide(
    State(portal): State<Portal>,
    guardian: Guardian,
    Strict(asked): Strict<Decide>,
) -> Result<Json<Decided>, Problem> {
    let message = v1::DecideRequest {
        session: session(&guardian, asked.invitation_id)?,
        request_id: asked.request_id.to_string(),
        decision: Some((&asked.decision).into()),
    };
    let mut guardians = portal.gateway().guardians();
    let answer = write(guardians.decide(request(message))).await?;
    let release = |sent: v1::CommittedRelease| {
        Ok::<_, Problem>(Release {
            release: wire::statement(sent.release)?,
            arrived: sent.arrived,
        })
    };
    Ok(Json(Decided {
        handover: wire::status(answer.handover)?,
        releases: answer
            .releases
            .into_iter()
            .map(release)
            .collect::<Result<_, _>>()?,
        evidence_index: answer.evidence_index,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AddView {
    invitation_id: InvitationId,
    request_id: RequestId,
    handover_id: HandoverId,
    sealed: Bytes,
}

#[derive(Serialize)]
pub(super) struct ViewAdded {
    in_time: bool,
}

pub(super) async fn add_view(
    State(portal): State<Portal>,
    guardian: Guardian,
    Strict(asked): Strict<AddView>,
) -> Result<Json<ViewAdded>, Problem> {
    if asked.sealed.0.len() > Command::MAX_VIEW {
        return Err(Refusal::about(Reason::TooLarge, "sealed").into());
    }
    let message = v1::AddViewRequest {
        session: session(&guardian, asked.invitation_id)?,
        request_id: asked.request_id.to_string(),
        handover_id: asked.handover_id.to_string(),
        sealed: asked.sealed.0.into(),
    };
    let mut guardians = portal.gateway().guardians();
    let answer = write(guardians.add_view(request(message))).await?;
    let in_time = answer.in_time;
    Ok(Json(ViewAdded { in_time }))
}

#[derive(Serialize)]
pub(super) struct History {
    entries: Vec<Entry>,
}

pub(super) async fn history(
    State(portal): State<Portal>,
    guardian: Guardian,
    Strict(about): Strict<About>,
) -> Result<Json<History>, Problem> {
    let session = session(&guardian, about.invitation_id)?;
    let answer = read(|| {
        let mut guardians = portal.gateway().guardians();
        let message = v1::ListHistoryRequest {
            session: session.clone(),
            handover_id: about.handover_id.to_string(),
        };
        async move { guardians.list_history(request(message)).await }
    })
    .await?;
    let entries = answer
        .entries
        .into_iter()
        .map(wire::entry)
        .collect::<Result<_, _>>()?;
    Ok(Json(History { entries }))
}
