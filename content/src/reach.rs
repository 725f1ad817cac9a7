//! How to reach the people around a child, as far as one of them may not read it of the others: looked for in text that
//! somebody typed for all of them.
//!
//! It finds a telephone number, an e-mail address, a postcode, and a street with its number, however they are spaced. It does not
//! find what a person would understand and a comparison does not ("at her sister's"), nor an address that D03 does not hold: one
//! that is secret is never told, so there is nothing to look for. Whoever types is told who reads.
//!
//! Invariant: what could not be read is not taken for nothing. Then there is no [`Reach`] at all, and nothing typed is passed on.

use handdruk_domain::category::Category;
use handdruk_domain::ids::SlotId;

use crate::category::{Contact, PersonKey, Residence};
use crate::commitment::CategoryContent;
use crate::redact::redacted;

/// How many of a number's last digits tell it: without its prefix, which is written in several ways.
const TELLING: usize = 8;

/// What tells how to reach somebody, each in one spelling.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Reach {
    digits: Vec<String>,
    words: Vec<String>,
}

redacted!(Reach);

/// Letters and digits only, in lower case.
fn bare(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

impl Reach {
    fn of(contact: &Contact) -> Self {
        let mut reach = Self::default();
        if let Some(phone) = &contact.phone {
            let all = digits(phone.as_str());
            reach.digits.push(
                all.get(all.len().saturating_sub(TELLING)..)
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
        reach
            .words
            .extend(contact.email.as_ref().map(|email| bare(email.as_str())));
        if let Some(Residence::Known(home)) = &contact.residence {
            reach.words.push(bare(home.postcode.as_str()));
            reach
                .words
                .push(bare(&format!("{}{}", home.street.as_str(), home.number.as_str())));
        }
        reach
    }

    /// Of everybody in D03 but the person in `slot`. What that person shares with them is no secret between them. `None` if this
    /// is not D03, or somebody in it cannot be read.
    pub fn of_others(contacts: &CategoryContent, slot: SlotId) -> Option<Self> {
        if contacts.category() != Category::Contact {
            return None;
        }
        let own = PersonKey::of_slot(slot).to_string();
        let mut mine = Self::default();
        let mut others = Self::default();
        for entry in contacts.entries() {
            let contact: Contact = serde_json::from_str(entry.value()?).ok()?;
            let of = if entry.path() == own {
                &mut mine
            } else {
                &mut others
            };
            let reach = Self::of(&contact);
            of.digits.extend(reach.digits);
            of.words.extend(reach.words);
        }
        others.digits.retain(|known| !mine.digits.contains(known));
        others.words.retain(|known| !mine.words.contains(known));
        Some(others)
    }

    /// Whether any of it stands in a text.
    pub fn stands_in(&self, text: &str) -> bool {
        let (numbers, words) = (digits(text), bare(text));
        let holds = |text: &str, part: &String| !part.is_empty() && text.contains(part.as_str());
        self.digits.iter().any(|part| holds(&numbers, part))
            || self.words.iter().any(|part| holds(&words, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::Dossier;
    use crate::sample::{FATHER, MOTHER, full, full_json, rng, slot};

    fn salted(dossier: &Dossier, category: Category) -> CategoryContent {
        let content = dossier.content(category).expect("in the sample");
        CategoryContent::salt(&content, &mut rng(1)).expect("salts")
    }

    fn contacts() -> CategoryContent {
        salted(&full(), Category::Contact)
    }

    fn of_others(contacts: &CategoryContent, reader: &str) -> Reach {
        Reach::of_others(contacts, slot(reader)).expect("D03")
    }

    #[test]
    fn what_reaches_the_other_parent_is_found_however_it_is_written() {
        let father = of_others(&contacts(), MOTHER);
        let home = contacts()
            .entries()
            .iter()
            .filter(|entry| entry.path() == PersonKey::of_slot(slot(FATHER)).to_string())
            .find_map(|entry| serde_json::from_str::<Contact>(entry.value()?).ok())
            .expect("in the sample");
        let Some(Residence::Known(address)) = &home.residence else {
            panic!("the father's address is known in the sample")
        };
        let (street, number) = (address.street.as_str().to_uppercase(), address.number.as_str());
        assert!(father.stands_in(&format!("At his: {street}  {number}.")));
        let (figures, letters) = address.postcode.as_str().split_at(4);
        assert!(father.stands_in(&format!("{figures} {letters}")));
        assert!(!father.stands_in("Room 12, on Tuesday at 15:00"));
        assert!(!father.stands_in(""));
        assert_eq!(format!("{father:?}"), "Reach(..)");
    }

    #[test]
    fn numbers_and_mail_are_found_and_what_is_shared_is_no_secret() {
        let contact = |text: &str| serde_json::from_str::<Contact>(text).expect("a contact");
        let reach = Reach::of(&contact(
            r#"{"name":"A","phone":"+31600000017","email":"a.aydin@voorbeeld.nl"}"#,
        ));
        for text in ["bel 06 - 00 00 00 17", "A.Aydin@Voorbeeld.NL", "0031600000017"] {
            assert!(reach.stands_in(text), "{text}");
        }
        assert!(!reach.stands_in("bel 06 - 00 00 00 18"));

        // They live in one house with one telephone, and have each their own mail.
        let mut sample = full_json();
        let home = sample["contacts"][FATHER]["residence"].clone();
        sample["contacts"][MOTHER]["residence"] = home;
        sample["contacts"][MOTHER]["phone"] = sample["contacts"][FATHER]["phone"].clone();
        let together = salted(
            &serde_json::from_value(sample).expect("a dossier"),
            Category::Contact,
        );
        for (reader, own, other) in [
            (MOTHER, "e.aydin@example.nl", "p.bakker@example.nl"),
            (FATHER, "p.bakker@example.nl", "e.aydin@example.nl"),
        ] {
            let others = of_others(&together, reader);
            for shared in ["Lange Dorpsstraat 12a", "1234 AB", "020 123 45 67", own] {
                assert!(!others.stands_in(shared), "{shared} is this reader's own too");
            }
            assert!(others.stands_in(other));
        }
        let apart = of_others(&contacts(), MOTHER);
        for his in ["Lange Dorpsstraat 12a", "1234 AB", "020 123 45 67"] {
            assert!(apart.stands_in(his), "{his} is his alone");
        }
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_for_nothing() {
        let other = salted(&full(), Category::Organisations);
        assert!(Reach::of_others(&other, slot(MOTHER)).is_none(), "not D03");
        let hers = contacts().for_guardian(slot(MOTHER));
        assert!(
            Reach::of_others(&hers, slot(MOTHER)).is_none(),
            "his stands there, and cannot be read"
        );
    }
}
