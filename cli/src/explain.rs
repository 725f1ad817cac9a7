//! `handdruk explain`: the page of each reason for a refusal, carried in the binary, and its advice in a sentence.

use handdruk_domain::reason::Reason;

/// What a reason for a refusal means, who can mend it, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The reason, as a refusal prints it: no-permit, or NO_PERMIT. Without it: every reason there is.
    reason: Option<String>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let Some(asked) = &args.reason else {
        for reason in Reason::ALL {
            println!("{:28} {}", reason.word(), meaning(*reason));
        }
        return Ok(());
    };
    let word = asked.trim().to_lowercase().replace('_', "-");
    let reason: Reason = word
        .parse()
        .map_err(|_| anyhow::anyhow!("{asked} is no reason; `handdruk explain` lists them"))?;
    println!("{}", page(reason).trim_end());
    Ok(())
}

/// What to do about it, in a sentence or two.
pub(crate) fn advice(reason: Reason) -> &'static str {
    paragraph(reason, "**How.**")
}

fn meaning(reason: Reason) -> &'static str {
    paragraph(reason, "**What it means.**")
}

fn paragraph(reason: Reason, heading: &str) -> &'static str {
    page(reason)
        .lines()
        .find_map(|line| line.strip_prefix(heading))
        .map_or("", str::trim)
}

macro_rules! pages {
    ($($reason:ident => $file:literal),+ $(,)?) => {
        /// The page of a reason. A reason without one does not compile.
        const fn page(reason: Reason) -> &'static str {
            match reason {
                $( Reason::$reason => include_str!(concat!("../../docs/errors/", $file, ".md")), )+
            }
        }
    };
}

pages! {
    NotAMember => "not-a-member",
    RoleNotAllowed => "role-not-allowed",
    NotFound => "not-found",
    RequestIdReused => "request-id-reused",
    TooMany => "too-many",
    Malformed => "malformed",
    TooLarge => "too-large",
    BadStatement => "bad-statement",
    KeyNotCurrent => "key-not-current",
    KeyChainBroken => "key-chain-broken",
    WrongRecipientKey => "wrong-recipient-key",
    TimeOutOfRange => "time-out-of-range",
    CatalogueNotCurrent => "catalogue-not-current",
    PurposeNotAllowed => "purpose-not-allowed",
    TransitionNotAllowed => "transition-not-allowed",
    CategoryNotAllowed => "category-not-allowed",
    NationalNumberNotAllowed => "national-number-not-allowed",
    RequiredCategoryMissing => "required-category-missing",
    TermNotAllowed => "term-not-allowed",
    ApplicationMissing => "application-missing",
    NobodyToAsk => "nobody-to-ask",
    ConsentBlocked => "consent-blocked",
    ConsentNotInForce => "consent-not-in-force",
    SafetyNotAllowed => "safety-not-allowed",
    NotForOneChild => "not-for-one-child",
    CodeAlreadyUsed => "code-already-used",
    WrongCodeOrSecret => "wrong-code-or-secret",
    InvitationNotValid => "invitation-not-valid",
    NoSay => "no-say",
    SecondPersonMissing => "second-person-missing",
    WrongStage => "wrong-stage",
    NoPermit => "no-permit",
    EnvelopeMismatch => "envelope-mismatch",
    HandoverClosed => "handover-closed",
    NothingToFetch => "nothing-to-fetch",
    DossierRefused => "dossier-refused",
    NoRecipient => "no-recipient",
    Quarantined => "quarantined",
    LogDiverged => "log-diverged",
    GatewayRestored => "gateway-restored",
    PushAgain => "push-again",
    EvidenceUnavailable => "evidence-unavailable",
    ClockNotControllable => "clock-not-controllable",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_own_page_with_advice() {
        for reason in Reason::ALL {
            assert!(page(*reason).starts_with(&format!("# {reason}\n")), "{reason}");
            assert!(advice(*reason).len() > 10, "{reason}: how to mend it");
            assert!(meaning(*reason).len() > 10, "{reason}: what it means");
        }
    }
}
