//! The way in and out: from code to keys, logging in, staying, leaving.

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::exchange::SessionToken;
use handdruk_domain::ids::{InvitationId, RequestId};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::consent::GuardianKeys;
use handdruk_domain::statement::{RawStatement, Statement};
use handdruk_proto::v1;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;

use super::wire::{self, Session};
use crate::cookie::{self, Guardian, Shown};
use crate::gateway::{read, request, write};
use crate::portal::Portal;
use crate::problem::Problem;
use crate::session::{Account, Live, NotJoined};
use crate::strict::{Nothing, Strict};
use handdruk_web::Source;

/// Who knocks, for limits. An extension of its own, so that handlers cannot forget the proxy.
fn knock(portal: &Portal, peer: SocketAddr, headers: &HeaderMap) -> Result<(), Problem> {
    let source = Source::of(peer, headers, portal.is_behind_proxy());
    if portal.attempts().may(source) {
        Ok(())
    } else {
        Err(Refusal::about(Reason::TooMany, "attempts").into())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LookUp {
    invitation_id: InvitationId,
}

#[derive(Serialize)]
pub(super) struct LookedUp {
    state: &'static str,
    invitation: RawStatement,
}

pub(super) async fn look_up(
    State(portal): State<Portal>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Strict(asked): Strict<LookUp>,
) -> Result<Json<LookedUp>, Problem> {
    knock(&portal, peer, &headers)?;
    let answer = read(|| {
        let mut guardians = portal.gateway().guardians();
        let message = v1::LookUpInvitationRequest {
            invitation_id: asked.invitation_id.to_string(),
        };
        async move { guardians.look_up_invitation(request(message)).await }
    })
    .await?;
    let state = match answer.state() {
        v1::InvitationState::Open => "open",
        v1::InvitationState::Activated => "activated",
        v1::InvitationState::Replaced => "replaced",
        v1::InvitationState::Revoked => "revoked",
        v1::InvitationState::Expired => "expired",
        v1::InvitationState::Unspecified => return Err(Problem::Unanswered),
    };
    let invitation = wire::statement(answer.invitation)?;
    Ok(Json(LookedUp { state, invitation }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginActivation {
    invitation_id: InvitationId,
    code_proof: Bytes,
}

#[derive(Serialize)]
pub(super) struct ActivationBegun {
    gateway_half: Bytes,
}

pub(super) async fn begin_activation(
    State(portal): State<Portal>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Strict(asked): Strict<BeginActivation>,
) -> Result<Json<ActivationBegun>, Problem> {
    knock(&portal, peer, &headers)?;
    let message = v1::BeginActivationRequest {
        invitation_id: asked.invitation_id.to_string(),
        code_proof: asked.code_proof.0.into(),
    };
    let mut guardians = portal.gateway().guardians();
    let answer = write(guardians.begin_activation(request(message))).await?;
    let gateway_half = wire::bytes(&answer.gateway_half);
    Ok(Json(ActivationBegun { gateway_half }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activate {
    request_id: RequestId,
    guardian_keys: RawStatement,
    login_verifier: Digest,
    #[serde(default)]
    join: bool,
}

#[derive(Serialize)]
struct Activated {
    session: Session,
}

pub(super) async fn activate(
    State(portal): State<Portal>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    shown: Shown,
    headers: HeaderMap,
    Strict(asked): Strict<Activate>,
) -> Result<Response, Problem> {
    knock(&portal, peer, &headers)?;
    let malformed = |_| Refusal::about(Reason::Malformed, "guardian_keys");
    let keys = Statement::<GuardianKeys>::claim(asked.guardian_keys.clone()).map_err(malformed)?;
    // Only to file the session under its invitation; the gateway verifies it.
    let invitation = keys
        .peek()
        .map_err(|_| Refusal::about(Reason::Malformed, "guardian_keys"))?
        .invitation;
    let place = Place::of(&portal, shown, asked.join)?;
    let message = v1::ActivateRequest {
        request_id: asked.request_id.to_string(),
        guardian_keys: Some((&asked.guardian_keys).into()),
        login_verifier: asked.login_verifier.as_bytes().to_vec().into(),
    };
    let mut guardians = portal.gateway().guardians();
    let answer = write(guardians.activate(request(message))).await?;
    let token = token(&answer.session)?;
    let (cookie, live) = place.take(&portal, Account { invitation, token }).await?;
    let session = (&live).into();
    Ok(with_cookie(cookie, Json(Activated { session })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogIn {
    invitation_id: InvitationId,
    login_proof: Bytes,
    #[serde(default)]
    join: bool,
}

#[derive(Serialize)]
struct LoggedIn {
    gateway_half: Bytes,
    guardian_keys: RawStatement,
    invitation: RawStatement,
    session: Session,
}

pub(super) async fn log_in(
    State(portal): State<Portal>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    shown: Shown,
    headers: HeaderMap,
    Strict(asked): Strict<LogIn>,
) -> Result<Response, Problem> {
    knock(&portal, peer, &headers)?;
    let place = Place::of(&portal, shown, asked.join)?;
    let message = v1::LogInRequest {
        invitation_id: asked.invitation_id.to_string(),
        login_proof: asked.login_proof.0.into(),
    };
    let mut guardians = portal.gateway().guardians();
    let answer = write(guardians.log_in(request(message))).await?;
    let account = Account {
        invitation: asked.invitation_id,
        token: token(&answer.session)?,
    };
    let guardian_keys = wire::statement(answer.guardian_keys)?;
    let invitation = wire::statement(answer.invitation)?;
    let (cookie, live) = place.take(&portal, account).await?;
    let logged_in = LoggedIn {
        gateway_half: wire::bytes(&answer.gateway_half),
        guardian_keys,
        invitation,
        session: (&live).into(),
    };
    Ok(with_cookie(cookie, Json(logged_in)))
}

/// Where a gateway's session goes: into the session that is there, or into a new one in place of it. Looked at before
/// the gateway is asked, so that a code is not used for a session that it cannot join.
struct Place {
    shown: Shown,
    join: bool,
}

impl Place {
    fn of(portal: &Portal, shown: Shown, join: bool) -> Result<Self, Problem> {
        let there = shown.0.as_ref().and_then(|id| portal.sessions().look(id));
        match (join, there) {
            (true, None) => Err(Problem::no_session()),
            (true, Some(live)) if live.accounts.len() >= crate::session::MAX_ACCOUNTS => Err(full()),
            _ => Ok(Self { shown, join }),
        }
    }

    async fn take(self, portal: &Portal, account: Account) -> Result<(Option<HeaderValue>, Live), Problem> {
        match (self.join, self.shown.0) {
            (true, Some(id)) => match portal.sessions().join(&id, account) {
                Ok(live) => Ok((None, live)),
                Err(NotJoined::Full) => Err(full()),
                Err(NotJoined::NoSession) => Err(Problem::no_session()),
            },
            (true, None) => Err(Problem::no_session()),
            (false, old) => {
                if let Some(old) = old {
                    end(portal, portal.sessions().end(&old)).await;
                }
                let (id, live) = portal.sessions().begin(account, &mut portal.entropy().fork());
                Ok((Some(cookie::SESSION.begin(&id)), live))
            }
        }
    }
}

fn full() -> Problem {
    Refusal::about(Reason::TooMany, "codes in one session").into()
}

fn with_cookie(cookie: Option<HeaderValue>, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn token(bytes: &[u8]) -> Result<SessionToken, Problem> {
    SessionToken::try_from(bytes).map_err(|_| Problem::Unanswered)
}

#[derive(Serialize)]
pub(super) struct Here {
    session: Session,
}

/// When the session ends. Does not prolong it, so that a page may ask without the guardian.
pub(super) async fn session(State(portal): State<Portal>, Shown(id): Shown) -> Result<Json<Here>, Problem> {
    let live = id
        .and_then(|id| portal.sessions().look(&id))
        .ok_or_else(Problem::no_session)?;
    let session = (&live).into();
    Ok(Json(Here { session }))
}

/// The guardian wants to stay.
pub(super) async fn stay(guardian: Guardian, _: Strict<Nothing>) -> Json<Here> {
    let session = (&guardian.live).into();
    Json(Here { session })
}

#[derive(Serialize)]
struct Left {}

/// Ends the session here and at the gateway. Whoever has none has left already.
pub(super) async fn log_out(State(portal): State<Portal>, Shown(id): Shown, _: Strict<Nothing>) -> Response {
    if let Some(id) = id {
        end(&portal, portal.sessions().end(&id)).await;
    }
    with_cookie(Some(cookie::SESSION.end()), Json(Left {}))
}

/// Has the gateway end its sessions too. One that it does not hear of ends by itself.
async fn end(portal: &Portal, accounts: Vec<Account>) {
    for account in accounts {
        let message = v1::LogOutRequest {
            session: account.token.as_bytes().to_vec().into(),
        };
        let mut guardians = portal.gateway().guardians();
        if write(guardians.log_out(request(message))).await.is_err() {
            tracing::info!("the gateway did not end a session; it ends by itself within eight hours");
        }
    }
}
