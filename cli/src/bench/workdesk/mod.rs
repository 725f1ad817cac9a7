//! `handdruk bench workdesk`: the working day of a big provider. So many open handovers, each really received by a real node,
//! and the workdesk's overview over them, beside a bare handler that answers with as many bytes over the same TLS.
//!
//! Invariant: nothing is put into the node's database or the board from beside. What lies there came through a gateway from
//! another node, and whoever has it was given it with the overview's own form.

mod colleague;
pub(super) mod fill;
mod metrics;
mod report;

use std::time::{Duration, Instant};

use anyhow::Context;
use handdruk_workdesk::people::Scope;

use self::colleague::Colleague;
use self::metrics::Waits;
use self::report::Level;
pub(super) use self::report::WorkdeskReport;
use super::browser::{Bare, Site, ask_again};
use super::load::Measured;
use super::report::{Machine, resident_mb, round};
use super::{created, start};
use crate::federation::desks::{INTAKE, Login};
use crate::federation::members::{GATEWAY, GOEREE, LINDE};
use crate::federation::{Federation, Member};

/// The provider whose workdesk is measured.
const PROVIDER: Member = LINDE;
/// The municipality that hands running care over to it, as Jeugdwet 7.4.0 orders: nobody's consent is asked.
const MUNICIPALITY: Member = GOEREE;
/// One in so many handovers is late when the rest comes.
const LATE: usize = 10;
/// When the rest comes: past the first ones' last day.
const LATER: &str = "2027-02-12T08:00:00Z";
/// Intake workers that have handovers; and of all handovers, the part that each has, one in so many.
const COLLEAGUES: usize = 8;
const SHARE: usize = 10;
/// What a browser says that it can unpack.
const UNPACKS: &str = "accept-encoding: gzip, deflate, br\r\n";

const HELP: &str = "\
A gateway and two nodes are started, each a process of its own with its usual configuration. A municipality hands over so many \
children's running care to a provider: each is pushed, permitted, sealed, fetched, opened and checked as everywhere. A tenth of \
them is late, each of eight intake workers has a tenth, and the rest is new. Then one of them logs in (password and second \
factor) and asks for the overview, 50 lines of each part, again and again.

  handdruk bench workdesk                         a big provider: 20,000 open handovers; takes some minutes
  handdruk bench workdesk --handovers 500         a look, in seconds
  handdruk bench workdesk --at-once 1 --at-once 32

`inside` is the time until the answer began, as the workdesk's own metrics have it; their buckets double, so it says `at most`. \
`wait` is a whole answer as the browser has it, and is what the peer is compared by.";

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(super) struct WorkdeskArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// How long each part is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Open handovers.
    #[arg(long, default_value_t = 20_000, value_parser = clap::value_parser!(u32).range(20..=200_000))]
    handovers: u32,
    /// Browsers that ask at the same time, each over its own connection. May be given more than once.
    #[arg(long, default_values_t = [1, 4, 16], value_parser = clap::value_parser!(u16).range(1..=256))]
    at_once: Vec<u16>,
}

/// Measures.
pub(super) async fn measure(args: &WorkdeskArgs) -> anyhow::Result<WorkdeskReport> {
    let folder = tempfile::tempdir()?;
    let mut federation = created(&folder, vec![MUNICIPALITY, PROVIDER], "warn")?;
    federation.secure_workdesk(&PROVIDER)?;
    start(&mut federation, &[GATEWAY.key, MUNICIPALITY.key, PROVIDER.key])?;
    let handovers = usize::try_from(args.handovers)?;
    let began = Instant::now();
    receive(&mut federation, handovers).await?;
    let filled = began.elapsed();

    let authority = federation.directory().join("federation/authority.pem");
    let address = federation.workdesk(PROVIDER.key)?;
    let address = address.trim_start_matches("https://").parse()?;
    let site = Site::secure(address, &authority)?;
    let logins = logins(&federation).await?;
    let mut first = Colleague::log_in(&site, &logins[0]).await?;
    hand_out(&mut first, &logins, handovers).await?;
    let overview = first.overview().await?;
    overview.ensure_whole(handovers)?;

    let length = Duration::from_secs(args.seconds);
    let mut levels = Vec::with_capacity(args.at_once.len());
    let mut page_bytes = 0;
    for at_once in args.at_once.iter().copied().map(usize::from) {
        let level = level(&federation, (&site, &first), at_once, length).await?;
        page_bytes = level.1;
        levels.push(level.0);
    }
    let after = memory(&mut federation)?;

    // The same day, after the node was updated: how long until colleagues see everything again, and what it takes at rest.
    let node = federation.process(PROVIDER.key)?;
    node.stop(Duration::from_secs(30))?;
    let began = Instant::now();
    node.spawn()?;
    node.wait_ready()?;
    let ready = began.elapsed();
    // A code of the second factor counts once: another colleague comes in.
    let mut second = Colleague::log_in(&site, &logins[1]).await?;
    while second.overview().await?.count() < handovers {
        anyhow::ensure!(
            began.elapsed() < Duration::from_mins(5),
            "the board was not filled again"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let board_ready = began.elapsed();
    federation.check_alive()?;
    Ok(WorkdeskReport {
        handovers,
        filled_s: round(filled.as_secs_f64(), 1),
        levels,
        lines: overview.lines(),
        page_bytes: overview.bytes(),
        page_bytes_packed: page_bytes,
        node_rss_mb: memory(&mut federation)?,
        node_rss_after_mb: after,
        node_ready_s: round(ready.as_secs_f64(), 2),
        board_ready_s: round(board_ready.as_secs_f64(), 2),
        machine: Machine::here(),
    })
}

/// A tenth of the handovers is received long enough before the rest to be late.
async fn receive(federation: &mut Federation, handovers: usize) -> anyhow::Result<()> {
    let parties = (&MUNICIPALITY, &PROVIDER);
    let late = handovers / LATE;
    fill::fill(federation, parties, 0..late, 0).await?;
    federation.advance(LATER.parse()?).await?;
    fill::fill(federation, parties, late..handovers, late).await
}

/// Accounts for the intake workers, each with a password and a second factor.
async fn logins(federation: &Federation) -> anyhow::Result<Vec<Login>> {
    let mut logins = Vec::with_capacity(COLLEAGUES);
    for at in 0..COLLEAGUES {
        let (reference, name) = (format!("intake-{at}"), format!("Collega {at}"));
        let seated = federation.seat(&PROVIDER, &reference, &name, INTAKE.roles, Scope::Everything);
        logins.push(seated.await?);
    }
    Ok(logins)
}

/// Gives each intake worker a part of what is new, with the overview's own form.
async fn hand_out(giver: &mut Colleague, logins: &[Login], handovers: usize) -> anyhow::Result<()> {
    for login in logins {
        let mut left = handovers / SHARE;
        while left > 0 {
            left -= giver.give(&login.reference, left).await?;
        }
    }
    Ok(())
}

/// The overview and its peer, with so many browsers at the same time; and the bytes of one page as browsers get it.
async fn level(
    federation: &Federation,
    (site, colleague): (&Site, &Colleague),
    at_once: usize,
    length: Duration,
) -> anyhow::Result<(Level, usize)> {
    let page = site.get("/", &format!("{}{UNPACKS}", colleague.cookie()));
    let once = ask_again(&page, 1, Duration::from_millis(1)).await?;
    let bytes = *once.outputs.first().context("nothing was answered")?;
    let bare = Bare::start(bytes, Some(&federation.directory().join(PROVIDER.key)))?;
    let peer = ask_again(&site.at(bare.address()).get("/", UNPACKS), at_once, length).await?;
    drop(bare);
    let before = Waits::read(federation, PROVIDER.key)?;
    let asked: Measured<usize> = ask_again(&page, at_once, length).await?;
    let inside = Waits::read(federation, PROVIDER.key)?.since(&before);
    Ok((Level::of(at_once, &asked, &inside, &peer), bytes))
}

fn memory(federation: &mut Federation) -> anyhow::Result<Option<f64>> {
    let pid = federation.process(PROVIDER.key)?.id().context("the node runs")?;
    Ok(resident_mb(pid).map(|mb| round(mb, 1)))
}
