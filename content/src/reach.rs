//! How to reach the people around a child, as far as one of them may not read it of the others: looked for in text that
//! somebody typed for all of them.
//!
//! It finds a telephone number, an e-mail address, a postcode, and a street with its number, however they are spaced. It does not
//! find what a person would understand and a comparison does not ("at her sister's"): whoever types is told who reads.

use handdruk_domain::category::Category;
use handdruk_domain::ids::SlotId;

use crate::category::{Contact, PersonKey, Residence};
use crate::commitment::{CategoryContent, Entry};
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

    /// Of everybody in D03 but the person in `slot`. What that person shares with them is no secret between them.
    pub fn of_others(contacts: &CategoryContent, slot: SlotId) -> Self {
        let own = PersonKey::of_slot(slot).to_string();
        let read = |entry: &Entry| serde_json::from_str::<Contact>(entry.value()?).ok();
        let mut mine = Self::default();
        let mut others = Self::default();
        let people = contacts
            .entries()
            .iter()
            .filter(|_| contacts.category() == Category::Contact);
        for entry in people {
            let Some(contact) = read(entry) else { continue };
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
        others
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
    use crate::sample::{FATHER, MOTHER, full, rng, slot};

    fn contacts() -> CategoryContent {
        let content = full().content(Category::Contact).expect("in the sample");
        CategoryContent::salt(&content, &mut rng(1)).expect("salts")
    }

    #[test]
    fn what_reaches_the_other_parent_is_found_however_it_is_written() {
        let father = Reach::of_others(&contacts(), slot(MOTHER));
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
        let own = Reach::of_others(&contacts(), slot(FATHER));
        let others = Reach::of_others(&contacts(), slot(MOTHER));
        assert_ne!(own, others);
    }
}
