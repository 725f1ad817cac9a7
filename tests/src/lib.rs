//! What crosses crates is tested in `tests/federation`: every process there is the real `handdruk` binary, over mutual TLS
//! on loopback, with certificates minted for the run. This library is empty on purpose: the harness is the one of the demo
//! (`handdruk_cli::federation`).
