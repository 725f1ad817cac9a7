//! The colleagues who work at the desk: who they are, what they are there for, for whom.

mod role;

pub use role::{Role, Scope};
