//! The colleague's own page: who they are to the workdesk.

use askama::Template;
use axum::Router;
use axum::routing::get;
use handdruk_look::{Frame, Words};

use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::page::{Answer, page};
use crate::people::Role;

pub(crate) fn routes() -> Router<Desk> {
    Router::new().route("/me", get(show))
}

#[derive(Template)]
#[template(path = "me.html")]
struct Me<'a> {
    frame: Frame,
    words: Words,
    name: &'a str,
    reference: &'a str,
    roles: Vec<Role>,
}

async fn show(colleague: Colleague) -> Answer {
    let words = colleague.words();
    page(&Me {
        frame: colleague.frame(words.say("me-title")),
        words,
        name: &colleague.name,
        reference: colleague.reference.as_str(),
        roles: colleague.roles.iter().copied().collect(),
    })
}
