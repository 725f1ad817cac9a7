//! The consent-aware router: registry, exchange, consents, evidence. It never sees content.
//!
//! A request becomes a command ([`sequencer`]), the exchange decides it in memory (`handdruk_domain::exchange`), and the
//! [`store`] commits what it changes together with its evidence. Nobody is answered before that.

mod config;
mod deadlines;
mod directory;
mod export;
mod follow;
mod key;
mod restored;
mod retention;
mod run;
pub mod sequencer;
mod service;
pub mod store;

pub use config::{Config, DatabaseUrl, Registrar};
pub use deadlines::EngineFault;
pub use directory::DirectoryError;
pub use key::KeyError;
pub use restored::{NotRestored, checkpoint, confirm_restored};
pub use run::{
    GatewayError, Migration, check, confirm_log, go_on_elsewhere, migrate, move_store, pending_migrations,
    run,
};
pub use store::sql::audit::{StoreCheck, StoreFinding, StoreReport, audit_database, audit_store};
pub use store::sql::{Copied, MoveError};
