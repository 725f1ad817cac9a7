//! The pages: what each says before script runs, and how that becomes HTML.
//!
//! Invariant: a page is the same for everybody who reads its language. Nothing about a person stands in one: the script
//! adds that in the browser, from what it opened and verified itself. So a page can be shown, cached or logged without
//! telling anything.

use askama::Template;
use handdruk_look::{Frame, Language, Place, Words};
use handdruk_web::File;

use crate::words::{self, Part};

#[cfg(test)]
mod tests;

/// The files in portal/script, by path.
pub(crate) const SCRIPT: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/script.rs"));

/// One request for a page: what every page needs to know.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The reader's language.
    pub language: Language,
    /// The page's own path, without a query.
    pub path: String,
    /// Where the script is, such as `/script/<digest>`: a page loads `{script}/bundle/first.js`.
    pub script: String,
    /// Whether somebody is logged in, and when that ends.
    pub session: Option<SessionTimes>,
}

/// When a session ends, in seconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    /// It ends at the latest after this long.
    pub ends_in_seconds: u32,
    /// It ends after this long in which nothing was asked.
    pub idle_seconds: u32,
    /// How long before either the page warns.
    pub warn_seconds: u32,
}

/// Every page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Where the code is entered, or comes in with the fragment of a link.
    Start,
    /// Where one more code joins those that are open.
    Join,
    /// Open questions, what runs, what ended.
    Overview,
    /// One question. Which one stands in the fragment, which no server sees.
    Question,
    /// Who has the data.
    Holders,
    /// Everything about my child, as one download.
    Export,
    /// What Handdruk is.
    About,
    /// What this site does with data.
    Privacy,
    /// For whom it was made to work, and how.
    Accessibility,
    /// What to do when stuck.
    Help,
}

impl Page {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Start,
        Self::Join,
        Self::Overview,
        Self::Question,
        Self::Holders,
        Self::Export,
        Self::About,
        Self::Privacy,
        Self::Accessibility,
        Self::Help,
    ];

    /// Where it is.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Start => "/",
            Self::Join => "/join",
            Self::Overview => "/overview",
            Self::Question => "/question",
            Self::Holders => "/holders",
            Self::Export => "/export",
            Self::About => "/about",
            Self::Privacy => "/privacy",
            Self::Accessibility => "/accessibility",
            Self::Help => "/help",
        }
    }

    /// Whether it shows nothing to whoever is not logged in: they are led to the start.
    pub const fn needs_session(self) -> bool {
        matches!(
            self,
            Self::Join | Self::Overview | Self::Question | Self::Holders | Self::Export
        )
    }

    /// The name under which the script knows it.
    const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Join => "join",
            Self::Overview => "overview",
            Self::Question => "question",
            Self::Holders => "holders",
            Self::Export => "export",
            Self::About => "about",
            Self::Privacy => "privacy",
            Self::Accessibility => "accessibility",
            Self::Help => "help",
        }
    }

    /// What the window is called.
    fn title(self, words: Words) -> String {
        match self {
            Self::Start => words.say("start-window"),
            Self::Join => words.say("join-window"),
            Self::Overview => words.say("overview-window"),
            Self::Question => words.say("question-window"),
            Self::Holders => words.say("holders-window"),
            Self::Export => words.say("export-window"),
            Self::About => words.say("about-title"),
            Self::Privacy => words.say("privacy-title"),
            Self::Accessibility => words.say("accessibility-title"),
            Self::Help => words.say("help-title"),
        }
    }

    /// The address of the script's own fingerprint, on the page that explains it.
    const fn is_for_reading(self) -> bool {
        matches!(
            self,
            Self::About | Self::Privacy | Self::Accessibility | Self::Help
        )
    }
}

/// Why something else is shown than what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// There is no such page.
    NotFound,
    /// The request is not one that this site takes.
    Refused,
    /// Too many requests.
    Busy,
    /// A fault of ours, with the id to quote where there is one.
    Fault(Option<String>),
}

/// The files that pages refer to and that are not in portal/script: what scripts say, and how.
pub fn files() -> Vec<File> {
    words::script_files()
}

/// A page, as HTML.
pub fn page(page: Page, visit: &Visit) -> askama::Result<String> {
    let words = words::words(visit.language);
    let frame = frame_of(page, visit, words);
    match page {
        Page::Start => Start { frame, words }.render(),
        Page::Join => Join { frame, words }.render(),
        Page::Overview => Overview { frame, words }.render(),
        Page::Question => Question { frame, words }.render(),
        Page::Holders => Holders { frame, words }.render(),
        Page::Export => Export { frame, words }.render(),
        Page::About => {
            let fingerprint = visit.script.rsplit('/').next().unwrap_or_default();
            About {
                frame,
                words,
                fingerprint,
            }
            .render()
        }
        Page::Privacy => Privacy { frame, words }.render(),
        Page::Accessibility => Accessibility { frame, words }.render(),
        Page::Help => Help { frame, words }.render(),
    }
}

/// What is shown instead of a page, as HTML. It works without script.
pub fn failed(failure: &Failure, visit: &Visit) -> askama::Result<String> {
    let words = words::words(visit.language);
    let (title, text) = match failure {
        Failure::NotFound => (words.say("failed-not-found-title"), words.say("failed-not-found")),
        Failure::Refused => (words.say("failed-refused-title"), words.say("failed-refused")),
        Failure::Busy => (words.say("failed-busy-title"), words.say("failed-busy")),
        Failure::Fault(_) => (words.say("failed-fault-title"), words.say("failed-fault")),
    };
    let number = match failure {
        Failure::Fault(Some(id)) => Some(words.with("id", id).say("failed-number")),
        _ => None,
    };
    Failed {
        frame: Frame::new(words, title.clone(), visit.path.clone()),
        words,
        title,
        text,
        number,
    }
    .render()
}

fn frame_of(page: Page, visit: &Visit, words: Words) -> Frame {
    let mut frame = Frame::new(words, page.title(words), page.path());
    if page.is_for_reading() && visit.session.is_none() {
        return frame;
    }
    // The first page says its own words only. Who is logged in may be warned of the session's end, on any page.
    let part = if page == Page::Start && visit.session.is_none() {
        Part::First
    } else {
        Part::Whole
    };
    let at = |name: &str| format!("{}/{name}", visit.script);
    let own_words = at(words::script_words(visit.language, part));
    frame.scripts = vec![at("bundle/first.js")];
    frame.files_ahead.push(own_words.clone());
    if page.needs_session() {
        frame.modules_ahead.push(at("bundle/inside.js"));
    }
    frame.data = vec![("page", page.name().to_owned()), ("words", own_words)];
    if page == Page::Question && !visit.language.is_binding() {
        let dutch = at(words::script_words(Language::BINDING, Part::Whole));
        frame.files_ahead.push(dutch.clone());
        frame.data.push(("dutch", dutch));
    }
    if let Some(session) = visit.session {
        Page::Overview.path().clone_into(&mut frame.home);
        frame.places = places(page, words);
        frame.data.push(("ends", session.ends_in_seconds.to_string()));
        frame.data.push(("idle", session.idle_seconds.to_string()));
        frame.data.push(("warn", session.warn_seconds.to_string()));
    }
    if !page.is_for_reading() {
        frame.without_script = Some(words.say("start-without-script"));
    }
    frame
}

fn places(here: Page, words: Words) -> Vec<Place> {
    let place = |page: Page, label: String| Place {
        href: page.path().to_owned(),
        label,
        current: page == here,
    };
    vec![
        place(Page::Overview, words.say("place-overview")),
        place(Page::Holders, words.say("place-who")),
        place(Page::Export, words.say("place-export")),
        place(Page::Join, words.say("place-join")),
    ]
}

macro_rules! plain {
    ($($name:ident, $file:literal;)*) => {$(
        #[derive(Template)]
        #[template(path = $file)]
        struct $name {
            frame: Frame,
            words: Words,
        }
    )*};
}
plain! {
    Start, "start.html";
    Join, "join.html";
    Overview, "overview.html";
    Question, "question.html";
    Holders, "holders.html";
    Export, "export.html";
    Privacy, "privacy.html";
    Accessibility, "accessibility.html";
    Help, "help.html";
}

#[derive(Template)]
#[template(path = "about.html")]
struct About<'a> {
    frame: Frame,
    words: Words,
    fingerprint: &'a str,
}

#[derive(Template)]
#[template(path = "failed.html")]
struct Failed {
    frame: Frame,
    words: Words,
    title: String,
    text: String,
    number: Option<String>,
}
