//! `handdruk inbox`: what an intake worker uses to see, read, accept, decline, and answer a withdrawal.

use std::path::PathBuf;
use std::sync::Arc;

use comfy_table::{ContentArrangement, Table, presets};
use handdruk_domain::ids::{HandoverId, RequestId};
use handdruk_domain::statement::outcome::{DeclineReason, KeepGround};
use handdruk_proto::{to_wire, v1};
use handdruk_service::{Entropy, SystemClock};

use crate::progress::{self, Reported};
use crate::system::System;
use crate::words;

/// What was handed over to this organisation: list, read, accept, decline, answer a withdrawal.
#[derive(Debug, clap::Args)]
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
    #[arg(long, default_value = "intake", global = true)]
    professional: String,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// One line per handover; what must be answered stands first, then what is late.
    List,
    /// The content, per category. That you looked is recorded.
    Show {
        /// Handover id, as `list` prints it.
        handover: HandoverId,
        /// The content as JSON, for the own system.
        #[arg(long)]
        json: bool,
    },
    /// Wait, and print each handover that comes in or changes. Ctrl-C ends it.
    Watch,
    /// Take it on, as the named professional.
    Accept {
        /// Handover id.
        handover: HandoverId,
    },
    /// Decline it, with a reason.
    Decline {
        /// Handover id.
        handover: HandoverId,
        /// no-place, wrong-address, waiting-list or not-suitable.
        #[arg(long)]
        reason: DeclineReason,
    },
    /// Report a step of the warm part; also of a handover that this organisation sent.
    Progress {
        /// Handover id.
        handover: HandoverId,
        /// What happened.
        step: Reported,
    },
    /// After a withdrawal: erase the content (the default), or say on which ground it is kept.
    Answer {
        /// Handover id.
        handover: HandoverId,
        /// care-dossier, statutory-duty or legal-claim. Without it the content is erased now.
        #[arg(long)]
        kept: Option<KeepGround>,
    },
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let system = System::from_file(&args.system, Arc::new(SystemClock))?;
    let mut inbox = system.inbox();
    let acting = Some(v1::ActingProfessional {
        professional: args.professional,
    });
    let request_id = RequestId::random(&mut Entropy::from_os()?.fork()).to_string();
    match args.act {
        Act::List => list(&system).await,
        Act::Watch => watch(&system).await,
        Act::Show { handover, json } => {
            let request = v1::GetInboxItemRequest {
                handover_id: handover.to_string(),
                acting,
            };
            let answer = inbox
                .get_inbox_item(request)
                .await
                .map_err(|status| words::failure(&status))?
                .into_inner();
            if json { show_json(&answer) } else { show(&answer) }
        }
        Act::Accept { handover } => {
            let request = v1::AcceptHandoverRequest {
                request_id,
                handover_id: handover.to_string(),
                acting,
            };
            inbox
                .accept_handover(request)
                .await
                .map_err(|status| words::failure(&status))?;
            println!("Accepted. The sender is told who took it on.");
            Ok(())
        }
        Act::Decline { handover, reason } => {
            let reason = to_wire(reason);
            let request = v1::DeclineHandoverRequest {
                request_id,
                handover_id: handover.to_string(),
                reason,
                acting,
                waiting_until: String::new(),
            };
            inbox
                .decline_handover(request)
                .await
                .map_err(|status| words::failure(&status))?;
            println!("Declined. The sender is told why, and owns it again.");
            Ok(())
        }
        Act::Progress { handover, step } => {
            progress::report(&system, request_id, handover, step, acting).await
        }
        Act::Answer { handover, kept } => {
            let request = v1::AnswerInboxWithdrawalRequest {
                request_id,
                handover_id: handover.to_string(),
                kept_ground: kept.map_or(0, to_wire),
                acting,
            };
            inbox
                .answer_inbox_withdrawal(request)
                .await
                .map_err(|status| words::failure(&status))?;
            match kept {
                None => println!("Erased, and the family can see that."),
                Some(ground) => println!("Kept ({ground}), and the family can see on which ground."),
            }
            Ok(())
        }
    }
}

async fn list(system: &System) -> anyhow::Result<()> {
    let mut items = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListInboxRequest {
            page_size: 100,
            page_token,
        };
        let page = system
            .inbox()
            .list_inbox(request)
            .await
            .map_err(|status| words::failure(&status))?
            .into_inner();
        items.extend(page.items);
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = page.next_page_token;
    }
    if items.is_empty() {
        println!("Nothing was handed over yet.");
        return Ok(());
    }
    items.sort_by_key(|item| {
        let answered = item.withdrawal != v1::WithdrawalState::Unanswered as i32;
        (answered, !item.warm.as_ref().is_some_and(progress::is_late))
    });
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["handover", "why", "from", "stands", "holds"]);
    for item in &items {
        table.add_row([
            item.handover_id.clone(),
            words::purpose_name(item.purpose),
            item.sender_name.clone(),
            stands(item),
            words::category_names(&item.categories),
        ]);
    }
    println!("{table}");
    Ok(())
}

fn stands(item: &v1::InboxItem) -> String {
    let withdrawal = words::withdrawal(item.withdrawal, item.keep_ground);
    if !withdrawal.is_empty() {
        let concerned = if item.taken_back.is_empty() {
            &item.erased
        } else {
            &item.taken_back
        };
        return format!("{withdrawal}: {}", words::category_names(concerned));
    }
    if let Some(reason) = &item.unrecorded {
        return format!("not taken by the gateway, {}", words::refused(reason));
    }
    if let Some(warm) = &item.warm {
        return progress::stands(warm);
    }
    item.steps
        .last()
        .cloned()
        .unwrap_or_else(|| words::stage(item.stage).to_owned())
}

async fn watch(system: &System) -> anyhow::Result<()> {
    let started = system.inbox().watch_inbox(v1::WatchInboxRequest {}).await;
    let mut changes = started.map_err(|status| words::failure(&status))?.into_inner();
    while let Some(change) = changes
        .message()
        .await
        .map_err(|status| words::failure(&status))?
    {
        if let Some(item) = change.item {
            println!(
                "{}  {}  from {}: {}",
                item.handover_id,
                words::purpose_name(item.purpose),
                item.sender_name,
                stands(&item)
            );
        }
    }
    Ok(())
}

fn show_json(answer: &v1::GetInboxItemResponse) -> anyhow::Result<()> {
    let content: serde_json::Value = serde_json::from_slice(&answer.content)?;
    println!("{}", serde_json::to_string_pretty(&content)?);
    Ok(())
}

fn show(answer: &v1::GetInboxItemResponse) -> anyhow::Result<()> {
    if let Some(item) = &answer.item {
        println!(
            "{} from {}: {}",
            words::purpose_name(item.purpose),
            item.sender_name,
            stands(item)
        );
        if !item.withheld.is_empty() {
            println!(
                "Withheld by the family's decision: {}",
                words::category_names(&item.withheld)
            );
        }
    }
    if answer.content.is_empty() {
        println!("There is no content to read: it was quarantined or erased.");
        return Ok(());
    }
    let content: serde_json::Value = serde_json::from_slice(&answer.content)?;
    crate::readable::print(&content);
    for view in &answer.views {
        let said: serde_json::Value = serde_json::from_slice(&view.body)?;
        let part = |name: &str| said.get(name).and_then(serde_json::Value::as_str).unwrap_or("-");
        println!(
            "remarks of the family, {}: agrees: {}",
            part("at"),
            part("agreement")
        );
        println!("  {}", part("text"));
    }
    Ok(())
}
