//! Whether Dutch is plain enough to be read after a long day: level B1 of the Common European Framework.
//!
//! Three checks, used by the tests of every crate with Dutch texts: no sentence is long, no word is official, and a page as
//! a whole reaches a Flesch-Douma score of 65 ("standard" on Douma's scale of 1960). A machine cannot say that a text is
//! plain; it can say that it is not.

use crate::lexicon::{Lexicon, Part};

/// The longest sentence, in words.
pub const LONGEST_SENTENCE: usize = 18;

/// The lowest score of a page.
pub const LOWEST_SCORE: f64 = 65.0;

/// Fewer words than this are no text, so that a score would say nothing.
const SHORTEST_TEXT: usize = 40;

/// Official words, each with what to write instead. Those that end in `-` also match longer words.
const HARD_WORDS: &[(&str, &str)] = &[
    ("aangaande", "over"),
    ("aanvang-", "begin"),
    ("abusievelijk", "per ongeluk"),
    ("additione-", "extra"),
    ("adequaat", "goed"),
    ("alsmede", "en"),
    ("alvorens", "voordat"),
    ("annuleren", "stoppen"),
    ("authenticatie", "nakijken wie u bent"),
    ("autoris-", "toestaan"),
    ("behelzen", "inhouden"),
    ("benodigd-", "nodig"),
    ("betreft", "gaat over"),
    ("betreffende", "over"),
    ("betrokkene", "de persoon"),
    ("bewerkstelligen", "zorgen voor"),
    ("conform", "volgens"),
    ("derhalve", "daarom"),
    ("desalniettemin", "toch"),
    ("desbetreffende", "deze"),
    ("desgewenst", "als u wilt"),
    ("dient", "moet"),
    ("dienen", "moeten"),
    ("doeleinde-", "doel"),
    ("doorgaans", "meestal"),
    ("echter", "maar"),
    ("effectueren", "uitvoeren"),
    ("eveneens", "ook"),
    ("faciliteren", "helpen"),
    ("geschied-", "gebeuren"),
    ("grondslag", "reden die de wet noemt"),
    ("heden", "nu"),
    ("hetgeen", "wat"),
    ("hieromtrent", "hierover"),
    ("implement-", "invoeren"),
    ("indien", "als"),
    ("initi-", "beginnen"),
    ("inzake", "over"),
    ("jegens", "tegen"),
    ("mede", "ook"),
    ("middels", "met"),
    ("mits", "als"),
    ("nadere", "meer"),
    ("nagenoeg", "bijna"),
    ("noodzakelijk-", "nodig"),
    ("omtrent", "over"),
    ("onderhavige", "deze"),
    ("participer-", "meedoen"),
    ("persoonsgegevens", "gegevens"),
    ("prevaleren", "voorgaan"),
    ("procedure", "manier"),
    ("realiseren", "maken"),
    ("rechtsgrond", "reden die de wet noemt"),
    ("rechtmatig-", "volgens de wet"),
    ("reeds", "al"),
    ("relevant-", "belangrijk"),
    ("representatief", "goed voorbeeld"),
    ("specificeren", "precies zeggen"),
    ("teneinde", "om"),
    ("tenzij", "behalve als"),
    ("tevens", "ook"),
    ("thans", "nu"),
    ("toekomen", "krijgen"),
    ("trachten", "proberen"),
    ("uitsluitend", "alleen"),
    ("valideren", "nakijken"),
    ("vanwege", "door"),
    ("verifi-", "nakijken"),
    ("verstrek-", "geven"),
    ("verwerkingsverantwoordelijke", "de organisatie"),
    ("verzocht", "gevraagd"),
    ("verzoeken", "vragen"),
    ("voornoemd-", "deze"),
    ("voorts", "ook"),
    ("wederom", "weer"),
    ("wijziging-", "verandering"),
    ("zodoende", "zo"),
    ("zulks", "dit"),
];

/// A name that is written as its owner writes it, and therefore counts as plain.
const NAMES: &[&str] = &["Autoriteit Persoonsgegevens"];

/// What is wrong with every message of a Dutch lexicon: a line each, with the key.
pub fn flaws(lexicon: &Lexicon) -> Vec<String> {
    lexicon
        .messages()
        .flat_map(|(key, parts)| {
            let mut found: Vec<String> = readings(parts).iter().flat_map(|text| flaws_in(text)).collect();
            found.sort();
            found.dedup();
            found.into_iter().map(move |flaw| format!("{key}: {flaw}"))
        })
        .collect()
}

/// What is wrong with one text: sentences that are too long, words that are too hard.
pub fn flaws_in(text: &str) -> Vec<String> {
    let named = NAMES
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(name, "Naam"));
    let mut found = Vec::new();
    for sentence in sentences(&named) {
        let words = words(sentence);
        if words.len() > LONGEST_SENTENCE {
            found.push(format!("{} words in one sentence: {sentence}", words.len()));
        }
        for word in words {
            let word = word.to_lowercase();
            if let Some((_, better)) = HARD_WORDS.iter().find(|(hard, _)| is_word(hard, &word)) {
                found.push(format!("\"{word}\" is hard, write \"{better}\": {sentence}"));
            }
        }
    }
    found
}

/// The Flesch-Douma score of a page: of its sentences, in one voice (`u` or `je`); labels are no sentences and do not count.
/// `None` where the page has too little text to tell.
pub fn score_of_page<'a>(messages: impl Iterator<Item = &'a [Part]>, voice: &str) -> Option<f64> {
    let text = messages
        .map(|parts| reading(parts, voice))
        .filter(|text| text.trim_end().ends_with(['.', '?', '!']))
        .fold(String::new(), |all, text| all + &text + "\n");
    (words(&text).len() >= SHORTEST_TEXT).then(|| flesch_douma(&text))
}

/// 206.84 - 0.93 x words per sentence - 77 x syllables per word (Douma 1960). Higher is easier; 0 for no text.
pub fn flesch_douma(text: &str) -> f64 {
    let sentences = sentences(text).count();
    let words = words(text);
    if sentences == 0 || words.is_empty() {
        return 0.0;
    }
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    206.84 - 0.93 * count(words.len()) / count(sentences) - 77.0 * count(syllables) / count(words.len())
}

/// Every text that a message can become; a value is read as `Naam`.
fn readings(parts: &[Part]) -> Vec<String> {
    parts.iter().fold(vec![String::new()], |texts, part| {
        let ends = match part {
            Part::Text(text) => vec![text.clone()],
            Part::Value(_) => vec!["Naam".to_owned()],
            Part::Choice { of, .. } => of.iter().flat_map(|(_, parts)| readings(parts)).collect(),
        };
        texts
            .iter()
            .flat_map(|text| ends.iter().map(move |end| format!("{text}{end}")))
            .collect()
    })
}

/// The text in one voice, the default of every other choice.
fn reading(parts: &[Part], voice: &str) -> String {
    parts.iter().fold(String::new(), |text, part| {
        text + &match part {
            Part::Text(text) => text.clone(),
            Part::Value(_) => "Naam".to_owned(),
            Part::Choice { of, default, .. } => of
                .iter()
                .find(|(key, _)| key == voice)
                .or_else(|| of.iter().find(|(key, _)| key == default))
                .map_or_else(String::new, |(_, parts)| reading(parts, voice)),
        }
    })
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    // A full stop inside a number or an article of law ends nothing.
    let mut ends: Vec<usize> = text
        .char_indices()
        .filter(|(at, c)| match c {
            '\n' => true,
            '.' | '!' | '?' | ':' => text[at + 1..].chars().next().is_none_or(char::is_whitespace),
            _ => false,
        })
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    ends.push(text.len());
    let mut start = 0;
    ends.into_iter()
        .map(move |end| {
            let sentence = text[start..end].trim();
            start = end;
            sentence
        })
        .filter(|sentence| sentence.chars().any(char::is_alphabetic))
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '–'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect()
}

fn is_word(hard: &str, word: &str) -> bool {
    match hard.strip_suffix('-') {
        Some(begin) => word.starts_with(begin),
        None => word == hard,
    }
}

/// Syllables of a Dutch word: its vowel sounds, and one for a word without any (a number, an abbreviation).
fn syllables(word: &str) -> usize {
    const SOUNDS: [&str; 20] = [
        "aai", "ooi", "oei", "eeu", "ieu", "eau", "aa", "ee", "oo", "uu", "ie", "oe", "eu", "ui", "ou", "au",
        "ij", "ei", "ai", "oi",
    ];
    let word = word.to_lowercase();
    let mut rest = word.as_str();
    let mut count = 0;
    while let Some(first) = rest.chars().next() {
        if let Some(sound) = SOUNDS.iter().find(|sound| rest.starts_with(**sound)) {
            count += 1;
            rest = &rest[sound.len()..];
        } else {
            count += usize::from("aeiouyäëïöüáéíóúàèêô".contains(first));
            rest = &rest[first.len_utf8()..];
        }
    }
    count.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_counted_as_they_are_spoken() {
        for (word, count) in [
            ("kind", 1),
            ("school", 1),
            ("gegevens", 3),
            ("hulpverlener", 4),
            ("leeuw", 1),
            ("nieuwe", 2),
            ("tijdig", 2),
            ("beïnvloeden", 4),
            ("categorieën", 5),
            ("mooie", 2),
            ("17", 1),
        ] {
            assert_eq!(syllables(word), count, "{word}");
        }
    }

    #[test]
    fn a_long_sentence_is_found_and_short_ones_are_not() {
        let long = "De school die uw kind nu nog bezoekt stuurt de gegevens die u hieronder ziet staan naar de \
                    nieuwe school toe";
        assert_eq!(flaws_in(long).len(), 1);
        assert!(flaws_in("De school stuurt deze gegevens. U ziet ze hier. Zie Jeugdwet 7.3.8.").is_empty());
    }

    #[test]
    fn an_official_word_is_found_with_what_to_write_instead() {
        let found = flaws_in("Indien u akkoord bent, verstrekken wij de gegevens.");
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("\"als\""), "{found:?}");
        assert!(flaws_in("Ga naar de Autoriteit Persoonsgegevens.").is_empty());
        assert_eq!(flaws_in("Wij bewaren uw persoonsgegevens.").len(), 1);
    }

    #[test]
    fn an_official_letter_fails_where_a_plain_one_passes() {
        let official = "De verwerking van bovengenoemde bijzondere persoonsgegevens vindt plaats overeenkomstig de \
                        toepasselijke wettelijke bepalingen inzake gegevensbescherming, waarbij de organisatie \
                        verantwoordelijkheid draagt voor zorgvuldige geheimhouding.";
        let plain = "Wij gaan goed om met uw gegevens. De wet zegt hoe dat moet. Niemand anders mag ze zien. Wilt u weten \
                     wat wij van u hebben? Bel ons dan.";
        assert!(
            flesch_douma(official) < LOWEST_SCORE,
            "{}",
            flesch_douma(official)
        );
        assert!(flesch_douma(plain) > LOWEST_SCORE, "{}", flesch_douma(plain));
    }

    #[test]
    fn every_form_of_a_message_is_looked_at() {
        let text = "key = { $you ->\n    [je] Indien je wilt.\n   *[u] Als u wilt.\n}\n";
        let lexicon = Lexicon::read("nl", &[("test", text)]).unwrap();
        assert_eq!(flaws(&lexicon).len(), 1);
        let text = format!(
            "key = {}.\n",
            "Een bovengemiddeld ingewikkelde uiteenzetting".repeat(20)
        );
        let lexicon = Lexicon::read("nl", &[("test", &text)]).unwrap();
        let score = score_of_page(lexicon.messages().map(|(_, parts)| parts), "u");
        assert!(score.is_some_and(|score| score < LOWEST_SCORE), "{score:?}");
    }

    #[test]
    fn the_frame_speaks_plainly() {
        let lexicon = Lexicon::read("nl", &[("nl.ftl", include_str!("../locales/nl.ftl"))]).unwrap();
        assert_eq!(flaws(&lexicon), Vec::<String>::new());
    }
}
