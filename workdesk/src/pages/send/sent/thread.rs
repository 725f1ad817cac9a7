//! What happened after a handover of ours arrived: the steps in words with what came with them, and who read it.

use handdruk_content::label::lines_of_json;
use handdruk_domain::category::Category;
use handdruk_domain::statement::outcome::DeclineReason;
use handdruk_look::Words;
use handdruk_proto::v1::step_details::Details;
use handdruk_proto::{from_wire, time, v1};
use jiff::civil::DateTime;

use crate::pages::guest;
use crate::pages::send::findings::spoken;
use crate::pages::send::{category_name, day};

/// One step in words.
pub(super) struct Step {
    pub(super) when: String,
    pub(super) by: String,
    pub(super) what: String,
    /// What came with it: a label and what it says.
    pub(super) details: Vec<(String, String)>,
    pub(super) refused: bool,
}

/// The steps, oldest first. `own` is our number, `recipient` the other organisation's name.
pub(super) fn steps(words: Words, sent: &v1::SentHandover, own: &str, recipient: &str) -> Vec<Step> {
    let told = sent.thread.iter().filter(|step| step.step != "read");
    told.map(|step| {
        let organisation = if step.organisation_oin == own {
            words.say("sent-us")
        } else {
            recipient.to_owned()
        };
        Step {
            when: moment(words, step.report_time),
            by: words
                .with("who", &step.professional)
                .with("organisation", organisation)
                .say("sent-by"),
            what: match from_wire::<DeclineReason>(step.decline_reason) {
                Ok(reason) => words
                    .with("reason", words.say_word("decline", reason))
                    .say("sent-step-declined-for"),
                // A word of a closed vocabulary: the node refuses every other.
                Err(_) => words.say_word("sent-step", &step.step),
            },
            details: step
                .details
                .as_ref()
                .and_then(|details| details.details.as_ref())
                .map(|details| in_words(words, details))
                .unwrap_or_default(),
            refused: step.details_refused,
        }
    })
    .collect()
}

fn moment(words: Words, at: Option<prost_types::Timestamp>) -> String {
    time(at, "time").map(|at| words.moment(at)).unwrap_or_default()
}

fn in_words(words: Words, details: &Details) -> Vec<(String, String)> {
    match details {
        Details::TalkPlan(plan) => {
            let kind = match plan.kind() {
                v1::TalkKind::Phone => words.say("sent-talk-phone"),
                v1::TalkKind::Video => words.say("sent-talk-video"),
                v1::TalkKind::InPerson | v1::TalkKind::Unspecified => words.say("sent-talk-in-person"),
            };
            let lines = [
                (words.say("sent-talk-when"), local(words, &plan.starts)),
                (words.say("sent-talk-how"), kind),
                (words.say("sent-talk-place"), plan.place.clone()),
                (
                    words.say("sent-talk-invited"),
                    guest::invited(plan, words).join(", "),
                ),
                (words.say("sent-talk-message"), plan.message.clone()),
            ];
            lines.into_iter().filter(|(_, said)| !said.is_empty()).collect()
        }
        Details::Agreements(json) => {
            let json = serde_json::from_slice(json).unwrap_or_default();
            let lines = lines_of_json(Category::Agreements, &json, spoken(words));
            lines
                .into_iter()
                .filter_map(|line| Some((line.label.to_owned(), day(words, &line.value?))))
                .collect()
        }
        Details::WaitingUntil(until) => vec![(words.say("sent-waiting-until"), day(words, until))],
    }
}

/// A local time in the Netherlands, as it was typed: in words where it is one.
fn local(words: Words, text: &str) -> String {
    let at = text.parse::<DateTime>().ok();
    at.map_or_else(
        || text.to_owned(),
        |at| {
            let time = at.strftime("%H:%M").to_string();
            words
                .with("day", words.weekday_and_date(at.date()))
                .with("time", time)
                .say("sent-talk-at")
        },
    )
}

/// Who read it at the recipient, oldest first.
pub(super) fn readers(words: Words, sent: &v1::SentHandover) -> Vec<String> {
    let reads = sent.reads.iter().map(|read| {
        let categories: Vec<String> = read
            .categories
            .iter()
            .filter_map(|category| from_wire::<Category>(*category).ok())
            .map(|category| category_name(words, category))
            .collect();
        words
            .with("who", &read.professional)
            .with("when", moment(words, read.read_time))
            .with("what", categories.join(", "))
            .say("sent-reader")
    });
    reads.collect()
}

#[cfg(test)]
mod tests {
    use handdruk_look::Language;

    use super::*;
    use crate::words::words;

    #[test]
    fn a_talk_and_a_decline_read_in_words() {
        let step = |step: &str, reason: v1::DeclineReason, details| v1::ThreadStep {
            step: step.to_owned(),
            organisation_oin: "00000099000000006000".to_owned(),
            professional: "intake-1".to_owned(),
            decline_reason: reason.into(),
            details,
            ..v1::ThreadStep::default()
        };
        let plan = v1::StepDetails {
            details: Some(Details::TalkPlan(v1::TalkPlan {
                starts: "2027-06-01T14:30".to_owned(),
                kind: v1::TalkKind::Phone.into(),
                ..v1::TalkPlan::default()
            })),
        };
        let sent = v1::SentHandover {
            thread: vec![
                step("talk-planned", v1::DeclineReason::Unspecified, Some(plan)),
                step("declined", v1::DeclineReason::NoPlace, None),
            ],
            ..v1::SentHandover::default()
        };
        let told = steps(words(Language::Nl), &sent, "00000099000000001000", "De Linde");
        assert_eq!(told.len(), 2);
        let bare = |text: &str| text.replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(bare(&told[0].details[0].1), "dinsdag 1 juni 2027 om 14:30 uur");
        assert!(bare(&told[1].what).contains("Geen plek"));
        assert!(bare(&told[1].by).contains("De Linde"));
    }
}
