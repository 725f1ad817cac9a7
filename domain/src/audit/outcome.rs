//! What became of it: receipts, answers to withdrawals, the warm part.

use std::collections::BTreeSet;

use super::Audit;
use super::chain::Entry;
use super::report::Check;
use crate::category::{Category, CategorySet};
use crate::evidence::Act;
use crate::statement::envelope::CompartmentName;
use crate::statement::outcome::{Outcome, Progress, Receipt, Step, WithdrawalAnswer};

impl Audit<'_> {
    pub(super) fn check_outcome(&mut self) {
        self.check_receipts();
        self.check_answers();
        self.check_progress();
        self.findings.pass(
            Check::Order,
            "Everything was put on record in an order that can be.",
        );
    }

    fn check_receipts(&mut self) {
        let chain = self.chain;
        for receipt in &chain.receipts {
            self.check_receipt(receipt);
        }
        let says = match chain.receipts.last().map(|receipt| &receipt.result) {
            Some(Outcome::Received { categories }) => Ok(format!(
                "Categories that the recipient received of what was released: {}.",
                categories.len()
            )),
            Some(Outcome::Quarantined { reason, .. }) => {
                Ok(format!("The recipient put it in quarantine: {reason}."))
            }
            None if chain.releases.is_empty() => {
                Err("Nothing was released, so nothing was received.".to_owned())
            }
            None => Err(match self.other_outcome() {
                Some(act) => format!("Released, never acknowledged, and then {act}."),
                None => "Released; the recipient has not acknowledged it.".to_owned(),
            }),
        };
        match says {
            Ok(says) => self.findings.pass(Check::Receipt, says),
            Err(says) => self.findings.skip(Check::Receipt, says),
        }
    }

    fn other_outcome(&self) -> Option<Act> {
        let acts = self.log.events().map(|(_, event)| (event.handover, event.act));
        let ours = acts
            .filter(|(handover, _)| *handover == Some(self.bundle.handover))
            .map(|(_, act)| act);
        ours.filter(|act| matches!(act, Act::Retracted | Act::Expired))
            .last()
    }

    fn check_receipt(&mut self, receipt: &Entry<Receipt>) {
        let chain = self.chain;
        self.require(
            Check::Receipt,
            receipt.handover == self.bundle.handover,
            "A receipt is for another handover.",
        );
        let release = chain
            .releases
            .iter()
            .find(|release| release.digest() == receipt.release);
        let Some(release) = release else {
            self.require(
                Check::Receipt,
                false,
                "A receipt is for a release that is not here.",
            );
            return;
        };
        self.require(
            Check::Order,
            release.place < receipt.place,
            "A receipt was put on record before its release.",
        );
        let sent: BTreeSet<Category> = release.sent.iter().filter_map(category).collect();
        let exact = match &receipt.result {
            Outcome::Received { categories } => {
                categories.len() == sent.len() && categories.iter().all(|category| sent.contains(category))
            }
            Outcome::Quarantined { .. } => true,
        };
        self.require(
            Check::Receipt,
            exact,
            "A receipt names other categories than were released.",
        );
        let act = match receipt.result {
            Outcome::Received { .. } => Act::Received,
            Outcome::Quarantined { .. } => Act::Quarantined,
        };
        let recorded = self
            .log
            .events()
            .any(|(index, event)| index == receipt.place.index && event.act == act);
        self.require(
            Check::Receipt,
            recorded,
            "The log has another outcome than the recipient signed.",
        );
    }

    fn check_answers(&mut self) {
        let chain = self.chain;
        for answer in &chain.answers {
            self.check_answer(answer);
        }
        let late_no = chain.releases.first().is_some_and(|release| {
            let decided = chain.decisions.iter().map(|said| (said.digest(), said.place));
            let attested = chain.attestations.iter().map(|said| (said.digest(), said.place));
            decided
                .chain(attested)
                .any(|(digest, place)| release.place < place && chain.blocks_something(&digest))
        });
        match (chain.answers.len(), late_no) {
            (0, false) => self
                .findings
                .skip(Check::Withdrawal, "Nothing was withdrawn after it was released."),
            (0, true) => {
                let says =
                    "Withdrawn after the release; the recipient has not answered whether it erased it.";
                self.findings.skip(Check::Withdrawal, says);
            }
            (count, _) => {
                let says = format!("Answers to withdrawals, signed by the recipient: {count}.");
                self.findings.pass(Check::Withdrawal, says);
            }
        }
    }

    fn check_answer(&mut self, answer: &Entry<WithdrawalAnswer>) {
        let chain = self.chain;
        let ours = answer.handover == self.bundle.handover;
        self.require(
            Check::Withdrawal,
            ours,
            "An answer to a withdrawal is for another handover.",
        );
        let cites = chain.blocks_something(&answer.withdrawal);
        self.require(
            Check::Withdrawal,
            cites,
            "An answer is to a withdrawal that is not here.",
        );
        let by_recipient = answer.by.on_behalf_of == chain.manifest.recipient.oin;
        self.require(
            Check::Withdrawal,
            by_recipient,
            "An answer is not on behalf of the recipient.",
        );
        let after = chain
            .releases
            .first()
            .is_some_and(|release| release.place < answer.place);
        self.require(
            Check::Withdrawal,
            after,
            "A withdrawal was answered although nothing had been released.",
        );
    }

    fn check_progress(&mut self) {
        for step in &self.chain.progress {
            let ours = step.handover == self.bundle.handover;
            self.require(
                Check::Progress,
                ours,
                "A step of the warm part is of another handover.",
            );
            let after = self
                .chain
                .receipts
                .first()
                .is_some_and(|receipt| receipt.place < step.place);
            self.require(
                Check::Progress,
                after,
                "A step of the warm part came before the handover was received.",
            );
            self.check_read(step);
        }
        self.replay_steps();
        let reads = |step: &&Entry<Progress>| matches!(step.step, Step::Read { .. });
        let read = self.chain.progress.iter().filter(reads).count();
        if read > 0 {
            let says = format!("Readings of content, signed by the recipient: {read}.");
            self.findings.pass(Check::Progress, says);
        }
        match self.chain.progress.len() - read {
            0 => self
                .findings
                .skip(Check::Progress, "The warm part has not begun."),
            count => self.findings.pass(
                Check::Progress,
                format!("Steps of the warm part, signed by who took them: {count}."),
            ),
        }
    }

    /// Each step is on record as what it is, and somebody can have read only what was sent.
    fn check_read(&mut self, step: &Entry<Progress>) {
        let mut events = self.log.events();
        let recorded = events.find(|(index, _)| *index == step.place.index);
        let act = match step.step {
            Step::Read { .. } => Act::Read,
            Step::Erased { .. } => Act::Erased,
            _ => Act::Progressed,
        };
        let as_such = recorded.is_some_and(|(_, event)| event.act == act);
        self.require(Check::Progress, as_such, "A step is on record as something else.");
        let Step::Read { categories } = step.step else {
            return;
        };
        let releases = self.chain.releases.iter();
        let sent: CategorySet = releases.flat_map(|release| release.categories()).collect();
        self.require(
            Check::Progress,
            !categories.is_empty() && categories.is_subset(sent),
            "Somebody is said to have read what was not sent.",
        );
    }
}

const fn category(name: &CompartmentName) -> Option<Category> {
    match name {
        CompartmentName::Category(category) => Some(*category),
        CompartmentName::View(_) => None,
    }
}
