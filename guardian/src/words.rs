//! What things are called when a guardian reads them: dates, choices, desks, terms and laws, in Dutch and English.

use handdruk_content::day::in_words;
use handdruk_domain::catalogue::{KeepFrom, Mark, Retention, Source};
use handdruk_domain::clock::Date;
use handdruk_domain::role::Desk;
use handdruk_domain::statement::consent::{Choice, Language};

/// The Dutch text, or the English one where that is the language.
pub(crate) const fn choose<'a>(language: Language, nl: &'a str, en: &'a str) -> &'a str {
    if matches!(language, Language::English) {
        en
    } else {
        nl
    }
}

/// A calendar date in words, in the language in which the rest is written: English, or else Dutch.
pub fn date_in_words(date: Date, language: Language) -> String {
    let written = match language {
        Language::English => Language::English,
        Language::Dutch | Language::Turkish | Language::Arabic => Language::Dutch,
    };
    in_words(date, written)
}

/// A choice in words.
pub const fn choice_name(choice: Choice, language: Language) -> &'static str {
    match choice {
        Choice::Agree => choose(language, "ja", "yes"),
        Choice::Refuse => choose(language, "nee", "no"),
        Choice::Withdraw => choose(language, "ja ingetrokken", "yes taken back"),
        Choice::Object => choose(language, "bezwaar", "objection"),
    }
}

/// A desk in words.
pub const fn desk_name(desk: Desk, language: Language) -> &'static str {
    match desk {
        Desk::Attendance => choose(language, "leerplichtambtenaar", "attendance officer"),
        Desk::Care => choose(language, "loket jeugdhulp", "intake desk for care"),
        Desk::NeighbourhoodTeam => choose(language, "wijkteam", "neighbourhood team"),
        Desk::SupportTeam => choose(
            language,
            "ondersteuningsteam van de school",
            "school support team",
        ),
        Desk::EarlyLeavers => choose(
            language,
            "loket voor vroegtijdig schoolverlaters",
            "desk for early leavers",
        ),
    }
}

/// How long the recipient keeps it.
pub fn retention(keep: &Retention, language: Language) -> String {
    let say = |nl, en| choose(language, nl, en);
    let from = match keep.from {
        KeepFrom::Received => say("de ontvangst", "it was received"),
        KeepFrom::Leaving => say(
            "het vertrek van de ontvangende school",
            "leaving the receiving school",
        ),
        KeepFrom::Decision => say("het besluit van het samenwerkingsverband", "the swv's decision"),
        KeepFrom::EndOfSchoolYear => say("het einde van het schooljaar", "the end of the school year"),
        KeepFrom::Age27 => say("de 27e verjaardag", "the 27th birthday"),
        KeepFrom::LastEntry => say(
            "de laatste aantekening in het dossier",
            "the last entry in the dossier",
        ),
        KeepFrom::PlanClosed => say("het einde van het plan", "the end of the plan"),
        KeepFrom::RecipientsOwn => "",
    };
    let text = match keep.months {
        _ if from.is_empty() => say(
            "zo lang als de regels van de ontvanger zelf zeggen",
            "as long as the recipient's own rules say",
        )
        .to_owned(),
        None | Some(0) => format!("{} {from}", say("tot", "until")),
        Some(count) => format!("{} {} {from}", months(count, language), say("na", "after")),
    };
    let text = marked(text, keep.source.mark, language);
    let Some(declined) = &keep.declined else {
        return text;
    };
    let term = marked(months(declined.months, language), declined.source.mark, language);
    format!(
        "{text}; {}: {term}",
        say("neemt de ontvanger het niet aan", "if the recipient declines it")
    )
}

fn months(count: u16, language: Language) -> String {
    match (count / 12, count % 12) {
        (1, 0) => choose(language, "1 jaar", "1 year").to_owned(),
        (years @ 1.., 0) => format!("{years} {}", choose(language, "jaar", "years")),
        (0, 1) => choose(language, "1 maand", "1 month").to_owned(),
        _ => format!("{count} {}", choose(language, "maanden", "months")),
    }
}

/// A source of law, with how far it was checked where that is less than fully.
pub fn source(source: &Source, language: Language) -> String {
    // The catalogue cites in one spelling; here people read the law's own name.
    let article = source.article.replace("GDPR", choose(language, "AVG", "GDPR"));
    marked(article, source.mark, language)
}

fn marked(text: String, mark: Mark, language: Language) -> String {
    let mark = match mark {
        Mark::Verified => return text,
        Mark::Text2017 => choose(language, "tekst van 2017", "text of 2017"),
        Mark::Design => choose(
            language,
            "eigen keuze van deze federatie",
            "a choice of this federation",
        ),
        Mark::Unverified => choose(language, "niet nagekeken", "not verified"),
    };
    format!("{text} ({mark})")
}

#[cfg(test)]
mod tests {
    use handdruk_domain::catalogue::{Catalogue, DEFAULT};

    use super::*;

    #[test]
    fn every_term_of_the_catalogue_reads_as_a_sentence() {
        let catalogue = Catalogue::parse(DEFAULT).expect("the default catalogue");
        let terms = |language| {
            let terms = catalogue.purposes().map(|rules| retention(&rules.keep, language));
            terms.collect::<Vec<_>>().join("\n")
        };
        insta::assert_snapshot!("terms_nl", terms(Language::Dutch));
        insta::assert_snapshot!("terms_en", terms(Language::English));
    }

    #[test]
    fn dates_are_written_out() {
        let date: Date = "2027-03-01".parse().expect("a date");
        assert_eq!(date_in_words(date, Language::Dutch), "1 maart 2027");
        assert_eq!(date_in_words(date, Language::English), "1 March 2027");
    }
}
