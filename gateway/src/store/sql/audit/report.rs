//! What an audit of a store found: one line per check, in plain words.

use std::collections::BTreeMap;

use handdruk_domain::audit::Verdict;
use serde::Serialize;

handdruk_domain::vocabulary! {
    /// What an audit of a store looks at, in the order in which it is told.
    StoreCheck, "check of a store" {
        /// The database file is sound, and no row refers to one that is not there.
        File = "file",
        /// Every organisation's keys follow from its certificate and from one another.
        Keys = "keys",
        /// Every leaf, block and root of the evidence log is the one that was committed to.
        Log = "log",
        /// The gateway signed the head of the log.
        Checkpoint = "checkpoint",
        /// The log extends a checkpoint that the auditor holds.
        Held = "held",
        /// Every stored statement has its digest and is on record, and none that is on record is missing.
        Statements = "statements",
        /// Every signature is by the party that had to sign.
        Signatures = "signatures",
        /// Members, keys and catalogues are those that are on record.
        Directory = "directory",
        /// Invitations, own keys, and what became of them are those that are on record.
        People = "people",
        /// Handovers stand where their events say.
        Handovers = "handovers",
        /// Sealed content is what was committed to, and none is left where none may be.
        Content = "content",
    }
}

/// How one check came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoreFinding {
    /// Which check.
    pub check: StoreCheck,
    /// How it came out.
    pub verdict: Verdict,
    /// In plain words; for a failure what is wrong. Digests and random ids, nothing about a person.
    pub says: String,
}

/// What an audit of a store found, each [`StoreCheck`] once and in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[must_use]
pub struct StoreReport {
    findings: Vec<StoreFinding>,
}

impl StoreReport {
    /// Each check, in order.
    pub fn findings(&self) -> &[StoreFinding] {
        &self.findings
    }

    /// Whether no check failed.
    pub fn holds(&self) -> bool {
        self.failed().next().is_none()
    }

    /// The checks that failed.
    pub fn failed(&self) -> impl Iterator<Item = &StoreFinding> {
        self.findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Failed)
    }
}

/// How many failures of one check are spelled out.
const SPELLED: usize = 10;

/// Findings while they are being made. A check that nothing was noted for has failed: fail closed.
#[derive(Debug, Default)]
pub(super) struct Findings {
    failures: BTreeMap<StoreCheck, Vec<String>>,
    notes: BTreeMap<StoreCheck, (Verdict, String)>,
}

impl Findings {
    /// Something is wrong. Whatever else is noted, the check has failed.
    pub(super) fn fail(&mut self, check: StoreCheck, says: impl Into<String>) {
        self.failures.entry(check).or_default().push(says.into());
    }

    /// Fails unless `holds`.
    pub(super) fn require(&mut self, check: StoreCheck, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.fail(check, otherwise());
        }
    }

    /// What to say if nothing is wrong.
    pub(super) fn pass(&mut self, check: StoreCheck, says: impl Into<String>) {
        self.notes.insert(check, (Verdict::Passed, says.into()));
    }

    /// What to say if there is nothing to check and nothing wrong.
    pub(super) fn skip(&mut self, check: StoreCheck, says: impl Into<String>) {
        self.notes.insert(check, (Verdict::NotApplicable, says.into()));
    }

    pub(super) fn into_report(mut self) -> StoreReport {
        let findings = StoreCheck::ALL.iter().map(|&check| {
            let (verdict, says) = match (self.failures.remove(&check), self.notes.remove(&check)) {
                (Some(failures), _) => (Verdict::Failed, spelled(failures)),
                (None, Some(note)) => note,
                (None, None) => (
                    Verdict::Failed,
                    "Could not be checked: what it needs is missing.".to_owned(),
                ),
            };
            StoreFinding { check, verdict, says }
        });
        StoreReport {
            findings: findings.collect(),
        }
    }
}

fn spelled(mut failures: Vec<String>) -> String {
    failures.dedup();
    let more = failures.len().saturating_sub(SPELLED);
    failures.truncate(SPELLED);
    if more > 0 {
        failures.push(format!("And {more} more."));
    }
    failures.join(" ")
}
