//! What the browser tests can ask of the federation, word by word. An unknown word or field is an error.

use handdruk_cli::plan::{Guardian, Target};
use handdruk_domain::category::Category;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::oin::Site;
use handdruk_domain::role::{Desk, DeskRole};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::Choice;
use handdruk_domain::statement::outcome::KeepGround;
use handdruk_workdesk::people::Scope;
use serde::Deserialize;

/// The first line: who is there, and when.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setup {
    /// When the federation's clock starts.
    pub(crate) start: Timestamp,
    /// The organisations that run a node, by the keys of `handdruk_cli::federation::members`.
    pub(crate) organisations: Vec<String>,
    /// What the processes log.
    #[serde(default = "info")]
    pub(crate) log: String,
    /// What is added to the portal's configuration (TOML).
    #[serde(default)]
    pub(crate) portal: String,
    /// What is added to the section `[workdesk]` of every node (TOML).
    #[serde(default)]
    pub(crate) workdesk: String,
}

fn info() -> String {
    "info".to_owned()
}

/// One line: a number to answer under, and what to do.
#[derive(Debug, Deserialize)]
pub(crate) struct Call {
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) act: Act,
}

/// A colleague at a workdesk.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Colleague {
    pub(crate) at: String,
    pub(crate) reference: String,
    pub(crate) name: String,
    pub(crate) roles: Vec<DeskRole>,
    /// For these sites and teams; absent for the whole organisation.
    #[serde(default)]
    pub(crate) sites: Option<Vec<Site>>,
    #[serde(default)]
    pub(crate) teams: Option<Vec<Desk>>,
}

impl Colleague {
    pub(crate) fn scope(&self) -> Scope {
        if self.sites.is_none() && self.teams.is_none() {
            return Scope::Everything;
        }
        Scope::Only {
            sites: self.sites.iter().flatten().cloned().collect(),
            teams: self.teams.iter().flatten().copied().collect(),
        }
    }
}

/// What to do. Organisations go by their keys, handovers by their ids, people by the school administration's keys.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Act {
    /// A school pushes one of the synthetic dossiers; answers the fate of each target.
    Push(Push),
    /// A receiving school gives the family a reference for a transfer report.
    Application { at: String, until: String },
    /// The school prints a letter; answers its code, and the page to print.
    Letter {
        from: String,
        pupil: String,
        person: String,
        /// For somebody who lost the old one.
        #[serde(default)]
        replace: bool,
    },
    /// The school ends an invitation.
    Revoke { from: String, invitation: String },
    /// The people around a pupil, with the state of their invitations.
    People { at: String, pupil: String },
    /// Somebody was told in a conversation.
    Tell {
        by: String,
        handover: String,
        person: String,
    },
    /// An account at an organisation's workdesk; answers the code to enrol with.
    Invite(Colleague),
    /// An account whose colleague enrolled already; answers how they log in.
    Seat(Colleague),
    /// Somebody activates with the reference client, so that a test can have another parent answer.
    Activate { code: String, secret: String },
    /// Somebody with the reference client says the same to everything that is asked.
    Decide {
        guardian: usize,
        handover: String,
        choice: Choice,
    },
    /// The handovers that somebody with the reference client can see.
    Sees { guardian: usize },
    /// Two professionals record a decision made on paper, or with their help.
    Attest {
        at: String,
        handover: String,
        person: String,
        categories: Vec<Category>,
        choice: Choice,
        assisted: bool,
    },
    /// A professional records a withdrawal that was spoken.
    SpokenWithdrawal {
        at: String,
        handover: String,
        person: String,
    },
    /// Days pass for everybody.
    Days { days: i64 },
    /// Waits until a handover stands there at its sender; answers where it stands when patience ends.
    Reaches {
        from: String,
        handover: String,
        stage: Stage,
    },
    /// How a handover stands at its sender, now.
    Sent { from: String, handover: String },
    /// Waits until a handover is in an inbox; answers its categories and its content in clear.
    Read { at: String, handover: String },
    /// What an inbox says of a handover now, without content; null when it is not there.
    Inbox { at: String, handover: String },
    /// A named professional takes a handover on.
    Accept { at: String, handover: String },
    /// A recipient answers a withdrawal: kept on this ground, or erased.
    AnswerWithdrawal {
        at: String,
        handover: String,
        kept: Option<KeepGround>,
    },
    /// In which files of a process (its log, its data, its configuration) these words stand.
    Scan { process: String, words: Vec<String> },
    /// What a process counts and measures, as Prometheus reads it.
    Metrics { process: String },
    /// Every mail that went out, with its headers.
    Mails,
    /// Kills a process without warning, and leaves it so.
    Stop { process: String },
    /// Kills a process without warning, if it runs, and starts it again.
    Restart { process: String },
}

/// A push: a synthetic dossier, and what is other than in its plan.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Push {
    pub(crate) from: String,
    /// Name of the dossier, such as `noor`.
    pub(crate) dossier: String,
    /// The school administration's key for the pupil: another one is another child.
    pub(crate) pupil: String,
    /// Another date of birth.
    #[serde(default)]
    pub(crate) born: Option<String>,
    /// Other people with a say.
    #[serde(default)]
    pub(crate) guardians: Option<Vec<Guardian>>,
    /// Other targets.
    #[serde(default)]
    pub(crate) targets: Option<Vec<Target>>,
}
