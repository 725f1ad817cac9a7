//! D08: tests, the final test, school reports and subjects, each as one line with its score.

use handdruk_content::category::{Subject, TestResult};
use handdruk_content::dossier::Items;
use handdruk_domain::clock::Date;

use super::element::{Element, as_line};
use super::items;
use crate::import::refusal::{At, ImportRefusal};

/// Reads every result of a pupil.
pub(super) fn results(pupil: &mut Element) -> Result<Option<Items<TestResult>>, ImportRefusal> {
    let mut found = Vec::new();
    if let Some(result) = pupil
        .take("eindtoets_basisonderwijs")
        .and_then(|mut block| block.take("eindtoetsresultaat"))
    {
        found.extend(final_test(result)?);
    }
    for test in list(pupil, "toetslijst", "toets") {
        found.extend(test_result(test)?);
    }
    for report in list(pupil, "cijferlijstlijst", "cijferlijst") {
        found.extend(report_marks(report)?);
    }
    for subject in pupil.take_all("resultaatvakkenvo") {
        found.extend(subject_result(subject)?);
    }
    if let Some(exam) = pupil.take("examenresultaat") {
        found.extend(exam_result(exam)?);
    }
    items(found, &pupil.at)
}

fn list(pupil: &mut Element, list: &str, item: &str) -> Vec<Element> {
    pupil
        .take(list)
        .map(|mut list| list.take_all(item))
        .unwrap_or_default()
}

/// One line of the results; nothing when neither a name nor a score is known.
fn result(
    subject: Subject,
    test: &str,
    date: Option<Date>,
    score: &str,
    at: &At,
) -> Result<Option<TestResult>, ImportRefusal> {
    let line = |text: &str| {
        if text.is_empty() {
            Ok(None)
        } else {
            as_line(text, at).map(Some)
        }
    };
    let (test, score) = (line(test)?, line(score)?);
    Ok((test.is_some() || score.is_some()).then_some(TestResult {
        subject,
        test,
        date,
        score,
    }))
}

fn text(element: &mut Element, name: &str) -> String {
    element.text(name).map(|(text, _)| text).unwrap_or_default()
}

fn final_test(mut block: Element) -> Result<Option<TestResult>, ImportRefusal> {
    let name = text(&mut block, "toetsomschrijving");
    let date = block.date("datum_afname");
    let score = block
        .count("standaardscore")
        .map(|score| format!("standaardscore {score}"))
        .unwrap_or_default();
    result(Subject::FinalTest, &name, date, &score, &block.at)
}

fn test_result(mut test: Element) -> Result<Option<TestResult>, ImportRefusal> {
    let (area, name) = match test.take("toetsidentificatie") {
        Some(mut identification) => {
            let name = [
                text(&mut identification, "toetsnaam"),
                text(&mut identification, "toetsversie"),
            ];
            (text(&mut identification, "leergebied"), name.join(" "))
        }
        None => Default::default(),
    };
    let date = test
        .take("afname")
        .and_then(|mut taken| taken.date("afnamedatum"));
    let mut scores = Vec::new();
    if let Some(mut outcome) = test.take("resultaat") {
        let skill = outcome
            .take("toetsscore")
            .map(|mut raw| text(&mut raw, "vaardigheidsscore"));
        scores.extend(
            skill
                .filter(|skill| !skill.is_empty())
                .map(|skill| format!("vaardigheidsscore {skill}")),
        );
        for mut reference in outcome.take_all("referentiescore") {
            let (code, value) = (
                text(&mut reference, "codereferentiescore"),
                text(&mut reference, "waarde"),
            );
            if !value.is_empty() {
                scores.push(format!("{code} {value}"));
            }
        }
    }
    // Long enough for the name with its edition; a test's name says nothing about the child.
    let name: String = name.trim().chars().take(160).collect();
    // The area decides; where it says nothing, the name may.
    let subject = match subject_of(&area) {
        Subject::Other => subject_of(&name),
        subject => subject,
    };
    result(subject, &name, date, &within(scores), &test.at)
}

/// As many scores as fit on the line, the first first: the skill score and the national comparison lead.
fn within(scores: Vec<String>) -> String {
    let mut line = String::new();
    for score in scores {
        let longer = if line.is_empty() {
            score
        } else {
            format!("{line}; {score}")
        };
        if longer.chars().count() > 160 {
            break;
        }
        line = longer;
    }
    line
}

fn report_marks(mut report: Element) -> Result<Vec<TestResult>, ImportRefusal> {
    let made = report.date("afnamedatum");
    let Some(mut marks) = report.take("cijferlijstTypelijst") else {
        return Ok(Vec::new());
    };
    let title = marks
        .take_all("naam")
        .into_iter()
        .next()
        .and_then(Element::into_text)
        .unwrap_or_default();
    let mut found = Vec::new();
    for mut mark in marks.take_all("onderdeel") {
        let subject = text(&mut mark, "naam");
        let date = mark.date("afnamedatum").or(made);
        let score = match mark.take("score") {
            Some(mut score) => match (text(&mut score, "waarde"), text(&mut score, "kwalificatie")) {
                (value, words) if value.is_empty() => words,
                (value, _) => value,
            },
            None => String::new(),
        };
        let name = format!("{title} {subject}");
        found.extend(result(subject_of(&subject), name.trim(), date, &score, &mark.at)?);
    }
    Ok(found)
}

fn subject_result(mut subject: Element) -> Result<Option<TestResult>, ImportRefusal> {
    let code = text(&mut subject, "vakcode");
    let name = text(&mut subject, "vakleergebied");
    let date = subject.date("datumafgerond");
    let forms = [
        ("exameneindcijfer", "eindcijfer"),
        ("cijferce", "centraal examen"),
        ("eindcijferse", "schoolexamen"),
        ("rapportcijfer", "rapportcijfer"),
        ("beoordelingexamenvak", "beoordeling"),
    ];
    let score = forms
        .iter()
        .find_map(|(element, words)| subject.text(element).map(|(value, _)| format!("{words} {value}")));
    let called = if name.is_empty() {
        format!("vak {code}")
    } else {
        name
    };
    match score {
        Some(score) => result(subject_of(&called), &called, date, &score, &subject.at),
        // A subject without a mark is no result.
        None => Ok(None),
    }
}

fn exam_result(mut exam: Element) -> Result<Option<TestResult>, ImportRefusal> {
    let name = text(&mut exam, "soortdiploma");
    let outcome = text(&mut exam, "examenuitslag");
    let date = exam.date("datumuitslag");
    result(
        Subject::Other,
        &format!("examen {name}"),
        date,
        &outcome,
        &exam.at,
    )
}

/// Which subject a school means: words in the order in which they decide.
fn subject_of(area: &str) -> Subject {
    const WORDS: &[(&str, Subject)] = &[
        ("intelligentie", Subject::Capacity),
        ("capaciteit", Subject::Capacity),
        ("iq", Subject::Capacity),
        ("spelling", Subject::Spelling),
        ("lezen", Subject::Reading),
        ("leestempo", Subject::Reading),
        ("dmt", Subject::Reading),
        ("engels", Subject::ForeignLanguages),
        ("frans", Subject::ForeignLanguages),
        ("duits", Subject::ForeignLanguages),
        ("spaans", Subject::ForeignLanguages),
        ("arabisch", Subject::ForeignLanguages),
        ("turks", Subject::ForeignLanguages),
        ("woordenschat", Subject::Language),
        ("nederlands", Subject::Language),
        ("taal", Subject::Language),
        ("rekenen", Subject::Arithmetic),
        ("wiskunde", Subject::Arithmetic),
    ];
    let area = area.to_lowercase();
    WORDS
        .iter()
        .find(|(word, _)| area.contains(word))
        .map_or(Subject::Other, |&(_, subject)| subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_and_spelling_are_told_from_the_rest() {
        for (area, subject) in [
            ("begrijpend lezen", Subject::Reading),
            ("Technisch lezen", Subject::Reading),
            ("Spelling (werkwoorden)", Subject::Spelling),
            ("Nederlandse taal", Subject::Language),
            ("Engelse taal", Subject::ForeignLanguages),
            ("rekenen-wiskunde", Subject::Arithmetic),
            ("IQ", Subject::Capacity),
            ("Geschiedenis", Subject::Other),
        ] {
            assert_eq!(subject_of(area), subject, "{area}");
        }
    }
}
