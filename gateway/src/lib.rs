//! The consent-aware router: registry, exchange, consents, evidence. It never sees content.

pub mod sequencer;
pub mod store;
