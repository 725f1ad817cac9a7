//! Wire values in the words that a person at a school or a provider reads.

use handdruk_domain::catalogue::{Catalogue, DEFAULT};
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_proto::{from_wire, v1};

/// A purpose by its id.
pub fn purpose(number: i32) -> String {
    from_wire::<Purpose>(number)
        .map_or_else(|_| "unknown purpose".into(), |purpose| purpose.word().to_owned())
}

/// A purpose as people call it, by the default catalogue, or its id.
pub fn purpose_name(number: i32) -> String {
    let named = from_wire::<Purpose>(number).ok().and_then(|purpose| {
        let catalogue = Catalogue::parse(DEFAULT).ok()?;
        let rules = catalogue.rules(purpose)?;
        Some(format!("{} ({purpose})", rules.name.en))
    });
    named.unwrap_or_else(|| self::purpose(number))
}

/// `D01 identity`.
pub fn category(number: i32) -> String {
    from_wire::<Category>(number).map_or_else(
        |_| "?".into(),
        |category| format!("{category} {}", category.name()),
    )
}

/// Categories by id, in one line.
pub fn categories(numbers: &[i32]) -> String {
    let ids: Vec<_> = numbers
        .iter()
        .filter_map(|n| from_wire::<Category>(*n).ok())
        .map(|c| c.to_string())
        .collect();
    if ids.is_empty() {
        "none".into()
    } else {
        ids.join(" ")
    }
}

/// Categories by name, in one line.
pub fn category_names(numbers: &[i32]) -> String {
    let names: Vec<_> = numbers.iter().map(|number| category(*number)).collect();
    if names.is_empty() {
        "none".into()
    } else {
        names.join(", ")
    }
}

/// What is awaited of somebody.
pub fn awaited(what: i32) -> &'static str {
    match v1::AwaitedWhat::try_from(what) {
        Ok(v1::AwaitedWhat::Telling) => "must still be told: print a letter, or talk and record it",
        Ok(v1::AwaitedWhat::Inspection) => "may inspect first",
        Ok(v1::AwaitedWhat::Decision) => "must decide",
        Ok(v1::AwaitedWhat::ObjectionPeriod) => "may still object",
        Ok(v1::AwaitedWhat::SecondPerson) => "a second professional must attest",
        _ => "awaited",
    }
}

/// Where a handover stands, and what that means for whoever reads it.
pub fn stage(number: i32) -> &'static str {
    match from_wire::<Stage>(number) {
        Ok(Stage::Awaiting) => "awaiting answers",
        Ok(Stage::Blocked) => "blocked: someone must talk with the family",
        Ok(Stage::Permitted) => "permitted, being sealed",
        Ok(Stage::Submitted) => "sealed, waiting for the recipient",
        Ok(Stage::Released) => "released, under way",
        Ok(Stage::Received) => "received",
        Ok(Stage::Quarantined) => "quarantined by the recipient",
        Ok(Stage::Retracted) => "retracted",
        Ok(Stage::Expired) => "expired",
        Err(_) => "unknown",
    }
}

/// A stage's number on the wire.
pub fn stage_number(stage: Stage) -> i32 {
    handdruk_proto::to_wire(stage)
}

/// A refusal inside an answer.
pub fn refused(reason: &v1::BlockedReason) -> String {
    let page = reason.reason.to_lowercase().replace('_', "-");
    if reason.about.is_empty() {
        page
    } else {
        format!("{page}: {}", reason.about)
    }
}

/// What a withdrawal came to.
pub fn withdrawal(state: i32, ground: i32) -> &'static str {
    match v1::WithdrawalState::try_from(state) {
        Ok(v1::WithdrawalState::Unanswered) => "WITHDRAWN - please answer: erased, or kept on which ground",
        Ok(v1::WithdrawalState::Erased) => "withdrawn, erased",
        Ok(v1::WithdrawalState::Kept) => match v1::KeepGround::try_from(ground) {
            Ok(v1::KeepGround::CareDossier) => "withdrawn, kept: duty to keep the care dossier",
            Ok(v1::KeepGround::StatutoryDuty) => "withdrawn, kept: statutory duty",
            Ok(v1::KeepGround::LegalClaim) => "withdrawn, kept: legal claim",
            _ => "withdrawn, kept",
        },
        _ => "",
    }
}

/// What to do about a refusal, and where to read more.
pub fn advice(reason: Reason) -> String {
    format!(
        "What to do: {}\nMore: handdruk explain {reason}",
        crate::explain::advice(reason)
    )
}

/// What a withdrawal came to, for the sender.
pub fn withdrawal_at_sender(state: i32, ground: i32) -> &'static str {
    match v1::WithdrawalState::try_from(state) {
        Ok(v1::WithdrawalState::Unanswered) => "withdrawn, the recipient has yet to answer",
        _ => withdrawal(state, ground),
    }
}

/// What the other side said in a failed call: the refusal's reason with its page, or the status.
pub fn failure(status: &tonic::Status) -> anyhow::Error {
    match handdruk_service::refusal_of(status) {
        Some(refusal) => anyhow::anyhow!("refused: {refusal}\n{}", advice(refusal.reason)),
        None => match status.code() {
            tonic::Code::Unavailable => {
                anyhow::anyhow!(
                    "no answer ({}). Does it run, and is the address right?",
                    status.message()
                )
            }
            code => anyhow::anyhow!("the call failed: {code:?}: {}", status.message()),
        },
    }
}
