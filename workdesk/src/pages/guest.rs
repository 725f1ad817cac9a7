//! Who is invited to a talk, in words: by role, and whoever else a colleague named.

use handdruk_content::step::Guest;
use handdruk_look::Words;
use handdruk_proto::v1;

/// A role as the node takes it.
pub(crate) const fn on_wire(guest: Guest) -> v1::TalkGuest {
    match guest {
        Guest::Mentor => v1::TalkGuest::Mentor,
        Guest::Parents => v1::TalkGuest::Parents,
        Guest::Child => v1::TalkGuest::Child,
        Guest::Care => v1::TalkGuest::Care,
        Guest::OwnMentor => v1::TalkGuest::OwnMentor,
    }
}

/// Everybody who is invited.
pub(crate) fn invited(plan: &v1::TalkPlan, words: Words) -> Vec<String> {
    let roles = plan.guests();
    let known = Guest::ALL
        .iter()
        .filter(|guest| roles.clone().any(|role| role == on_wire(**guest)));
    known
        .map(|guest| words.say_word("receive-invite", guest))
        .chain(plan.invited.iter().cloned())
        .collect()
}

#[cfg(test)]
mod tests {
    use handdruk_look::Language;

    use super::*;
    use crate::words::words;

    #[test]
    fn roles_read_in_the_readers_language_before_who_was_named() {
        let plan = v1::TalkPlan {
            invited: vec!["jeugdarts".to_owned()],
            guests: vec![v1::TalkGuest::Care.into(), v1::TalkGuest::Parents.into()],
            ..v1::TalkPlan::default()
        };
        assert_eq!(
            invited(&plan, words(Language::En)),
            ["parents or carers", "care worker", "jeugdarts"]
        );
    }
}
