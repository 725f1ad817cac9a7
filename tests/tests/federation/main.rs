//! What crosses crates, one module per subject. Every process here is real: the `handdruk` binary, over mutual TLS on
//! loopback, with certificates minted for this run.

mod audit;
mod canaries;
mod care;
mod certificates;
mod dossiers;
mod family;
mod forgeries_wire;
mod forger;
mod forgeries_consent;
mod forgeries_content;
mod forgeries_gateway;
mod forgeries_guardian;
mod forgeries_sender;
mod handover;
mod house;
mod input;
mod liar;
mod paper;
mod restart;
mod town;
