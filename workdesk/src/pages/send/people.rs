//! Who has a say about a child, as the sending organisation knows it.

use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::{AuthorityKind, RepresentativeKind};
use handdruk_proto::v1::guardian::Holder;
use handdruk_proto::{from_wire, to_wire, v1};

use super::fields::{Fields, NotOurForm};

/// As many as a form asks for.
const MOST: usize = 20;

/// In which capacity somebody has a say, by the words of the form.
pub(crate) const CAPACITIES: [&str; 9] = [
    "joint",
    "single",
    "joint-with-non-parent",
    "guardianship",
    "temporarily-none",
    "undetermined",
    "curator",
    "mentor",
    "young-person",
];

/// Languages that a letter is written in.
pub(crate) const LANGUAGES: [&str; 4] = ["nl", "en", "tr", "ar"];

/// The language of a letter for somebody who speaks this one best.
pub(crate) fn language(spoken: &str) -> &'static str {
    LANGUAGES
        .into_iter()
        .find(|language| *language == spoken)
        .unwrap_or("nl")
}

/// One person with a say.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Person {
    /// The administration's own key for the person; made here where there is none yet.
    pub(crate) key: String,
    /// As printed on the letter.
    pub(crate) name: String,
    /// One of [`CAPACITIES`]; empty while nobody said.
    pub(crate) capacity: String,
    /// Whether the register says that the authority is under investigation.
    pub(crate) under_investigation: bool,
    /// One of [`LANGUAGES`].
    pub(crate) language: String,
    /// Where this person is told that something changed; may be empty.
    pub(crate) mail: String,
    /// Whether they gave that address for it.
    pub(crate) mail_own_choice: bool,
}

impl core::fmt::Debug for Person {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Person")
    }
}

impl Person {
    /// As the node knows somebody.
    pub(crate) fn known(guardian: &v1::Guardian) -> Self {
        let (capacity, under_investigation) = match guardian.holder {
            Some(Holder::YoungPerson(_)) => ("young-person".to_owned(), false),
            Some(Holder::Authority(authority)) => (
                from_wire::<AuthorityKind>(authority.kind)
                    .map(|kind| kind.word().to_owned())
                    .unwrap_or_default(),
                authority.under_investigation,
            ),
            Some(Holder::Representative(kind)) => (
                from_wire::<RepresentativeKind>(kind)
                    .map(|kind| kind.word().to_owned())
                    .unwrap_or_default(),
                false,
            ),
            None => (String::new(), false),
        };
        let notify = guardian.notify.clone().unwrap_or_default();
        Self {
            key: guardian.person.clone(),
            name: guardian.name.clone(),
            capacity,
            under_investigation,
            language: from_wire::<Language>(guardian.language)
                .map_or("nl", Language::word)
                .to_owned(),
            mail: notify.mail,
            mail_own_choice: notify.own_choice,
        }
    }

    /// As the node takes somebody.
    pub(crate) fn wire(&self) -> v1::Guardian {
        let holder = if self.capacity == "young-person" {
            Some(Holder::YoungPerson(true))
        } else if let Ok(kind) = self.capacity.parse::<RepresentativeKind>() {
            Some(Holder::Representative(to_wire(kind)))
        } else if let Ok(kind) = self.capacity.parse::<AuthorityKind>() {
            Some(Holder::Authority(v1::Authority {
                kind: to_wire(kind),
                under_investigation: self.under_investigation,
            }))
        } else {
            None
        };
        v1::Guardian {
            person: self.key.clone(),
            holder,
            language: self.language.parse::<Language>().map_or(0, to_wire),
            name: self.name.clone(),
            notify: (!self.mail.is_empty()).then(|| v1::NotifyAddress {
                mail: self.mail.clone(),
                own_choice: self.mail_own_choice,
            }),
        }
    }

    /// Whether the row of the form says nothing.
    fn is_empty(&self) -> bool {
        self.name.is_empty() && self.capacity.is_empty() && self.mail.is_empty()
    }
}

/// Reads the rows of the form. An empty row is nobody; somebody new gets a key that no one in `rows` has.
pub(crate) fn read(form: &mut Fields) -> Result<Vec<Person>, NotOurForm> {
    let mut people = Vec::new();
    for row in 0..MOST {
        let name = |field: &str| format!("person-{row}-{field}");
        if !form.has(&name("name")) {
            break;
        }
        let person = Person {
            key: form.one(&name("key"))?,
            name: form.one(&name("name"))?,
            capacity: form.one(&name("capacity"))?,
            under_investigation: form.ticked(&name("investigated"))?,
            language: form.one(&name("language"))?,
            mail: form.one(&name("mail"))?,
            mail_own_choice: form.ticked(&name("own"))?,
        };
        let known = |word: &str, words: &[&str]| word.is_empty() || words.contains(&word);
        if !known(&person.capacity, &CAPACITIES) || !known(&person.language, &LANGUAGES) {
            return Err(NotOurForm);
        }
        if !person.is_empty() {
            people.push(person);
        }
    }
    name_the_new(&mut people);
    Ok(people)
}

/// Gives everybody who has none a key of their own: `verzorger-1` and on; the young person is the node's own `self`.
pub(crate) fn name_the_new(people: &mut [Person]) {
    for at in 0..people.len() {
        if !people[at].key.is_empty() {
            continue;
        }
        let taken = |key: &str| people.iter().any(|person| person.key == key);
        let key = if people[at].capacity == "young-person" && !taken("self") {
            Some("self".to_owned())
        } else {
            (1..=people.len() + 1)
                .map(|number| format!("verzorger-{number}"))
                .find(|key| !taken(key))
        };
        people[at].key = key.unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(rows: &[[&str; 4]]) -> Fields {
        let mut pairs = Vec::new();
        for (row, [key, name, capacity, mail]) in rows.iter().enumerate() {
            for (field, value) in [
                ("key", key),
                ("name", name),
                ("capacity", capacity),
                ("mail", mail),
                ("language", &"tr"),
            ] {
                pairs.push((format!("person-{row}-{field}"), (*value).to_owned()));
            }
        }
        Fields::of(pairs).unwrap()
    }

    #[test]
    fn an_empty_row_is_nobody_and_somebody_new_gets_a_key() {
        let mut form = form(&[
            ["verzorger-1", "Ouder Een", "joint", ""],
            ["", "Ouder Twee", "single", "twee@post.example"],
            ["", "Kind", "young-person", ""],
            ["", "", "", ""],
        ]);
        let people = read(&mut form).unwrap();
        assert_eq!(form.end(), Ok(()));
        let keys: Vec<_> = people.iter().map(|person| person.key.as_str()).collect();
        assert_eq!(keys, ["verzorger-1", "verzorger-2", "self"]);
    }

    #[test]
    fn somebody_goes_to_the_node_and_comes_back_the_same() {
        for capacity in CAPACITIES {
            let person = Person {
                key: "verzorger-1".to_owned(),
                name: "Ouder Een".to_owned(),
                capacity: capacity.to_owned(),
                under_investigation: capacity == "joint",
                language: "tr".to_owned(),
                mail: "een@post.example".to_owned(),
                mail_own_choice: true,
            };
            assert_eq!(Person::known(&person.wire()), person, "{capacity}");
        }
    }

    #[test]
    fn a_capacity_that_the_form_does_not_offer_is_refused() {
        assert_eq!(read(&mut form(&[["", "X", "boss", ""]])), Err(NotOurForm));
    }
}
