//! The letter that hands a code to a guardian: one self-contained HTML page that prints on one A4, in Dutch and in the
//! reader's own language.
//!
//! Invariants: it asks nothing of any other place (no script, picture or font from elsewhere), so that printing it tells
//! nobody; it says nothing about the child; the code stands in the address only as the fragment, which browsers never send.

mod address;
mod qr;
mod words;

use askama::Template;
use handdruk_content::day::in_words;
use handdruk_domain::clock::Date;
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::Holder;
use handdruk_domain::telephone::Telephone;
use zeroize::Zeroizing;

pub use self::address::{NoAddress, PortalAddress};
use self::words::{Reader, Words, words};

/// The longest name that is greeted, in characters.
const LONGEST_GREETED: usize = 40;

/// How families reach the organisation and the portal, as letters print it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Letterhead {
    /// Where the portal is. Without it letters say to call.
    pub(crate) portal: Option<PortalAddress>,
    /// The telephone number for questions, where it is another than the membership's.
    pub(crate) telephone: Option<Telephone>,
    /// Whether the organisation tells families by mail that something changed.
    pub(crate) mails: bool,
}

/// What one letter needs to know.
pub(crate) struct Letter<'a> {
    /// Who invites, by the name in its membership.
    pub(crate) organisation: &'a str,
    /// How to reach it, and the portal.
    pub(crate) head: &'a Letterhead,
    /// The telephone number for questions. Without it there is a line to write one on.
    pub(crate) telephone: Option<&'a Telephone>,
    /// The guardian's name, as the school administration prints it; may be empty.
    pub(crate) name: &'a str,
    /// In which capacity.
    pub(crate) holder: Holder,
    /// Beside Dutch.
    pub(crate) language: Language,
    /// The code, in groups.
    pub(crate) code: &'a str,
    /// When it was printed.
    pub(crate) printed: Date,
    /// The first day on which the code does not work any more.
    pub(crate) until: Date,
}

impl core::fmt::Debug for Letter<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Letter")
    }
}

/// The page. Texts are escaped by the template; the QR code is our own drawing.
#[derive(Template)]
#[template(path = "letter.html")]
struct Page<'a> {
    organisation: &'a str,
    name: &'a str,
    code: &'a str,
    printed: String,
    portal: Option<&'a str>,
    qr: Option<Zeroizing<String>>,
    has_telephone: bool,
    texts: Vec<Text>,
}

/// A letter's sentences in one language, filled in.
struct Text {
    lang: &'static str,
    dir: &'static str,
    title: &'static str,
    hello: String,
    why: &'static [&'static str],
    begin: &'static str,
    steps: Vec<String>,
    know: &'static str,
    rules: &'static [&'static str],
    offline: &'static str,
    offline_help: &'static str,
    code: &'static str,
    until: String,
    call: String,
    unreviewed: Option<&'static str>,
}

impl Letter<'_> {
    /// The letter as one HTML page. Holds the code: handle it like the code.
    pub(crate) fn to_html(&self) -> Zeroizing<String> {
        let reader = Reader::from(self.holder);
        let mut texts = vec![self.text(Language::Dutch, reader)];
        if self.language != Language::Dutch {
            texts.push(self.text(self.language, reader));
        }
        let link = self
            .head
            .portal
            .as_ref()
            .map(|portal| Zeroizing::new(portal.with_code(self.code)));
        let page = Page {
            organisation: self.organisation,
            name: self.name,
            code: self.code,
            printed: in_words(self.printed, Language::Dutch),
            portal: self.head.portal.as_ref().map(PortalAddress::as_str),
            qr: link.and_then(|link| qr::svg(&link, "QR")).map(Zeroizing::new),
            has_telephone: self.telephone.is_some(),
            texts,
        };
        Zeroizing::new(page.render().expect("writing into a string does not fail"))
    }

    fn text(&self, language: Language, reader: Reader) -> Text {
        let Words {
            title,
            hello,
            hello_unnamed,
            why,
            begin,
            scan,
            ask,
            steps,
            know,
            rules,
            offline,
            offline_help,
            code,
            until,
            call,
            call_unknown,
            unreviewed,
        } = words(language, reader);
        // A long name stands above already; twice more it would need a second page.
        let by_name = !self.name.is_empty() && self.name.chars().count() <= LONGEST_GREETED;
        let hello = if by_name { hello } else { hello_unnamed };
        let (first, portal) = match &self.head.portal {
            Some(portal) => (scan, portal.as_str()),
            None => (ask, ""),
        };
        let (call, telephone) = match self.telephone {
            Some(telephone) => (call, telephone.as_str()),
            None => (call_unknown, ""),
        };
        Text {
            lang: language.word(),
            dir: if language == Language::Arabic {
                "rtl"
            } else {
                "ltr"
            },
            title,
            hello: filled(hello, "{name}", self.name),
            why,
            begin,
            steps: core::iter::once(filled(first, "{portal}", portal))
                .chain(steps.iter().map(|step| (*step).to_owned()))
                .collect(),
            know,
            rules,
            offline,
            offline_help,
            code,
            until: filled(until, "{date}", &in_words(self.until, language)),
            call: filled(call, "{telephone}", telephone),
            unreviewed: *unreviewed,
        }
    }
}

/// What was to be bound is not a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a letter: one HTML page whose body is one <article>")]
pub struct NotALetter;

/// Binds letters into one print file, each on a page of its own.
pub fn bind(letters: &[&str]) -> Result<Zeroizing<String>, NotALetter> {
    let (first, _) = letters.split_first().ok_or(NotALetter)?;
    let (start, end) = article(first)?;
    let mut bound = Zeroizing::new(first[..start].to_owned());
    for (at, letter) in letters.iter().enumerate() {
        let (start, end) = article(letter)?;
        if at > 0 {
            bound.push('\n');
        }
        bound.push_str(&letter[start..end]);
    }
    bound.push_str(&first[end..]);
    Ok(bound)
}

/// Where a letter's one article begins and ends.
fn article(letter: &str) -> Result<(usize, usize), NotALetter> {
    const END: &str = "</article>";
    let start = letter.find("<article").ok_or(NotALetter)?;
    let end = letter.rfind(END).ok_or(NotALetter)?;
    if start < end {
        Ok((start, end + END.len()))
    } else {
        Err(NotALetter)
    }
}

/// Fills a sentence in. What is filled in keeps its own direction of writing (Unicode's isolates), so that a Dutch name or a
/// telephone number reads right inside an Arabic sentence.
fn filled(sentence: &str, place: &str, value: &str) -> String {
    sentence.replace(place, &format!("\u{2068}{value}\u{2069}"))
}

#[cfg(test)]
mod tests;
