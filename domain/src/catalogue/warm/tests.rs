use super::*;
use crate::catalogue::{Catalogue, DEFAULT, Ground};
use crate::purpose::Purpose;
use crate::warm::{Course, Hearer};

/// What is wrong with the default once one text is replaced, which must be there exactly once; at its line.
fn flaw(old: &str, new: &str) -> Flaw {
    assert_eq!(DEFAULT.matches(old).count(), 1, "{old}");
    let error = Catalogue::parse(&DEFAULT.replace(old, new)).expect_err(new);
    let CatalogueError::Unsound { line, flaw } = error else {
        panic!("{new}: {error}")
    };
    let first = 1 + DEFAULT[..DEFAULT.find(old).expect("counted")]
        .matches('\n')
        .count();
    let lines = old.matches('\n').count().max(new.matches('\n').count());
    assert!(
        (first..=first + lines).contains(&line),
        "{new}: line {line}, not {first}"
    );
    flaw
}

#[test]
fn every_purpose_for_one_child_has_a_term_for_every_stage_it_comes_to() {
    let catalogue = Catalogue::parse(DEFAULT).expect("sound");
    for rules in catalogue.purposes() {
        let Some(warm) = &rules.warm else {
            assert_eq!(rules.ground, Ground::Aggregate, "{}", rules.purpose);
            continue;
        };
        for stage in WarmStage::ALL {
            let awaited = *stage != WarmStage::Closed && warm.course.has(*stage);
            assert_eq!(
                warm.deadlines.contains_key(stage),
                awaited,
                "{}: {stage}",
                rules.purpose
            );
        }
        let hearers: Vec<_> = warm.escalation.iter().map(|rung| rung.hearer).collect();
        assert!(
            hearers.starts_with(&[Hearer::Owner, Hearer::Organisations]),
            "{}",
            rules.purpose
        );
    }
}

#[test]
fn a_third_party_stands_only_where_a_law_names_it() {
    let catalogue = Catalogue::parse(DEFAULT).expect("sound");
    let named: Vec<_> = catalogue
        .purposes()
        .filter(|rules| {
            let warm = rules.warm.iter().flat_map(|warm| &warm.escalation);
            warm.into_iter().any(|rung| rung.third_party.is_some())
        })
        .map(|rules| rules.purpose)
        .collect();
    let expected = [
        Purpose::TransferReportPrimary,
        Purpose::TransferReportSecondary,
        Purpose::MboArrival,
    ];
    assert_eq!(named, expected);
}

#[test]
fn a_purposes_own_term_comes_before_the_shared_one() {
    let catalogue = Catalogue::parse(DEFAULT).expect("sound");
    let received = |purpose| {
        let warm = catalogue.rules(purpose).and_then(|rules| rules.warm.as_ref());
        warm.and_then(|warm| warm.deadlines.get(&WarmStage::Received))
            .map(|term| term.days)
    };
    assert_eq!(received(Purpose::Safety), Some(1));
    assert_eq!(received(Purpose::CareHandover), Some(10));
    let course = |purpose| {
        catalogue
            .rules(purpose)
            .and_then(|rules| rules.warm.as_ref())
            .map(|warm| warm.course)
    };
    assert_eq!(course(Purpose::CareHandover), Some(Course::Talk));
    assert_eq!(course(Purpose::Attendance), Some(Course::Short));
    assert_eq!(course(Purpose::SteeringFigures), None);
}

#[test]
fn every_contradiction_of_the_warm_part_is_refused_with_its_line() {
    let waiting = "waiting = { days = 30, unit = \"calendar\", from = \"stage\" }";
    let safety = "deadlines = { received = { days = 1, unit = \"working\", from = \"stage\" },";
    let rungs = "escalation = [{ tell = \"owner\" }, { tell = \"organisations\", days = 1 }]";
    let third =
        "place = \"gem/lpa\", stages = [\"received\", \"accepted\"], article = \"WEB 8.0.3\", mark = \"V\"";
    let cases = [
        (
            waiting,
            "waiting = { days = 0, unit = \"calendar\", from = \"stage\" }",
            Flaw::Term,
        ),
        (
            waiting,
            "waiting = { days = 401, unit = \"calendar\", from = \"stage\" }",
            Flaw::Term,
        ),
        (
            waiting,
            "closed = { days = 30, unit = \"calendar\", from = \"stage\" }",
            Flaw::TermForNothing(WarmStage::Closed),
        ),
        (
            safety,
            "deadlines = { started = { days = 1, unit = \"working\", from = \"stage\" },",
            Flaw::TermForNothing(WarmStage::Started),
        ),
        (rungs, "escalation = [{ tell = \"owner\" }]", Flaw::NobodyHears),
        (
            rungs,
            "escalation = [{ tell = \"organisations\", days = 1 }]",
            Flaw::EscalationOrder(Hearer::Organisations),
        ),
        (
            rungs,
            "escalation = [{ tell = \"owner\", days = 1 }, { tell = \"organisations\", days = 1 }]",
            Flaw::EscalationOrder(Hearer::Owner),
        ),
        (
            rungs,
            "escalation = [{ tell = \"owner\" }, { tell = \"family\" }]",
            Flaw::EscalationOrder(Hearer::Family),
        ),
        (
            rungs,
            "escalation = [{ tell = \"owner\" }, { tell = \"organisations\", days = 401 }]",
            Flaw::Term,
        ),
        (
            rungs,
            "escalation = [{ tell = \"owner\" }, { tell = \"organisations\", place = \"gem/lpa\" }]",
            Flaw::ThirdPartyBasis,
        ),
        (
            third,
            "place = \"gem/lpa\", stages = [\"received\"]",
            Flaw::ThirdPartyBasis,
        ),
        (
            third,
            "place = \"gem/lpa\", article = \"WEB 8.0.3\", mark = \"V\"",
            Flaw::ThirdPartyBasis,
        ),
        (
            third,
            "place = \"swv\", stages = [\"received\"], article = \"x\", mark = \"U\"",
            Flaw::ThirdPartyPlace,
        ),
        (
            third,
            "place = \"gem\", stages = [\"received\"], article = \"x\", mark = \"U\"",
            Flaw::ThirdPartyPlace,
        ),
        (
            third,
            "place = \"gem/lpa\", stages = [\"received\"], article = \" \", mark = \"V\"",
            Flaw::EmptyText,
        ),
        (
            "basis = \"aggregate\"",
            "basis = \"aggregate\"\ncourse = \"short\"",
            Flaw::Course,
        ),
    ];
    for (old, new, expected) in cases {
        assert_eq!(flaw(old, new), expected, "{new}");
    }
}

#[test]
fn every_stage_before_it_was_received_and_every_withdrawal_has_a_term() {
    let catalogue = Catalogue::parse(DEFAULT).expect("sound");
    for rules in catalogue.purposes() {
        let Some(warm) = &rules.warm else { continue };
        for stage in Stage::ALL {
            let awaited = crate::warm::Owner::before_receipt(*stage).is_some();
            assert_eq!(
                warm.before.contains_key(stage),
                awaited,
                "{}: {stage}",
                rules.purpose
            );
        }
    }
    let submitted = |purpose| {
        let warm = catalogue.rules(purpose).and_then(|rules| rules.warm.as_ref());
        warm.and_then(|warm| warm.before.get(&Stage::Submitted))
            .map(|term| term.days)
    };
    assert_eq!(submitted(Purpose::Safety), Some(1), "its own");
    assert_eq!(submitted(Purpose::CareHandover), Some(5), "the shared one");
}

/// The default without the lines that begin with one of these.
fn without(keys: &[&str]) -> String {
    let kept = DEFAULT
        .lines()
        .filter(|line| !keys.iter().any(|key| line.starts_with(key)));
    kept.collect::<Vec<_>>().join("\n")
}

#[test]
fn of_the_terms_outside_the_warm_part_a_catalogue_has_all_or_as_one_signed_earlier_none() {
    let keys = [
        "awaiting = ",
        "blocked = ",
        "permitted = ",
        "submitted = ",
        "released = ",
        "withdrawal = ",
    ];
    for key in keys {
        let error = Catalogue::parse(&without(&[key])).expect_err(key);
        let word = key.trim_end_matches(" = ");
        assert!(
            matches!(error, CatalogueError::Unsound { flaw: Flaw::NoTermBefore(named), .. } if named == word),
            "{error}"
        );
    }
    let earlier = Catalogue::parse(&without(&keys)).expect("as it was signed before");
    let rules = earlier.rules(Purpose::CareHandover);
    let rules = rules.and_then(|rules| rules.warm.as_ref()).expect("a warm part");
    assert_eq!(rules.withdrawal, Term::UNSAID);
    assert!(rules.before.values().all(|term| *term == Term::UNSAID));
    assert_eq!(rules.before.len(), 5);
}

#[test]
fn an_outcome_has_no_term() {
    for outcome in ["quarantined", "expired", "retracted", "nothing"] {
        let text = DEFAULT.replacen("submitted = ", &format!("{outcome} = "), 1);
        let error = Catalogue::parse(&text).expect_err(outcome);
        assert!(matches!(error, CatalogueError::Unreadable { .. }), "{error}");
    }
}

#[test]
fn a_stage_without_a_term_is_refused() {
    let without: Vec<&str> = DEFAULT
        .lines()
        .filter(|line| !line.starts_with("not-started = "))
        .collect();
    let error = Catalogue::parse(&without.join("\n")).expect_err("a stage is left out");
    let CatalogueError::Unsound { flaw, line } = error else {
        panic!("{error}")
    };
    assert_eq!(flaw, Flaw::NoTerm(WarmStage::NotStarted));
    assert_eq!(without[line - 1], "[deadlines]");
    let without: Vec<&str> = DEFAULT
        .lines()
        .filter(|line| !line.starts_with("course = "))
        .collect();
    let error = Catalogue::parse(&without.join("\n")).expect_err("no course");
    assert!(
        matches!(
            error,
            CatalogueError::Unsound {
                flaw: Flaw::Course,
                ..
            }
        ),
        "{error}"
    );
}
