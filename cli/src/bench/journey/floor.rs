//! What a handover cannot do without, each alone and one after the other: signatures, sealing and opening, syncs of the disk, calls.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_content::seal::node::{Binding, OpeningKeyPair, seal};
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Checkpoint;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::statement::envelope::CompartmentName;
use handdruk_domain::statement::outcome::{Outcome, Receipt};
use handdruk_domain::statement::{Party, Signer as _, Statement, VerifyingKey};
use handdruk_proto::v1;
use handdruk_service::Entropy;
use serde::Serialize;
use tonic::transport::Channel;
use zeroize::Zeroizing;

use super::super::echo::{self, EchoServer};
use super::super::office;
use super::super::report::round;
use super::Size;
use crate::federation::members::GATEWAY;
use crate::federation::{Federation, Member};
use crate::system::channel;

/// How often each is done; the median counts.
const TIMES: usize = 200;

/// One of them.
#[derive(Debug, Serialize)]
pub(super) struct Piece {
    pub(super) what: &'static str,
    pub(super) us: f64,
    /// How often a handover needs it, from the push until it was acknowledged.
    pub(super) times: u32,
}

/// All of them.
#[derive(Debug, Serialize)]
pub(super) struct Floor {
    pub(super) pieces: Vec<Piece>,
    /// Their sum for one handover, in microseconds.
    pub(super) us: f64,
    /// Reading the dossier that is pushed. The sender's work, and no part of the floor.
    pub(super) import_us: f64,
}

impl Floor {
    fn of(pieces: Vec<Piece>, import_us: f64) -> Self {
        let us = pieces.iter().map(|piece| piece.us * f64::from(piece.times)).sum();
        Self {
            pieces,
            us: round(us, 0),
            import_us,
        }
    }

    /// Measures all of them, with a handover's own sizes, on the disk that `disk` lies on and with an echo behind the gateway's TLS.
    pub(super) async fn measure(
        federation: &Federation,
        (from, dossier): (&Member, &[u8]),
        size: Size,
        disk: &Path,
    ) -> anyhow::Result<Self> {
        let entropy = Entropy::from_os()?;
        let import = import(dossier, federation.now(), &entropy)?;
        let signer = office::fresh_signer(&entropy)?;
        let receipt = Receipt {
            handover: HandoverId::at(federation.now(), &mut entropy.fork()),
            release: Digest::of(b"release"),
            result: Outcome::Received {
                categories: vec![Category::Identity],
            },
            at: federation.now(),
        };
        let statement = Statement::sign(&receipt, &[&signer])?;
        let key = VerifyingKey::new(Party::Organisation(from.oin.parse()?), signer.public_key());
        let log = GATEWAY.oin.parse()?;
        let checkpoint = Checkpoint {
            log,
            size: 1,
            root: statement.digest(),
        };
        let pair = OpeningKeyPair::generate(&mut entropy.fork());
        let binding = Binding {
            manifest: statement.digest(),
            permit: Digest::of(b"permit"),
        };
        let name = CompartmentName::Category(Category::Identity);
        let plain = BTreeMap::from([(name, Zeroizing::new(vec![7; size.content]))]);
        let sealed = seal(pair.public(), binding, &plain, &mut entropy.fork())?;
        let first = sealed
            .compartments
            .first()
            .context("one compartment was sealed")?;
        let synced = synced(disk, size.sealed)?;
        let called = called(federation, from, size.sealed).await?;
        let pieces = vec![
            Piece {
                what: "sign a statement",
                // Manifest, permit, envelope, release, receipt.
                times: 5,
                us: median(|| Ok(Statement::sign(&receipt, &[&signer])?))?,
            },
            Piece {
                what: "sign a checkpoint",
                // One for each commit of the gateway's: proposed, submitted, released, received.
                times: 4,
                us: median(|| Ok(checkpoint.clone().sign(&signer)?))?,
            },
            Piece {
                what: "verify a statement",
                // Manifest, envelope, permit and receipt twice each, the release once: by everybody who relies on them.
                times: 9,
                us: median(|| Ok(statement.clone().verify(&[&key])?))?,
            },
            Piece {
                what: "seal, post-quantum",
                times: 1,
                us: median(|| Ok(seal(pair.public(), binding, &plain, &mut entropy.fork())?))?,
            },
            Piece {
                what: "open, post-quantum",
                times: 1,
                us: median(|| {
                    let opener = pair.opener(&sealed.encapsulation, binding)?;
                    Ok(opener.open(&first.listed, &first.bytes)?)
                })?,
            },
            Piece {
                what: "sync to disk",
                // What was pushed, what was sealed and what came, at the nodes; the gateway's four commits.
                times: 7,
                us: synced,
            },
            Piece {
                what: "a call over mutual TLS",
                // Push, propose, submit, fetch, acknowledge.
                times: 5,
                us: called,
            },
        ];
        Ok(Self::of(pieces, import))
    }
}

fn import(dossier: &[u8], at: Timestamp, entropy: &Entropy) -> anyhow::Result<f64> {
    median(|| {
        let read = handdruk_node::import::read(dossier, date_in_nl(at), &mut entropy.fork());
        read.map_err(|refused| anyhow::anyhow!("{refused}"))
    })
}

/// Appends as many bytes to a file on the disk on which the federation writes, and waits until they are there.
fn synced(disk: &Path, bytes: usize) -> anyhow::Result<f64> {
    let mut file = File::create(disk.join("floor"))?;
    let written = vec![7; bytes];
    median(move || {
        file.write_all(&written)?;
        Ok(file.sync_data()?)
    })
}

async fn called(federation: &Federation, from: &Member, bytes: usize) -> anyhow::Result<f64> {
    let server = EchoServer::start(&federation.identity(GATEWAY.key)?, None)?;
    let caller = federation.identity(from.key)?;
    let channel: Channel = channel(&server.address(), &caller, &GATEWAY.oin.parse()?)?;
    let request = v1::SubmitRequest {
        compartments: vec![vec![7; bytes].into()],
        ..v1::SubmitRequest::default()
    };
    echo::call(channel.clone(), request.clone()).await?;
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        echo::call(channel.clone(), request.clone()).await?;
        took.push(began.elapsed());
    }
    Ok(microseconds(took))
}

/// The median of what it takes, in microseconds.
fn median<T>(mut one: impl FnMut() -> anyhow::Result<T>) -> anyhow::Result<f64> {
    let mut took = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let began = Instant::now();
        std::hint::black_box(one()?);
        took.push(began.elapsed());
    }
    Ok(microseconds(took))
}

fn microseconds(mut took: Vec<Duration>) -> f64 {
    took.sort_unstable();
    let middle = took.get(took.len() / 2).copied().unwrap_or_default();
    round(middle.as_secs_f64() * 1e6, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_each_piece_as_often_as_it_is_needed() {
        let piece = |us, times| Piece { what: "x", us, times };
        let floor = Floor::of(vec![piece(10.0, 3), piece(2.5, 2)], 99.0);
        assert!((floor.us - 35.0).abs() < 1e-9);
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let took = [30, 10, 20].map(Duration::from_micros).to_vec();
        assert!((microseconds(took) - 20.0).abs() < 1e-9);
    }
}
