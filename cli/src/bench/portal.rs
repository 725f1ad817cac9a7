//! `handdruk bench portal`: what a real portal process serves on this machine, beside a bare handler that answers with as
//! many bytes; and how long a guardian waits while the exchange is under load.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use comfy_table::{Table, presets};
use data_encoding::BASE64URL_NOPAD;
use handdruk_domain::purpose::Purpose;
use handdruk_service::Entropy;
use serde::Serialize;

use super::browser::{Bare, Browser, Site, ask_again};
use super::exchange::{admit, propose};
use super::load::Measured;
use super::office::Office;
use super::report::{Machine, resident_mb, round};
use super::{created, start};
use crate::federation::cast::{Cast, admitted, credentials};
use crate::federation::dossiers::ZEYNEP;
use crate::federation::members::{GATEWAY, HAVENHOOFD, PINKEL, PORTAL, STADSCOLLEGE, WATERLELIE};
use crate::plan::Plan;

/// Calls under way at the same time, of the load.
const LOAD_WORKERS: usize = 64;
/// For how many times the length of a part handovers are proposed before: to last for two parts, also where admitting envelopes is
/// faster than admitting manifests.
const DRAWN: u32 = 4;

/// What the guardian of the benchmark chose.
const SECRET: &str = "het geheim van de meting";

#[derive(Debug, clap::Args)]
pub(super) struct PortalArgs {
    /// Print JSON instead of a table.
    #[arg(long)]
    pub(super) json: bool,
    /// How long each part is measured.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Browsers that ask at the same time, each over its own connection.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,
}

/// A number of requests of one kind.
#[derive(Debug, Serialize)]
struct Part {
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
}

impl Part {
    fn of<O>(measured: &Measured<O>) -> Self {
        Self {
            per_s: round(measured.per_second(), 1),
            p50_ms: round(measured.percentile_ms(50), 2),
            p99_ms: round(measured.percentile_ms(99), 2),
        }
    }
}

/// The numbers of one run. Rates are answers per second, ratios have no unit.
#[derive(Debug, Serialize)]
pub(super) struct PortalReport {
    bare: Part,
    page: Part,
    page_to_bare: f64,
    questions: Part,
    /// One guardian alone, while the gateway admits sealed envelopes as fast as it can, as the exchange bench has it do.
    page_under_load: Part,
    questions_under_load: Part,
    submitted_per_s: f64,
    page_bytes: usize,
    portal_rss_mb: Option<f64>,
    concurrency: usize,
    machine: Machine,
}

impl PortalReport {
    /// A small table with what each number means.
    pub(super) fn table(&self) -> String {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        let mut row = |name: &str, part: &Part, says: &str| {
            let waits = format!("{:.2} ms, {:.2} ms", part.p50_ms, part.p99_ms);
            table.add_row([
                name.to_owned(),
                format!("{:.0}/s", part.per_s),
                waits,
                says.to_owned(),
            ]);
        };
        row(
            "bare",
            &self.bare,
            "the peer: an axum handler that answers with the same bytes",
        );
        row(
            "page",
            &self.page,
            "the page of a question, from a real portal with a session",
        );
        row(
            "questions",
            &self.questions,
            "what its script asks: through the portal to the gateway and back",
        );
        row(
            "page, busy",
            &self.page_under_load,
            "one guardian while the exchange is under load; the aim is a p50 below 10 ms",
        );
        row(
            "questions, busy",
            &self.questions_under_load,
            "the same, asked of the busy gateway",
        );
        let memory = self
            .portal_rss_mb
            .map_or_else(|| "unknown".to_owned(), |mb| format!("{mb:.1} MiB"));
        format!(
            "{table}\n\nColumns: answers per second, p50 and p99 of the wait. page : bare = {:.3}. A page has {} bytes. The \
             portal's\nmemory after it all: {memory}. {} browsers at the same time; the load was {:.0} submits/s; {} cores {}.\n\
             All of it shares this machine, and one run is noisy: compare only numbers of the same run.",
            self.page_to_bare,
            self.page_bytes,
            self.concurrency,
            self.submitted_per_s,
            self.machine.cores(),
            self.machine.processor(),
        )
    }
}

/// Measures.
pub(super) async fn measure(args: &PortalArgs) -> anyhow::Result<PortalReport> {
    let folder = tempfile::tempdir()?;
    let federation = created(
        &folder,
        vec![PINKEL, WATERLELIE, HAVENHOOFD, STADSCOLLEGE],
        "warn",
    )?;
    let mut cast = Cast::new(federation)?;
    // The two that the load comes from and goes to are played by this process.
    start(
        &mut cast.federation,
        &[GATEWAY.key, PORTAL.key, PINKEL.key, WATERLELIE.key],
    )?;
    let portal: SocketAddr = cast.federation.portal().trim_start_matches("http://").parse()?;
    let site = Site::plain(portal);
    let cookie = format!("cookie: {}\r\n", guardian(&mut cast, &site).await?);
    let (length, workers) = (Duration::from_secs(args.seconds), usize::from(args.concurrency));

    let page = site.get("/question", &cookie);
    let questions = site.get("/api/questions", &cookie);
    let page_bytes = Browser::connect(&site).await?.ask(&page).await?.len();
    let bare = Bare::start(page_bytes, None)?;
    let wanted = site.at(bare.address()).get("/", &cookie);
    let bare_rate = ask_again(&wanted, workers, length).await?;
    drop(bare);
    let page_rate = ask_again(&page, workers, length).await?;
    let questions_rate = ask_again(&questions, workers, length).await?;

    let entropy = Entropy::from_os()?;
    let sender = Arc::new(Office::open(&cast.federation, HAVENHOOFD, entropy.clone()).await?);
    let recipient = Arc::new(Office::open(&cast.federation, STADSCOLLEGE, entropy).await?);
    // Drawn and sealed before, as the exchange bench does: then this process has little to do beside the portal.
    let drawn = propose(&sender, &recipient, LOAD_WORKERS, DRAWN * length).await?;
    let envelopes = drawn.outputs.iter().map(|drawn| sender.seal(drawn, &recipient));
    let envelopes = Arc::new(envelopes.collect::<anyhow::Result<Vec<_>>>()?);
    let began = Instant::now();
    let ((submitted, loaded), busy) = tokio::join!(
        async { (admit(&sender, &envelopes, LOAD_WORKERS).await, began.elapsed()) },
        async {
            let page = ask_again(&page, 1, length).await?;
            let questions = ask_again(&questions, 1, length).await?;
            anyhow::Ok((page, questions, began.elapsed()))
        }
    );
    let (submitted, (busy_page, busy_questions, asked)) = (submitted?, busy?);
    anyhow::ensure!(
        loaded >= asked,
        "the load was over after {loaded:.1?}, before the last page was asked for: a machine that submits so much faster than it \
         proposes needs a larger stock"
    );
    cast.federation.check_alive()?;
    let pid = cast
        .federation
        .process(PORTAL.key)?
        .id()
        .context("the portal runs")?;
    Ok(PortalReport {
        page_to_bare: round(page_rate.per_second() / bare_rate.per_second(), 3),
        bare: Part::of(&bare_rate),
        page: Part::of(&page_rate),
        questions: Part::of(&questions_rate),
        page_under_load: Part::of(&busy_page),
        questions_under_load: Part::of(&busy_questions),
        submitted_per_s: round(submitted.per_second(), 1),
        page_bytes,
        portal_rss_mb: resident_mb(pid).map(|mb| round(mb, 1)),
        concurrency: workers,
        machine: Machine::here(),
    })
}

/// A mother with a question, logged in at the portal; the cookie of her session.
async fn guardian(cast: &mut Cast, site: &Site) -> anyhow::Result<String> {
    let plan = Plan::parse(ZEYNEP.plan)?;
    let pushed = cast.push(&PINKEL, &ZEYNEP, &plan).await?;
    let handover = admitted(&pushed, Purpose::PreschoolHandover)?.to_owned();
    let code = cast.letter(&PINKEL, &plan.pupil, "fatma").await?;
    let mut mother = cast.activate(&code, SECRET).await?;
    // When the preview is there, everything is.
    mother.question(&handover).await?;
    let credentials = credentials(&code, SECRET)?;
    let body = serde_json::json!({
        "invitation_id": credentials.invitation().to_string(),
        "login_proof": BASE64URL_NOPAD.encode(&credentials.login_proof()[..]),
    });
    let wanted = site.post("/api/log-in", "application/json", "", &body.to_string());
    let head = Browser::connect(site).await?.head(&wanted, "200").await?;
    let cookie = head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    let cookie = cookie
        .and_then(|cookie| cookie.split(';').next())
        .context("no cookie")?;
    Ok(cookie.to_owned())
}
