//! What happened with a handover: its steps in words with what came with them, who read it, and what that says to the
//! checklist. And the other way: what goes along with a step of ours.

use handdruk_content::category::AgreementMade;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_domain::statement::outcome::{DeclineReason, Step};
use handdruk_look::Words;
use handdruk_proto::v1::step_details::Details;
use handdruk_proto::{from_wire, v1};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::agreements;
use super::checklist::Known;
use super::colleagues::Colleagues;
use super::handover::{arrived, labels};
use super::reading::{Entry, entries};
use super::talk::{Talk, TalkKind};
use crate::pages::guest;

/// One step in words.
pub(super) struct Told {
    pub(super) at: Timestamp,
    pub(super) when: String,
    pub(super) by: Option<String>,
    pub(super) label: String,
    pub(super) talk: Option<Planned>,
    pub(super) agreements: Vec<Entry>,
    pub(super) waiting: Option<String>,
}

/// A talk in words.
pub(super) struct Planned {
    pub(super) when: String,
    pub(super) kind: String,
    pub(super) place: String,
    pub(super) invited: Vec<String>,
    pub(super) message: String,
    /// Whether it is the newest: the one that counts.
    pub(super) is_last: bool,
}

fn time(at: Option<&prost_types::Timestamp>) -> Timestamp {
    at.and_then(|at| Timestamp::new(at.seconds, at.nanos).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

fn details(step: &v1::ThreadStep) -> Option<&Details> {
    step.details.as_ref()?.details.as_ref()
}

fn plan(step: &v1::ThreadStep) -> Option<&v1::TalkPlan> {
    match details(step)? {
        Details::TalkPlan(plan) => Some(plan),
        Details::Agreements(_) | Details::WaitingUntil(_) => None,
    }
}

/// When a talk begins: its local time, in the Netherlands.
fn starts(plan: &v1::TalkPlan) -> Option<Timestamp> {
    let local: DateTime = plan.starts.parse().ok()?;
    let netherlands = TimeZone::get("Europe/Amsterdam").ok()?;
    Some(local.to_zoned(netherlands).ok()?.timestamp())
}

/// When the newest talk that was planned begins, and when that was said: for a calendar.
pub(super) fn next_talk(item: &v1::InboxItem) -> Option<(Timestamp, Timestamp)> {
    let step = item.thread.iter().rev().find(|step| plan(step).is_some())?;
    Some((starts(plan(step)?)?, time(step.report_time.as_ref())))
}

/// The steps in words, oldest first, beginning with the arrival. Who read it stands elsewhere ([`readers`]).
pub(super) fn told(item: &v1::InboxItem, people: &Colleagues, words: Words) -> Vec<Told> {
    let last_talk = item.thread.iter().rposition(|step| plan(step).is_some());
    let at = arrived(item);
    let first = Told {
        at,
        when: words.moment(at),
        by: None,
        label: words.say("receive-step-received"),
        talk: None,
        agreements: Vec::new(),
        waiting: None,
    };
    let steps = item
        .thread
        .iter()
        .enumerate()
        .filter(|(_, step)| step.step != "read");
    let steps = steps.map(|(position, step)| {
        let at = time(step.report_time.as_ref());
        let (talk, agreements, waiting) = match details(step) {
            None => (None, Vec::new(), None),
            Some(Details::TalkPlan(plan)) => {
                let talk = planned(plan, last_talk == Some(position), words);
                (Some(talk), Vec::new(), None)
            }
            Some(Details::Agreements(json)) => {
                let json = serde_json::from_slice(json).unwrap_or_default();
                (None, entries(Category::Agreements, &json, words), None)
            }
            Some(Details::WaitingUntil(day)) => {
                let day = day.parse::<Date>().ok();
                let said = day.map(|day| words.with("date", words.date(day)).say("receive-waiting-until"));
                (None, Vec::new(), said)
            }
        };
        Told {
            at,
            when: words.moment(at),
            by: Some(by(item, step, people, words)),
            label: label(step, words),
            talk,
            agreements,
            waiting,
        }
    });
    std::iter::once(first).chain(steps).collect()
}

fn by(item: &v1::InboxItem, step: &v1::ThreadStep, people: &Colleagues, words: Words) -> String {
    if step.organisation_oin == item.sender_oin {
        return words
            .with("organisation", &item.sender_name)
            .say("receive-thread-them");
    }
    let reference = step.professional.parse::<ProfessionalRef>();
    let who = reference
        .as_ref()
        .map_or("", |reference| people.called(reference));
    words.with("who", who).say("receive-thread-us")
}

fn label(step: &v1::ThreadStep, words: Words) -> String {
    match from_wire::<DeclineReason>(step.decline_reason) {
        Ok(reason) => words.say_word("decline", reason),
        // A word of a closed vocabulary: the node refuses every other.
        Err(_) => words.say_word("receive-step", &step.step),
    }
}

fn planned(plan: &v1::TalkPlan, is_last: bool, words: Words) -> Planned {
    Planned {
        when: starts(plan).map_or_else(|| plan.starts.clone(), |at| words.moment(at)),
        kind: match plan.kind() {
            v1::TalkKind::InPerson => words.say("receive-talk-kind-in-person"),
            v1::TalkKind::Phone => words.say("receive-talk-kind-phone"),
            v1::TalkKind::Video => words.say("receive-talk-kind-video"),
            v1::TalkKind::Unspecified => String::new(),
        },
        place: plan.place.clone(),
        invited: guest::invited(plan, words),
        message: plan.message.clone(),
        is_last,
    }
}

/// Who read what, in words, oldest first.
pub(super) fn readers(item: &v1::InboxItem, people: &Colleagues, words: Words) -> Vec<String> {
    let readers = item.reads.iter().map(|read| {
        let reference = read.professional.parse::<ProfessionalRef>();
        let who = reference
            .as_ref()
            .map_or("", |reference| people.called(reference));
        words
            .with("who", who)
            .with("when", words.moment(time(read.read_time.as_ref())))
            .with("categories", labels(&read.categories, words).join(", "))
            .say("receive-reader")
    });
    readers.collect()
}

/// Whether this colleague has read nothing of it yet.
pub(super) fn is_unread(item: &v1::InboxItem, me: &ProfessionalRef) -> bool {
    !item.reads.iter().any(|read| read.professional == me.as_str())
}

/// Who took it on last.
pub(super) fn accepted_by(item: &v1::InboxItem) -> Option<ProfessionalRef> {
    let accepted = item.thread.iter().rev().find(|step| step.step == "accepted")?;
    accepted.professional.parse().ok()
}

/// The steps, as far as the checklist asks.
pub(super) fn steps(item: &v1::InboxItem) -> Vec<Step> {
    let step = |step: &v1::ThreadStep| {
        [
            Step::Accepted {},
            Step::TalkPlanned {},
            Step::TalkHeld {},
            Step::Started {},
            Step::NotStarted {},
            Step::AftercarePlanned {},
            Step::AftercareHeld {},
            Step::Closed {},
        ]
        .into_iter()
        .find(|known| known.word() == step.step)
    };
    item.thread.iter().filter_map(step).collect()
}

/// What the checklist asks besides the steps. `named`: a colleague has it.
pub(super) fn known(item: &v1::InboxItem, named: bool) -> Known {
    let noted: Vec<AgreementMade> = item
        .thread
        .iter()
        .filter_map(|step| match details(step)? {
            Details::Agreements(json) => serde_json::from_slice::<Vec<AgreementMade>>(json).ok(),
            Details::TalkPlan(_) | Details::WaitingUntil(_) => None,
        })
        .flatten()
        .collect();
    let arrived = |category: v1::Category| item.categories.contains(&category.into());
    Known {
        remarks: arrived(v1::Category::D18),
        named,
        running_care: arrived(v1::Category::D17) || agreements::names_care(noted.iter()),
        agreements: agreements::known(noted.iter()),
    }
}

/// What goes along with a talk that is planned.
pub(super) fn talk_planned(talk: &Talk) -> v1::StepDetails {
    let kind = match talk.kind {
        TalkKind::InPerson => v1::TalkKind::InPerson,
        TalkKind::Phone => v1::TalkKind::Phone,
        TalkKind::Video => v1::TalkKind::Video,
    };
    v1::StepDetails {
        details: Some(Details::TalkPlan(v1::TalkPlan {
            starts: talk.starts.strftime("%Y-%m-%dT%H:%M").to_string(),
            kind: kind.into(),
            place: talk.place.clone(),
            invited: talk.invited.clone(),
            guests: talk
                .guests
                .iter()
                .map(|role| guest::on_wire(*role).into())
                .collect(),
            message: talk.message.clone(),
        })),
    }
}

/// What goes along with a talk or aftercare that was held.
pub(super) fn agreements_made(made: &[AgreementMade]) -> v1::StepDetails {
    let json = serde_json::to_vec(made).expect("agreements have string keys and no failing serialiser");
    v1::StepDetails {
        details: Some(Details::Agreements(json.into())),
    }
}

#[cfg(test)]
mod tests {
    use handdruk_domain::category::CategorySet;
    use handdruk_domain::statement::outcome::Erasure;
    use handdruk_look::Language;

    use super::*;
    use crate::words::words;

    /// The step after this one, so that each is tried: a new one does not compile without its place here.
    fn next(step: Step) -> Option<Step> {
        Some(match step {
            Step::Accepted {} => Step::Declined {
                reason: DeclineReason::NoPlace,
            },
            Step::Declined { .. } => Step::Confirmed {},
            Step::Confirmed {} => Step::NoRecipient {},
            Step::NoRecipient {} => Step::TalkPlanned {},
            Step::TalkPlanned {} => Step::TalkHeld {},
            Step::TalkHeld {} => Step::Started {},
            Step::Started {} => Step::NotStarted {},
            Step::NotStarted {} => Step::AftercarePlanned {},
            Step::AftercarePlanned {} => Step::AftercareHeld {},
            Step::AftercareHeld {} => Step::Closed {},
            Step::Closed {} => Step::Read {
                categories: CategorySet::default(),
            },
            Step::Read { .. } => Step::Erased { why: Erasure::Term },
            Step::Erased { .. } => return None,
        })
    }

    #[test]
    fn every_step_has_words_for_both_sides() {
        let steps: Vec<Step> = std::iter::successors(Some(Step::Accepted {}), |step| next(*step)).collect();
        for language in [Language::Nl, Language::En] {
            for step in &steps {
                let word = step.word();
                let families = ["receive-step", "sent-step"];
                // Who read it stands elsewhere at the sender's.
                let read = usize::from(matches!(step, Step::Read { .. }));
                for family in &families[..families.len() - read] {
                    let said = words(language).say_word(family, word);
                    assert_ne!(said, format!("{family}-{word}"), "{language:?}");
                }
            }
        }
    }
}
