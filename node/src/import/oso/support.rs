//! Support and absence: D12, D13, D14, D15. Documents are dropped; what they say a professional types in (D11).

use handdruk_content::category::{
    Absence, Arrangement, ArrangementKind, DevelopmentPlan, Diagnosis, DiagnosisKind, FundingCategory,
    Period, Relevance,
};
use handdruk_content::dossier::Items;
use handdruk_domain::clock::Date;

use super::element::{Element, as_line};
use super::items;
use crate::import::refusal::ImportRefusal;

/// What the support block holds.
#[derive(Default)]
pub(super) struct Support {
    pub(super) plan: Option<DevelopmentPlan>,
    pub(super) arrangements: Option<Items<Arrangement>>,
    pub(super) diagnoses: Option<Items<Diagnosis>>,
}

/// Reads the support block.
pub(super) fn support(block: Option<Element>) -> Result<Support, ImportRefusal> {
    let Some(mut block) = block else {
        return Ok(Support::default());
    };
    let plan = block.take("opp").map(plan).transpose()?;
    let mut arrangements = Vec::new();
    for statement in block.take_all("tlv") {
        arrangements.push(admissibility(statement)?);
    }
    for mut arrangement in block.take_all("arrangement_cluster12") {
        let starts = arrangement.date("arrangement_datum");
        arrangements.push(Arrangement {
            starts,
            ..granted(ArrangementKind::Cluster)
        });
    }
    for mut arrangement in block.take_all("arrangement_pao") {
        let (starts, ends) = period(&mut arrangement, "arrangement_datum", "arrangement_einddatum")?;
        let number = arrangement.line("arrangement_beschikkingsnr")?;
        arrangements.push(Arrangement {
            number,
            starts,
            ends,
            ..granted(ArrangementKind::Alliance)
        });
    }
    if let Some(mut lwoo) = block.take("lwoo") {
        let (starts, ends) = period(&mut lwoo, "lwoo_ingangdatum", "lwoo_einddatum")?;
        let (number, swv) = (
            lwoo.line("lwoo_beschikkingsnummer")?,
            lwoo.line("lwoo_swvnummer")?,
        );
        arrangements.push(Arrangement {
            number,
            swv,
            starts,
            ends,
            ..granted(ArrangementKind::Alliance)
        });
    }
    let diagnoses = diagnoses(&mut block)?;
    let arrangements = items(arrangements, &block.at)?;
    Ok(Support {
        plan,
        arrangements,
        diagnoses: items(diagnoses, &block.at)?,
    })
}

fn plan(mut opp: Element) -> Result<DevelopmentPlan, ImportRefusal> {
    let (starts, ends) = period(&mut opp, "opp_ingangdatum", "opp_einddatum")?;
    Ok(DevelopmentPlan {
        goal_level: None,
        starts,
        ends,
        section_agreed: None,
        reference: None,
    })
}

fn admissibility(mut tlv: Element) -> Result<Arrangement, ImportRefusal> {
    let (starts, ends) = period(&mut tlv, "tlvingangdatum", "tlveinddatum")?;
    let category = match tlv.text("tlvcategorie") {
        None => None,
        Some((word, at)) => match word.as_str() {
            "L" => Some(FundingCategory::Low),
            "M" => Some(FundingCategory::Middle),
            "H" => Some(FundingCategory::High),
            "Nvt" => None,
            _ => {
                return Err(ImportRefusal::Invalid {
                    at,
                    form: "one of Nvt, L, M and H",
                });
            }
        },
    };
    let (number, swv) = (tlv.line("tlvbeschikkingsnummer")?, tlv.line("tlvswvnummer")?);
    Ok(Arrangement {
        kind: ArrangementKind::Tlv,
        number,
        swv,
        category,
        starts,
        ends,
    })
}

const fn granted(kind: ArrangementKind) -> Arrangement {
    Arrangement {
        kind,
        number: None,
        swv: None,
        category: None,
        starts: None,
        ends: None,
    }
}

fn period(block: &mut Element, from: &str, to: &str) -> Result<(Option<Date>, Option<Date>), ImportRefusal> {
    let (starts, ends) = (block.date(from), block.date(to));
    if starts.zip(ends).is_some_and(|(starts, ends)| ends < starts) {
        let rule = "it lies before the day on which this began: correct one of the dates";
        return Err(ImportRefusal::Contradiction {
            at: block.at.child(to),
            rule,
        });
    }
    Ok((starts, ends))
}

/// Codes only. OSO takes them up as far as they matter for education, and medication as far as it matters for learning.
fn diagnoses(block: &mut Element) -> Result<Vec<Diagnosis>, ImportRefusal> {
    let item = |kind| Diagnosis {
        kind,
        relevance: Relevance::Education,
        code: None,
        school_action: None,
    };
    let mut found = Vec::new();
    for mut diagnosis in block.take_all("diagnose") {
        for code in diagnosis.take_all("code") {
            let at = code.at.clone();
            if let Some(code) = code.into_text() {
                let code = Some(as_line(&code, &at)?);
                found.push(Diagnosis {
                    code,
                    ..item(DiagnosisKind::Diagnosis)
                });
            }
        }
    }
    if block.flag("medicijngebruik") == Some(true) {
        found.push(item(DiagnosisKind::Medication));
    }
    Ok(found)
}

/// D15: unauthorised absence in the twelve months before the dossier was made, which is what OSO counts.
pub(super) fn absence(block: Option<Element>, made: Option<Date>) -> Result<Option<Absence>, ImportRefusal> {
    let Some(mut block) = block else { return Ok(None) };
    let mut small = |name: &str| match block.count(name).map(u16::try_from) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => Err(ImportRefusal::Invalid {
            at: block.at.child(name),
            form: "a number that fits in a year",
        }),
    };
    let unauthorised_half_days = small("dagdelenongeoorloofd")?;
    let unauthorised_hours = small("urenongeoorloofd")?;
    let officer_involved = block.flag("contactleerplicht");
    if unauthorised_half_days.is_none() && unauthorised_hours.is_none() && officer_involved.is_none() {
        return Ok(None);
    }
    let period = made.and_then(|to| {
        let year_before = to.checked_sub(jiff::Span::new().years(1)).ok()?;
        Some(Period {
            from: year_before.tomorrow().ok()?,
            to,
        })
    });
    Ok(Some(Absence {
        unauthorised_half_days,
        unauthorised_hours,
        period,
        officer_involved,
        reason: None,
        band: None,
    }))
}
