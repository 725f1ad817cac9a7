//! What the node says of a draft before anything goes: who would get what, what stays home, what is missing.

use std::collections::BTreeMap;

use handdruk_domain::category::Category;
use handdruk_domain::statement::consent::Language as Spoken;
use handdruk_look::{Language, Words};
use handdruk_proto::{from_wire, v1};
use handdruk_service::{Failure, wire_reason};
use serde_json::Value;

use super::draft::Draft;
use crate::colleague::Colleague;
use crate::desk::Desk;
use crate::node::answer;
use crate::problem::Problem;

/// What the node says of one target.
#[derive(Clone)]
pub(crate) struct Finding {
    /// Why it is refused; empty where it may go.
    pub(crate) refused: Vec<v1::BlockedReason>,
    /// What must be filled in first.
    pub(crate) missing: Vec<Category>,
    /// What would go.
    pub(crate) goes: Vec<(Category, Value)>,
    /// What of the dossier would stay home.
    pub(crate) stays: Vec<Staying>,
}

/// What stays home of one category.
#[derive(Clone)]
pub(crate) struct Staying {
    /// Which.
    pub(crate) category: Category,
    /// Which fields of it, by name; none where only some items of a list do.
    pub(crate) fields: Vec<String>,
    /// Why: `purpose`, `national-number` or `secret`.
    pub(crate) why: &'static str,
    /// Whether all of it does.
    pub(crate) all: bool,
}

/// What the node says of a draft.
#[derive(Clone, Default)]
pub(crate) struct Findings {
    /// Why the draft as a whole cannot be read; then there is nothing else.
    pub(crate) refused: Option<v1::BlockedReason>,
    /// In the order of the targets.
    pub(crate) targets: Vec<Finding>,
    /// What of the file is never handed over: how many elements.
    pub(crate) dropped: u32,
    /// How many places in free text may say too much.
    pub(crate) hints: usize,
}

impl core::fmt::Debug for Findings {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Findings")
    }
}

impl Findings {
    /// Whether a target can go, now or when somebody is known for it.
    pub(crate) fn is_ready(&self) -> bool {
        let goes = |finding: &Finding| {
            finding
                .refused
                .iter()
                .all(|refused| refused.reason == "NO_RECIPIENT")
        };
        self.refused.is_none() && !self.targets.is_empty() && self.targets.iter().all(goes)
    }
}

/// Asks the node what would become of a draft.
pub(crate) async fn find(desk: &Desk, colleague: &Colleague, draft: &Draft) -> Result<Findings, Problem> {
    if draft.targets.is_empty() {
        return Ok(Findings::default());
    }
    let request = draft.request(colleague.reference.as_str());
    match answer(desk.previews().preview_push(request)).await {
        Ok(found) => Ok(read(found)),
        Err(Failure::Refused(refusal)) => Ok(Findings {
            refused: Some(v1::BlockedReason {
                reason: wire_reason(refusal.reason),
                about: refusal.about.unwrap_or_default(),
            }),
            ..Findings::default()
        }),
        Err(failure) => Err(failure.into()),
    }
}

fn read(found: v1::PreviewPushResponse) -> Findings {
    Findings {
        refused: None,
        dropped: found.dropped.iter().map(|dropped| dropped.count).sum(),
        hints: found.hints.len(),
        targets: found.targets.into_iter().map(finding).collect(),
    }
}

fn finding(target: v1::TargetPreview) -> Finding {
    let content: BTreeMap<Category, Value> = serde_json::from_slice(&target.content).unwrap_or_default();
    Finding {
        missing: target
            .missing
            .iter()
            .filter_map(|missing| from_wire(*missing).ok())
            .collect(),
        goes: content.into_iter().collect(),
        stays: target.home.into_iter().filter_map(staying).collect(),
        refused: target.refused,
    }
}

fn staying(home: v1::CategoryAtHome) -> Option<Staying> {
    Some(Staying {
        category: from_wire(home.category).ok()?,
        why: match home.why() {
            v1::HomeReason::NationalNumber => "national-number",
            v1::HomeReason::Secret => "secret",
            v1::HomeReason::Purpose | v1::HomeReason::Unspecified => "purpose",
        },
        fields: home.fields,
        all: home.whole,
    })
}

/// In which language content reads.
pub(crate) fn spoken(words: Words) -> Spoken {
    match words.language() {
        Language::En => Spoken::English,
        _ => Spoken::Dutch,
    }
}
