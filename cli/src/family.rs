//! `handdruk family`: what a school administrator uses for the people with a say about a pupil. See who they are, print a
//! letter, end one, and record that somebody was told.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use comfy_table::{ContentArrangement, Table, presets};
use handdruk_domain::clock::date_in_nl;
use handdruk_domain::ids::{HandoverId, InvitationId, RequestId};
use handdruk_domain::statement::consent::ToldHow;
use handdruk_proto::v1::guardian::Holder;
use handdruk_proto::{to_wire, v1};
use handdruk_service::{Entropy, SystemClock};

use crate::system::System;
use crate::words;

/// The people with a say about a pupil: see who they are, print a letter, end one, record that somebody was told.
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
    #[arg(long, default_value = "administration", global = true)]
    professional: String,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Who has a say about a pupil, and where their letters stand.
    List {
        /// The administration's own key for the pupil, as in the push plan.
        pupil: String,
    },
    /// A letter with a fresh code. Print it, hand it over, and keep no copy.
    Letter {
        /// The administration's own key for the pupil.
        pupil: String,
        /// The administration's own key for the person.
        person: String,
        /// The earlier letter was lost, or its keys must be replaced: this one takes over.
        #[arg(long)]
        replace: bool,
    },
    /// End an invitation: its code and its keys no longer count.
    Revoke {
        /// Invitation id, as `list` prints it.
        invitation: InvitationId,
    },
    /// Somebody was told of a handover in another way than by a preview. Starts the periods.
    Told {
        /// Handover id.
        handover: HandoverId,
        /// The administration's own key for the person.
        person: String,
        /// letter or conversation.
        #[arg(long)]
        how: ToldHow,
    },
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let system = System::from_file(&args.system, Arc::new(SystemClock))?;
    let mut families = system.families();
    let acting = Some(v1::ActingProfessional {
        professional: args.professional,
    });
    let request_id = RequestId::random(&mut Entropy::from_os()?.fork()).to_string();
    match args.act {
        Act::List { pupil } => {
            let answer = families.list_guardians(v1::ListGuardiansRequest { pupil }).await;
            list(
                &answer
                    .map_err(|status| words::failure(&status))?
                    .into_inner()
                    .guardians,
            );
        }
        Act::Letter {
            pupil,
            person,
            replace,
        } => {
            let request = v1::InviteGuardianRequest {
                request_id,
                pupil,
                person,
                replace,
                acting,
            };
            let answer = families.invite_guardian(request).await;
            let letter = answer.map_err(|status| words::failure(&status))?.into_inner();
            let until = handdruk_proto::time(letter.expire_time, "expire_time")?;
            println!("Code:       {}", letter.code);
            println!("Until:      {} (in the Netherlands), once", date_in_nl(until));
            println!("Invitation: {}", letter.invitation_id);
        }
        Act::Revoke { invitation } => {
            let invitation_id = invitation.to_string();
            let request = v1::RevokeGuardianInvitationRequest {
                request_id,
                invitation_id,
                acting,
            };
            families
                .revoke_guardian_invitation(request)
                .await
                .map_err(|status| words::failure(&status))?;
            println!("Revoked. What rested on a yes under it is decided anew.");
        }
        Act::Told {
            handover,
            person,
            how,
        } => {
            if how == ToldHow::Preview {
                bail!("the node itself records previews; say letter or conversation");
            }
            let handover_id = handover.to_string();
            let request = v1::RecordTellingRequest {
                request_id,
                handover_id,
                person,
                how: to_wire(how),
                acting,
            };
            let answer = families.record_telling(request).await;
            let status = answer
                .map_err(|status| words::failure(&status))?
                .into_inner()
                .handover;
            println!(
                "Recorded. It stands: {}.",
                words::stage(status.map_or(0, |status| status.stage))
            );
        }
    }
    Ok(())
}

fn list(guardians: &[v1::GuardianState]) {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["person", "name", "as", "letter", "invitation"]);
    for state in guardians {
        let Some(guardian) = &state.guardian else { continue };
        table.add_row([
            guardian.person.as_str(),
            guardian.name.as_str(),
            capacity(guardian.holder.as_ref()),
            letter(state),
            state.invitation_id.as_str(),
        ]);
    }
    println!("{table}");
}

const fn capacity(holder: Option<&Holder>) -> &'static str {
    match holder {
        Some(Holder::YoungPerson(_)) => "young person",
        Some(Holder::Authority(_)) => "holder of authority",
        Some(Holder::Representative(_)) => "representative",
        None => "-",
    }
}

const fn letter(state: &v1::GuardianState) -> &'static str {
    match (state.alarm, state.activated, state.invitation_id.is_empty()) {
        (true, _, _) => "ALARM: a used code was tried, or keys changed",
        (false, true, _) => "used: has keys",
        (false, false, false) => "not used yet, or ended",
        (false, false, true) => "none yet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarm_is_told_whatever_else_is_true_of_the_letter() {
        let state = |alarm, activated, invitation_id: &str| v1::GuardianState {
            alarm,
            activated,
            invitation_id: invitation_id.to_owned(),
            ..v1::GuardianState::default()
        };
        assert!(letter(&state(true, true, "id")).starts_with("ALARM"));
        assert!(letter(&state(true, false, "id")).starts_with("ALARM"));
        assert_eq!(letter(&state(false, true, "id")), "used: has keys");
        assert_eq!(letter(&state(false, false, "id")), "not used yet, or ended");
        assert_eq!(letter(&state(false, false, "")), "none yet");
    }
}
