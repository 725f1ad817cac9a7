//! `handdruk sent`: what this organisation sends. List it, look at one, take one back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use comfy_table::{ContentArrangement, Table, presets};
use handdruk_domain::clock::date_in_nl;
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_proto::v1;
use handdruk_service::{Entropy, SystemClock};

use crate::progress;
use crate::system::System;
use crate::words;

/// What this organisation sends: list, look at one, take one back.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Args {
    /// The system's own file: node address and certificate.
    #[arg(
        long = "as",
        value_name = "SYSTEM.toml",
        global = true,
        default_value = "system.toml"
    )]
    system: PathBuf,
    /// The professional who acts, in the organisation's own reference.
    #[arg(long, default_value = "administration", global = true)]
    professional: String,
    #[command(subcommand)]
    act: Act,
}

const HELP: &str = "\
  handdruk sent list                      everything, newest first; what has no recipient yet stands on top
  handdruk sent list --pupil leerling-42  of one pupil
  handdruk sent get HANDOVER              who is awaited, what left, what arrived, who must act
  handdruk sent retract HANDOVER          take it back, as long as nothing was released";

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// One line per handover, newest first.
    List {
        /// Only of this pupil: the administration's own key, as in the push plan.
        #[arg(long)]
        pupil: Option<String>,
    },
    /// One handover: who is awaited, what left, what arrived, who must act.
    Get {
        /// Handover id, as `list` prints it.
        handover: HandoverId,
    },
    /// Take a handover back before it was released. Nothing of it leaves any more.
    Retract {
        /// Handover id.
        handover: HandoverId,
    },
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let system = System::from_file(&args.system, Arc::new(SystemClock))?;
    match args.act {
        Act::List { pupil } => list(&system, pupil.unwrap_or_default()).await,
        Act::Get { handover } => {
            let request = v1::GetSentHandoverRequest {
                handover_id: handover.to_string(),
            };
            let answer = system.transitions().get_sent_handover(request).await;
            let answer = answer.map_err(|status| words::failure(&status))?.into_inner();
            if let Some(handover) = answer.handover {
                show(&system, &handover).await;
            }
            Ok(())
        }
        Act::Retract { handover } => {
            let request = v1::RetractHandoverRequest {
                request_id: RequestId::random(&mut Entropy::from_os()?.fork()).to_string(),
                handover_id: handover.to_string(),
                acting: Some(v1::ActingProfessional {
                    professional: args.professional,
                }),
            };
            let answer = system.transitions().retract_handover(request).await;
            let answer = answer.map_err(|status| words::failure(&status))?.into_inner();
            let status = answer.handover.and_then(|handover| handover.status);
            println!(
                "It stands: {}.",
                words::stage(status.map_or(0, |status| status.stage))
            );
            Ok(())
        }
    }
}

async fn list(system: &System, pupil: String) -> anyhow::Result<()> {
    let (mut handovers, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListHandoversRequest {
            page_size: 100,
            page_token,
            pupil: pupil.clone(),
        };
        let page = system.transitions().list_handovers(request).await;
        let page = page.map_err(|status| words::failure(&status))?.into_inner();
        handovers.extend(page.handovers);
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = page.next_page_token;
    }
    if handovers.is_empty() {
        println!("Nothing was pushed yet.");
        return Ok(());
    }
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["handover", "pupil", "why", "to", "stands", "who must act"]);
    for handover in &handovers {
        table.add_row([
            id(handover).to_owned(),
            handover.pupil.clone(),
            words::purpose_name(handover.purpose),
            recipient(handover),
            stands(handover),
            handover.owner.clone(),
        ]);
    }
    println!("{table}");
    Ok(())
}

fn id(handover: &v1::SentHandover) -> &str {
    handover
        .status
        .as_ref()
        .map_or("", |status| status.handover_id.as_str())
}

fn recipient(handover: &v1::SentHandover) -> String {
    match (
        handover.recipient_name.is_empty(),
        handover.recipient_oin.is_empty(),
    ) {
        (false, _) => handover.recipient_name.clone(),
        (true, false) => handover.recipient_oin.clone(),
        (true, true) => "nobody yet".to_owned(),
    }
}

fn stands(handover: &v1::SentHandover) -> String {
    if handover.queued {
        return "queued: the gateway is not reached yet".to_owned();
    }
    let withdrawal = words::withdrawal_at_sender(handover.withdrawal, handover.keep_ground);
    if !withdrawal.is_empty() {
        return withdrawal.to_owned();
    }
    let stage = handover.status.as_ref().map_or(0, |status| status.stage);
    match handover.steps.last() {
        Some(step) => format!("{}, {step}", words::stage(stage)),
        None => words::stage(stage).to_owned(),
    }
}

async fn show(system: &System, handover: &v1::SentHandover) {
    let names = names(system, &handover.pupil).await;
    println!(
        "{} of {} to {}",
        words::purpose_name(handover.purpose),
        handover.pupil,
        recipient(handover)
    );
    println!("  stands:   {}", stands(handover));
    if !handover.owner.is_empty() {
        println!("  must act: {}", handover.owner);
    }
    for deadline in handover.status.iter().flat_map(deadlines) {
        println!("  deadline: {deadline}");
    }
    if let Some(reason) = &handover.unrecorded {
        println!("  recorded: not taken by the gateway, {}", words::refused(reason));
    }
    if let Some(status) = &handover.status {
        for reason in &status.blocked_reasons {
            println!("  blocked:  {}", words::refused(reason));
        }
        for awaited in &status.awaited {
            println!("  awaited:  {}", waits_for(awaited, &names));
        }
    }
    for (what, categories) in [
        (
            "would go:",
            handover.categories.iter().map(|count| count.category).collect(),
        ),
        ("left:    ", handover.sent.clone()),
        ("withheld:", handover.withheld.clone()),
        ("arrived: ", handover.received.clone()),
    ] {
        if !categories.is_empty() {
            println!("  {what} {}", words::category_names(&categories));
        }
    }
    println!("  handover: {}", id(handover));
}

/// By when it must go on that was not received yet, and by when what was taken back must be answered.
fn deadlines(status: &v1::HandoverStatus) -> Vec<String> {
    let early = status.early.iter();
    let early = early.map(|early| progress::by(&early.last_day, early.heard));
    let answers = status.unanswered.iter();
    let answers = answers.map(|waiting| {
        format!(
            "the recipient answers the withdrawal, {}",
            progress::by(&waiting.last_day, waiting.heard)
        )
    });
    early.chain(answers).collect()
}

/// What is awaited of whom, by when.
fn waits_for(awaited: &v1::Awaited, names: &BTreeMap<String, String>) -> String {
    let who = match names.get(&awaited.slot_id) {
        Some(name) => name.as_str(),
        None if awaited.slot_id.is_empty() => "this organisation",
        None => "somebody who is not in the list any more",
    };
    let until = handdruk_proto::time(awaited.until_time, "until_time")
        .map(|until| format!("; silence counts from {}", date_in_nl(until)))
        .unwrap_or_default();
    format!("{who}: {}{until}", words::awaited(awaited.what))
}

/// Names of the people around a pupil, by slot. Without them ids would do.
async fn names(system: &System, pupil: &str) -> BTreeMap<String, String> {
    let request = v1::ListGuardiansRequest {
        pupil: pupil.to_owned(),
    };
    let Ok(answer) = system.families().list_guardians(request).await else {
        return BTreeMap::new();
    };
    let guardians = answer.into_inner().guardians.into_iter();
    guardians
        .filter_map(|state| {
            let guardian = state.guardian?;
            let name = if guardian.name.is_empty() {
                guardian.person
            } else {
                format!("{} ({})", guardian.name, guardian.person)
            };
            Some((state.slot_id, name))
        })
        .collect()
}
