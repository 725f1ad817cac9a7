//! What crosses crates is tested in `tests/federation`: every process there is the real `handdruk` binary, over mutual TLS
//! on loopback, with certificates minted for the run. The harness is the one of the demo (`handdruk_cli::federation`); here is what only
//! tests need.

pub mod proxy;
