//! Giving a handover to a colleague or a team: inside the organisation, so that for the sender nothing changes.

use askama::Template;
use axum::extract::{Path, State};
use handdruk_domain::role::Desk as Team;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_look::{Frame, Words};
use serde::Deserialize;

use super::colleagues::{self, Choice};
use super::gate::{self, NotGiven};
use super::step::{Head, Step, begin};
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::page::{Answer, page};
use crate::people::Holder;
use crate::problem::Problem;

/// What was chosen.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Chosen {
    /// The version of who had it when the form was shown.
    seen: i64,
    to: String,
    team: String,
}

#[derive(Template)]
#[template(path = "receive-forward.html")]
struct Page {
    frame: Frame,
    words: Words,
    head: Head,
    seen: i64,
    absent: Option<String>,
    colleagues: Vec<Choice>,
    teams: Vec<Choice>,
}

/// The form.
pub(super) async fn show(State(desk): State<Desk>, colleague: Colleague, Path(id): Path<String>) -> Answer {
    let step = begin(desk, colleague, &id, Action::Assign).await?;
    render(&step, Vec::new()).await
}

async fn render(step: &Step, failed: Vec<String>) -> Answer {
    let words = step.words();
    let people = colleagues::all(&step.desk).await?;
    let holder = step.handed.holder();
    let assignee = match holder {
        Some(Holder::Colleague(assignee)) => Some(assignee),
        _ => None,
    };
    let absent = assignee
        .filter(|assignee| **assignee != step.colleague.reference)
        .map(|assignee| {
            words
                .with("colleague", people.called(assignee))
                .say("receive-absent")
        });
    let teams = Team::ALL.iter().map(|team| Choice {
        value: team.to_string(),
        label: words.say_word("desk", team),
        chosen: holder == Some(&Holder::Team(*team)),
    });
    let head = Head {
        words,
        id: step.handed.handover,
        title: words.say("receive-forward-title"),
        name: step.name().await?,
        what: words.say("receive-forward-what"),
        send: words.say("receive-forward-send"),
        request: String::new(),
        failed,
        can_send: true,
    };
    page(&Page {
        frame: step.frame(&head.title),
        words,
        head,
        seen: step.handed.version(),
        absent,
        colleagues: people.choices(assignee),
        teams: teams.collect(),
    })
}

/// Gives it.
pub(super) async fn take(
    State(desk): State<Desk>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Answer {
    let mut step = begin(desk, colleague, &id, Action::Assign).await?;
    let words = step.words();
    let to = match (chosen.to.as_str(), chosen.team.as_str()) {
        ("", "") => return render(&step, vec![words.say("receive-wrong-nobody")]).await,
        (to, "") => Holder::Colleague(to.parse::<ProfessionalRef>().map_err(|_| Problem::Malformed)?),
        ("", team) => Holder::Team(team.parse::<Team>().map_err(|_| Problem::Malformed)?),
        _ => return render(&step, vec![words.say("receive-wrong-both")]).await,
    };
    match gate::give(&step.desk, &step.colleague, &[(&step.handed, chosen.seen)], &to).await? {
        Ok(()) => Ok(step.done("forward")),
        Err(NotGiven::NotTheirs) => render(&step, vec![words.say("receive-wrong-colleague")]).await,
        Err(NotGiven::Meanwhile(first)) => {
            step.handed.assignment = first;
            render(&step, vec![words.say("receive-wrong-meanwhile")]).await
        }
    }
}
