//! The school, the transition and the years at school: D05, D06, D07, D09, and who sends.

use core::str::FromStr;
use std::collections::BTreeMap;

use handdruk_content::category::{
    Advice, InvolvedOrganisation, OrganisationNumber, Organisations, SchoolYear, SchoolYearName, Transition,
};
use handdruk_content::dossier::Items;
use handdruk_content::text::AtMost;
use handdruk_domain::oin::Site;
use handdruk_domain::statement::manifest::TransitionCode;

use super::element::{Element, as_line, read_as};
use super::items;
use super::people::{phone, school_phone};
use crate::import::dropped::Tally;
use crate::import::refusal::ImportRefusal;

/// The transition code in the metadata.
pub(super) fn transition_code(metadata: &mut Element) -> Result<TransitionCode, ImportRefusal> {
    let missing = ImportRefusal::Missing {
        at: metadata.at.child("overstap"),
    };
    let (code, at) = metadata.text("overstap").ok_or(missing)?;
    if matches!(code.as_str(), "VOHBO" | "VOWO" | "WECHBO" | "WECWO") {
        return Err(ImportRefusal::HigherEducation { at });
    }
    code.parse().map_err(|_| ImportRefusal::TransitionUnknown { at })
}

/// The school that made the dossier.
pub(super) fn sender(school: &mut Element) -> Result<Site, ImportRefusal> {
    let mut part = |name: &str| {
        let missing = ImportRefusal::Missing {
            at: school.at.child(name),
        };
        school.text(name).ok_or(missing)
    };
    let (brin, at) = part("brincode")?;
    let (site, _) = part("vestigingscode")?;
    read_as(
        &format!("{brin}{site}"),
        &at,
        "a BRIN of four capitals or digits, with a site of two digits",
    )
}

/// D05: the school, with whom to call.
pub(super) fn organisations(
    school: &mut Element,
    site: &Site,
    advice: Option<&mut Element>,
    tally: &mut Tally,
) -> Result<Organisations, ImportRefusal> {
    let general = school_phone(school.take("communicatielijst"), tally)?;
    let (person, direct) = match advice {
        Some(advice) => {
            let direct = advice
                .text("contacttelefoon")
                .map(|(number, at)| phone(&number, &at))
                .transpose()?;
            (advice.line("contactpersoon")?, direct)
        }
        None => (None, None),
    };
    let organisation = InvolvedOrganisation {
        number: OrganisationNumber::Site(site.clone()),
        contact_person: person,
        phone: direct.or(general),
    };
    let organisations = AtMost::new(vec![organisation]).ok();
    Ok(Organisations {
        organisations,
        municipality: None,
        care_assignment: None,
    })
}

/// D06: which transition, from where, and the day on which the pupil leaves. OSO does not say where to.
pub(super) fn transition(pupil: &mut Element, code: TransitionCode, site: &Site) -> Transition {
    let date = pupil.date("datumuitschrijving");
    let from = Some(OrganisationNumber::Site(site.clone()));
    Transition {
        code: Some(code),
        date,
        from,
        to: None,
        status: None,
    }
}

/// D07: the years, with whether a group was done twice.
pub(super) fn history(list: Option<Element>) -> Result<Option<Items<SchoolYear>>, ImportRefusal> {
    let Some(mut list) = list else { return Ok(None) };
    // Years sort as text. A child that moved within a year has two entries for it, of which the later stands.
    let mut groups: BTreeMap<String, (SchoolYearName, Option<String>)> = BTreeMap::new();
    for mut year in list.take_all("schoolloopbaan") {
        let missing = ImportRefusal::Missing {
            at: year.at.child("schooljaar"),
        };
        let (text, at) = year.text("schooljaar").ok_or(missing)?;
        let name = SchoolYearName::from_str(&text).map_err(|_| ImportRefusal::Invalid {
            at,
            form: "two consecutive years, such as 2026-2027",
        })?;
        groups.insert(text, (name, year.text("jaargroep").map(|(group, _)| group)));
    }
    let mut years = Vec::with_capacity(groups.len());
    let mut before: Option<(String, Option<String>)> = None;
    for (text, (year, group)) in groups {
        let follows = before
            .as_ref()
            .filter(|(earlier, _)| earlier.get(5..) == text.get(..4));
        let repeated = match (follows, &group) {
            (Some((_, Some(earlier))), Some(group)) if is_year_group(group) => Some(earlier == group),
            _ => None,
        };
        let shown = group
            .as_deref()
            .map(|group| as_line(&group_name(group), &list.at))
            .transpose()?;
        years.push(SchoolYear {
            year,
            group: shown,
            repeated,
        });
        before = Some((text, group));
    }
    items(years, &list.at)
}

/// Whether a group code names a year, which can be repeated: groups in special education do not.
fn is_year_group(code: &str) -> bool {
    code.parse::<u8>()
        .is_ok_and(|number| matches!(number, 1..=8 | 11..=16))
}

/// Code list 13 of OSO in words: 1 to 8 are primary, 11 to 16 secondary.
fn group_name(code: &str) -> String {
    match code.parse::<u8>() {
        Ok(number @ 0..=8) => format!("groep {number}"),
        Ok(number @ 11..=16) => format!("leerjaar {}", number - 10),
        _ => match code {
            "P" => "peutergroep".to_owned(),
            "S" => "speciaal onderwijs".to_owned(),
            other => other.to_owned(),
        },
    }
}

/// D09: the advice. DUO's code travels as a code: its list is not part of the published interface.
pub(super) fn advice(block: Option<Element>) -> Result<Option<Advice>, ImportRefusal> {
    let Some(mut block) = block else { return Ok(None) };
    let mut coded = |name: &str| {
        block
            .text(name)
            .map(|(code, at)| as_line(&format!("schooladvies, DUO-code {code}"), &at))
            .transpose()
    };
    let (advice, revised_advice) = (coded("advies")?, coded("herzienadvies")?);
    let points_of_attention = block.prose("aandachtspunten")?;
    let empty = advice.is_none() && revised_advice.is_none() && points_of_attention.is_none();
    Ok((!empty).then_some(Advice {
        advice,
        revised_advice,
        points_of_attention,
    }))
}
