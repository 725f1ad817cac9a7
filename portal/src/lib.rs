//! The web portal: a client of the gateway with the role portal, and nothing more. It holds no key of a guardian's.
//!
//! Invariant: what opens and what signs stays in the guardian's browser. The portal serves pages and script, keeps
//! sessions, and relays statements and sealed bytes as they come; the code and the secret never reach it. What it could
//! still do, serving other script, is stated in docs/THREAT_MODEL.md with what limits it.
//!
//! A request passes [`door`](self) (host, site, headers, limits), then a page of `visit` or a call of `api`; both ask the
//! gateway through `gateway`, on behalf of a session in `session`.

mod api;
pub mod config;
mod cookie;
mod door;
mod gateway;
pub mod pages;
mod portal;
mod problem;
mod run;
mod session;
mod strict;
mod visit;
mod words;

pub use config::Config;
pub use gateway::GatewayError;
pub use handdruk_web::{Assets, CertificateFault, File};
pub use run::{PortalError, check_config, run};
