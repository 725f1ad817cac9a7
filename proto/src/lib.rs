//! The wire of Handdruk: `handdruk.v1` as generated from proto/handdruk/v1, and conversions between wire and domain.
//!
//! Nothing decides here. Every conversion from the wire is total over what a stranger can send: an unknown enum value, a
//! missing field or a malformed id is a [`Refusal`](handdruk_domain::reason::Refusal) that names the field.

mod convert;
mod vocabulary;

pub use convert::{FromWire, statement, statement_in, time, timestamp, uuid};
pub use vocabulary::{from_wire, to_wire};

/// Generated messages, clients and servers of `handdruk.v1`.
#[expect(
    missing_docs,
    missing_debug_implementations,
    reason = "documented in the .proto files; messages may hold content, so none has Debug"
)]
#[expect(clippy::all, clippy::pedantic, reason = "generated")]
#[allow(unreachable_pub)]
pub mod v1 {
    tonic::include_proto!("handdruk.v1");
}

/// The compiled descriptors, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
