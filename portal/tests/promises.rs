//! What the pages for everybody promise is what the rules and the design keep, in every language: not more, and all of it.

use std::fs;
use std::path::Path;

/// The text under a key, in every voice, as it stands in the file.
fn text(language: &str, file: &str, key: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("locales/{language}/{file}.ftl"));
    let all = fs::read_to_string(path).expect("the texts");
    let start = format!("{key} = ");
    let mut lines = all.lines().skip_while(|line| !line.starts_with(&start));
    let first = lines.next().unwrap_or_else(|| panic!("{language}: no {key}"));
    let rest = lines.take_while(|line| line.starts_with(' '));
    core::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n")
}

/// Every text has all of what each language must say.
fn says(file: &str, keys: &[&str], languages: &[(&str, &[&str])]) {
    for (language, all) in languages {
        for key in keys {
            let text = text(language, file, key);
            for said in *all {
                assert!(
                    text.contains(said),
                    "{language} {key} does not say {said}: {text}"
                );
            }
        }
    }
}

/// Rule B: one yes and the silence of the others can be enough.
#[test]
fn nobody_is_told_that_everything_waits_for_them() {
    says(
        "pages",
        &["about-how-2"],
        &[
            ("nl", &["het ja van een ander genoeg"]),
            ("en", &["somebody else's yes can be enough"]),
            ("tr", &["başka birinin eveti yetebilir"]),
            ("ar", &["فقد تكفي موافقة شخص آخر"]),
        ],
    );
}

/// Professionals attest what was said on paper or by telephone: two of them a yes, one a no.
#[test]
fn nobody_is_told_that_no_one_else_can_record_their_answer() {
    says(
        "way-in",
        &["start-safe", "secret-why"],
        &[
            (
                "nl",
                &["op papier", "vastleggen", "Een ja altijd met zijn tweeën"],
            ),
            ("en", &["on paper", "A yes always takes two"]),
            ("tr", &["kâğıt üzerindeki", "her zaman iki çalışan"]),
            ("ar", &["على الورق", "باثنين منهم"]),
        ],
    );
}

/// Keys lie in the browser's profile until somebody logs out or comes by again: closing alone deletes nothing.
#[test]
fn whoever_shares_a_computer_is_told_to_log_out() {
    says(
        "pages",
        &["privacy-device"],
        &[
            (
                "nl",
                &["Log uit, dan zijn ze meteen weg", "computer van een ander"],
            ),
            (
                "en",
                &["Log out, and they are gone at once", "somebody else's computer"],
            ),
            ("tr", &["Çıkış yapın", "Başkasının bilgisayarında"]),
            ("ar", &["سجّل الخروج", "حاسوب شخص آخر"]),
        ],
    );
}

/// What the gateway is told about people (articles 13 and 14 of the GDPR): each property of a manifest, and what is said since.
#[test]
fn the_privacy_page_names_everything_that_is_known() {
    says(
        "pages",
        &["privacy-knows"],
        &[
            (
                "nl",
                &[
                    "onderdelen",
                    "hoe groot",
                    "overstap",
                    "maand",
                    "gemeente",
                    "leeftijdsgroep",
                    "soort gezag",
                    "taal",
                    "onderzocht",
                    "antwoordt",
                    "medewerker",
                ],
            ),
            (
                "en",
                &[
                    "parts",
                    "how large",
                    "transition",
                    "month",
                    "municipality",
                    "age group",
                    "kind of authority",
                    "language",
                    "under investigation",
                    "answer",
                    "member of staff",
                ],
            ),
            (
                "tr",
                &[
                    "bölümlerin",
                    "büyüklüğünü",
                    "geçişinin",
                    "ayını",
                    "belediyeyi",
                    "yaş grubunu",
                    "velayetinin türünü",
                    "dilini",
                    "incelenmediğini",
                    "yanıt",
                    "çalışanın",
                ],
            ),
            (
                "ar",
                &[
                    "الأجزاء",
                    "وحجمها",
                    "الانتقال",
                    "وشهره",
                    "والبلدية",
                    "الفئة العمرية",
                    "نوع من الولاية",
                    "لغة",
                    "التحقيق",
                    "جوابه",
                    "موظف",
                ],
            ),
        ],
    );
}
