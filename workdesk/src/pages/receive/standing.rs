//! Where a handover stands, in words: stage, whose turn it is, until when, how far it is.

use handdruk_domain::clock::Date;
use handdruk_domain::warm::{Course, Owner, WarmStage};
use handdruk_look::Words;
use handdruk_proto::{from_wire, v1};

/// The warm part as it came over the wire, in our own words for it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Which stage. What was received and of which the gateway has said nothing yet is *received*.
    pub(super) stage: WarmStage,
    /// Whose turn it is; nobody's once it is closed.
    pub(super) owner: Option<Owner>,
    /// The last day of the stage.
    pub(super) last_day: Option<Date>,
    /// How sure that day is.
    pub(super) known: v1::Known,
    /// Who has heard that it is late.
    pub(super) heard: v1::Hearer,
    /// Which course it takes.
    pub(super) course: Course,
}

/// One step of the way, for the line above a handover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Station {
    pub(super) label: String,
    pub(super) is_here: bool,
}

impl Standing {
    /// Where a handover to us stands.
    pub(super) fn of(item: &v1::InboxItem) -> Self {
        let warm = item.warm.clone().unwrap_or_default();
        // What was taken back comes before the step that is awaited anyhow.
        let answer = item
            .unanswered
            .iter()
            .min_by_key(|waiting| waiting.last_day.as_str());
        let (last_day, known, heard) = match answer {
            Some(answer) => (answer.last_day.as_str(), answer.known(), answer.heard()),
            None => (warm.last_day.as_str(), warm.known(), warm.heard()),
        };
        Self {
            stage: from_wire(warm.stage).unwrap_or(WarmStage::Received),
            owner: match &item.warm {
                Some(_) => from_wire(warm.owner).ok(),
                None => Some(Owner::Recipient),
            },
            last_day: last_day.parse().ok(),
            known,
            heard,
            course: if item.short_course {
                Course::Short
            } else {
                Course::Talk
            },
        }
    }

    /// By how many days it is late.
    pub(super) fn days_late(&self, today: Date) -> Option<u32> {
        let days = days_between(self.last_day?, today);
        u32::try_from(days).ok().filter(|days| *days > 0)
    }

    /// Until when, with what there is to say about it.
    pub(super) fn deadline(&self, today: Date, words: Words) -> Vec<String> {
        let Some(last_day) = self.last_day.filter(|_| self.stage != WarmStage::Closed) else {
            return vec![words.say("receive-deadline-none")];
        };
        let mut said = vec![day_said(last_day, today, words)];
        match self.known {
            v1::Known::Advised => said.push(words.say("receive-deadline-advised")),
            v1::Known::Unknown => said.push(words.say("receive-deadline-unknown")),
            v1::Known::Fixed | v1::Known::Unspecified => {}
        }
        match self.heard {
            v1::Hearer::Owner => said.push(words.say("receive-heard-owner")),
            v1::Hearer::Organisations => said.push(words.say("receive-heard-organisations")),
            v1::Hearer::Family => said.push(words.say("receive-heard-family")),
            v1::Hearer::ThirdParty => said.push(words.say("receive-heard-third-party")),
            v1::Hearer::Unspecified => {}
        }
        said
    }

    /// How the mark of its stage looks: a class beside `look-mark`.
    pub(super) fn mark(&self, today: Date) -> &'static str {
        match self.stage {
            WarmStage::Closed | WarmStage::Declined | WarmStage::NoRecipient => " look-mark--over",
            _ if self.days_late(today).is_some() => " look-mark--no",
            WarmStage::Received | WarmStage::Waiting | WarmStage::NotStarted => " look-mark--wait",
            _ => " look-mark--yes",
        }
    }

    /// The line from arrival to closing. Empty where there is none to show.
    pub(super) fn stations(&self, words: Words) -> Vec<Station> {
        let here = match self.stage {
            WarmStage::Received | WarmStage::Waiting => 0,
            WarmStage::Accepted => 1,
            WarmStage::TalkPlanned | WarmStage::TalkHeld => 2,
            WarmStage::Started | WarmStage::NotStarted => 3,
            WarmStage::AftercarePlanned | WarmStage::AftercareHeld => 4,
            WarmStage::Closed => 5,
            WarmStage::Declined | WarmStage::NoRecipient => return Vec::new(),
        };
        let labels = [
            words.say("receive-progress-arrived"),
            words.say("receive-progress-accepted"),
            words.say("receive-progress-talk"),
            words.say("receive-progress-start"),
            words.say("receive-progress-aftercare"),
            words.say("receive-progress-closed"),
        ];
        let stations = labels
            .into_iter()
            .enumerate()
            .filter(|(at, _)| match self.course {
                Course::Talk => true,
                Course::Short => matches!(at, 0 | 1 | 5),
            });
        stations
            .map(|(at, label)| Station {
                label,
                is_here: at == here,
            })
            .collect()
    }
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// A last day, seen from today.
pub(super) fn day_said(last_day: Date, today: Date, words: Words) -> String {
    match days_between(today, last_day) {
        0 => words.say("receive-deadline-today"),
        1 => words.say("receive-deadline-tomorrow"),
        days @ 2.. => words
            .with("date", words.weekday_and_date(last_day))
            .with("days", days)
            .say("receive-deadline-in"),
        days => words
            .with("date", words.date(last_day))
            .with("days", -days)
            .say("receive-deadline-late"),
    }
}

#[cfg(test)]
mod tests {
    use handdruk_look::Language;
    use jiff::civil::date;

    use super::*;
    use crate::words::words;

    fn said(last_day: Date) -> String {
        let text = day_said(last_day, date(2027, 8, 30), words(Language::Nl));
        text.replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn a_last_day_is_said_as_people_count() {
        assert_eq!(said(date(2027, 8, 30)), "Vandaag is de laatste dag.");
        assert_eq!(said(date(2027, 8, 31)), "Morgen is de laatste dag.");
        assert_eq!(
            said(date(2027, 9, 13)),
            "Uiterlijk maandag 13 september 2027, over 14 dagen."
        );
        assert_eq!(said(date(2027, 8, 29)), "Te laat: de laatste dag was gisteren.");
        assert_eq!(
            said(date(2027, 7, 1)),
            "Te laat: de laatste dag was 1 juli 2027, 60 dagen geleden."
        );
    }

    #[test]
    fn what_the_gateway_said_nothing_of_yet_has_arrived_and_is_ours() {
        let standing = Standing::of(&v1::InboxItem::default());
        assert_eq!(
            (standing.stage, standing.owner),
            (WarmStage::Received, Some(Owner::Recipient))
        );
        assert_eq!(standing.deadline(date(2027, 8, 30), words(Language::Nl)).len(), 1);
    }

    #[test]
    fn an_answer_to_a_withdrawal_is_due_before_anything_else() {
        let item = v1::InboxItem {
            warm: Some(v1::WarmStatus {
                stage: v1::WarmStage::Accepted.into(),
                owner: v1::Owner::Recipient.into(),
                last_day: "2027-09-29".into(),
                ..v1::WarmStatus::default()
            }),
            unanswered: vec![v1::UnansweredWithdrawal {
                last_day: "2027-08-29".into(),
                heard: v1::Hearer::Owner.into(),
                ..v1::UnansweredWithdrawal::default()
            }],
            ..v1::InboxItem::default()
        };
        let standing = Standing::of(&item);
        assert_eq!(standing.days_late(date(2027, 8, 30)), Some(1));
        assert!(standing.heard == v1::Hearer::Owner);
    }

    #[test]
    fn a_short_course_has_no_talk_on_its_way() {
        let item = v1::InboxItem {
            short_course: true,
            warm: Some(v1::WarmStatus {
                stage: v1::WarmStage::Accepted.into(),
                owner: v1::Owner::Recipient.into(),
                last_day: "2027-08-29".into(),
                known: v1::Known::Advised.into(),
                heard: v1::Hearer::Owner.into(),
            }),
            ..v1::InboxItem::default()
        };
        let standing = Standing::of(&item);
        let stations = standing.stations(words(Language::Nl));
        assert_eq!(stations.len(), 3);
        assert!(stations.get(1).is_some_and(|station| station.is_here));
        assert_eq!(standing.days_late(date(2027, 8, 30)), Some(1));
        assert_eq!(standing.deadline(date(2027, 8, 30), words(Language::Nl)).len(), 3);
    }
}
