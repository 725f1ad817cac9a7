//! What a professional adds to a dossier, because OSO carries it as a document or not at all: the form, and the JSON that the
//! node takes (`handdruk-additions-1`).
//!
//! What is empty is left out: an empty answer is no answer.

use serde_json::{Map, Value, json};

use super::fields::{Fields, NotOurForm};

/// As many rows as a form offers of anything.
pub(crate) const MOST: usize = 20;

/// One person's view (D18).
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct View {
    /// Who.
    pub(crate) author: String,
    /// When (ISO 8601).
    pub(crate) date: String,
    /// `yes`, `no`, `unknown`, or empty.
    pub(crate) agreement: String,
    /// In their words.
    pub(crate) text: String,
}

/// Care that is involved (D17).
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Care {
    /// Name of the provider.
    pub(crate) provider: String,
    /// Whom to ask for.
    pub(crate) contact: String,
    /// On which number.
    pub(crate) phone: String,
    /// Since when (ISO 8601).
    pub(crate) since: String,
    /// Whether the family waits for it to start.
    pub(crate) waiting: bool,
    /// Practical advice for school.
    pub(crate) advice: String,
}

/// One agreement (D19).
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Agreement {
    /// What somebody is going to do.
    pub(crate) action: String,
    /// Who.
    pub(crate) owner: String,
    /// By when (ISO 8601).
    pub(crate) date: String,
}

/// Everything that was typed in.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Additions {
    /// D11: what the child needs, a sentence per line.
    pub(crate) needs: String,
    /// D11: what works well, a sentence per line.
    pub(crate) works_well: String,
    /// D11: what to avoid, a sentence per line.
    pub(crate) avoid: String,
    /// D16: the question.
    pub(crate) question: String,
    /// D16: what was tried.
    pub(crate) tried: String,
    /// D16: what they hope for.
    pub(crate) wish: String,
    /// D17.
    pub(crate) care: Vec<Care>,
    /// D18.
    pub(crate) views: Vec<View>,
    /// D19.
    pub(crate) agreements: Vec<Agreement>,
}

macro_rules! redacted {
    ($($name:ident),+) => {
        $(impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(stringify!($name))
            }
        })+
    };
}
redacted!(View, Care, Agreement, Additions);

impl Additions {
    /// Reads the form. A section that the form did not show keeps what was typed before.
    pub(crate) fn read(&mut self, form: &mut Fields) -> Result<(), NotOurForm> {
        for (name, place) in [
            ("needs", &mut self.needs),
            ("works-well", &mut self.works_well),
            ("avoid", &mut self.avoid),
            ("question", &mut self.question),
            ("tried", &mut self.tried),
            ("wish", &mut self.wish),
        ] {
            if form.has(name) {
                *place = form.one(name)?;
            }
        }
        if form.has("view-0-author") {
            self.views = rows(form, "view", "author", |form, row| {
                let agreement = form.one(&format!("view-{row}-agreement"))?;
                if !["", "yes", "no", "unknown"].contains(&agreement.as_str()) {
                    return Err(NotOurForm);
                }
                Ok(View {
                    author: form.one(&format!("view-{row}-author"))?,
                    date: form.one(&format!("view-{row}-date"))?,
                    agreement,
                    text: form.one(&format!("view-{row}-text"))?,
                })
            })?;
        }
        if form.has("care-0-provider") {
            self.care = rows(form, "care", "provider", |form, row| {
                Ok(Care {
                    provider: form.one(&format!("care-{row}-provider"))?,
                    contact: form.one(&format!("care-{row}-contact"))?,
                    phone: form.one(&format!("care-{row}-phone"))?,
                    since: form.one(&format!("care-{row}-since"))?,
                    waiting: form.ticked(&format!("care-{row}-waiting"))?,
                    advice: form.one(&format!("care-{row}-advice"))?,
                })
            })?;
        }
        if form.has("agreement-0-action") {
            self.agreements = rows(form, "agreement", "action", |form, row| {
                Ok(Agreement {
                    action: form.one(&format!("agreement-{row}-action"))?,
                    owner: form.one(&format!("agreement-{row}-owner"))?,
                    date: form.one(&format!("agreement-{row}-date"))?,
                })
            })?;
        }
        Ok(())
    }

    /// As the node takes it; empty where nothing was typed.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let mut all = Map::new();
        let put = |all: &mut Map<String, Value>, name: &str, value: Value| {
            let empty =
                value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
            if !empty {
                all.insert(name.to_owned(), value);
            }
        };
        let mut support = Map::new();
        for (name, text) in [
            ("needs", &self.needs),
            ("works_well", &self.works_well),
            ("avoid", &self.avoid),
        ] {
            put(&mut support, name, sentences(text));
        }
        put(&mut all, "support_needs", Value::Object(support));
        put(
            &mut all,
            "care_request",
            filled(&[
                ("question", &self.question),
                ("tried", &self.tried),
                ("wish", &self.wish),
            ]),
        );
        let care = self.care.iter().map(|care| {
            let mut value = filled(&[
                ("provider", &care.provider),
                ("contact_person", &care.contact),
                ("phone", &care.phone.replace([' ', '-'], "")),
                ("since", &care.since),
                ("school_advice", &care.advice),
            ]);
            value["waiting"] = json!(care.waiting);
            value
        });
        put(&mut all, "care_involvement", care.collect());
        let views = self.views.iter().map(|view| {
            filled(&[
                ("author", &view.author),
                ("date", &view.date),
                ("agreement", &view.agreement),
                ("text", &view.text),
            ])
        });
        put(&mut all, "family_views", views.collect());
        let agreements = self.agreements.iter().map(|agreement| {
            filled(&[
                ("action", &agreement.action),
                ("owner", &agreement.owner),
                ("date", &agreement.date),
            ])
        });
        put(&mut all, "agreements", agreements.collect());
        if all.is_empty() {
            return Vec::new();
        }
        all.insert("format".to_owned(), json!("handdruk-additions-1"));
        Value::Object(all).to_string().into_bytes()
    }
}

/// Rows of which the first field says whether there is one; rows in which nothing was typed are left out.
fn rows<T: Default + PartialEq>(
    form: &mut Fields,
    family: &str,
    first: &str,
    read: impl Fn(&mut Fields, usize) -> Result<T, NotOurForm>,
) -> Result<Vec<T>, NotOurForm> {
    let mut found = Vec::new();
    for row in 0..MOST {
        if !form.has(&format!("{family}-{row}-{first}")) {
            break;
        }
        let row = read(form, row)?;
        if row != T::default() {
            found.push(row);
        }
    }
    Ok(found)
}

/// An object of what is not empty.
fn filled(parts: &[(&str, &str)]) -> Value {
    let parts = parts.iter().filter(|(_, value)| !value.is_empty());
    Value::Object(
        parts
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect(),
    )
}

/// A sentence per line, without bullets that people put before them.
fn sentences(text: &str) -> Value {
    text.lines()
        .map(|line| line.trim_start_matches(['-', '*', '•', ' ', '\t']).trim())
        .filter(|line| !line.is_empty())
        .map(|line| json!(line))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&str, &str)]) -> Fields {
        Fields::of(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
        .unwrap()
    }

    fn value(additions: &Additions) -> Value {
        serde_json::from_slice(&additions.to_json()).unwrap()
    }

    #[test]
    fn what_was_typed_becomes_what_the_node_takes() {
        let mut form = form(&[
            ("needs", "- Een vaste plek.\r\n\r\n• Uitleg vooraf.\r\n"),
            ("works-well", ""),
            ("question", "Hoe krijgen wij rust?"),
            ("view-0-author", "Ouder Een"),
            ("view-0-agreement", "yes"),
            ("view-0-text", "Klopt."),
            ("view-0-date", ""),
            ("view-1-author", ""),
            ("view-1-agreement", ""),
            ("view-1-text", ""),
            ("view-1-date", ""),
        ]);
        let mut additions = Additions::default();
        additions.read(&mut form).unwrap();
        assert_eq!(form.end(), Ok(()));
        assert_eq!(
            value(&additions),
            json!({
                "format": "handdruk-additions-1",
                "support_needs": { "needs": ["Een vaste plek.", "Uitleg vooraf."] },
                "care_request": { "question": "Hoe krijgen wij rust?" },
                "family_views": [{ "author": "Ouder Een", "agreement": "yes", "text": "Klopt." }],
            })
        );
    }

    #[test]
    fn nothing_typed_is_no_addition_at_all() {
        assert!(Additions::default().to_json().is_empty());
    }

    #[test]
    fn a_section_that_was_not_shown_keeps_what_was_typed_before() {
        let mut additions = Additions {
            wish: "Zonder ruzie de deur uit.".to_owned(),
            agreements: vec![Agreement {
                action: "Bellen".to_owned(),
                ..Agreement::default()
            }],
            ..Additions::default()
        };
        additions.read(&mut form(&[("needs", "Rust.")])).unwrap();
        assert_eq!(additions.wish, "Zonder ruzie de deur uit.");
        assert_eq!(additions.agreements.len(), 1);
        additions
            .read(&mut form(&[
                ("agreement-0-action", ""),
                ("agreement-0-owner", ""),
                ("agreement-0-date", ""),
            ]))
            .unwrap();
        assert!(additions.agreements.is_empty(), "what was wiped out is gone");
    }

    #[test]
    fn feedback_from_care_is_written_as_the_importer_reads_it() {
        let additions = Additions {
            care: vec![Care {
                provider: "Jeugdhulp Test".to_owned(),
                phone: "088 000 10 00".to_owned(),
                advice: "Laat het kind zelf kiezen.".to_owned(),
                ..Care::default()
            }],
            ..Additions::default()
        };
        assert_eq!(
            value(&additions)["care_involvement"],
            json!([{
                "provider": "Jeugdhulp Test",
                "phone": "0880001000",
                "school_advice": "Laat het kind zelf kiezen.",
                "waiting": false,
            }])
        );
    }
}
