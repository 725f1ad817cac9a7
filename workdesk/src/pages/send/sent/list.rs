//! What was handed over, newest first: whose turn it is, until when.

use askama::Template;
use axum::extract::{Query, State};
use handdruk_domain::purpose::Purpose;
use handdruk_look::{Frame, Words};
use handdruk_proto::{from_wire, v1};

use super::turn::{Turn, is_late, turn};
use super::within_reach;
use crate::access::Action;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::node::answer;
use crate::page::{Answer, page};
use crate::pages::send::{Fields, may_send_anything, names};
use crate::problem::Problem;

/// How many a page shows.
const PAGE: usize = 50;
/// How many the node is asked for before a page is shown with fewer.
const LOOKED_AT: usize = 1_000;

/// What can be asked for, by the words of the address.
const FILTERS: [&str; 6] = ["open", "ours", "family", "theirs", "late", "over"];

struct Row {
    id: String,
    child: String,
    purpose: String,
    recipient: String,
    turn: Turn,
    stands: String,
    until: String,
    late: bool,
}

#[derive(Template)]
#[template(path = "send-sent.html")]
struct List {
    frame: Frame,
    words: Words,
    rows: Vec<Row>,
    filters: [&'static str; 6],
    filter: &'static str,
    next: String,
}

/// The list.
pub(super) async fn show(
    State(desk): State<Desk>,
    colleague: Colleague,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer {
    may_send_anything(&colleague)?;
    desk.allow_task(&colleague, Action::List).await?;
    let mut form = Fields::of(pairs)?;
    let wanted = form.one("show")?;
    let filter = FILTERS
        .into_iter()
        .find(|filter| *filter == wanted)
        .unwrap_or("open");
    let (found, next) = gather(&desk, &colleague, filter, form.one("after")?).await?;
    let words = colleague.words();
    let ids = found.iter().filter_map(id_of).map(str::to_owned).collect();
    let names = names(&desk, &colleague, ids).await?;
    let today = desk.today().to_string();
    page(&List {
        frame: colleague.frame(words.say("sent-title")),
        words,
        rows: found
            .iter()
            .map(|sent| {
                let id = id_of(sent).unwrap_or_default().to_owned();
                Row {
                    child: names.get(&id).cloned().unwrap_or_else(|| sent.pupil.clone()),
                    id,
                    purpose: purpose(words, sent),
                    recipient: recipient(words, sent),
                    turn: turn(sent),
                    stands: stands(words, sent),
                    until: last_day(sent)
                        .map(|day| crate::pages::send::day(words, day))
                        .unwrap_or_default(),
                    late: is_late(sent, &today),
                }
            })
            .collect(),
        filters: FILTERS,
        filter,
        next,
    })
}

/// A page's worth of what is asked for, from this place on; and from where the next page goes on.
async fn gather(
    desk: &Desk,
    colleague: &Colleague,
    filter: &str,
    mut after: String,
) -> Result<(Vec<v1::SentHandover>, String), Problem> {
    let today = desk.today().to_string();
    let (mut found, mut looked_at) = (Vec::new(), 0);
    loop {
        let request = v1::ListHandoversRequest {
            page_size: i32::try_from(PAGE).unwrap_or(0),
            page_token: after,
            pupil: String::new(),
        };
        let listed = answer(desk.transitions().list_handovers(request)).await?;
        looked_at += listed.handovers.len();
        after = listed.next_page_token;
        let asked_for = listed
            .handovers
            .into_iter()
            .filter(|sent| is_asked_for(filter, sent, &today))
            .collect();
        found.extend(within_reach(desk, colleague, asked_for));
        if after.is_empty() || found.len() >= PAGE || looked_at >= LOOKED_AT {
            return Ok((found, after));
        }
    }
}

fn is_asked_for(filter: &str, sent: &v1::SentHandover, today: &str) -> bool {
    let turn = turn(sent);
    match filter {
        "ours" => matches!(turn, Turn::Ours | Turn::Both),
        "family" => turn == Turn::Family,
        "theirs" => matches!(turn, Turn::Theirs | Turn::Both | Turn::Underway),
        "late" => is_late(sent, today) && turn != Turn::Over,
        "over" => turn == Turn::Over,
        _ => turn != Turn::Over,
    }
}

/// A handover's id.
pub(super) fn id_of(sent: &v1::SentHandover) -> Option<&str> {
    sent.status.as_ref().map(|status| status.handover_id.as_str())
}

/// What it is for.
pub(super) fn purpose(words: Words, sent: &v1::SentHandover) -> String {
    from_wire::<Purpose>(sent.purpose)
        .map(|purpose| words.say_word("purpose", purpose))
        .unwrap_or_default()
}

/// To whom.
pub(super) fn recipient(words: Words, sent: &v1::SentHandover) -> String {
    if !sent.recipient_name.is_empty() {
        sent.recipient_name.clone()
    } else if !sent.recipient_oin.is_empty() {
        sent.recipient_oin.clone()
    } else {
        words.say("send-nobody")
    }
}

/// Where it stands, in words.
pub(super) fn stands(words: Words, sent: &v1::SentHandover) -> String {
    use handdruk_domain::stage::Stage;
    use handdruk_domain::warm::WarmStage;
    if sent.queued {
        return words.say("sent-queued");
    }
    let status = sent.status.clone().unwrap_or_default();
    match v1::WithdrawalState::try_from(sent.withdrawal) {
        Ok(v1::WithdrawalState::Unanswered) => return words.say("sent-withdrawal-unanswered"),
        Ok(v1::WithdrawalState::Erased) => return words.say("sent-withdrawal-erased"),
        Ok(v1::WithdrawalState::Kept) => return words.say("sent-withdrawal-kept"),
        _ => {}
    }
    if status
        .blocked_reasons
        .iter()
        .any(|reason| reason.reason == "NO_RECIPIENT")
    {
        return words.say_word("warm", WarmStage::NoRecipient);
    }
    let stage = from_wire::<Stage>(status.stage);
    let warm = status
        .warm
        .and_then(|warm| from_wire::<WarmStage>(warm.stage).ok());
    match (stage, warm) {
        (Ok(Stage::Received), Some(warm)) => words.say_word("warm", warm),
        (Ok(stage), _) => words.say_word("sent-stage", stage),
        (Err(_), _) => String::new(),
    }
}

/// The last day on which the next step is in time: the answer to a withdrawal before the step that is awaited anyhow.
pub(super) fn last_day(sent: &v1::SentHandover) -> Option<&str> {
    let status = sent.status.as_ref()?;
    let answer = status
        .unanswered
        .iter()
        .map(|waiting| waiting.last_day.as_str())
        .min();
    let early = status.early.as_ref().map(|early| early.last_day.as_str());
    let warm = status.warm.as_ref().map(|warm| warm.last_day.as_str());
    answer.or(early).or(warm).filter(|day| !day.is_empty())
}
