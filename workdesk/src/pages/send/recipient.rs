//! Choosing for what, and to whom, for one draft or several at once.
//!
//! The node's directory says who may receive: nobody is offered who would be refused.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk as DeskKind;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, to_wire, v1};

use super::draft::{Destination, Draft, Target};
use super::drafts::Drafts;
use super::fields::Fields;
use super::{destination_name, may_send, own_draft, purposes};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::problem::Problem;

/// The value of the form where nobody is known.
const NOBODY: &str = "nobody";

struct Choice {
    value: String,
    name: String,
}

#[derive(Template)]
#[template(path = "send-recipient.html")]
struct Recipients {
    frame: Frame,
    words: Words,
    drafts: Vec<String>,
    children: Vec<String>,
    purposes: Vec<(Purpose, bool)>,
    purpose: Option<Purpose>,
    name: String,
    choices: Vec<Choice>,
    more: bool,
}

/// The search and what it found.
pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let chosen = own(&drafts, &desk, &colleague, &form.all("d"))?;
    let purpose = asked(&colleague, &form.one("purpose")?)?;
    let name = form.one("name")?;
    let words = colleague.words();
    let (found, more) = match purpose {
        Some(purpose) => listed(&desk, purpose, &name).await?,
        None => (Vec::new(), false),
    };
    let allowed = purposes(&desk, &colleague).await?;
    page(&Recipients {
        frame: colleague.frame(words.say("send-recipient-title")),
        words,
        children: chosen.iter().map(|draft| draft.child.name.clone()).collect(),
        drafts: chosen.iter().map(|draft| draft.id.to_string()).collect(),
        purposes: allowed
            .iter()
            .map(|(allowed, _)| (*allowed, Some(*allowed) == purpose))
            .collect(),
        purpose,
        name,
        choices: found
            .iter()
            .map(|to| Choice {
                value: value(to),
                name: destination_name(words, to),
            })
            .collect(),
        more,
    })
}

/// Adds the target to each draft that has not got it yet.
pub(super) async fn take(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let chosen = own(&drafts, &desk, &colleague, &form.all("d"))?;
    let purpose = asked(&colleague, &form.one("purpose")?)?.ok_or(Problem::Malformed)?;
    let (name, wanted) = (form.one("name")?, form.one("to")?);
    form.end()?;
    let to = if wanted == NOBODY {
        None
    } else {
        // Asked again: a page may be old, and only the directory says who somebody is.
        let (found, _) = listed(&desk, purpose, &name).await?;
        let to = found.into_iter().find(|to| value(to) == wanted);
        Some(to.ok_or(Problem::Malformed)?)
    };
    for draft in &chosen {
        drafts.change(draft.id, &draft.owner, desk.now(), |draft| {
            place(draft, purpose, to.clone());
        });
    }
    let to = match chosen.as_slice() {
        [one] => format!("/send/drafts/{}", one.id),
        _ => "/send/drafts".to_owned(),
    };
    Ok(Redirect::to(&to).into_response())
}

/// Gives a draft a target. Where nobody was known for that purpose, somebody is now.
fn place(draft: &mut Draft, purpose: Purpose, to: Option<Destination>) {
    if draft
        .targets
        .iter()
        .any(|target| target.purpose == purpose && target.to == to)
    {
        return;
    }
    let unplaced = draft
        .targets
        .iter_mut()
        .find(|target| target.purpose == purpose && target.to.is_none());
    match unplaced {
        Some(target) => target.to = to,
        None => draft.targets.push(Target::new(purpose, to)),
    }
}

fn own(drafts: &Drafts, desk: &Desk, colleague: &Colleague, ids: &[String]) -> Result<Vec<Draft>, Problem> {
    let own: Result<Vec<_>, _> = ids
        .iter()
        .map(|id| own_draft(drafts, desk, colleague, id))
        .collect();
    own.and_then(|own| {
        if own.is_empty() {
            Err(Problem::NotFound)
        } else {
            Ok(own)
        }
    })
}

fn asked(colleague: &Colleague, word: &str) -> Result<Option<Purpose>, Problem> {
    if word.is_empty() {
        return Ok(None);
    }
    let purpose = word.parse::<Purpose>().map_err(|_| Problem::Malformed)?;
    if may_send(colleague, purpose) {
        Ok(Some(purpose))
    } else {
        Err(Problem::NotAllowed)
    }
}

async fn listed(desk: &Desk, purpose: Purpose, name: &str) -> Result<(Vec<Destination>, bool), Problem> {
    let request = v1::ListRecipientsRequest {
        purpose: to_wire(purpose),
        name_contains: name.to_owned(),
        page_size: 0,
    };
    let found = answer(desk.recipients().list_recipients(request)).await?;
    let recipients = found.recipients.into_iter().map(|to| Destination {
        oin: to.oin,
        name: to.name,
        site: to.site,
        desk: from_wire::<DeskKind>(to.desk).ok(),
    });
    Ok((recipients.collect(), found.more))
}

fn value(to: &Destination) -> String {
    let desk = to.desk.map(handdruk_domain::role::Desk::word).unwrap_or_default();
    format!("{}/{}/{desk}", to.oin, to.site)
}

#[cfg(test)]
mod tests {
    use handdruk_domain::clock::Timestamp;
    use handdruk_domain::ids::RequestId;
    use prost::bytes::Bytes;

    use super::super::draft::Child;
    use super::*;

    #[test]
    fn a_target_that_waited_for_somebody_is_filled_and_none_stands_twice() {
        let mut draft = Draft::new(
            RequestId::from_bytes([1; 16]),
            "ib-1",
            Timestamp::UNIX_EPOCH,
            Bytes::from_static(b"x"),
            Child::default(),
        );
        let linde = Destination {
            oin: "00000099000000006000".to_owned(),
            name: "De Linde".to_owned(),
            site: String::new(),
            desk: None,
        };
        place(&mut draft, Purpose::CareHandover, None);
        place(&mut draft, Purpose::CareHandover, Some(linde.clone()));
        place(&mut draft, Purpose::CareHandover, Some(linde.clone()));
        place(&mut draft, Purpose::Attendance, None);
        let targets: Vec<_> = draft
            .targets
            .iter()
            .map(|target| (target.purpose, target.to.is_some()))
            .collect();
        assert_eq!(
            targets,
            [(Purpose::CareHandover, true), (Purpose::Attendance, false)]
        );
    }
}
