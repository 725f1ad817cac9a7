//! The vocabulary and the rules of Handdruk.
//!
//! Sans-IO: no sockets, no database, no ambient clock, no ambient randomness. Everything that must be right is decided
//! here, and can be tested in milliseconds. Time arrives as a [`clock::Timestamp`], randomness as an
//! [`rand_core::CryptoRng`].

pub mod audit;
pub mod catalogue;
pub mod category;
pub mod clock;
pub mod digest;
pub mod evidence;
pub mod exchange;
pub mod figures;
pub mod ids;
pub mod oin;
pub mod policy;
pub mod purpose;
pub mod reason;
pub mod role;
pub mod stage;
pub mod statement;
pub mod telephone;
pub mod warm;

mod vocabulary;
pub use vocabulary::UnknownWord;
