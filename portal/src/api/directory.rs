//! Who is who and by which rules, so that a browser checks for itself. Everything here is public within the federation
//! and signed by somebody else than the gateway.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::oin::Oin;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::{PublicKey, RawStatement};
use handdruk_proto::v1;
use serde::Serialize;

use super::wire;
use crate::gateway::{read, request};
use crate::portal::Portal;
use crate::problem::Problem;

/// A value in a path.
fn named<T: core::str::FromStr>(text: &str, what: &'static str) -> Result<T, Problem> {
    text.parse()
        .map_err(|_| Refusal::about(Reason::Malformed, what).into())
}

#[derive(Serialize)]
pub(super) struct Member {
    membership: RawStatement,
    key_bundles: Vec<RawStatement>,
}

pub(super) async fn member(
    State(portal): State<Portal>,
    Path(oin): Path<String>,
) -> Result<Json<Member>, Problem> {
    let oin: Oin = named(&oin, "oin")?;
    let membership = read(|| {
        let mut directory = portal.gateway().directory();
        let message = v1::GetMemberRequest { oin: oin.to_string() };
        async move { directory.get_member(request(message)).await }
    })
    .await?;
    let bundles = read(|| {
        let mut directory = portal.gateway().directory();
        let message = v1::ListKeyBundlesRequest { oin: oin.to_string() };
        async move { directory.list_key_bundles(request(message)).await }
    })
    .await?;
    Ok(Json(Member {
        membership: wire::statement(membership.membership)?,
        key_bundles: wire::statements(bundles.key_bundles)?,
    }))
}

#[derive(Serialize)]
pub(super) struct Catalogue {
    catalogue: RawStatement,
}

pub(super) async fn catalogue(
    State(portal): State<Portal>,
    Path(digest): Path<String>,
) -> Result<([(HeaderName, &'static str); 1], Json<Catalogue>), Problem> {
    let digest: Digest = named(&digest, "digest")?;
    let answer = read(|| {
        let mut directory = portal.gateway().directory();
        let message = v1::GetCatalogueRequest {
            digest: digest.as_bytes().to_vec().into(),
        };
        async move { directory.get_catalogue(request(message)).await }
    })
    .await?;
    let catalogue = wire::statement(answer.catalogue)?;
    // It says nothing about anybody, and under this digest it never changes.
    let kept = [(header::CACHE_CONTROL, "private, max-age=86400, immutable")];
    Ok((kept, Json(Catalogue { catalogue })))
}

#[derive(Serialize)]
pub(super) struct Federation {
    gateway: Oin,
    registrar: PublicKey,
    now: Timestamp,
    controlled_clock: bool,
}

/// Whom and what a browser must know, and what time it is there.
pub(super) async fn federation(State(portal): State<Portal>) -> Result<Json<Federation>, Problem> {
    let known = portal.federation();
    Ok(Json(Federation {
        gateway: known.gateway.clone(),
        registrar: known.registrar.clone(),
        now: portal.gateway().now().await?,
        controlled_clock: portal.gateway().is_controlled(),
    }))
}
