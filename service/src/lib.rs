//! What every long-running process shares: clock, lifecycle, mutual-TLS gRPC serving, refusals on the wire, encryption at
//! rest.
//!
//! A process is: read its [`config`], make an [`Entropy`] and a [`Lifecycle`], open its identity, [`serve()`] its routes
//! and the operator's pages on the lifecycle's [`Tasks`], and run the lifecycle to its end.

mod cell;
mod clock;
pub mod config;
mod door;
mod edge;
mod entropy;
mod held;
mod lifecycle;
mod load;
mod moving;
mod operator;
mod post;
mod reconnect;
mod refusal;
mod serve;
mod share;

pub use cell::{Cell, CellKey, DamagedCell};
pub use clock::{
    ClockConfig, ClockControl, ClockStateError, ControlledClock, ControlledConfig, Members, SystemClock,
};
pub use edge::RpcMetrics;
pub use entropy::{Entropy, NoEntropy};
pub use held::Lasting;
pub use lifecycle::{Crash, Lifecycle, Stage, Tasks};
pub use load::{Place, Spread};
pub use moving::{Lines, Moving};
pub use operator::{Check, serve_operator};
pub use post::{Notice, Post, Posted};
pub use reconnect::Backoff;
pub use refusal::{Chain, DOMAIN, Failure, busy, code_of, fault, refusal_of, status_of, wire_reason};
pub use serve::{Limits, MAX_MESSAGE, ServeError, connect, serve};
