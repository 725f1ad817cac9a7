//! A date in words, in the four languages that families read. What `look` says on pages stands in its own texts.

use handdruk_domain::clock::Date;
use handdruk_domain::statement::consent::Language;

const NL: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];
const EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const TR: [&str; 12] = [
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım",
    "Aralık",
];
const AR: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

/// `1 mei 2027`, in the reader's language.
pub fn in_words(date: Date, language: Language) -> String {
    let months = match language {
        Language::Dutch => &NL,
        Language::English => &EN,
        Language::Turkish => &TR,
        Language::Arabic => &AR,
    };
    let month = usize::try_from(date.month())
        .ok()
        .and_then(|month| months.get(month.checked_sub(1)?));
    format!(
        "{} {} {}",
        date.day(),
        month.copied().unwrap_or_default(),
        date.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_twelve_months() {
        for language in Language::ALL {
            let mut seen = std::collections::BTreeSet::new();
            for month in 1..=12 {
                let said = in_words(Date::constant(2027, month, 3), *language);
                assert!(said.starts_with("3 ") && said.ends_with(" 2027"), "{said}");
                assert!(seen.insert(said));
            }
        }
        assert_eq!(
            in_words(Date::constant(2027, 5, 2), Language::Turkish),
            "2 Mayıs 2027"
        );
    }
}
