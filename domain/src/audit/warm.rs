//! The warm part taken again: every step, in the order of the log, as the rules take it.

use std::collections::BTreeSet;

use super::Audit;
use super::report::Check;
use crate::catalogue::Catalogue;
use crate::category::Category;
use crate::statement::outcome::{Outcome, WithdrawalOutcome};
use crate::warm::{Side, Thread};

impl Audit<'_> {
    /// Whether each step was one that its stage and its reporter allowed. Without a receipt or a readable catalogue there is
    /// nothing to take it from; other checks say that.
    pub(super) fn replay_steps(&mut self) {
        let Some(mut thread) = self.thread_begun() else {
            return;
        };
        let chain = self.chain;
        let ended = self.erased_at();
        for step in &chain.progress {
            if ended.is_some_and(|ended| ended < step.place.index) {
                thread = thread.end();
            }
            let side = if step.by.on_behalf_of == chain.manifest.sender.oin {
                Side::Sender
            } else {
                Side::Recipient
            };
            match thread.take(step.step, side) {
                Ok(next) => thread = next,
                Err(reason) => {
                    let says = format!(
                        "The step {} was taken where the stage was {}, which the rules refuse ({reason}).",
                        step.step.word(),
                        thread.stage()
                    );
                    self.require(Check::Progress, false, &says);
                    return;
                }
            }
        }
    }

    /// The leaf from which on everything that was sent has been taken back and erased.
    fn erased_at(&self) -> Option<u64> {
        let chain = self.chain;
        let mut left: BTreeSet<Category> = chain.releases.last()?.categories().collect();
        let erased = chain
            .answers
            .iter()
            .filter(|answer| answer.result == (WithdrawalOutcome::Erased {}));
        for answer in erased {
            left.retain(|category| !chain.blocks(&answer.withdrawal, *category));
            if left.is_empty() {
                return Some(answer.place.index);
            }
        }
        None
    }

    /// The warm part as it began with the receipt.
    fn thread_begun(&self) -> Option<Thread> {
        let chain = self.chain;
        let manifest = &chain.manifest;
        let receipt = chain.receipts.first()?;
        if !matches!(receipt.result, Outcome::Received { .. }) {
            return None;
        }
        let catalogue = Catalogue::parse(&chain.catalogue.as_ref()?.0).ok()?;
        let rules = catalogue.rules(manifest.purpose)?;
        let member = |oin| self.members.membership_at(self.log, oin, receipt.place);
        let (sender, recipient) = (member(&manifest.sender.oin)?, member(&manifest.recipient.oin)?);
        let shared = rules.routes.iter().any(|route| {
            route.two_owners
                && route.leads(
                    (sender.body(), &manifest.sender),
                    (recipient.body(), &manifest.recipient),
                )
        });
        Some(Thread::begin(rules.warm.as_ref()?.course, shared))
    }
}
