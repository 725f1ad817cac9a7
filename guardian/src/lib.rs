//! A guardian's reference client: own keys, inspect, decide.

pub mod keys;
pub mod secret;
