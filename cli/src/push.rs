//! `handdruk push`: what a school administrator uses to hand over, one dossier or a folder of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use comfy_table::{Cell, ContentArrangement, Table, presets};
use handdruk_domain::ids::RequestId;
use handdruk_proto::v1;
use handdruk_service::{Entropy, SystemClock};

use crate::plan::Plan;
use crate::system::System;
use crate::words;

/// Push one dossier, or a folder of them, to the own node.
///
/// Beside each dossier NAME.xml (OSO 2019.1) or NAME.json stands a plan NAME.push.toml that says who has a say and what
/// should go where, and optionally NAME.additions.json with what OSO lacks: support needs, the request for help, the
/// family's view.
#[derive(Debug, clap::Args)]
#[command(after_help = PLAN_HELP)]
pub(crate) struct Args {
    /// A dossier (.xml or .json), or a folder with dossiers.
    path: PathBuf,
    /// The system's own file: node address and certificate.
    #[arg(long = "as", value_name = "SYSTEM.toml")]
    system: PathBuf,
    /// The professional who pushes, in the organisation's own reference.
    #[arg(long, default_value = "administration")]
    professional: String,
    /// Only say what would go, what stays home and what is missing. Nothing is stored.
    #[arg(long)]
    dry_run: bool,
    /// List every element that stays home, and why.
    #[arg(long, short)]
    verbose: bool,
    /// Print JSON instead of tables.
    #[arg(long)]
    json: bool,
}

const PLAN_HELP: &str = r#"A plan, NAME.push.toml:

  pupil = "leerling-42"              # the administration's own key for the pupil
  municipality = "1924"              # CBS code of the municipality of residence

  [[guardian]]
  person = "ouder-1"                 # the administration's own key for the person
  name = "M. Bakker"                 # as printed on the letter
  language = "nl"                    # nl, en, tr, ar
  mail = "ouder@example.nl"          # where to say that something changed; mail-own-choice = true if they gave it for this
  authority = "joint"                # or: representative = "mentor", or: young-person = true

  [[target]]
  purpose = "care-handover"          # docs/PURPOSES.md lists them
  to = "00000099000000006000"        # OIN of the recipient

Exit status: 0 when every target was admitted (or would be), 1 when something is missing or refused."#;

/// Runs the command; true when every target was admitted.
pub(crate) async fn run(args: Args) -> anyhow::Result<bool> {
    let system = System::from_file(&args.system, Arc::new(SystemClock))?;
    let mut rng = Entropy::from_os()?.fork();
    let dossiers = find(&args.path)?;
    let mut all_admitted = true;
    let mut rows = Vec::new();
    for dossier in &dossiers {
        let request = read(dossier, &args, &mut rng)?;
        let pushed = system.transitions().push(request).await;
        match pushed {
            Ok(answer) => rows.push((dossier, Ok(answer.into_inner()))),
            Err(status) if dossiers.len() > 1 => rows.push((dossier, Err(status))),
            Err(status) => return Err(words::failure(&status)),
        }
    }
    for (dossier, pushed) in &rows {
        let name = dossier.file_name().unwrap_or_default().to_string_lossy();
        all_admitted &= match pushed {
            Ok(answer) if args.json => json(&name, answer),
            Ok(answer) => table(&name, answer, args.dry_run, args.verbose),
            Err(status) => {
                println!("{name}: {}", words::failure(status));
                false
            }
        };
    }
    Ok(all_admitted)
}

/// The dossiers at `path`, in order of name.
fn find(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let about = std::fs::metadata(path).with_context(|| format!("there is nothing at {}", path.display()))?;
    if about.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        let is_dossier = file
            .extension()
            .is_some_and(|kind| kind == "xml" || kind == "json");
        if is_dossier && !file.to_string_lossy().ends_with(".additions.json") {
            found.push(file);
        }
    }
    found.sort();
    if found.is_empty() {
        bail!("no dossier (.xml or .json) in {}", path.display());
    }
    Ok(found)
}

fn read(dossier: &Path, args: &Args, rng: &mut impl rand_core::CryptoRng) -> anyhow::Result<v1::PushRequest> {
    let bytes = std::fs::read(dossier).with_context(|| format!("cannot read {}", dossier.display()))?;
    let additions = dossier.with_extension("additions.json");
    let additions = if additions.exists() {
        std::fs::read(additions)?
    } else {
        Vec::new()
    };
    let plan = Plan::read(&dossier.with_extension("push.toml"))?;
    let mut request = plan.request(bytes, additions, &args.professional)?;
    request.request_id = RequestId::random(rng).to_string();
    request.dry_run = args.dry_run;
    Ok(request)
}

fn table(name: &str, answer: &v1::PushResponse, dry_run: bool, all: bool) -> bool {
    println!(
        "\n{name}: {} fields, {} ({} of it attachments, which are never handed over)",
        answer.dossier_fields,
        kilobytes(answer.dossier_bytes),
        kilobytes(answer.attachment_bytes)
    );
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["purpose", "to", "goes", "stands", "what to do"]);
    let mut admitted = true;
    for result in &answer.results {
        let (selected, held) = result.categories.iter().fold((0, 0), |(s, h), count| {
            (s + count.fields_selected, h + count.fields_in_dossier)
        });
        let (stands, todo) = match (&result.refused, &result.status) {
            (Some(refused), _) => {
                admitted = false;
                (
                    format!("refused: {}", words::refused(refused)),
                    missing(&result.missing),
                )
            }
            (None, Some(status)) => (words::stage(status.stage).to_owned(), next(status)),
            (None, None) if dry_run => ("would be admitted".to_owned(), missing(&result.missing)),
            (None, None) => (
                "queued; the gateway is not reached yet".to_owned(),
                "nothing: the node keeps trying".into(),
            ),
        };
        table.add_row([
            Cell::new(words::purpose_name(result.purpose)),
            Cell::new(&result.recipient_oin),
            Cell::new(format!(
                "{selected} of {held} fields, {}",
                kilobytes(result.content_bytes)
            )),
            Cell::new(stands),
            Cell::new(todo),
        ]);
    }
    println!("{table}");
    for result in answer
        .results
        .iter()
        .filter(|result| !result.handover_id.is_empty())
    {
        println!(
            "  {}: handover {}",
            words::purpose(result.purpose),
            result.handover_id
        );
    }
    let kept: u32 = answer.dropped.iter().map(|dropped| dropped.count).sum();
    if !all && kept > 0 {
        println!(
            "  stays home: {kept} elements of {} kinds (--verbose lists them)",
            answer.dropped.len()
        );
    }
    for dropped in answer.dropped.iter().filter(|_| all) {
        println!(
            "  stays home: {} ({} x): {}",
            dropped.element, dropped.count, dropped.why
        );
    }
    for hint in &answer.hints {
        println!("  please look: {hint}");
    }
    admitted
}

fn missing(missing: &[String]) -> String {
    if missing.is_empty() {
        "-".into()
    } else {
        format!("fill in: {}", missing.join("; "))
    }
}

fn next(status: &v1::HandoverStatus) -> String {
    match status.awaited.len() {
        0 => "-".into(),
        1 => "1 person is awaited: print the letter with `handdruk family letter`".into(),
        n => format!("{n} people are awaited: print the letters with `handdruk family letter`"),
    }
}

fn json(name: &str, answer: &v1::PushResponse) -> bool {
    let results: Vec<_> = answer
        .results
        .iter()
        .map(|result| {
            serde_json::json!({
                "purpose": words::purpose(result.purpose),
                "recipient": result.recipient_oin,
                "handover": result.handover_id,
                "stage": result.status.as_ref().map(|status| words::stage(status.stage)),
                "refused": result.refused.as_ref().map(words::refused),
                "missing": result.missing,
                "content_bytes": result.content_bytes,
            })
        })
        .collect();
    println!(
        "{}",
        serde_json::json!({ "dossier": name, "bytes": answer.dossier_bytes, "results": results })
    );
    answer.results.iter().all(|result| result.refused.is_none())
}

fn kilobytes(bytes: u64) -> String {
    if bytes < 1024 {
        format!("{bytes} bytes")
    } else {
        format!("{}.{} KB", bytes / 1024, bytes % 1024 * 10 / 1024)
    }
}
