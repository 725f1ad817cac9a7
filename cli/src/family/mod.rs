//! `handdruk family`: what a school administrator uses for the people with a say about a pupil. See who they are, print
//! letters, end one, record that somebody was told, and what somebody decided without a computer.

mod attest;
mod letters;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use comfy_table::{ContentArrangement, Table, presets};
use handdruk_domain::ids::{HandoverId, InvitationId, RequestId};
use handdruk_domain::statement::consent::ToldHow;
use handdruk_domain::statement::manifest::{AuthorityKind, RepresentativeKind};
use handdruk_proto::v1::guardian::Holder;
use handdruk_proto::{from_wire, to_wire, v1};
use handdruk_service::{Entropy, SystemClock};
use rand_chacha::ChaCha20Rng;

use crate::system::System;
use crate::words;

/// The people with a say about a pupil: who they are, their letters, and what they decided without a computer.
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
From pupil to decision:
  handdruk family list leerling-42                     who has a say, and where their letters stand
  handdruk family letters leerling-42 leerling-43 --out letters.html
                                                       a letter for everybody who has none yet; open it and print it
  handdruk family letter leerling-42 ouder-1 --out letter.html --replace
                                                       a new letter for somebody who lost the old one
  handdruk family notify leerling-42 ouder-1 --mail ouder@example.nl
                                                       where to send \"something changed\"; no personal data is mailed

Somebody decides without a computer (handdruk sent list shows the handovers):
  handdruk family told HANDOVER ouder-1 --how conversation
  handdruk family attest HANDOVER ouder-1 --how paper --second directeur-1 --yes D11,D16
  handdruk family attest HANDOVER ouder-1 --how spoken --no-to-all
  handdruk family authority leerling-42 ouder-1 --authority single

People go by the administration's own keys for pupil and person, as in the push plan.";

#[derive(Debug, clap::Subcommand)]
enum Act {
    /// Who has a say about a pupil, and where their letters stand.
    List {
        /// The administration's own key for the pupil, as in the push plan.
        pupil: String,
    },
    /// A letter with a fresh code. Print it, hand it over, and keep no copy.
    #[command(visible_alias = "invite")]
    Letter(letters::One),
    /// Letters for everybody who has none yet, of one or many pupils, as one file to print.
    Letters(letters::Many),
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
    /// Record what somebody decided on paper, with help, or said.
    Attest(attest::Decided),
    /// Parental authority changed: everything open is decided again.
    Authority(attest::Changed),
    /// Where somebody is told by mail that something changed. The mail holds no personal data.
    #[command(group = clap::ArgGroup::new("address").required(true))]
    Notify {
        /// The administration's own key for the pupil.
        pupil: String,
        /// The administration's own key for the person.
        person: String,
        /// The e-mail address.
        #[arg(long, group = "address")]
        mail: Option<String>,
        /// No mails to this person.
        #[arg(long, group = "address")]
        none: bool,
        /// The person gave this address for it. From 16 on a young person is told only at such an address.
        #[arg(long, requires = "mail")]
        own_choice: bool,
    },
}

/// What the acts share.
struct Desk {
    system: System,
    acting: Option<v1::ActingProfessional>,
    rng: ChaCha20Rng,
}

impl Desk {
    fn request_id(&mut self) -> String {
        RequestId::random(&mut self.rng).to_string()
    }

    /// Everybody with a say about a pupil.
    async fn people(&self, pupil: &str) -> anyhow::Result<Vec<v1::GuardianState>> {
        let request = v1::ListGuardiansRequest {
            pupil: pupil.to_owned(),
        };
        let answer = self.system.families().list_guardians(request).await;
        Ok(answer
            .map_err(|status| words::failure(&status))?
            .into_inner()
            .guardians)
    }
}

/// Runs the command.
pub(crate) async fn run(args: Args) -> anyhow::Result<()> {
    let mut desk = Desk {
        system: System::from_file(&args.system, Arc::new(SystemClock))?,
        acting: Some(v1::ActingProfessional {
            professional: args.professional,
        }),
        rng: Entropy::from_os()?.fork(),
    };
    match args.act {
        Act::List { pupil } => {
            list(&desk.people(&pupil).await?);
            Ok(())
        }
        Act::Letter(one) => letters::one(&mut desk, one).await,
        Act::Letters(many) => letters::many(&mut desk, many).await,
        Act::Revoke { invitation } => revoke(&mut desk, invitation).await,
        Act::Told {
            handover,
            person,
            how,
        } => told(&mut desk, handover, person, how).await,
        Act::Attest(decided) => attest::decided(&mut desk, decided).await,
        Act::Authority(changed) => attest::changed(&mut desk, changed).await,
        Act::Notify {
            pupil,
            person,
            mail,
            none: _,
            own_choice,
        } => {
            let notify = mail.map(|mail| v1::NotifyAddress { mail, own_choice });
            self::notify(&mut desk, pupil, person, notify).await
        }
    }
}

async fn revoke(desk: &mut Desk, invitation: InvitationId) -> anyhow::Result<()> {
    let request = v1::RevokeGuardianInvitationRequest {
        request_id: desk.request_id(),
        invitation_id: invitation.to_string(),
        acting: desk.acting.clone(),
    };
    let answer = desk.system.families().revoke_guardian_invitation(request).await;
    answer.map_err(|status| words::failure(&status))?;
    println!("Revoked. What rested on a yes under it is decided anew.");
    Ok(())
}

async fn told(desk: &mut Desk, handover: HandoverId, person: String, how: ToldHow) -> anyhow::Result<()> {
    if how == ToldHow::Preview {
        bail!("the node itself records previews; say letter or conversation");
    }
    let request = v1::RecordTellingRequest {
        request_id: desk.request_id(),
        handover_id: handover.to_string(),
        person,
        how: to_wire(how),
        acting: desk.acting.clone(),
    };
    let answer = desk.system.families().record_telling(request).await;
    let status = answer.map_err(|status| words::failure(&status))?.into_inner();
    stands(status.handover.as_ref());
    Ok(())
}

async fn notify(
    desk: &mut Desk,
    pupil: String,
    person: String,
    notify: Option<v1::NotifyAddress>,
) -> anyhow::Result<()> {
    let request = v1::SetNotifyAddressRequest {
        request_id: desk.request_id(),
        pupil,
        person,
        notify,
        acting: desk.acting.clone(),
    };
    let answer = desk.system.families().set_notify_address(request).await;
    answer.map_err(|status| words::failure(&status))?;
    println!("Recorded.");
    Ok(())
}

/// Where a handover stands after something was recorded.
fn stands(status: Option<&v1::HandoverStatus>) {
    println!(
        "Recorded. It stands: {}.",
        words::stage(status.map_or(0, |status| status.stage))
    );
}

fn list(guardians: &[v1::GuardianState]) {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["person", "name", "as", "letter", "mail", "invitation"]);
    for state in guardians {
        let Some(guardian) = &state.guardian else { continue };
        table.add_row([
            guardian.person.clone(),
            guardian.name.clone(),
            capacity(guardian.holder.as_ref()),
            letter(state).to_owned(),
            mail(guardian.notify.as_ref()),
            state.invitation_id.clone(),
        ]);
    }
    println!("{table}");
}

fn capacity(holder: Option<&Holder>) -> String {
    match holder {
        Some(Holder::YoungPerson(_)) => "young person".to_owned(),
        Some(Holder::Authority(authority)) => {
            let kind = from_wire::<AuthorityKind>(authority.kind);
            let kind = kind.map_or("unknown", AuthorityKind::word);
            let doubt = if authority.under_investigation {
                ", under investigation"
            } else {
                ""
            };
            format!("parental authority: {kind}{doubt}")
        }
        Some(Holder::Representative(kind)) => {
            let kind = from_wire::<RepresentativeKind>(*kind);
            kind.map_or("representative", RepresentativeKind::word).to_owned()
        }
        None => "-".to_owned(),
    }
}

fn mail(notify: Option<&v1::NotifyAddress>) -> String {
    match notify {
        Some(notify) if notify.own_choice => format!("{} (own choice)", notify.mail),
        Some(notify) => notify.mail.clone(),
        None => "-".to_owned(),
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
