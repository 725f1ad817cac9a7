//! The plan of a talk: whether it still counts, and in words, in Dutch or English. It is no part of the page that a decision signs.

use handdruk_content::plan::{Meeting, Plan};
use handdruk_content::step::{Guest, TalkKind};
use handdruk_content::text::{Line, Prose};
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::outcome::Step;
use handdruk_domain::warm::WarmStage;

use crate::history::{Entry, Said};
use crate::words::{choose, date_in_words};

/// Whether a plan still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanStanding {
    /// It does.
    Holds,
    /// Another was made after it, which did not come here.
    Overtaken,
    /// The talk was held, or it went on without one.
    Over,
}

impl PlanStanding {
    /// How `plan` stands. That nothing is planned any more the gateway's `stage` says, and its word is enough; that this plan is the
    /// one that holds takes the signed steps in `history`.
    pub fn of(plan: &Plan, stage: Option<WarmStage>, history: &[Entry]) -> Self {
        let steps = history.iter().flat_map(|entry| &entry.said);
        let mut last = steps.filter_map(|said| match said {
            Said::Progressed {
                // It goes on as it was.
                step: Step::Confirmed {} | Step::Erased { .. },
                ..
            } => None,
            Said::Progressed { step, statement } => Some((step, statement)),
            _ => None,
        });
        let planned = matches!(stage, Some(WarmStage::TalkPlanned | WarmStage::AftercarePlanned));
        match last.next_back() {
            _ if !planned => Self::Over,
            Some((Step::TalkPlanned {} | Step::AftercarePlanned {}, step)) if *step != plan.step => {
                Self::Overtaken
            }
            None | Some((Step::TalkPlanned {} | Step::AftercarePlanned {}, _)) => Self::Holds,
            Some(_) => Self::Over,
        }
    }
}

/// The plan in lines.
pub fn lines(plan: &Plan, language: Language) -> Vec<String> {
    let say = |nl, en| choose(language, nl, en);
    let when = format!(
        "{} {} {}",
        date_in_words(plan.starts.date(), language),
        say("om", "at"),
        plan.starts.strftime("%H:%M")
    );
    let what = match plan.meeting {
        Meeting::Talk => say("Gesprek gepland", "A talk is planned"),
        Meeting::Aftercare => say(
            "Gesprek over hoe het gaat gepland",
            "A talk about how it goes is planned",
        ),
    };
    let mut lines = vec![format!("{what}: {when}, {}", kind(plan.kind, language))];
    if plan.again {
        let again = say(
            "Dit vervangt de eerdere afspraak.",
            "This replaces the earlier appointment.",
        );
        lines.push(again.to_owned());
    }
    let mut fact =
        |nl, en, fact: &str| lines.push(format!("{}: {}", say(nl, en), fact.replace('\n', "\n  | ")));
    if let Some(place) = plan.place.as_ref().map(Line::as_str) {
        fact("Waar", "Where", place);
    }
    if !plan.guests.is_empty() {
        let guests: Vec<&str> = plan.guests.iter().map(|role| guest(*role, language)).collect();
        fact("Uitgenodigd", "Invited", &guests.join(", "));
    }
    if let Some(message) = plan.message.as_ref().map(Prose::as_str) {
        fact("Bericht", "Message", message);
    }
    if plan.left_out {
        let left_out = say(
            "Er is tekst weggelaten, omdat er gegevens van iemand anders in kunnen staan.",
            "Text was left out, because it may say how to reach somebody else.",
        );
        lines.push(left_out.to_owned());
    }
    lines
}

const fn kind(kind: TalkKind, language: Language) -> &'static str {
    match kind {
        TalkKind::InPerson => choose(language, "bij elkaar", "in person"),
        TalkKind::Phone => choose(language, "telefonisch", "by telephone"),
        TalkKind::Video => choose(language, "met beeld", "by video"),
    }
}

const fn guest(guest: Guest, language: Language) -> &'static str {
    match guest {
        Guest::Mentor => choose(
            language,
            "mentor of intern begeleider van nu",
            "mentor of the present place",
        ),
        Guest::Parents => choose(language, "ouders of verzorgers", "parents or carers"),
        Guest::Child => choose(language, "het kind of de jongere", "the child or young person"),
        Guest::Care => choose(language, "hulpverlener", "care worker"),
        Guest::OwnMentor => choose(language, "mentor van de nieuwe plek", "mentor of the new place"),
    }
}

#[cfg(test)]
mod tests {
    use handdruk_content::plan::About;
    use handdruk_content::reach::Reach;
    use handdruk_domain::clock::Timestamp;
    use handdruk_domain::digest::Digest;
    use handdruk_domain::evidence::Act;
    use handdruk_domain::ids::{HandoverId, InvitationId, SlotId};

    use super::*;

    #[test]
    fn a_plan_reads_with_its_day_in_words_and_cannot_pass_for_more_lines() {
        let about = About {
            handover: HandoverId::from_bytes([1; 16]),
            manifest: Digest::of(b"manifest"),
            step: Digest::of(b"step"),
            slot: SlotId::from_bytes([2; 16]),
            invitation: InvitationId::from_bytes([3; 16]),
        };
        let planned = r#"{"starts":"2027-09-07T15:00:00","kind":"in-person","place":"Lokaal 4","guests":["parents","care"],"message":"Tot dan.\nWaar: elders"}"#;
        let planned = serde_json::from_str(planned).expect("a plan");
        let plan = Plan::of(
            &planned,
            about,
            (Meeting::Talk, true),
            Some(&Reach::default()),
            Timestamp::UNIX_EPOCH,
        );
        assert_eq!(
            lines(&plan, Language::Dutch),
            [
                "Gesprek gepland: 7 september 2027 om 15:00, bij elkaar",
                "Dit vervangt de eerdere afspraak.",
                "Waar: Lokaal 4",
                "Uitgenodigd: ouders of verzorgers, hulpverlener",
                "Bericht: Tot dan.\n  | Waar: elders",
            ]
        );
    }

    #[test]
    fn a_plan_is_over_once_the_talk_was_held_and_overtaken_once_another_was_made() {
        let (ours, later) = (Digest::of(b"step"), Digest::of(b"later"));
        let about = About {
            handover: HandoverId::from_bytes([1; 16]),
            manifest: Digest::of(b"manifest"),
            step: ours,
            slot: SlotId::from_bytes([2; 16]),
            invitation: InvitationId::from_bytes([3; 16]),
        };
        let planned =
            serde_json::from_str(r#"{"starts":"2027-09-07T15:00:00","kind":"phone"}"#).expect("a plan");
        let plan = Plan::of(
            &planned,
            about,
            (Meeting::Talk, false),
            None,
            Timestamp::UNIX_EPOCH,
        );
        let history = |steps: &[(Step, Digest)]| -> Vec<Entry> {
            let entry = |(step, statement): &(Step, Digest)| Entry {
                at: Timestamp::UNIX_EPOCH,
                act: Act::Progressed,
                evidence_index: 1,
                said: vec![Said::Progressed {
                    step: *step,
                    statement: *statement,
                }],
            };
            steps.iter().map(entry).collect()
        };
        let (planning, held) = (Step::TalkPlanned {}, Step::TalkHeld {});
        let stage = Some(WarmStage::TalkPlanned);
        let of = |stage, steps: &[(Step, Digest)]| PlanStanding::of(&plan, stage, &history(steps));
        assert_eq!(of(stage, &[]), PlanStanding::Holds);
        assert_eq!(
            of(
                stage,
                &[(planning, later), (planning, ours), (Step::Confirmed {}, later)]
            ),
            PlanStanding::Holds
        );
        assert_eq!(
            of(stage, &[(planning, ours), (planning, later)]),
            PlanStanding::Overtaken
        );
        assert_eq!(of(stage, &[(planning, ours), (held, later)]), PlanStanding::Over);
        assert_eq!(
            of(Some(WarmStage::TalkHeld), &[(planning, ours), (planning, later)]),
            PlanStanding::Over
        );
        assert_eq!(of(None, &[(planning, ours)]), PlanStanding::Over);
    }
}
