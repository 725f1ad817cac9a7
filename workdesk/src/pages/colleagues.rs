//! Colleagues: who there is, what they are there for, who is away. For administrators; absence for supervisors too.

use std::collections::BTreeSet;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use handdruk_domain::oin::Site;
use handdruk_domain::role::Desk as Team;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_look::{Frame, Words};
use serde::Deserialize;

use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::page::{Answer, page};
use crate::people::{Absence, Account, AccountState, Described, NotChanged, Role, Scope};
use crate::problem::Problem;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/colleagues", get(list).post(add))
        .route("/colleagues/{reference}", get(one).post(describe))
        .route("/colleagues/{reference}/absent", post(absent))
        .route("/colleagues/{reference}/disable", post(disable))
        .route("/colleagues/{reference}/reset", post(reset))
}

#[derive(Template)]
#[template(path = "colleagues.html")]
struct List {
    frame: Frame,
    words: Words,
    accounts: Vec<Row>,
    tends: bool,
    wrong: Option<&'static str>,
    filled: Filled,
    roles: Vec<Role>,
    teams: Vec<Team>,
}

struct Row {
    account: Account,
    away: Option<String>,
}

/// What stands in the fields of the form.
#[derive(Default)]
struct Filled {
    reference: String,
    name: String,
    roles: BTreeSet<Role>,
    teams: BTreeSet<Team>,
    sites: String,
    everything: bool,
}

async fn list(State(desk): State<Desk>, colleague: Colleague) -> Answer {
    show_list(&desk, &colleague, None, Filled::default()).await
}

async fn show_list(
    desk: &Desk,
    colleague: &Colleague,
    wrong: Option<&'static str>,
    filled: Filled,
) -> Answer {
    let tends = colleague.does(Action::ManageAccounts);
    let action = if tends {
        Action::ManageAccounts
    } else {
        Action::MarkAbsent
    };
    desk.allow_task(colleague, action).await?;
    let words = colleague.words();
    let today = desk.today();
    let accounts = desk
        .people()
        .accounts()
        .await
        .map_err(|error| desk.broken(&error))?;
    page(&List {
        frame: colleague.frame(words.say("colleagues-title")),
        words,
        accounts: accounts
            .into_iter()
            .map(|account| Row {
                away: account
                    .is_absent(today)
                    .then(|| account.absence.as_ref().map(|absence| words.date(absence.until)))
                    .flatten(),
                account,
            })
            .collect(),
        tends,
        wrong,
        filled,
        roles: Role::ALL.to_vec(),
        teams: Team::ALL.to_vec(),
    })
}

/// The fields that say what a colleague is there for. Roles and teams come one field each, so that nothing but known words
/// can be said.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    reference: String,
    name: String,
    #[serde(default)]
    sites: String,
    #[serde(default)]
    everything: Option<String>,
    #[serde(default)]
    version: i64,
    #[serde(flatten)]
    ticked: std::collections::BTreeMap<String, String>,
}

impl Said {
    fn filled(&self) -> Result<Filled, Problem> {
        let mut filled = Filled {
            reference: self.reference.trim().to_lowercase(),
            name: self.name.trim().to_owned(),
            sites: self.sites.clone(),
            everything: self.everything.is_some(),
            ..Filled::default()
        };
        for key in self.ticked.keys() {
            if let Some(role) = key.strip_prefix("role-") {
                filled.roles.insert(role.parse().map_err(|_| Problem::Malformed)?);
            } else if let Some(team) = key.strip_prefix("team-") {
                filled.teams.insert(team.parse().map_err(|_| Problem::Malformed)?);
            } else {
                return Err(Problem::Malformed);
            }
        }
        Ok(filled)
    }
}

impl Filled {
    /// What it says of an account; `None` where a site is none.
    fn described(&self) -> Option<Described> {
        let sites: Result<BTreeSet<Site>, _> = self
            .sites
            .split([',', ' ', ';', '\n', '\r'])
            .filter(|text| !text.is_empty())
            .map(|text| text.to_uppercase().parse())
            .collect();
        Some(Described {
            name: self.name.clone(),
            roles: self.roles.clone(),
            scope: if self.everything {
                Scope::Everything
            } else {
                Scope::Only {
                    sites: sites.ok()?,
                    teams: self.teams.clone(),
                }
            },
        })
    }

    fn of(account: &Account) -> Self {
        let (sites, teams, everything) = match &account.scope {
            Scope::Everything => (BTreeSet::new(), BTreeSet::new(), true),
            Scope::Only { sites, teams } => (sites.clone(), teams.clone(), false),
        };
        let sites: Vec<String> = sites.iter().map(ToString::to_string).collect();
        Self {
            reference: account.reference.as_str().to_owned(),
            name: account.name.clone(),
            roles: account.roles.clone(),
            teams,
            sites: sites.join(" "),
            everything,
        }
    }
}

#[derive(Template)]
#[template(path = "colleague-code.html")]
struct Code<'a> {
    frame: Frame,
    words: Words,
    reference: &'a str,
    address: String,
    text: &'a str,
}

fn show_code(desk: &Desk, colleague: &Colleague, reference: &str, code: &str) -> Answer {
    let words = colleague.words();
    page(&Code {
        frame: colleague.frame(words.say("colleague-code-title")),
        words,
        reference,
        address: format!("{}/enrol", desk.config().address.as_str()),
        text: code,
    })
}

async fn add(State(desk): State<Desk>, colleague: Colleague, Form(said): Form<Said>) -> Answer {
    let filled = said.filled()?;
    let reference: Option<ProfessionalRef> = filled.reference.parse().ok();
    desk.allow_with(&colleague, Action::ManageAccounts, reference.as_ref())
        .await?;
    let (Some(reference), Some(described)) = (reference, filled.described()) else {
        return show_list(&desk, &colleague, Some("malformed"), filled).await;
    };
    let by = Some(&colleague.reference);
    match desk.people().add(by, reference.clone(), described).await {
        Ok(code) => show_code(&desk, &colleague, reference.as_str(), &code.text()),
        Err(NotChanged::Fault(error)) => Err(desk.broken(&error)),
        Err(error) => show_list(&desk, &colleague, Some(word_of(&error)), filled).await,
    }
}

const fn word_of(error: &NotChanged) -> &'static str {
    match error {
        NotChanged::Taken => "taken",
        NotChanged::Unknown | NotChanged::Malformed | NotChanged::Fault(_) => "malformed",
        NotChanged::TooLong => "too-long",
        NotChanged::Meanwhile => "meanwhile",
        NotChanged::Own => "own",
    }
}

#[derive(Template)]
#[template(path = "colleague.html")]
struct One {
    frame: Frame,
    words: Words,
    filled: Filled,
    version: i64,
    state: AccountState,
    until: String,
    stand_in: String,
    others: Vec<Account>,
    tends: bool,
    own: bool,
    wrong: Option<&'static str>,
    roles: Vec<Role>,
    teams: Vec<Team>,
}

async fn one(State(desk): State<Desk>, colleague: Colleague, Path(reference): Path<String>) -> Answer {
    show_one(&desk, &colleague, &reference, None).await
}

async fn show_one(
    desk: &Desk,
    colleague: &Colleague,
    reference: &str,
    wrong: Option<&'static str>,
) -> Answer {
    let reference: ProfessionalRef = reference.parse().map_err(|_| Problem::NotFound)?;
    let tends = colleague.does(Action::ManageAccounts);
    let action = if tends {
        Action::ManageAccounts
    } else {
        Action::MarkAbsent
    };
    desk.allow_with(colleague, action, Some(&reference)).await?;
    let accounts = desk
        .people()
        .accounts()
        .await
        .map_err(|error| desk.broken(&error))?;
    let (found, others): (Vec<_>, Vec<_>) = accounts
        .into_iter()
        .partition(|account| account.reference == reference);
    let account = found.into_iter().next().ok_or(Problem::NotFound)?;
    let words = colleague.words();
    let absence = account.absence.as_ref();
    page(&One {
        frame: colleague.frame(account.name.clone()),
        words,
        version: account.version,
        state: account.state,
        until: absence
            .map(|absence| absence.until.to_string())
            .unwrap_or_default(),
        stand_in: absence
            .and_then(|absence| absence.stand_in.as_ref())
            .map(|stand_in| stand_in.as_str().to_owned())
            .unwrap_or_default(),
        filled: Filled::of(&account),
        others: others
            .into_iter()
            .filter(|other| other.state == AccountState::Active && other.reference != colleague.reference)
            .collect(),
        tends,
        own: reference == colleague.reference,
        wrong,
        roles: Role::ALL.to_vec(),
        teams: Team::ALL.to_vec(),
    })
}

/// After a change: the page anew, or what is wrong with it.
async fn after(
    desk: &Desk,
    colleague: &Colleague,
    reference: &str,
    changed: Result<(), NotChanged>,
) -> Answer {
    match changed {
        Ok(()) => Ok(Redirect::to(&format!("/colleagues/{reference}")).into_response()),
        Err(NotChanged::Unknown) => Err(Problem::NotFound),
        Err(NotChanged::Fault(error)) => Err(desk.broken(&error)),
        Err(error) => show_one(desk, colleague, reference, Some(word_of(&error))).await,
    }
}

async fn describe(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(text): Path<String>,
    Form(said): Form<Said>,
) -> Answer {
    let reference: ProfessionalRef = text.parse().map_err(|_| Problem::NotFound)?;
    desk.allow_with(&colleague, Action::ManageAccounts, Some(&reference))
        .await?;
    let Some(described) = said.filled()?.described() else {
        return show_one(&desk, &colleague, &text, Some("malformed")).await;
    };
    let people = desk.people();
    let changed = people
        .describe(&colleague.reference, &reference, described, said.version)
        .await;
    after(&desk, &colleague, &text, changed).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AbsentForm {
    until: String,
    stand_in: String,
    version: i64,
}

async fn absent(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(text): Path<String>,
    Form(said): Form<AbsentForm>,
) -> Answer {
    let reference: ProfessionalRef = text.parse().map_err(|_| Problem::NotFound)?;
    let known = desk.people().account(&reference).await;
    let Some(absentee) = known.map_err(|error| desk.broken(&error))? else {
        desk.allow_with(&colleague, Action::MarkAbsent, Some(&reference))
            .await?;
        return Err(Problem::NotFound);
    };
    let stand_in: Option<ProfessionalRef> = match said.stand_in.as_str() {
        "" => None,
        stand_in => Some(stand_in.parse().map_err(|_| Problem::Malformed)?),
    };
    desk.allow_absence(&colleague, &absentee, stand_in.as_ref())
        .await?;
    let absence = if said.until.is_empty() {
        None
    } else {
        let Ok(until) = said.until.parse() else {
            return show_one(&desk, &colleague, &text, Some("too-long")).await;
        };
        Some(Absence { until, stand_in })
    };
    let people = desk.people();
    let changed = people
        .absent(&reference, absence, said.version, desk.today())
        .await;
    after(&desk, &colleague, &text, changed).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionForm {
    version: i64,
}

async fn disable(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(text): Path<String>,
    Form(said): Form<VersionForm>,
) -> Answer {
    let reference: ProfessionalRef = text.parse().map_err(|_| Problem::NotFound)?;
    desk.allow_with(&colleague, Action::ManageAccounts, Some(&reference))
        .await?;
    let people = desk.people();
    let changed = people
        .disable(&colleague.reference, &reference, said.version)
        .await;
    if changed.is_ok() {
        desk.sessions().end_where(|seated| seated.reference == reference);
    }
    after(&desk, &colleague, &text, changed).await
}

async fn reset(State(desk): State<Desk>, colleague: Colleague, Path(text): Path<String>) -> Answer {
    let reference: ProfessionalRef = text.parse().map_err(|_| Problem::NotFound)?;
    desk.allow_with(&colleague, Action::ManageAccounts, Some(&reference))
        .await?;
    match desk.people().reset(Some(&colleague.reference), &reference).await {
        Ok(code) => {
            desk.sessions().end_where(|seated| seated.reference == reference);
            show_code(&desk, &colleague, reference.as_str(), &code.text())
        }
        Err(error) => after(&desk, &colleague, &text, Err(error)).await,
    }
}
