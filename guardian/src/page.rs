//! The page: everything that a guardian is told before deciding, as one text. What is signed is the digest of this text, so
//! that nobody can say later that something else was shown.
//!
//! Dutch is the binding text. Where a language has no translation yet, the page is in Dutch and says so in its
//! [`Page::language`], which is what the decision records.

use core::fmt::Write as _;

use handdruk_content::commitment::CategoryContent;
use handdruk_content::label::{category_label, lines};
use handdruk_content::seal::preview::Preview;
use handdruk_domain::catalogue::{Ground, Inform};
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::digest::Digest;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::PublicKey;
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::{AgeBand, Holder};

use crate::question::Question;
use crate::words::{choice_name, date_in_words, desk_name, retention, source};

/// What was shown about one handover.
#[derive(Clone)]
pub struct Page {
    handover: HandoverId,
    manifest: Digest,
    language: Language,
    text: String,
    view_key: Option<PublicKey>,
}

impl core::fmt::Debug for Page {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Page({}, {})", self.handover, self.language)
    }
}

impl Page {
    /// Writes the page of a question; with the content, if its preview was opened.
    pub fn of(question: &Question, preview: Option<&Preview>, wanted: Language) -> Self {
        let language = match wanted {
            Language::English => Language::English,
            Language::Dutch | Language::Turkish | Language::Arabic => Language::Dutch,
        };
        let mut writer = Writer {
            language,
            text: String::new(),
        };
        writer.question(question);
        match preview {
            Some(preview) => {
                writer.heading("Wat er precies overgaat", "What exactly is handed over");
                for content in preview.contents() {
                    writer.content(content);
                }
            }
            None => writer.names_only(question),
        }
        Self {
            handover: question.handover(),
            manifest: question.manifest().digest(),
            language,
            text: writer.text,
            view_key: preview.map(|preview| preview.view_key().clone()),
        }
    }

    /// The text, to be shown as it stands.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text: what a decision signs.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text.as_bytes())
    }

    /// The language in which it is written.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// Of which handover.
    pub const fn handover(&self) -> HandoverId {
        self.handover
    }

    /// Of which manifest.
    pub const fn manifest(&self) -> Digest {
        self.manifest
    }

    /// Whether the content itself is on it.
    pub const fn is_inspected(&self) -> bool {
        self.view_key.is_some()
    }

    /// The sender's key for remarks, which came with the content.
    pub const fn view_key(&self) -> Option<&PublicKey> {
        self.view_key.as_ref()
    }
}

struct Writer {
    language: Language,
    text: String,
}

impl Writer {
    fn choose<'a>(&self, nl: &'a str, en: &'a str) -> &'a str {
        if self.language == Language::English {
            en
        } else {
            nl
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn say(&mut self, nl: &str, en: &str) {
        self.line(self.choose(nl, en));
    }

    fn heading(&mut self, nl: &str, en: &str) {
        self.text.push('\n');
        self.say(nl, en);
    }

    fn fact(&mut self, nl: &str, en: &str, fact: &str) {
        let line = format!("{}: {fact}", self.choose(nl, en));
        self.line(&line);
    }

    fn day(&self, at: Timestamp) -> String {
        date_in_words(date_in_nl(at), self.language)
    }

    fn category(&self, category: Category) -> String {
        format!("{category} {}", category_label(category).of(self.language))
    }

    fn question(&mut self, question: &Question) {
        let (manifest, rules) = (question.manifest(), question.rules());
        let sender = question.sender().name.as_str();
        let first = match rules.ground {
            Ground::Consent { .. } => (
                format!("{sender} vraagt toestemming om gegevens over te dragen."),
                format!("{sender} asks for consent to hand over data."),
            ),
            _ => (
                format!("{sender} wil gegevens overdragen."),
                format!("{sender} wants to hand over data."),
            ),
        };
        self.say(&first.0, &first.1);
        self.text.push('\n');
        self.fact(
            "Van",
            "From",
            &address(sender, &manifest.sender.oin.to_string(), None),
        );
        let recipient = question.recipient().name.as_str();
        let desk = manifest.recipient.desk.map(|desk| desk_name(desk, self.language));
        self.fact(
            "Aan",
            "To",
            &address(recipient, &manifest.recipient.oin.to_string(), desk),
        );
        let name = self.choose(&rules.name.nl, &rules.name.en);
        self.fact("Waarom", "Why", &format!("{name} ({})", rules.purpose));
        let sources: Vec<String> = rules
            .sources
            .iter()
            .map(|law| source(law, self.language))
            .collect();
        self.fact("Op grond van", "Based on", &sources.join(", "));
        let keep = retention(&rules.keep, self.language);
        self.fact(
            "Hoe lang de ontvanger het bewaart",
            "How long the recipient keeps it",
            &keep,
        );
        let until = date_in_words(question.not_after(), self.language);
        self.fact("Deze vraag geldt tot", "This holds until", &until);
        if let Some(told) = question.standing().told {
            let told = self.day(told);
            self.fact("U bent ingelicht op", "You were told on", &told);
        }
        let choices = question.choices();
        for (category, choice) in &choices {
            let said = format!(
                "{}: {}",
                self.category(*category),
                choice_name(*choice, self.language)
            );
            self.fact("Uw laatste antwoord", "Your last answer", &said);
        }
        self.heading("Wie beslist", "Who decides");
        self.who(question);
        match question.standing().stage {
            Stage::Received => self.heading("Dit is al overgedragen.", "This was handed over already."),
            stage if stage.is_outcome() => self.heading("Dit is afgelopen.", "This has ended."),
            _ => {
                self.heading("Als u niets doet", "If you do nothing");
                self.silence(question);
            }
        }
        self.heading("Als u nee zegt", "If you say no");
        self.no(question);
    }

    fn who(&mut self, question: &Question) {
        let line = match (&question.rules().ground, question.age_band(), question.holder()) {
            (Ground::Statutory { agreement, .. }, ..) if agreement.is_empty() => (
                "De wet schrijft deze overdracht voor. U hoeft geen toestemming te geven; u mag alles eerst inzien en er iets bij schrijven.",
                "The law requires this handover. You are not asked for consent; you may see everything first and add your remarks.",
            ),
            (Ground::Statutory { .. }, ..) => (
                "De wet schrijft deze overdracht voor. Alleen voor de onderdelen die hieronder zijn aangewezen beslist de jongere.",
                "The law requires this handover. Only for the parts named below the young person decides.",
            ),
            (Ground::Consent { all_must_agree: true }, ..) => (
                "Iedereen aan wie dit wordt gevraagd moet ja zeggen.",
                "Everybody who is asked must say yes.",
            ),
            (Ground::Consent { .. }, AgeBand::Under12, _) => (
                "De ouders of voogd. Een ja is genoeg, als niemand van hen binnen de termijn nee zegt.",
                "The parents or guardian. One yes is enough, if none of them says no within the period.",
            ),
            (Ground::Consent { .. }, AgeBand::From12, _) => (
                "Een ouder of voogd en het kind samen. Ieder van hen mag nee zeggen en een ja weer intrekken.",
                "A parent or guardian and the child together. Each of them may say no, and take a yes back.",
            ),
            (Ground::Consent { .. }, _, Holder::Guardian { .. }) => {
                ("De jongere beslist alleen.", "The young person decides alone.")
            }
            (Ground::Consent { .. }, ..) => ("U beslist alleen.", "You decide alone."),
            (Ground::Safety | Ground::Aggregate, ..) => (
                "Een professional die zich zorgen maakt over veiligheid mag dit melden zonder toestemming.",
                "A professional who is worried about safety may report this without consent.",
            ),
        };
        self.say(line.0, line.1);
    }

    fn silence(&mut self, question: &Question) {
        let by = question.standing().silence.map(|at| self.day(at));
        let (nl, en) = match (&question.rules().ground, by) {
            (Ground::Consent { .. }, _) if !question.counts() => (
                "U hoeft niets te doen.".to_owned(),
                "You need not do anything.".to_owned(),
            ),
            (Ground::Consent { all_must_agree: true }, _) => (
                "Zonder uw ja gaat er niets over.".to_owned(),
                "Without your yes nothing is handed over.".to_owned(),
            ),
            (Ground::Consent { .. }, Some(day)) => (
                format!(
                    "Uw zwijgen is geen ja. Maar zegt een ander die mag beslissen ja, dan kan het na {day} overgaan als u voor die tijd geen nee hebt gezegd."
                ),
                format!(
                    "Your silence is not a yes. But if somebody else who may decide says yes, it can be handed over after {day}, unless you have said no before."
                ),
            ),
            (Ground::Consent { .. }, None) => (
                "Uw zwijgen is geen ja.".to_owned(),
                "Your silence is not a yes.".to_owned(),
            ),
            (
                Ground::Statutory {
                    inform: Inform::Inspection,
                    ..
                },
                Some(day),
            ) => (
                format!("U kunt de gegevens inzien tot {day}. Daarna gaat de overdracht door."),
                format!("You can inspect the data until {day}. After that the handover goes on."),
            ),
            (
                Ground::Statutory {
                    inform: Inform::Inspection,
                    ..
                },
                None,
            ) => (
                "De overdracht gaat door als de tijd om in te zien voorbij is.".to_owned(),
                "The handover goes on when the time for inspection is over.".to_owned(),
            ),
            _ => (
                "De overdracht gaat door.".to_owned(),
                "The handover goes on.".to_owned(),
            ),
        };
        self.say(&nl, &en);
    }

    fn no(&mut self, question: &Question) {
        let on_consent = question.on_consent();
        if !on_consent.is_empty() && !question.counts() {
            self.say(
                "Uw ja of nee heeft hier geen gevolg: een ander beslist. U kunt er wel iets bij schrijven.",
                "Your yes or no has no effect here: somebody else decides. You can add your remarks.",
            );
            return;
        }
        if on_consent.is_empty() {
            self.say("Een nee houdt deze overdracht niet tegen. Wat u ervan vindt kunt u erbij schrijven; dat gaat mee.", "A no does not stop this handover. You can add what you think of it; that is handed over as well.");
            return;
        }
        self.say("U kunt per onderdeel nee zeggen, en een ja later weer intrekken. Wat dan al is overgedragen, daarvan hoort u of de ontvanger het wist of moet bewaren.", "You can say no to each part, and take a yes back later. Of what was handed over by then you hear whether the recipient erases it or must keep it.");
        for category in &on_consent {
            let required = question.rules().required.contains(category);
            let means = if required {
                self.choose(
                    "zonder dit onderdeel gaat er niets over",
                    "without this part nothing is handed over",
                )
            } else {
                self.choose(
                    "bij nee blijft alleen dit onderdeel achter",
                    "with a no only this part stays behind",
                )
            };
            let line = format!("- {}: {means}", self.category(*category));
            self.line(&line);
        }
    }

    fn names_only(&mut self, question: &Question) {
        self.heading(
            "Wat er overgaat (de inhoud is hier nog niet in te zien)",
            "What is handed over (the content cannot be inspected here yet)",
        );
        for category in question.manifest().categories.keys() {
            let line = self.category(*category);
            self.line(&line);
        }
    }

    fn content(&mut self, content: &CategoryContent) {
        let name = self.category(content.category());
        self.line(&name);
        for line in lines(content, self.language) {
            let entry = line.entry.map(|number| format!("{number}. ")).unwrap_or_default();
            let hidden = self.choose(
                "(van een ander, voor u niet zichtbaar)",
                "(somebody else's, not visible to you)",
            );
            let value = line.value.as_deref().unwrap_or(hidden);
            // Text of several lines stays indented, so that no content can look like a line of the page.
            let value = value.replace('\n', "\n      | ");
            writeln!(self.text, "    {entry}{}: {value}", line.label).expect("a string takes everything");
        }
    }
}

fn address(name: &str, oin: &str, desk: Option<&str>) -> String {
    match desk {
        Some(desk) => format!("{name}, {desk} (OIN {oin})"),
        None => format!("{name} (OIN {oin})"),
    }
}
