//! What crosses crates, one module per subject. Every process here is real: the `handdruk` binary, over mutual TLS on
//! loopback, with certificates minted for this run.
#![expect(clippy::print_stdout, reason = "tests say their seeds")]

mod audit;
mod bodies;
mod browser;
mod canaries;
mod care;
mod certificates;
mod copies;
mod desk_service;
mod dossiers;
mod family;
mod figures;
mod forger;
mod forgeries_consent;
mod forgeries_content;
mod forgeries_gateway;
mod forgeries_guardian;
mod forgeries_permit;
mod forgeries_sender;
mod forgeries_wire;
mod handover;
mod house;
mod input;
mod labels;
mod letters;
mod liar;
mod lines;
mod mails;
mod missing;
mod overload;
mod paper;
mod plans;
mod portal;
mod restart;
mod restore;
mod spoken;
mod town;
mod warm;
