//! The languages that a page can be read in.
//!
//! Dutch is binding: the other languages are translations of it, and say so until a speaker has reviewed them.

use core::fmt;

/// A language that every page exists in. The list is closed: adding one is docs/howto/add-a-language.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Dutch, the binding text.
    Nl,
    /// English.
    En,
    /// Turkish.
    Tr,
    /// Arabic, written from right to left.
    Ar,
}

impl Language {
    /// Every language, the binding one first: the order of the language switch.
    pub const ALL: [Self; 4] = [Self::Nl, Self::En, Self::Tr, Self::Ar];

    /// The language whose text binds, and that everything falls back to.
    pub const BINDING: Self = Self::Nl;

    /// The BCP 47 tag: `nl`, `en`, `tr` or `ar`. It stands in `lang` attributes and in signed decisions.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Nl => "nl",
            Self::En => "en",
            Self::Tr => "tr",
            Self::Ar => "ar",
        }
    }

    /// Which way its lines run, as the `dir` attribute says it: `ltr` or `rtl`.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Nl | Self::En | Self::Tr => "ltr",
            Self::Ar => "rtl",
        }
    }

    /// Its name as its own readers write it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::Nl => "Nederlands",
            Self::En => "English",
            Self::Tr => "Türkçe",
            Self::Ar => "العربية",
        }
    }

    /// Whether a speaker has reviewed its texts. Where not, each page says so beside a link to the Dutch.
    pub const fn is_reviewed(self) -> bool {
        matches!(self, Self::Nl)
    }

    /// Whether this is Dutch, the text that binds.
    pub const fn is_binding(self) -> bool {
        matches!(self, Self::Nl)
    }

    /// The language with exactly this tag, or `None`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The best of ours for an `Accept-Language` header (RFC 9110 section 12.5.4): the acceptable language with the highest
    /// weight, the earlier of equals. Regions are ignored (`tr-TR` is Turkish). Dutch where nothing fits or the header is
    /// malformed.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (0.0_f32, Self::BINDING);
        for range in header.split(',').take(32) {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
            let weight = match parts.next().map(str::trim) {
                None => 1.0,
                Some(parameter) => parameter
                    .strip_prefix("q=")
                    .and_then(|q| q.trim().parse::<f32>().ok())
                    .filter(|q| (0.0..=1.0).contains(q))
                    .unwrap_or(0.0),
            };
            if let Some(language) = Self::from_code(&primary)
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_highest_weight_wins_and_the_earlier_of_equals() {
        assert_eq!(
            Language::from_accept_language("tr-TR,tr;q=0.9,en;q=0.8"),
            Language::Tr
        );
        assert_eq!(
            Language::from_accept_language("de, en;q=0.4, ar;q=0.7"),
            Language::Ar
        );
        assert_eq!(Language::from_accept_language("en;q=0.5, tr;q=0.5"), Language::En);
    }

    #[test]
    fn what_does_not_fit_or_is_malformed_reads_dutch() {
        for header in [
            "",
            "de-DE",
            "*",
            "tr;q=0",
            "tr;q=high",
            "tr;q=9",
            ";;;,,,",
            "\u{0}",
        ] {
            assert_eq!(Language::from_accept_language(header), Language::Nl, "{header:?}");
        }
    }

    #[test]
    fn a_code_is_read_back_and_nothing_else_is() {
        for language in Language::ALL {
            assert_eq!(Language::from_code(language.code()), Some(language));
        }
        assert_eq!(Language::from_code("NL"), None);
        assert_eq!(Language::from_code("de"), None);
    }
}
