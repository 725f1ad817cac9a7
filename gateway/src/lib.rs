//! The consent-aware router: registry, exchange, consents, evidence. It never sees content.
