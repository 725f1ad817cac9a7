//! A guardian's reference client: own keys, inspect, decide.
//!
//! The portal's browser module does the same; this crate says how. A [`client::Client`] reaches the gateway,
//! [`keys::Credentials`] come from code and secret, and both together make a [`session::Session`], in which questions are
//! shown as a [`page::Page`] and decided. Invariant: nothing is shown that was not verified down to the registrar's pinned key
//! and the printed code, and nothing is signed but what was shown.

pub mod client;
pub mod error;
pub mod history;
pub mod keys;
pub mod page;
pub mod plan;
pub mod question;
pub mod secret;
pub mod session;
pub mod trust;
pub mod words;
