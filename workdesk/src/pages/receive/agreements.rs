//! The form in which agreements are noted after a talk (D19), and what noted agreements say to the checklist.
//!
//! Invariant: what leaves the form is typed content, as sealed as any. An agreement about the first day or about absence
//! begins with a fixed Dutch phrase, so that both sides' checklists find it.

use handdruk_content::category::AgreementMade;
use handdruk_domain::clock::Date;
use serde::Deserialize;

use super::checklist::Agreements;

/// How an agreement about the first day begins.
const FIRST_DAY: &str = "Eerste dag: ";
/// How an agreement about absence on the first day begins.
const ABSENCE: &str = "Afwezig op dag één: ";
/// How an agreement about running care begins.
const CARE: &str = "Lopende hulp: ";
/// What an agreement that only names the day of aftercare says.
const AFTERCARE: &str = "Nazorg";
/// The longest agreement, in characters: with its phrase it fits the 500 of the content.
const LONGEST: usize = 450;

/// What was typed after a talk.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct AgreementForm {
    pub(super) request: String,
    pub(super) first_day: String,
    pub(super) first_day_owner: String,
    pub(super) absence: String,
    pub(super) absence_owner: String,
    pub(super) care: String,
    pub(super) other_1: String,
    pub(super) other_1_owner: String,
    pub(super) other_1_date: String,
    pub(super) other_2: String,
    pub(super) other_2_owner: String,
    pub(super) other_2_date: String,
    pub(super) aftercare: String,
}

impl core::fmt::Debug for AgreementForm {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AgreementForm")
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Too long.
    Action,
    /// Not a name of one line.
    Owner,
    /// Not a day.
    Date,
    /// Nothing was noted at all.
    Nothing,
}

impl AgreementForm {
    /// Reads the form.
    ///
    /// # Errors
    /// The name of each field that is not right, with what is wrong.
    pub(super) fn read(&self) -> Result<Vec<AgreementMade>, Vec<(&'static str, Flaw)>> {
        let rows: [(&str, [&'static str; 3], [&str; 3]); 5] = [
            (
                FIRST_DAY,
                ["first-day", "first-day-owner", ""],
                [&self.first_day, &self.first_day_owner, ""],
            ),
            (
                ABSENCE,
                ["absence", "absence-owner", ""],
                [&self.absence, &self.absence_owner, ""],
            ),
            (CARE, ["care", "", ""], [&self.care, "", ""]),
            (
                "",
                ["other-1", "other-1-owner", "other-1-date"],
                [&self.other_1, &self.other_1_owner, &self.other_1_date],
            ),
            (
                "",
                ["other-2", "other-2-owner", "other-2-date"],
                [&self.other_2, &self.other_2_owner, &self.other_2_date],
            ),
        ];
        let mut wrong = Vec::new();
        let mut made = Vec::new();
        for (phrase, [name, owner_name, date_name], [action, owner, date]) in rows {
            let action = action.replace("\r\n", "\n").trim().to_owned();
            if action.is_empty() {
                continue;
            }
            let short = action.chars().count() <= LONGEST;
            let action = format!("{phrase}{action}").parse().ok().filter(|_| short);
            let owner = optional(owner).map_err(|()| wrong.push((owner_name, Flaw::Owner)));
            let date = optional(date).map_err(|()| wrong.push((date_name, Flaw::Date)));
            match (action, owner, date) {
                (None, ..) => wrong.push((name, Flaw::Action)),
                (Some(action), Ok(owner), Ok(date)) => made.push(AgreementMade {
                    action,
                    owner,
                    date,
                    aftercare_date: None,
                    aftercare_outcome: None,
                }),
                _ => {}
            }
        }
        match optional::<Date>(&self.aftercare) {
            Ok(None) => {}
            Ok(Some(day)) => made.push(aftercare_on(day)),
            Err(()) => wrong.push(("aftercare", Flaw::Date)),
        }
        if wrong.is_empty() && made.is_empty() {
            wrong.push(("first-day", Flaw::Nothing));
        }
        if wrong.is_empty() { Ok(made) } else { Err(wrong) }
    }
}

/// A field that may be left empty.
fn optional<T: core::str::FromStr>(text: &str) -> Result<Option<T>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| ()),
    }
}

/// The agreement that aftercare is on this day.
fn aftercare_on(day: Date) -> AgreementMade {
    AgreementMade {
        action: AFTERCARE.parse().expect("one short word"),
        owner: None,
        date: None,
        aftercare_date: Some(day),
        aftercare_outcome: None,
    }
}

/// What aftercare found, if the text fits.
pub(super) fn aftercare_found(outcome: &str) -> Option<AgreementMade> {
    let outcome = outcome.replace("\r\n", "\n");
    let outcome = outcome.trim();
    if outcome.is_empty() {
        return None;
    }
    Some(AgreementMade {
        action: AFTERCARE.parse().expect("one short word"),
        owner: None,
        date: None,
        aftercare_date: None,
        aftercare_outcome: Some(outcome.parse().ok()?),
    })
}

/// What noted agreements say to the checklist.
pub(super) fn known<'a>(made: impl Iterator<Item = &'a AgreementMade>) -> Agreements {
    let mut known = Agreements::default();
    for agreement in made {
        known.first_day |= agreement.action.as_str().starts_with(FIRST_DAY);
        known.absence |= agreement.action.as_str().starts_with(ABSENCE);
        known.aftercare |= agreement.aftercare_date.is_some();
        known.outcome |= agreement.aftercare_outcome.is_some();
    }
    known
}

/// Whether agreements name the contact of running care.
pub(super) fn names_care<'a>(mut made: impl Iterator<Item = &'a AgreementMade>) -> bool {
    made.any(|agreement| agreement.action.as_str().starts_with(CARE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_typed_and_ticks_the_checklist() {
        let form = AgreementForm {
            first_day: "Om 8.15 uur bij de balie.\r\nMeneer Smit staat er.".into(),
            first_day_owner: "meneer Smit".into(),
            absence: "School belt voor 9 uur.".into(),
            other_1: "Warm overdragen aan gym.".into(),
            other_1_date: "2027-09-06".into(),
            aftercare: "2027-10-11".into(),
            ..AgreementForm::default()
        };
        let made = form.read().expect("agreements");
        assert_eq!(made.len(), 4);
        let known = known(made.iter());
        assert!(known.first_day && known.absence && known.aftercare && !known.outcome);
        assert!(!names_care(made.iter()));
        let first = serde_json::to_value(made.first()).expect("JSON");
        assert_eq!(
            first,
            serde_json::json!({
                "action": "Eerste dag: Om 8.15 uur bij de balie.\nMeneer Smit staat er.", "owner": "meneer Smit"
            })
        );
    }

    #[test]
    fn what_does_not_fit_is_named_and_nothing_is_left_out_silently() {
        assert_eq!(
            AgreementForm::default().read(),
            Err(vec![("first-day", Flaw::Nothing)])
        );
        let form = AgreementForm {
            absence: "x".repeat(451),
            other_1: "Iets".into(),
            other_1_owner: "x".repeat(121),
            other_1_date: "morgen".into(),
            aftercare: "2027-13-01".into(),
            ..AgreementForm::default()
        };
        assert_eq!(
            form.read(),
            Err(vec![
                ("absence", Flaw::Action),
                ("other-1-owner", Flaw::Owner),
                ("other-1-date", Flaw::Date),
                ("aftercare", Flaw::Date)
            ])
        );
    }

    #[test]
    fn aftercare_has_an_outcome_or_is_not_noted() {
        assert!(aftercare_found(" \r\n ").is_none());
        assert!(aftercare_found(&"x".repeat(501)).is_none());
        let found = aftercare_found("Het gaat goed.").expect("fits");
        assert!(known([&found].into_iter()).outcome);
    }
}
