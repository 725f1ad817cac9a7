//! What a mail says: the same to everyone, in Dutch and the reader's language. It names nobody and nothing, so that who reads
//! along at the mail server or over a shoulder learns only that this address knows the organisation.

use handdruk_domain::statement::consent::Language;

/// A mail's subject.
pub(super) const fn subject(language: Language) -> &'static str {
    match language {
        Language::Dutch => "Er is iets veranderd",
        Language::English => "Something has changed",
        Language::Turkish => "Bir şey değişti",
        Language::Arabic => "تغيّر شيء ما",
    }
}

/// A mail's text: in the reader's language, with the Dutch text, which binds, below it.
pub(super) fn body(language: Language, portal: &str) -> String {
    let dutch = text(Language::Dutch).replace("{portal}", portal);
    if language == Language::Dutch {
        dutch
    } else {
        format!("{}\n\n--\n\n{dutch}", text(language).replace("{portal}", portal))
    }
}

const fn text(language: Language) -> &'static str {
    match language {
        Language::Dutch => {
            "Er is iets veranderd.\n\n\
             Kijk wat het is op {portal}\n\
             Gebruik daar de code van de brief en het eigen geheim.\n\n\
             In deze e-mail staan geen gegevens. Iedereen krijgt dezelfde tekst.\n\
             Wij vragen nooit om de code of het geheim.\n\
             Twijfel over deze e-mail? Bel het nummer op de brief."
        }
        Language::English => {
            "Something has changed.\n\n\
             See what it is at {portal}\n\
             Use the code of the letter there, and the own secret.\n\n\
             This e-mail holds no personal information. Everybody gets the same text.\n\
             We never ask for the code or the secret.\n\
             Not sure about this e-mail? Call the number on the letter."
        }
        Language::Turkish => {
            "Bir şey değişti.\n\n\
             Ne olduğuna buradan bakın: {portal}\n\
             Orada mektuptaki kodu ve gizli sözü kullanın.\n\n\
             Bu e-postada kişisel bilgi yoktur. Herkes aynı metni alır.\n\
             Kodu veya gizli sözü hiçbir zaman sormayız.\n\
             Bu e-postadan emin değil misiniz? Mektuptaki numarayı arayın."
        }
        Language::Arabic => {
            "تغيّر شيء ما.\n\n\
             انظروا ما هو على {portal}\n\
             استخدموا هناك الرمز الموجود في الرسالة والسر الخاص.\n\n\
             لا توجد معلومات شخصية في هذا البريد. يتلقى الجميع النص نفسه.\n\
             لا نسأل أبدًا عن الرمز أو السر.\n\
             لستم متأكدين من هذا البريد؟ اتصلوا بالرقم الموجود في الرسالة."
        }
    }
}

#[cfg(test)]
mod tests {
    use handdruk_look::plain;

    use super::*;

    #[test]
    fn a_mail_is_plain_dutch() {
        let said = format!(
            "{}.\n{}",
            subject(Language::Dutch),
            body(Language::Dutch, "https://portal.example.")
        );
        assert_eq!(plain::flaws_in(&said), Vec::<String>::new());
        let score = plain::flesch_douma(&said);
        assert!(score >= plain::LOWEST_SCORE, "{score:.1}");
    }

    #[test]
    fn every_language_names_the_portal_and_carries_the_dutch_text() {
        for language in Language::ALL {
            let said = body(*language, "https://portal.example");
            assert!(
                said.contains("Er is iets veranderd.") && !said.contains('{'),
                "{language}"
            );
            let times = said.matches("https://portal.example").count();
            assert_eq!(times, 1 + usize::from(*language != Language::Dutch), "{language}");
            assert!(!subject(*language).is_empty());
        }
    }
}
