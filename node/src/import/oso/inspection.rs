//! The inspection record: whether the guardians have seen the dossier, and what they said (D18).
//!
//! No inspection yet is an ordinary state: it then runs in the portal. Only a record that contradicts itself is refused.

use handdruk_content::category::{FamilyView, ViewAgreement};
use handdruk_domain::clock::Date;

use super::element::{Element, as_line};
use crate::import::Inspection;
use crate::import::refusal::{At, ImportRefusal};

/// What the record says.
pub(super) struct Record {
    pub(super) provisional: bool,
    pub(super) inspection: Inspection,
    pub(super) transfer_consent: Option<ViewAgreement>,
    pub(super) view: Option<FamilyView>,
}

/// Reads the record.
pub(super) fn record(block: Option<Element>, today: Date) -> Result<Record, ImportRefusal> {
    let Some(mut block) = block else {
        return Ok(Record {
            provisional: false,
            inspection: Inspection::NotYet,
            transfer_consent: None,
            view: None,
        });
    };
    let at = |name: &str| block.at.child(name);
    let (dated, agreed, reasoned) = (at("inzagedatum"), at("akkoord"), at("redennietakkoord"));
    let contradiction = |at: &At, rule| Err(ImportRefusal::Contradiction { at: at.clone(), rule });

    let provisional = block.flag("voorlopigdossier").unwrap_or(false);
    let inspected = block.flag("inzage").unwrap_or(false);
    let on = block.date("inzagedatum");
    let agreement = answer(&mut block, "akkoord")?;
    let reason = block.prose("redennietakkoord")?;
    let transfer_consent = answer(&mut block, "toestemming")?;

    let answered = matches!(agreement, Some(ViewAgreement::Yes | ViewAgreement::No));
    let Some(on) = on else {
        return match (inspected, answered, reason) {
            (true, ..) => Err(ImportRefusal::Contradiction {
                at: dated,
                rule: "inzage is true, so fill in on which day, or set inzage to false",
            }),
            (false, true, _) => contradiction(
                &agreed,
                "nobody inspected, so nobody can have agreed or not: set inzage",
            ),
            (false, false, Some(_)) => {
                contradiction(&reasoned, "nobody inspected, so there is no reason: set inzage")
            }
            (false, false, None) => Ok(Record {
                provisional,
                inspection: Inspection::NotYet,
                transfer_consent,
                view: None,
            }),
        };
    };
    if !inspected {
        return contradiction(
            &dated,
            "there is a day of inspection, so set inzage to true or leave the day out",
        );
    }
    if on > today {
        return Err(ImportRefusal::InTheFuture { at: dated });
    }
    if reason.is_some() && agreement != Some(ViewAgreement::No) {
        return contradiction(
            &reasoned,
            "there is a reason against, so set akkoord to Nee or leave the reason out",
        );
    }
    let view = (answered || reason.is_some())
        .then(|| {
            // OSO does not say which of them it was.
            let author = as_line("ouders of verzorgers, opgetekend door de school", &block.at)?;
            Ok(FamilyView {
                author,
                date: Some(on),
                agreement,
                text: reason,
            })
        })
        .transpose()?;
    let agreement = agreement.unwrap_or(ViewAgreement::Unknown);
    Ok(Record {
        provisional,
        inspection: Inspection::Held { on, agreement },
        transfer_consent,
        view,
    })
}

/// Code list 37 of OSO.
fn answer(block: &mut Element, name: &str) -> Result<Option<ViewAgreement>, ImportRefusal> {
    let Some((word, at)) = block.text(name) else {
        return Ok(None);
    };
    match word.as_str() {
        "Ja" => Ok(Some(ViewAgreement::Yes)),
        "Nee" => Ok(Some(ViewAgreement::No)),
        "Onbekend" => Ok(Some(ViewAgreement::Unknown)),
        _ => Err(ImportRefusal::Invalid {
            at,
            form: "one of Ja, Nee and Onbekend",
        }),
    }
}
