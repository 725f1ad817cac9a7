//! What the script in the browser asks: JSON under `/api/`, relayed to the gateway and back.
//!
//! Invariant: nothing is decided here and nothing is opened here. Statements and sealed bytes pass through as they came;
//! the code and the secret never come this way at all. Every body is strict JSON (unknown fields are refused), every
//! answer is `no-store`, every write is a POST from this very site.
//!
//! Spelling: statements as in a file (`kind`, `body`, `signatures`), bytes as base64url without padding, times as RFC
//! 3339 in UTC, ids as UUIDs in lower case. `invitation_id` says which of the joined codes a call is for.
//!
//! | call | sends | answers |
//! |---|---|---|
//! | `POST /api/invitation` | `invitation_id` | `state` (open, activated, replaced, revoked, expired), `invitation` |
//! | `POST /api/begin-activation` | `invitation_id`, `code_proof` | `gateway_half` |
//! | `POST /api/activate` | `request_id`, `guardian_keys`, `login_verifier`, `join` | `session` |
//! | `POST /api/log-in` | `invitation_id`, `login_proof`, `join` | `gateway_half`, `guardian_keys`, `invitation`, `session` |
//! | `GET /api/session` | | `session`; does not prolong it |
//! | `POST /api/stay` | `{}` | `session` |
//! | `POST /api/log-out` | `{}` | `{}` |
//! | `GET /api/questions` | | `accounts`: per joined code `invitation_id`, `questions`, or `refused` |
//! | `POST /api/preview` | `invitation_id`, `handover_id` | `sealed`, `manifest` |
//! | `POST /api/decide` | `invitation_id`, `request_id`, `decision` | `handover`, `releases`, `evidence_index` |
//! | `POST /api/add-view` | `invitation_id`, `request_id`, `handover_id`, `sealed` | `in_time`: whether the remarks can still go along |
//! | `POST /api/history` | `invitation_id`, `handover_id` | `entries`: `at`, `event`, `evidence_index`, `statements` |
//! | `POST /api/key-ring` | `invitation_id` | `version` (0: none yet), `sealed` |
//! | `POST /api/put-key-ring` | `invitation_id`, `expected_version`, `sealed` | `version` |
//! | `GET /api/members/{oin}` | | `membership`, `key_bundles` (oldest first) |
//! | `GET /api/catalogues/{digest}` | | `catalogue` |
//! | `GET /api/federation` | | `gateway` (its OIN), `registrar` (its public key), `now`, `controlled_clock` |
//!
//! `session` is `{ends_in_seconds, idle_seconds, warn_seconds, invitations}`: it ends after that long without a call and
//! at the latest after that long; `warn_seconds` before either the page warns. With `join: true` the new code is added to
//! the session that the cookie names (there must be one); otherwise a new session begins and the old one ends.
//!
//! A refusal is `{reason, about, text}`: `reason` as in docs/errors/, in UPPER_SNAKE, or one of the portal's own:
//! `UNANSWERED` (503: the gateway did not answer; repeat with the same request id), `BUSY` (503: it had too much to do and nothing
//! was changed; repeat the same after `Retry-After` seconds), `FAULT` (500: `about` is an id to quote), `CROSS_SITE` (403). A session that ended is 401 `WRONG_CODE_OR_SECRET` about `session`. `text` is for
//! developers; people read the sentence that the page has for the reason.

mod directory;
mod entry;
mod handover;
mod ring;
mod wire;

use axum::Router;
use axum::routing::{get, post};

use crate::portal::Portal;

/// Every call, relative to the root.
pub(crate) fn routes() -> Router<Portal> {
    Router::new()
        .route("/api/invitation", post(entry::look_up))
        .route("/api/begin-activation", post(entry::begin_activation))
        .route("/api/activate", post(entry::activate))
        .route("/api/log-in", post(entry::log_in))
        .route("/api/session", get(entry::session))
        .route("/api/stay", post(entry::stay))
        .route("/api/log-out", post(entry::log_out))
        .route("/api/questions", get(handover::questions))
        .route("/api/preview", post(handover::preview))
        .route("/api/decide", post(handover::decide))
        .route("/api/add-view", post(handover::add_view))
        .route("/api/history", post(handover::history))
        .route("/api/key-ring", post(ring::key_ring))
        .route("/api/put-key-ring", post(ring::put_key_ring))
        .route("/api/members/{oin}", get(directory::member))
        .route("/api/catalogues/{digest}", get(directory::catalogue))
        .route("/api/federation", get(directory::federation))
}
