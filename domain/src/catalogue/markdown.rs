//! docs/PURPOSES.md, made from the catalogue: what a data-protection officer needs as input for an impact assessment.
//!
//! Everything that differs between purposes comes from the catalogue; the sentences here only say what its words mean. A
//! test compares the file with this text, so the document cannot fall behind the rules.

mod warm;

use core::fmt::{self, Write};
use std::collections::BTreeSet;

use super::{Catalogue, Fields, Ground, Inform, KeepFrom, Mark, Place, PurposeRules, Route, Source};
use crate::category::Category;
use crate::statement::manifest::TransitionCode;

/// The text of docs/PURPOSES.md.
pub fn purposes_markdown(catalogue: &Catalogue) -> String {
    let mut page = String::new();
    let written = head(&mut page, catalogue)
        .and_then(|()| glance(&mut page, catalogue))
        .and_then(|()| {
            catalogue
                .purposes()
                .try_for_each(|rules| section(&mut page, rules, catalogue))
        })
        .and_then(|()| warm::stages(&mut page, catalogue))
        .and_then(|()| transitions(&mut page, catalogue))
        .and_then(|()| closely_held(&mut page, catalogue))
        .and_then(|()| unverified(&mut page, catalogue));
    written.expect("writing to a string does not fail");
    page
}

fn head(page: &mut String, catalogue: &Catalogue) -> fmt::Result {
    let periods = catalogue.periods();
    write!(
        page,
        "# Purposes\n\n\
        <!-- Made from domain/catalogue/default.toml. To renew it: UPDATE_DOCS=1 cargo test -p handdruk-domain purposes -->\n\n\
        What may go from whom to whom, why, and what must happen first: the catalogue, version {}, dated {}. Input for a \
        data-protection impact assessment; not legal advice.\n\n\
        - **Controller**: for sending, the organisation that sends; from receipt on, the organisation that receives. **Processor**: \
        the gateway's operator, for both, and a supplier that runs a node on behalf of its organisation. The gateway never \
        sees content.\n\
        - **Marks** say how far a rule was checked: **[V]** read in the text of the law or the standard, **[17]** read in a text of \
        2017 that may have changed, **[D]** a design choice, **[U]** not verified.\n\
        - **Statutory**: consent is not asked, because a refusal would have no effect. Where there is inspection, it is over when \
        each who may inspect has done so, or {} days after each was told. A school may attest that it was held. Below 16 holders of \
        authority inspect, at 16 and 17 they and the young person, from 18 the young person alone.\n\
        - **Consent (rule B)**: below 12 every known holder of authority is asked, and one yes suffices if nobody objects within {} \
        days of being told or all have answered; from 12 to 15 the child must say yes as well, and may withdraw any yes; from 16 the \
        young person decides alone, or a curator or mentor. Consent is given per category, and nothing is ticked in advance. A no \
        blocks its category, and if that is a required one, the handover.\n\
        - **Safety**: a right to report, with a written justification and a second person, to the legal recipient only.\n\
        - A handover stands open for at most {} days, until the first of a month. The gateway keeps no content; evidence is kept for 5 years [D].\n\
        - *Agreement between the organisations: needed* counts as given until agreements can be exchanged.\n\n",
        catalogue.version(),
        catalogue.dated(),
        periods.inspection_days,
        periods.objection_days,
        periods.term_days,
    )
}

fn glance(page: &mut String, catalogue: &Catalogue) -> fmt::Result {
    page.push_str("| purpose | plain name | basis | categories | kept |\n|---|---|---|---|---|\n");
    for rules in catalogue.purposes() {
        let categories: Vec<&str> = rules.categories.keys().map(|category| category.word()).collect();
        let categories = if categories.is_empty() {
            "counts only".to_owned()
        } else {
            categories.join(" ")
        };
        let (id, name, basis) = (rules.purpose, &rules.name.nl, ground_word(&rules.ground));
        writeln!(
            page,
            "| [`{id}`](#{id}) | {name} | {basis} | {categories} | {} |",
            keep(rules)
        )?;
    }
    page.push('\n');
    Ok(())
}

fn section(page: &mut String, rules: &PurposeRules, catalogue: &Catalogue) -> fmt::Result {
    let PurposeRules {
        purpose, short, name, ..
    } = rules;
    let end = if name.en.ends_with('?') { "" } else { "." };
    writeln!(
        page,
        "## {purpose}\n\n**{}** ({short}). {}{end}\n",
        name.nl, name.en
    )?;
    writeln!(
        page,
        "- **Basis**: {}. {}.",
        ground_word(&rules.ground),
        sources(&rules.sources)
    )?;
    for route in &rules.routes {
        writeln!(page, "- **From -> to**: {}", route_line(route))?;
    }
    writeln!(page, "- **Who decides**: {}", who_decides(rules, catalogue))?;
    if !rules.required.is_empty() {
        writeln!(
            page,
            "- **Required**: {}; a handover without is refused.",
            words(&rules.required)
        )?;
    }
    if rules.application {
        page.push_str("- **Application**: only once the pupil has applied there, so that it cannot be used for selection.\n");
    }
    writeln!(
        page,
        "- **Kept by the recipient**: {}. Source: {}.",
        keep(rules),
        source(&rules.keep.source)
    )?;
    if let Some(declined) = &rules.keep.declined {
        writeln!(
            page,
            "- **Kept if declined**: {} months. Source: {}.",
            declined.months,
            source(&declined.source)
        )?;
    }
    let agreement = if rules.agreement_needed {
        "needed"
    } else {
        "not needed"
    };
    writeln!(page, "- **Agreement between the organisations**: {agreement}.")?;
    if let Some(rules) = &rules.warm {
        warm::lines(page, rules)?;
    }
    for remark in &rules.remarks {
        writeln!(page, "- {remark}")?;
    }
    if !rules.categories.is_empty() {
        page.push_str("\n| category | fields |\n|---|---|\n");
        for (category, fields) in &rules.categories {
            writeln!(
                page,
                "| {category} {} | {} |",
                category.name(),
                fields_cell(fields)
            )?;
        }
    }
    page.push('\n');
    Ok(())
}

fn closely_held(page: &mut String, catalogue: &Catalogue) -> fmt::Result {
    page.push_str(
        "## Held closely\n\nCategories that only these colleagues read at the recipient's workdesk. Everybody else who works on \
        the handover gives a reason first, and the privacy officer is told.\n\n| category | who reads it |\n|---|---|\n",
    );
    for (category, readers) in catalogue.closely_held() {
        let readers: Vec<&str> = readers.iter().map(|role| role.word()).collect();
        let readers = if readers.is_empty() {
            "nobody".to_owned()
        } else {
            readers.join(", ")
        };
        writeln!(page, "| {category} {} | {readers} |", category.name())?;
    }
    page.push('\n');
    Ok(())
}

fn transitions(page: &mut String, catalogue: &Catalogue) -> fmt::Result {
    page.push_str("## Transition codes\n\nA purpose that its row does not name is refused.\n\n| code | purposes |\n|---|---|\n");
    for code in TransitionCode::ALL {
        let purposes: Vec<String> = catalogue
            .allowed_at(*code)
            .map(|purpose| format!("`{purpose}`"))
            .collect();
        let purposes = if purposes.is_empty() {
            "none".to_owned()
        } else {
            purposes.join(" ")
        };
        writeln!(page, "| {code} | {purposes} |")?;
    }
    page.push('\n');
    Ok(())
}

fn unverified(page: &mut String, catalogue: &Catalogue) -> fmt::Result {
    page.push_str("## Not verified\n\nEach needs a lawyer's look before anybody relies on it.\n\n");
    for rules in catalogue.purposes() {
        let of_routes = rules.routes.iter().filter_map(|route| route.source.as_ref());
        let declined = rules.keep.declined.as_ref().map(|declined| &declined.source);
        let all = rules
            .sources
            .iter()
            .chain(of_routes)
            .chain([&rules.keep.source])
            .chain(declined);
        for source in all.filter(|source| source.mark == Mark::Unverified) {
            writeln!(page, "- `{}`: {}", rules.purpose, source.article)?;
        }
        for remark in rules
            .remarks
            .iter()
            .filter(|remark| remark.contains("[U]") || remark.contains("[17]"))
        {
            writeln!(page, "- `{}`: {remark}", rules.purpose)?;
        }
    }
    Ok(())
}

fn who_decides(rules: &PurposeRules, catalogue: &Catalogue) -> String {
    match &rules.ground {
        Ground::Statutory { inform, agreement } => {
            let informed = match inform {
                Inform::Inspection => "nobody; copy and inspection first, remarks travel along.",
                Inform::Notice => "nobody; those concerned are told.",
            };
            if agreement.is_empty() {
                return informed.to_owned();
            }
            let days = catalogue.periods().objection_days;
            format!(
                "{informed} {} only if the young person agrees (below 16 a guardian as well); without an answer for {days} days the \
                rest goes without.",
                words(agreement)
            )
        }
        Ground::Consent {
            all_must_agree: false,
        } => "rule B; one yes of the holders of authority suffices.".to_owned(),
        Ground::Consent { all_must_agree: true } => {
            "rule B; every holder of authority must say yes.".to_owned()
        }
        Ground::Safety => "nobody; justification and second person, hidden until it was released.".to_owned(),
        Ground::Aggregate => "nobody; no child's data move.".to_owned(),
    }
}

fn route_line(route: &Route) -> String {
    let mut line = format!("{} -> {}.", places(&route.from), places(&route.to));
    line.push_str(if route.national_number {
        " National number allowed."
    } else {
        " No national number."
    });
    if route.supervision_order {
        line.push_str(" Only under a supervision order.");
    }
    if route.two_owners {
        line.push_str(" Both own it until both confirm.");
    }
    if let Some(own) = &route.source {
        line = format!("{line} Source: {}.", source(own));
    }
    line
}

fn keep(rules: &PurposeRules) -> String {
    let after = match rules.keep.from {
        KeepFrom::Received => "receipt",
        KeepFrom::Leaving => "leaving the school",
        KeepFrom::Decision => "the decision",
        KeepFrom::EndOfSchoolYear => "the end of the school year",
        KeepFrom::Age27 => "the 27th birthday",
        KeepFrom::LastEntry => "the last entry in the dossier",
        KeepFrom::PlanClosed => "the end of the plan",
        KeepFrom::RecipientsOwn => "",
    };
    let mut text = match rules.keep.months {
        None => rules.keep.source.article.clone(),
        Some(0) => format!("until {after}"),
        Some(months) if months % 12 == 0 => {
            format!("{} years after {after}", months / 12).replace("1 years", "1 year")
        }
        Some(months) => format!("{months} months after {after}"),
    };
    if let Some(declined) = &rules.keep.declined {
        text = format!("{text}; {} months if declined", declined.months);
    }
    text
}

fn fields_cell(fields: &Fields) -> String {
    match fields {
        Fields::All => "all that the category has".to_owned(),
        Fields::Only(names) => names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

pub(super) fn source(source: &Source) -> String {
    format!("{} [{}]", source.article, source.mark)
}

fn sources(all: &[Source]) -> String {
    all.iter().map(source).collect::<Vec<_>>().join("; ")
}

fn places(places: &BTreeSet<Place>) -> String {
    places
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn words(categories: &BTreeSet<Category>) -> String {
    categories
        .iter()
        .map(|category| category.word())
        .collect::<Vec<_>>()
        .join(" ")
}

const fn ground_word(ground: &Ground) -> &'static str {
    match ground {
        Ground::Statutory { .. } => "statutory",
        Ground::Consent { .. } => "consent",
        Ground::Safety => "safety",
        Ground::Aggregate => "aggregates only",
    }
}
