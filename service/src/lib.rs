//! What every long-running process shares: clock, lifecycle, mutual-TLS gRPC serving, refusals on the wire, encryption at
//! rest.
//!
//! A process is: read its [`config`], make an [`Entropy`] and a [`Lifecycle`], open its identity, [`serve()`] its routes
//! and the operator's pages on the lifecycle's [`Tasks`], and run the lifecycle to its end.

mod cell;
mod clock;
pub mod config;
mod edge;
mod entropy;
mod lifecycle;
mod operator;
mod post;
mod refusal;
mod serve;

pub use cell::{Cell, CellKey, DamagedCell};
pub use clock::{
    ClockConfig, ClockControl, ClockStateError, ControlledClock, ControlledConfig, Members, SystemClock,
};
pub use edge::RpcMetrics;
pub use entropy::{Entropy, NoEntropy};
pub use lifecycle::{Crash, Lifecycle, Stage, Tasks};
pub use operator::{Check, serve_operator};
pub use post::{Notice, Post, Posted};
pub use refusal::{Chain, DOMAIN, Failure, code_of, fault, refusal_of, status_of, wire_reason};
pub use serve::{Limits, MAX_MESSAGE, ServeError, connect, serve};
