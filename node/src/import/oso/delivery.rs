//! `categorie_uitlevering`: the national minimisation of OSO, beside our own catalogue.
//!
//! Invariant: of what the dossier declares and what the national table says for the transition, the stricter holds.
//! What is opted out or forbidden leaves the tree here and is counted; what is required and absent is refused.

use handdruk_domain::statement::manifest::TransitionCode;

use super::element::{Element, Value};
use crate::import::dropped::{DropReason, Tally};
use crate::import::refusal::{At, ImportRefusal};

/// How a category is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// VERPLICHT.
    Required,
    /// OPTIONEEL.
    Optional,
    /// OPT-UIT: the school could deliver it and does not.
    OptedOut,
    /// VERBODEN.
    Forbidden,
}

/// One category: its code's element, and where its elements stand.
struct Category {
    code: &'static str,
    name: &'static str,
    within: Within,
    elements: &'static [&'static str],
    /// What the table says for POPO, POVO, VOVO, POSWV and VOSWV. Other transitions have no row in it.
    table: [Word; 5],
}

/// The block that holds a category's elements.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Dossier,
    Pupil,
    Support,
}

impl Within {
    const fn path(self) -> &'static [&'static str] {
        match self {
            Self::Dossier => &[],
            Self::Pupil => &["huidigeschool", "leerling"],
            Self::Support => &["huidigeschool", "leerling", "onderwijsondersteuning"],
        }
    }
}

const R: Word = Word::Required;
const O: Word = Word::Optional;
const F: Word = Word::Forbidden;

const fn category(
    code: &'static str,
    name: &'static str,
    within: Within,
    elements: &'static [&'static str],
    table: [Word; 5],
) -> Category {
    Category {
        code,
        name,
        within,
        elements,
        table,
    }
}

#[rustfmt::skip]
static CATEGORIES: &[Category] = &[
    category("cat_metadata", "metadata", Within::Dossier, &["metadata"], [R, R, R, R, R]),
    category("cat_ouderinzage", "ouderinzage", Within::Dossier, &["inzage"], [R, R, R, O, O]),
    category("cat_school", "school", Within::Dossier, &["huidigeschool"], [R, R, R, R, R]),
    category("cat_leerling", "leerling", Within::Pupil, &["achternaam"], [R, R, R, R, R]),
    category("cat_oudersverzorgers", "oudersverzorgers", Within::Pupil, &["verzorger"], [R, R, R, R, R]),
    category("cat_vve", "vve", Within::Pupil,
        &["vanpeuterspeelzaal", "naampeuterspeelzaal", "voorschools", "vroegschools"], [O, F, F, O, F]),
    category("cat_schoolloopbaan", "schoolloopbaan", Within::Pupil, &["schoolloopbaanlijst"], [R, R, R, R, R]),
    category("cat_overstapadvies", "overstapadvies", Within::Pupil, &["overstapadvies"], [R, R, R, O, O]),
    category("cat_onderwijsondersteuning", "onderwijsondersteuning", Within::Pupil,
        &["onderwijsondersteuning"], [O, O, O, R, R]),
    category("cat_verzuim", "verzuim", Within::Pupil, &["verzuim"], [O, O, O, O, O]),
    category("cat_eindtoetsbo", "eindtoetsbo", Within::Pupil, &["eindtoets_basisonderwijs"], [O, O, O, F, O]),
    category("cat_toetsresultaten", "toetsresultaten", Within::Pupil, &["toetslijst"], [O, O, O, O, O]),
    category("cat_handelingsplannen", "handelingsplannen", Within::Support, &["handelingsplan"], [O, O, O, O, O]),
    category("cat_cijferlijsten", "cijferlijsten", Within::Pupil, &["cijferlijstlijst"], [O, O, O, O, O]),
    category("cat_vombo", "vombo", Within::Pupil,
        &["bevorderd", "examenresultaat", "resultaatvakkenvo", "certificaat", "competenties", "stage", "overigvombo"],
        [F, F, O, F, O]),
    category("cat_bijlagedocs", "bijlagedocs", Within::Pupil, &["overigdocumentlijst"], [O, O, O, O, O]),
];

/// Applies the declared words and the national table to a dossier.
pub(super) fn apply(
    dossier: &mut Element,
    code: TransitionCode,
    tally: &mut Tally,
) -> Result<(), ImportRefusal> {
    let mut declared = dossier
        .child_mut("metadata")
        .and_then(|metadata| metadata.take("categorie_uitlevering"));
    for category in CATEGORIES {
        let at = At::path(format!(
            "dossier/metadata/categorie_uitlevering/{}",
            category.code
        ));
        let stated = match declared.as_mut().and_then(|block| block.take(category.code)) {
            Some(word) => Some((parse(&word)?, word.at)),
            // The block is all or nothing: a category left out of it is neither opted in nor out.
            None if declared.is_some() => return Err(ImportRefusal::Missing { at }),
            None => None,
        };
        let national = national(category, code);
        // Without these three there is no dossier, whatever the transition.
        let structural = matches!(category.code, "cat_metadata" | "cat_school" | "cat_leerling");
        let word = match stated {
            Some((Word::OptedOut | Word::Forbidden, at))
                if structural || national == Some(Word::Required) =>
            {
                return Err(ImportRefusal::DeliveryWeakened { at });
            }
            stated => stricter(national, stated.map(|(word, _)| word)),
        };
        deliver(dossier, category, word, tally)?;
    }
    Ok(())
}

fn parse(element: &Element) -> Result<Word, ImportRefusal> {
    match &element.value {
        Value::Text(word) if word == "VERPLICHT" => Ok(Word::Required),
        Value::Text(word) if word == "OPTIONEEL" => Ok(Word::Optional),
        Value::Text(word) if word == "OPT-UIT" => Ok(Word::OptedOut),
        Value::Text(word) if word == "VERBODEN" => Ok(Word::Forbidden),
        _ => Err(ImportRefusal::Invalid {
            at: element.at.clone(),
            form: "one of VERPLICHT, OPTIONEEL, OPT-UIT and VERBODEN",
        }),
    }
}

fn national(category: &Category, code: TransitionCode) -> Option<Word> {
    let column = match code {
        TransitionCode::Popo => 0,
        TransitionCode::Povo => 1,
        TransitionCode::Vovo => 2,
        TransitionCode::Poswv => 3,
        TransitionCode::Voswv => 4,
        _ => return None,
    };
    category.table.get(column).copied()
}

fn stricter(national: Option<Word>, stated: Option<Word>) -> Word {
    let either = |word| national == Some(word) || stated == Some(word);
    [Word::Forbidden, Word::OptedOut, Word::Required]
        .into_iter()
        .find(|&word| either(word))
        .unwrap_or(Word::Optional)
}

fn deliver(
    dossier: &mut Element,
    category: &Category,
    word: Word,
    tally: &mut Tally,
) -> Result<(), ImportRefusal> {
    let path = category.within.path();
    let missing = |first: &str| {
        let path = ["dossier"]
            .iter()
            .chain(path)
            .copied()
            .collect::<Vec<_>>()
            .join("/");
        ImportRefusal::DeliveryMissing {
            at: At::path(format!("{path}/{first}")),
            category: category.name,
        }
    };
    let block = path.iter().try_fold(dossier, |block, name| block.child_mut(name));
    let reason = match word {
        Word::Optional => return Ok(()),
        Word::Required => {
            let there = block.is_some_and(|block| category.elements.iter().any(|name| block.holds(name)));
            let first = category.elements.first().copied().unwrap_or_default();
            return if there { Ok(()) } else { Err(missing(first)) };
        }
        Word::OptedOut => DropReason::OptedOut,
        Word::Forbidden => DropReason::ForbiddenForTransition,
    };
    let Some(block) = block else { return Ok(()) };
    for name in category.elements {
        for element in block.take_all(name) {
            if element.filled {
                tally.drop(element.at.path.clone(), reason, element.fields());
            }
        }
        tally.relabel(&format!("{}/{name}", block.at.path), reason);
    }
    Ok(())
}
