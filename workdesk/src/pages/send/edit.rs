//! One draft: to whom, who has a say, what the dossier lacks.
//!
//! Every button saves the whole form, so that nothing typed is lost by pressing the wrong one.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use handdruk_domain::category::Category;
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_look::{Frame, Words};

use super::additions::{Additions, Agreement, Care, View};
use super::draft::{Draft, Target};
use super::drafts::Drafts;
use super::fields::Fields;
use super::people::{self, CAPACITIES, LANGUAGES, Person};
use super::table::target_line;
use super::{own_draft, purposes, seconds};
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::form::Form;
use crate::page::{Answer, page};
use crate::problem::Problem;

/// Which parts of the form a draft needs.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a part of the form, shown or not"
)]
struct Parts {
    support: bool,
    request: bool,
    care: bool,
    views: bool,
    agreements: bool,
}

struct Aim {
    line: String,
    application: bool,
    safety: bool,
    target: Target,
}

#[derive(Template)]
#[template(path = "send-draft.html")]
struct Edit {
    frame: Frame,
    words: Words,
    id: RequestId,
    version: u32,
    child: String,
    born: String,
    aims: Vec<Aim>,
    only_safety: bool,
    /// Who can be the second of a report of unsafety: reference and name.
    seconds: Vec<(String, String)>,
    people: Vec<Person>,
    additions: Additions,
    parts: Parts,
    month: String,
    municipality: String,
    pupil: String,
    stale: bool,
    capacities: [&'static str; 9],
    spoken: [&'static str; 4],
}

/// The form.
pub(super) async fn show(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    Path(id): Path<String>,
) -> Answer {
    let draft = own_draft(&drafts, &desk, &colleague, &id)?;
    edit(&desk, &colleague, draft, false).await
}

async fn edit(desk: &Desk, colleague: &Colleague, draft: Draft, stale: bool) -> Answer {
    if draft.is_done() {
        return Ok(Redirect::to("/send/drafts").into_response());
    }
    let words = colleague.words();
    let allowed = purposes(desk, colleague).await?;
    let rules = |purpose: Purpose| allowed.iter().find(|(known, _)| *known == purpose);
    let wanted = |category: Category| {
        draft.targets.iter().any(|target| {
            rules(target.purpose)
                .is_some_and(|(_, rules)| rules.categories.contains(&handdruk_proto::to_wire(category)))
        })
    };
    // What the dossier fills itself cannot be filled twice; views are one per person, so more may be added.
    let lacks = |category: Category| wanted(category) && !draft.holds.contains(&category);
    let parts = Parts {
        support: lacks(Category::SupportNeeds),
        request: lacks(Category::CareRequest),
        care: lacks(Category::CareInvolvement),
        views: wanted(Category::FamilyView),
        agreements: lacks(Category::Agreements),
    };
    let mut people = draft.people.clone();
    people.resize_with(people.len() + 2, Person::default);
    let mut additions = draft.additions.clone();
    additions
        .views
        .resize_with(additions.views.len() + 1, View::default);
    additions
        .care
        .resize_with(additions.care.len() + 1, Care::default);
    additions
        .agreements
        .resize_with(additions.agreements.len() + 2, Agreement::default);
    page(&Edit {
        frame: colleague.frame(words.say("send-draft-window")),
        words,
        id: draft.id,
        version: draft.version,
        born: super::day(words, &draft.child.born),
        seconds: seconds(desk, colleague, None).await?,
        only_safety: !draft.targets.is_empty()
            && draft
                .targets
                .iter()
                .all(|target| target.purpose == Purpose::Safety),
        aims: draft
            .targets
            .iter()
            .map(|target| Aim {
                line: target_line(words, target),
                application: rules(target.purpose).is_some_and(|(_, rules)| rules.application),
                safety: target.purpose == Purpose::Safety,
                target: target.clone(),
            })
            .collect(),
        child: draft.child.name,
        people,
        additions,
        parts,
        month: draft.month,
        municipality: draft.municipality,
        pupil: draft.pupil,
        stale,
        capacities: CAPACITIES,
        spoken: LANGUAGES,
    })
}

/// Saves the form, and goes where the button leads.
pub(super) async fn take(
    State(desk): State<Desk>,
    Extension(drafts): Extension<Drafts>,
    colleague: Colleague,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    let mut form = Fields::of(pairs)?;
    let draft = own_draft(&drafts, &desk, &colleague, &id)?;
    let version: u32 = form.one("version")?.parse().map_err(|_| Problem::Malformed)?;
    let next = form.one("next")?;
    let mut changed = draft.clone();
    read(&mut changed, &mut form)?;
    form.end()?;
    let known = seconds(&desk, &colleague, None).await?;
    let is_known = |second: &String| second.is_empty() || known.iter().any(|(known, _)| known == second);
    if !changed.targets.iter().all(|target| is_known(&target.second)) {
        return Err(Problem::Malformed);
    }
    if version != draft.version {
        // Changed in another window meanwhile: what was typed here stands on the page, and nothing was overwritten.
        changed.version = draft.version;
        return edit(&desk, &colleague, changed, true).await;
    }
    if let Some(at) = next.strip_prefix("drop-") {
        let at: usize = at.parse().map_err(|_| Problem::Malformed)?;
        if at >= changed.targets.len() {
            return Err(Problem::Malformed);
        }
        changed.targets.remove(at);
    }
    let id = draft.id;
    drafts.change(id, &draft.owner, desk.now(), |draft| {
        let version = draft.version;
        *draft = Draft { version, ..changed };
    });
    let to = match next.as_str() {
        "check" => format!("/send/check?d={id}"),
        "recipient" => format!("/send/recipient?d={id}"),
        "table" => "/send/drafts".to_owned(),
        _ => format!("/send/drafts/{id}"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// Reads the form into a draft.
fn read(draft: &mut Draft, form: &mut Fields) -> Result<(), Problem> {
    for (at, target) in draft.targets.iter_mut().enumerate() {
        let name = |field: &str| format!("target-{at}-{field}");
        target.application = form.one(&name("application"))?;
        target.applied_on = form.one(&name("applied"))?;
        if target.purpose == Purpose::Safety {
            target.justification = form.one(&name("justification"))?;
            target.second = form.one(&name("second"))?;
            target.order = form.ticked(&name("order"))?;
        }
    }
    draft.people = people::read(form)?;
    draft.additions.read(form)?;
    draft.month = form.one("month")?;
    draft.municipality = form.one("municipality")?;
    draft.pupil = form.one("pupil")?;
    Ok(())
}
