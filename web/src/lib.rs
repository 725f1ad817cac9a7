//! Serving browsers, as portal and workdesk do it.
//!
//! Invariant: nothing here knows what a page says or who somebody is. It is the part of a web server that must be the same
//! twice: connections that are bounded, answers with the headers that keep others out, cookies that stay with their host,
//! sessions that end, files that are what the program says they are.

pub mod assets;
pub mod config;
pub mod cookie;
pub mod door;
mod serve;
pub mod session;
mod source;
mod tls;

pub use assets::{Assets, File};
pub use serve::serve;
pub use source::{Attempts, Source};
pub use tls::{Certificate, CertificateFault};
