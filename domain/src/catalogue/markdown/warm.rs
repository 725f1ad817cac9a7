//! The warm part in docs/PURPOSES.md: stages with their deadlines, and who hears of a missed one.

use core::fmt::{self, Write};

use super::source;
use crate::catalogue::Catalogue;
use crate::stage::Stage;
use crate::warm::calendar::Unit;
use crate::warm::{CountedFrom, Course, Hearer, Rung, Term, WarmRules, WarmStage};

/// A purpose's lines.
pub(super) fn lines(page: &mut String, rules: &WarmRules) -> fmt::Result {
    let course = match rules.course {
        Course::Talk => "with a talk, a start and aftercare",
        Course::Short => "until somebody has taken it on and solved it",
    };
    writeln!(page, "- **Warm part**: {course}.")?;
    let told: Vec<String> = rules.escalation.iter().map(rung).collect();
    writeln!(page, "- **A missed deadline goes to**: {}.", told.join("; then "))
}

/// The table of stages: what is awaited in each, and by when for each purpose that differs.
pub(super) fn stages(page: &mut String, catalogue: &Catalogue) -> fmt::Result {
    page.push_str(
        "## Stages and deadlines\n\nFrom the proposal until *closed*. Every stage has an owner and a deadline, and so has every \
         withdrawal that the recipient was told of [D]. A missed deadline decides nothing: silence is never a yes. School days \
         are counted in the holiday region of the recipient (domain/calendar/nl.toml); for a school year that is not published \
         they are working days, and the deadline says so.\n\n| stage | deadline | for |\n|---|---|---|\n",
    );
    for stage in Stage::ALL {
        rows(page, catalogue, stage.word(), |warm| {
            warm.before.get(stage).copied()
        })?;
    }
    for stage in WarmStage::ALL {
        rows(page, catalogue, stage.word(), |warm| {
            warm.deadlines.get(stage).copied()
        })?;
    }
    rows(page, catalogue, "a withdrawal, until it is answered", |warm| {
        Some(warm.withdrawal)
    })?;
    page.push('\n');
    Ok(())
}

/// A line for each term that a stage has, with the purposes for which it holds.
fn rows(
    page: &mut String,
    catalogue: &Catalogue,
    stage: &str,
    term_of: impl Fn(&WarmRules) -> Option<Term>,
) -> fmt::Result {
    let mut terms: Vec<(Term, Vec<String>)> = Vec::new();
    for rules in catalogue.purposes() {
        let Some(term) = rules.warm.as_ref().and_then(&term_of) else {
            continue;
        };
        let purpose = format!("`{}`", rules.purpose);
        match terms.iter_mut().find(|(known, _)| *known == term) {
            Some((_, purposes)) => purposes.push(purpose),
            None => terms.push((term, vec![purpose])),
        }
    }
    for (term, purposes) in terms {
        writeln!(page, "| {stage} | {} | {} |", term_text(term), purposes.join(" "))?;
    }
    Ok(())
}

fn term_text(term: Term) -> String {
    let days = days(term.days, term.unit);
    match term.from {
        CountedFrom::Stage => format!("{days} after it began"),
        CountedFrom::Start => format!("{days} after the first school day"),
        CountedFrom::BeforeStart => format!("{days} before the first school day"),
    }
}

fn days(days: u16, unit: Unit) -> String {
    let end = if days == 1 { "" } else { "s" };
    match unit {
        Unit::Working => format!("{days} working day{end}"),
        Unit::School => format!("{days} school day{end}"),
        Unit::Calendar => format!("{days} day{end}"),
    }
}

fn rung(rung: &Rung) -> String {
    let hearer = match (rung.hearer, &rung.third_party) {
        (Hearer::Owner, _) => "who owns the stage".to_owned(),
        (Hearer::Organisations, _) => "both organisations".to_owned(),
        (Hearer::Family, _) => "the family".to_owned(),
        (Hearer::ThirdParty, Some(third)) => {
            let stages: Vec<_> = third.stages.iter().map(|stage| stage.word()).collect();
            let (place, source) = (third.place, source(&third.source));
            format!("{place}, only in {} ({source})", stages.join(" and "))
        }
        (Hearer::ThirdParty, None) => "nobody".to_owned(),
    };
    if rung.days == 0 {
        hearer
    } else {
        format!("{hearer} after {}", days(rung.days, rung.unit))
    }
}
