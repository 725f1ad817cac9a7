//! What one organisation runs: local API for its systems, importers, sealing, durable outbox and inbox.

pub mod import;
