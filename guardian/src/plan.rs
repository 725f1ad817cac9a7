//! The plan of a talk in words, in Dutch or English. It is no part of the page that a decision signs.

use handdruk_content::plan::{Meeting, Plan};
use handdruk_content::step::{Guest, TalkKind};
use handdruk_content::text::{Line, Prose};
use handdruk_domain::statement::consent::Language;

use crate::words::{choose, date_in_words};

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
}
