//! What an audit found: one line per check, in plain words.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::vocabulary::vocabulary;

vocabulary! {
    /// What an audit looks at, in the order in which it is told.
    Check, "check" {
        /// The registrar signed who is a member; all parties were, when they acted.
        Membership = "membership",
        /// Every organisation's keys follow from its certificate and from one another.
        Keys = "keys",
        /// The rules that manifest and permits cite are the registrar's.
        Catalogue = "catalogue",
        /// The gateway signed the checkpoint.
        Checkpoint = "checkpoint",
        /// Every event is in the log, and every statement is on record there.
        Inclusion = "inclusion",
        /// The log only grew since the earlier checkpoint.
        Consistency = "consistency",
        /// Every statement that an event records is here.
        Complete = "complete",
        /// The sender signed what it wanted to hand over.
        Manifest = "manifest",
        /// A renewal changes only term and band.
        Renewal = "renewal",
        /// The pupil had applied.
        Application = "application",
        /// The sender invited who decides, and they activated keys of their own.
        Guardians = "guardians",
        /// Who was told.
        Told = "told",
        /// Decisions were signed with those keys.
        Decisions = "decisions",
        /// What professionals attested.
        Attestations = "attestations",
        /// The gateway signed what may go, citing what it rests on.
        Permit = "permit",
        /// The rules, applied again to the same facts, give the same permits and allow the releases.
        Policy = "policy",
        /// The sender sealed to the recipient's key, under a permit.
        Envelope = "envelope",
        /// What left the gateway was permitted, and each thing withheld cites why.
        Release = "release",
        /// The recipient acknowledged what it was sent.
        Receipt = "receipt",
        /// The recipient's answers to withdrawals.
        Withdrawal = "withdrawal",
        /// The steps of the warm part.
        Progress = "progress",
        /// Everything happened in an order that can be.
        Order = "order",
    }
}

vocabulary! {
    /// How a check came out.
    Verdict, "verdict" {
        /// It holds.
        Passed = "passed",
        /// It does not hold, or what it needs is missing.
        Failed = "failed",
        /// There was nothing to check.
        NotApplicable = "not-applicable",
    }
}

/// How one check came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// How it came out.
    pub verdict: Verdict,
    /// In plain words; for a failure everything that is wrong. Nothing about a person.
    pub says: String,
}

/// What an audit found, each [`Check`] once and in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct Report {
    findings: Vec<Finding>,
}

impl Report {
    /// Each check, in order.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Whether no check failed.
    pub fn holds(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Failed)
    }
}

/// Findings while they are being made. A check that nothing was noted for has failed: fail closed.
#[derive(Debug, Default)]
pub(super) struct Findings {
    failures: BTreeMap<Check, Vec<String>>,
    notes: BTreeMap<Check, (Verdict, String)>,
}

impl Findings {
    /// Something is wrong. Whatever else is noted, the check has failed.
    pub(super) fn fail(&mut self, check: Check, says: impl Into<String>) {
        self.failures.entry(check).or_default().push(says.into());
    }

    /// Fails unless `holds`.
    pub(super) fn require(&mut self, check: Check, holds: bool, otherwise: impl Into<String>) {
        if !holds {
            self.fail(check, otherwise);
        }
    }

    /// What to say if nothing is wrong.
    pub(super) fn pass(&mut self, check: Check, says: impl Into<String>) {
        self.notes.insert(check, (Verdict::Passed, says.into()));
    }

    /// What to say if there is nothing to check and nothing wrong.
    pub(super) fn skip(&mut self, check: Check, says: impl Into<String>) {
        self.notes.insert(check, (Verdict::NotApplicable, says.into()));
    }

    pub(super) fn into_report(mut self) -> Report {
        let findings = Check::ALL.iter().map(|&check| {
            let (verdict, says) = match (self.failures.remove(&check), self.notes.remove(&check)) {
                (Some(mut failures), _) => {
                    failures.dedup();
                    (Verdict::Failed, failures.join(" "))
                }
                (None, Some(note)) => note,
                (None, None) => (
                    Verdict::Failed,
                    "Could not be checked: what it needs is missing.".to_owned(),
                ),
            };
            Finding { check, verdict, says }
        });
        Report {
            findings: findings.collect(),
        }
    }
}
