//! Steps of the warm part on the command line, and how its stages read.

use clap::ValueEnum;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::warm::{Hearer, Owner, WarmStage};
use handdruk_proto::{from_wire, v1};

use crate::system::System;
use crate::words;

/// A step that one reports. Accepting and declining have commands of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Reported {
    /// It has two owners: from now on it is the recipient's alone (sender).
    Confirmed,
    /// Nobody is known who could take it over (sender, after it was declined).
    NoRecipient,
    /// A talk is planned, or planned anew.
    TalkPlanned,
    /// The talk was held.
    TalkHeld,
    /// The child started (recipient).
    Started,
    /// The child did not start on the first day (recipient).
    NotStarted,
    /// The aftercare check is planned, or planned anew.
    AftercarePlanned,
    /// The aftercare check was held.
    AftercareHeld,
    /// Nothing more is to be done.
    Closed,
}

impl From<Reported> for v1::WarmStep {
    fn from(step: Reported) -> Self {
        match step {
            Reported::Confirmed => Self::Confirmed,
            Reported::NoRecipient => Self::NoRecipient,
            Reported::TalkPlanned => Self::TalkPlanned,
            Reported::TalkHeld => Self::TalkHeld,
            Reported::Started => Self::Started,
            Reported::NotStarted => Self::NotStarted,
            Reported::AftercarePlanned => Self::AftercarePlanned,
            Reported::AftercareHeld => Self::AftercareHeld,
            Reported::Closed => Self::Closed,
        }
    }
}

/// Reports a step, and says where the handover stands now.
pub(crate) async fn report(
    system: &System,
    request_id: String,
    handover: HandoverId,
    step: Reported,
    acting: Option<v1::ActingProfessional>,
) -> anyhow::Result<()> {
    let request = v1::ReportStepRequest {
        request_id,
        handover_id: handover.to_string(),
        step: v1::WarmStep::from(step).into(),
        acting,
        details: None,
    };
    let answer = system.warm().report_step(request).await;
    let answer = answer.map_err(|status| words::failure(&status))?.into_inner();
    if answer.queued {
        println!("The gateway has not answered yet; the step follows by itself.");
        return Ok(());
    }
    match answer.warm {
        Some(warm) => println!("{}", stands(&warm)),
        None => println!("Reported."),
    }
    Ok(())
}

/// `accepted; the recipient, by 2027-02-15`.
pub(crate) fn stands(warm: &v1::WarmStatus) -> String {
    let stage = from_wire::<WarmStage>(warm.stage).map_or("unknown", WarmStage::word);
    let owner = match from_wire::<Owner>(warm.owner) {
        Ok(Owner::Sender) => "the sender",
        Ok(Owner::Recipient) => "the recipient",
        Ok(Owner::Both) => "both",
        Err(_) => return stage.to_owned(),
    };
    let by = by(&warm.last_day, warm.heard);
    let unsure = match v1::Known::try_from(warm.known) {
        Ok(v1::Known::Unknown) => {
            " (counted in working days: the school holidays of that year are not published)"
        }
        _ => "",
    };
    format!("{stage}; {owner}, {by}{unsure}")
}

/// `by 2027-02-15`, or since when it is late, once somebody has heard so.
pub(crate) fn by(last_day: &str, heard: i32) -> String {
    let late = if from_wire::<Hearer>(heard).is_ok() {
        "LATE since"
    } else {
        "by"
    };
    format!("{late} {last_day}")
}

/// Whether its deadline has passed.
pub(crate) fn is_late(warm: &v1::WarmStatus) -> bool {
    from_wire::<Hearer>(warm.heard).is_ok()
}
