//! The pages: each reads what it needs from the node, shows it, and takes its forms.
//!
//! Invariant: a GET changes nothing but what is recorded of the looking itself. A form posts and is redirected. No address
//! holds anything about a person: only ids of handovers and references of accounts.

mod colleagues;
mod entry;
mod guest;
mod log;
mod me;
mod receive;
mod send;

pub(crate) use send::{Drafts, uploads};

use axum::Router;

use crate::desk::Desk;

/// Every page, relative to the root.
pub fn routes() -> Router<Desk> {
    Router::new()
        .merge(colleagues::routes())
        .merge(entry::routes())
        .merge(log::routes())
        .merge(me::routes())
        .merge(receive::routes())
        .merge(send::routes())
}
