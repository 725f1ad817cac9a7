//! The key ring: sealed in the browser, kept by the gateway, opaque here.

use axum::Json;
use axum::extract::State;
use handdruk_domain::digest::Bytes;
use handdruk_domain::exchange::KeyRing;
use handdruk_domain::ids::InvitationId;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_proto::v1;
use serde::{Deserialize, Serialize};

use super::handover::session;
use super::wire;
use crate::cookie::Guardian;
use crate::gateway::{read, request, write};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::strict::Strict;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Whose {
    invitation_id: InvitationId,
}

#[derive(Serialize)]
pub(super) struct Kept {
    version: u32,
    sealed: Bytes,
}

pub(super) async fn key_ring(
    State(portal): State<Portal>,
    guardian: Guardian,
    Strict(whose): Strict<Whose>,
) -> Result<Json<Kept>, Problem> {
    let session = session(&guardian, whose.invitation_id)?;
    let answer = read(|| {
        let mut guardians = portal.gateway().guardians();
        let message = v1::GetKeyRingRequest {
            session: session.clone(),
        };
        async move { guardians.get_key_ring(request(message)).await }
    })
    .await?;
    Ok(Json(Kept {
        version: answer.version,
        sealed: wire::bytes(&answer.sealed),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Put {
    invitation_id: InvitationId,
    expected_version: u32,
    sealed: Bytes,
}

#[derive(Serialize)]
pub(super) struct Version {
    version: u32,
}

pub(super) async fn put_key_ring(
    State(portal): State<Portal>,
    guardian: Guardian,
    Strict(asked): Strict<Put>,
) -> Result<Json<Version>, Problem> {
    if asked.sealed.0.len() > KeyRing::MAX {
        return Err(Refusal::about(Reason::TooLarge, "sealed").into());
    }
    let message = v1::PutKeyRingRequest {
        session: session(&guardian, asked.invitation_id)?,
        expected_version: asked.expected_version,
        sealed: asked.sealed.0.into(),
    };
    let mut guardians = portal.gateway().guardians();
    let answer = write(guardians.put_key_ring(request(message))).await?;
    let version = answer.version;
    Ok(Json(Version { version }))
}
