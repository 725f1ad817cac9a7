//! What one organisation runs: local API for its systems, importers, sealing, durable outbox and inbox.
//!
//! A node has two doors. Its own systems call the local API ([`run()`] serves it); everything else it does by dialling its
//! gateway. What it holds about people stands encrypted in one SQLite file; what leaves it is sealed.

pub mod config;
pub mod import;
pub mod letter;
pub mod mail;

mod api;
mod content_bytes;
mod desk;
mod details;
mod directory;
mod error;
mod gateway;
#[cfg(test)]
mod harness;
mod keys;
mod node;
mod outbox;
mod proofs;
mod push;
mod retention;
mod run;
mod store;
mod task;
mod unplaced;
mod worker;
mod written;

pub use config::Config;
pub use desk::{InForce, LocalApi, NotOpened, Premises, Workdesk, workdesk_key};
pub use gateway::DialError;
pub use keys::KeysError;
pub use run::{RunError, check_config, make_private_directory, run};
pub use store::{StorageKey, StoreError};
