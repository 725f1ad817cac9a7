//! What crosses crates, one module per subject. Every process here is real: the `handdruk` binary, over mutual TLS on
//! loopback, with certificates minted for this run.

mod dossiers;
mod handover;
mod house;
mod town;
