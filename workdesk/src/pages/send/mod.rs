//! Handing over: from a file, or a form, to what the node takes.
//!
//! Invariant: nothing goes before it was looked at. A draft is uploaded or typed in, completed, checked by the node, shown as
//! what would go to whom and what stays home, and only that very version can be handed over. Until then it lives in memory
//! ([`drafts`]), for its colleague alone.

mod additions;
mod blank;
mod check;
mod draft;
mod drafts;
mod edit;
mod fields;
mod findings;
mod identify;
mod people;
mod reason;
mod recipient;
mod sent;
mod table;
mod upload;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use handdruk_content::label::category_label;
use handdruk_domain::category::Category;
use handdruk_domain::clock::Date;
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_look::Words;
use handdruk_proto::{from_wire, v1};

use self::draft::{Destination, Draft};
pub(crate) use self::drafts::Drafts;
use self::fields::Fields;
use crate::access::{Action, Reach, Sensitivity, Verdict, may, sees};
use crate::board::Direction;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::node::answer;
use crate::people::{Account, AccountState, Role};
use crate::problem::Problem;

pub(crate) fn routes() -> Router<Desk> {
    Router::new()
        .route("/send/new", get(upload::show))
        .route("/send/blank", get(blank::show).post(blank::take))
        .route("/send/drafts", get(table::show).post(table::choose))
        .route("/send/drafts/{id}", get(edit::show).post(edit::take))
        .route("/send/recipient", get(recipient::show).post(recipient::take))
        .route("/send/check", get(check::show).post(check::hand_over))
        .merge(sent::routes())
}

/// What takes as long as somebody's line is slow: files. It has a limit on time of its own.
pub(crate) fn uploads() -> Router<Desk> {
    Router::new().route(
        "/send/upload",
        post(upload::take).layer(DefaultBodyLimit::max(upload::ALL_BYTES)),
    )
}

/// What a colleague calls a category.
fn category_name(words: Words, category: Category) -> String {
    category_label(category).of(findings::spoken(words)).to_owned()
}

/// What a recipient is called: the organisation, and which of its sites or desks.
fn destination_name(words: Words, to: &Destination) -> String {
    if let Some(desk) = to.desk {
        words
            .with("name", &to.name)
            .with("desk", words.say_word("desk", desk))
            .say("send-destination-desk")
    } else if to.site.is_empty() {
        to.name.clone()
    } else {
        words
            .with("name", &to.name)
            .with("site", &to.site)
            .say("send-destination-site")
    }
}

/// A day as the reader writes it; what is not a day stays as it is.
fn day(words: Words, text: &str) -> String {
    text.parse::<Date>()
        .ok()
        .filter(|date| date.to_string() == text)
        .map_or_else(|| text.to_owned(), |date| words.date(date))
}

/// Whether a colleague may send something for a purpose. A report of unsafety is the safety officer's.
fn may_send(colleague: &Colleague, purpose: Purpose) -> bool {
    colleague.does(Action::Send) && (purpose != Purpose::Safety || colleague.is(Role::SafetyOfficer))
}

/// Who can be the second of what this colleague decides, by reference and name: works here too, and with children's matters;
/// where it is about a handover, with those for its purpose.
async fn seconds(
    desk: &Desk,
    colleague: &Colleague,
    purpose: Option<Purpose>,
) -> Result<Vec<(String, String)>, Problem> {
    let accounts = desk
        .people()
        .accounts()
        .await
        .map_err(|error| desk.broken(&error))?;
    let others = accounts.into_iter().filter(|account| {
        can_confirm(account)
            && account.reference != colleague.reference
            && purpose.is_none_or(|purpose| sees(&account.roles, Direction::Sent, purpose))
    });
    let mut seconds: Vec<_> = others
        .map(|account| (account.reference.as_str().to_owned(), account.name))
        .collect();
    seconds.sort_by(|one, other| one.1.cmp(&other.1));
    Ok(seconds)
}

/// Whether somebody with this account can confirm what is asked of them.
fn can_confirm(account: &Account) -> bool {
    let verdict = may(
        &account.roles,
        Action::Confirm,
        &Sensitivity::Nothing,
        Reach::Mine,
    );
    account.state == AccountState::Active && matches!(verdict, Verdict::Allowed(_))
}

/// Whether a colleague may send anything at all. A draft is its colleague's own, so that it needs no more than the role.
fn may_send_anything(colleague: &Colleague) -> Result<(), Problem> {
    if colleague.does(Action::Send) {
        Ok(())
    } else {
        Err(Problem::NotAllowed)
    }
}

/// The purposes for which the organisation may send something and this colleague as well. Nobody to whom there is none gets
/// past this.
async fn purposes(
    desk: &Desk,
    colleague: &Colleague,
) -> Result<Vec<(Purpose, v1::SendablePurpose)>, Problem> {
    let listed = answer(desk.recipients().list_purposes(v1::ListPurposesRequest {})).await?;
    let mut allowed = Vec::new();
    for sendable in listed.purposes {
        if let Ok(purpose) = from_wire::<Purpose>(sendable.purpose)
            && may_send(colleague, purpose)
        {
            allowed.push((purpose, sendable));
        }
    }
    Ok(allowed)
}

/// What children are called, by handover. Those of whom the node holds no name any more are left out.
async fn names(
    desk: &Desk,
    colleague: &Colleague,
    handovers: Vec<String>,
) -> Result<BTreeMap<String, String>, Problem> {
    let mut names = BTreeMap::new();
    for some in handovers.chunks(500) {
        let request = v1::DescribeHandoversRequest {
            handover_ids: some.to_vec(),
            acting: colleague.acting(),
        };
        let described = answer(desk.previews().describe_handovers(request)).await?;
        for subject in described.subjects {
            let parts = [
                &subject.given_name,
                &subject.family_name_prefix,
                &subject.family_name,
            ];
            let parts: Vec<&str> = parts
                .iter()
                .map(|part| part.as_str())
                .filter(|part| !part.is_empty())
                .collect();
            names.insert(subject.handover_id, parts.join(" "));
        }
    }
    Ok(names)
}

/// One of the colleague's own drafts. Somebody else's is not there.
fn own_draft(drafts: &Drafts, desk: &Desk, colleague: &Colleague, id: &str) -> Result<Draft, Problem> {
    let id: RequestId = id.parse().map_err(|_| Problem::NotFound)?;
    drafts
        .one(id, colleague.reference.as_str(), desk.now())
        .ok_or(Problem::NotFound)
}

impl From<fields::NotOurForm> for Problem {
    fn from(_: fields::NotOurForm) -> Self {
        Self::Malformed
    }
}

#[cfg(test)]
mod tests {
    use handdruk_look::lexicon::Lexicon;
    use handdruk_look::plain;

    #[test]
    fn the_dutch_of_handing_over_is_plain() {
        let text = include_str!("../../../locales/nl/send.ftl");
        let lexicon = Lexicon::read("nl", &[("send.ftl", text)]).unwrap();
        assert_eq!(plain::flaws(&lexicon), Vec::<String>::new());
        let score = plain::score_of_page(lexicon.messages().map(|(_, parts)| parts), "u").unwrap();
        assert!(score >= plain::LOWEST_SCORE, "{score:.1}");
    }
}
