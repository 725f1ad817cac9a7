//! What people call the words of the closed vocabularies. Kept apart from the vocabularies, whose words are what is
//! signed and never change; these may.

use crate::field::Label;

/// A word and what people call it.
pub type Worded = (&'static str, Label);

const fn word(word: &'static str, nl: &'static str, en: &'static str) -> Worded {
    (word, Label { nl, en })
}

pub(crate) const RELATION: &[Worded] = &[
    word("mother", "moeder", "mother"),
    word("father", "vader", "father"),
    word("parent", "ouder", "parent"),
    word("step-parent", "stiefouder", "step-parent"),
    word("foster-parent", "pleegouder", "foster parent"),
    word("guardian", "voogd", "guardian"),
    word("grandparent", "grootouder", "grandparent"),
    word("representative", "curator of mentor", "curator or mentor"),
    word("child", "kind of jongere", "child or young person"),
    word("other-carer", "andere verzorger", "other carer"),
];
pub(crate) const AUTHORITY_KIND: &[Worded] = &[
    word("joint", "gezamenlijk gezag", "joint authority"),
    word("single", "eenhoofdig gezag", "single authority"),
    word(
        "joint-with-non-parent",
        "gezamenlijk met een niet-ouder",
        "joint with a non-parent",
    ),
    word("guardianship", "voogdij", "guardianship"),
    word("temporarily-none", "tijdelijk geen gezag", "temporarily none"),
    word("undetermined", "niet te bepalen", "cannot be determined"),
];
pub(crate) const CARE_ASSIGNMENT: &[Worded] = &[
    word("none", "geen", "none"),
    word("asked", "aangevraagd", "asked for"),
    word("given", "toegewezen", "given"),
];
pub(crate) const TRANSITION_CODE: &[Worded] = &[
    word("VSPO", "voorschool naar basisschool", "preschool to primary"),
    word(
        "VSWEC",
        "voorschool naar speciaal onderwijs",
        "preschool to special education",
    ),
    word("POPO", "basisschool naar basisschool", "primary to primary"),
    word(
        "POWEC",
        "basisschool naar speciaal onderwijs",
        "primary to special education",
    ),
    word(
        "POVO",
        "basisschool naar voortgezet onderwijs",
        "primary to secondary",
    ),
    word(
        "VOVO",
        "voortgezet naar voortgezet onderwijs",
        "secondary to secondary",
    ),
    word("VOMBO", "voortgezet onderwijs naar mbo", "secondary to mbo"),
    word(
        "WECWEC",
        "speciaal naar speciaal onderwijs",
        "special to special education",
    ),
    word(
        "WECVO",
        "speciaal naar voortgezet onderwijs",
        "special education to secondary",
    ),
    word(
        "WECMBO",
        "speciaal onderwijs naar mbo",
        "special education to mbo",
    ),
    word(
        "POSWV",
        "basisschool naar samenwerkingsverband",
        "primary to support alliance",
    ),
    word(
        "VOSWV",
        "voortgezet onderwijs naar samenwerkingsverband",
        "secondary to support alliance",
    ),
];
pub(crate) const TRANSITION_STATUS: &[Worded] = &[
    word("planned", "gepland", "planned"),
    word("applied", "aangemeld", "applied"),
    word("admitted", "toegelaten", "admitted"),
    word("enrolled", "ingeschreven", "enrolled"),
    word("arrived", "aangekomen", "arrived"),
    word(
        "not-enrolled",
        "aangemeld, niet ingeschreven",
        "applied, not enrolled",
    ),
    word(
        "not-arrived",
        "ingeschreven, niet aangekomen",
        "enrolled, not arrived",
    ),
];
pub(crate) const SUBJECT: &[Worded] = &[
    word("reading", "lezen", "reading"),
    word("spelling", "spelling", "spelling"),
    word("language", "taal", "language"),
    word("arithmetic", "rekenen en wiskunde", "arithmetic"),
    word("foreign-languages", "vreemde talen", "foreign languages"),
    word("final-test", "eindtoets", "final test"),
    word("capacity", "capaciteiten", "capacity"),
    word("other", "overig", "other"),
];
pub(crate) const SOCIAL_HEADING: &[Worded] = &[
    word("peers", "omgang met leeftijdgenoten", "with other children"),
    word("teacher", "omgang met de leraar", "with the teacher"),
    word("self-confidence", "zelfvertrouwen", "self-confidence"),
    word("motivation", "motivatie", "motivation"),
    word("work-attitude", "werkhouding", "work attitude"),
    word("behaviour", "gedrag in de klas", "behaviour in class"),
    word("wellbeing", "welbevinden", "wellbeing"),
];
pub(crate) const RATING: &[Worded] = &[
    word("strong", "sterk", "strong"),
    word("as-expected", "zoals verwacht", "as expected"),
    word("needs-attention", "vraagt aandacht", "needs attention"),
];
pub(crate) const YES_NO_UNKNOWN: &[Worded] = &[
    word("yes", "ja", "yes"),
    word("no", "nee", "no"),
    word("unknown", "onbekend", "not known"),
];
pub(crate) const ARRANGEMENT_KIND: &[Worded] = &[
    word("tlv", "toelaatbaarheidsverklaring", "admissibility statement"),
    word(
        "cluster",
        "arrangement cluster 1 of 2",
        "cluster 1 or 2 arrangement",
    ),
    word(
        "alliance",
        "arrangement van het samenwerkingsverband",
        "arrangement of the support alliance",
    ),
];
pub(crate) const FUNDING_CATEGORY: &[Worded] = &[
    word("L", "laag", "low"),
    word("M", "midden", "middle"),
    word("H", "hoog", "high"),
];
pub(crate) const DIAGNOSIS_KIND: &[Worded] = &[
    word("diagnosis", "diagnose", "diagnosis"),
    word("medication", "medicatie", "medication"),
];
pub(crate) const RELEVANCE: &[Worded] = &[
    word("education", "het onderwijs", "education"),
    word("other", "iets anders", "something else"),
];
pub(crate) const ABSENCE_BAND: &[Worded] = &[
    word("none", "geen", "none"),
    word("below-16-hours", "minder dan 16 uur", "fewer than 16 hours"),
    word("16-hours-or-more", "16 uur of meer", "16 hours or more"),
];
pub(crate) const REPORTING_STEP: &[Worded] = &[
    word(
        "signals",
        "1: signalen in kaart gebracht",
        "1: signals written down",
    ),
    word("consulted", "2: overlegd", "2: consulted"),
    word(
        "talked",
        "3: met het gezin gesproken",
        "3: talked with the family",
    ),
    word("weighed", "4: gewogen", "4: weighed"),
    word("decided", "5: besloten", "5: decided"),
];

#[cfg(test)]
mod tests {
    use handdruk_domain::statement::manifest::{AuthorityKind, TransitionCode};

    use super::*;
    use crate::category as c;

    #[test]
    fn every_word_of_every_vocabulary_has_a_wording() {
        macro_rules! same {
            ($($vocabulary:ty = $table:ident),+ $(,)?) => {$(
                let known: Vec<&str> = <$vocabulary>::ALL.iter().map(|member| member.word()).collect();
                let worded: Vec<&str> = $table.iter().map(|(word, _)| *word).collect();
                assert_eq!(known, worded, stringify!($vocabulary));
            )+};
        }
        same! {
            c::Relation = RELATION, AuthorityKind = AUTHORITY_KIND, c::CareAssignment = CARE_ASSIGNMENT,
            TransitionCode = TRANSITION_CODE, c::TransitionStatus = TRANSITION_STATUS, c::Subject = SUBJECT,
            c::SocialHeading = SOCIAL_HEADING, c::Rating = RATING, c::SectionAgreed = YES_NO_UNKNOWN,
            c::ViewAgreement = YES_NO_UNKNOWN, c::ArrangementKind = ARRANGEMENT_KIND,
            c::FundingCategory = FUNDING_CATEGORY, c::DiagnosisKind = DIAGNOSIS_KIND, c::Relevance = RELEVANCE,
            c::AbsenceBand = ABSENCE_BAND, c::ReportingStep = REPORTING_STEP,
        }
    }
}
