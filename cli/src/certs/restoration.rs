//! `handdruk certs restoration`: the registrar signs that a gateway's log was put back from a copy.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use handdruk_certs::Registrar;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::evidence::SignedCheckpoint;
use handdruk_domain::exchange::InForce;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::restoration::Restoration;

use super::{Home, last_signed, write_statement};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    home: Home,
    /// The registrar's private key, if it does not lie in the federation's directory.
    #[arg(long, value_name = "FILE")]
    registrar_key: Option<PathBuf>,
    /// The newest checkpoint of the log that was put back, as `handdruk gateway checkpoint` writes it.
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// When the copy's last commit was made, as `handdruk gateway checkpoint` says. Nodes return what changed since, and a day
    /// before that: an earlier time is safe, a later one is not.
    #[arg(long, value_name = "TIME")]
    copied: Timestamp,
    /// When this is signed, where the federation's clock is a controlled one; now, when not given. What nodes saw of the log an
    /// hour after this is not taken back.
    #[arg(long, value_name = "TIME", hide = true)]
    at: Option<Timestamp>,
    /// Counts up per log; one more than the last that was signed here, when not given.
    #[arg(long)]
    number: Option<u64>,
    /// File to write, besides restorations/OIN.json in the federation's directory.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(super) fn sign(args: &Args, now: Timestamp) -> anyhow::Result<()> {
    let registrar = args.home.registrar(args.registrar_key.as_deref())?;
    let path = args.checkpoint.display();
    let text = fs::read_to_string(&args.checkpoint).with_context(|| format!("cannot read {path}"))?;
    let shown = SignedCheckpoint::parse(&text).with_context(|| format!("{path} is no checkpoint"))?;
    let claimed = shown.claimed();
    let kept = args
        .home
        .federation
        .join("restorations")
        .join(format!("{}.json", claimed.log));
    let last = last_number(&kept, &registrar, &claimed.log)?;
    let number = args.number.unwrap_or(last + 1);
    ensure!(
        number > last,
        "number {number} does not follow {last}, which was signed before"
    );
    ensure!(
        number <= InForce::LAST,
        "number {number} is above {}, the last there is",
        InForce::LAST
    );
    ensure!(
        claimed.size > 0,
        "{path} is of an empty log: there is nothing to go on from"
    );
    let restoration = Restoration {
        log: claimed.log.clone(),
        number,
        size: claimed.size,
        root: claimed.root,
        copied: args.copied,
        at: args.at.unwrap_or(now),
    };
    let signed = registrar.restoration(&restoration)?;
    write_statement(&kept, signed.raw())?;
    write_statement(&args.out, signed.raw())?;
    println!("{}", line(&restoration));
    println!("Written: {}", args.out.display());
    Ok(())
}

/// A restoration in one line.
pub(super) fn line(restoration: &Restoration) -> String {
    format!(
        "restoration {} of the log of {}: put back at {} leaves, from a copy of {}",
        restoration.number, restoration.log, restoration.size, restoration.copied
    )
}

/// The number of the restoration in `path`, which must be of this log; 0 when there is none yet.
fn last_number(path: &Path, registrar: &Registrar, log: &Oin) -> anyhow::Result<u64> {
    let Some(signed) = last_signed::<Restoration>(path, registrar)? else {
        return Ok(0);
    };
    ensure!(
        signed.log == *log,
        "{} is of the log of {}; it is left as it is",
        path.display(),
        signed.log
    );
    Ok(signed.number)
}
