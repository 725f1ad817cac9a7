//! What of a handover is counted for third parties: where, when, why, and how it stands. No more of it is ever counted.

use super::handover::Handover;
use crate::figures::{Quarter, Standing, is_counted};
use crate::oin::Municipality;
use crate::purpose::Purpose;
use crate::stage::Stage;
use crate::warm::WarmStage;

/// In which table a handover is counted, and in which cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted<'a> {
    /// The municipality of residence that the signed manifest names. Never changes.
    pub municipality: &'a Municipality,
    /// The quarter of the school transition. Never changes.
    pub quarter: Quarter,
    /// Why. Never changes.
    pub purpose: Purpose,
    /// How it stands.
    pub standing: Standing,
}

impl Handover {
    /// Where it is counted. `None` under secrecy, where no municipality is named, and for what is never counted.
    pub fn counted(&self) -> Option<Counted<'_>> {
        let manifest = self.manifest.body();
        let municipality = manifest.municipality.as_ref()?;
        is_counted(manifest.purpose).then(|| Counted {
            municipality,
            quarter: Quarter::of(manifest.transition.month),
            purpose: manifest.purpose,
            standing: self.standing(),
        })
    }

    pub(super) fn standing(&self) -> Standing {
        match (self.state.stage(), self.warm()) {
            (Stage::Quarantined | Stage::Retracted | Stage::Expired, _) => Standing::NotHandedOver,
            (_, Some(warm)) => match warm.stage {
                WarmStage::Closed => Standing::Closed,
                WarmStage::Waiting => Standing::Waiting,
                WarmStage::Declined | WarmStage::NoRecipient | WarmStage::NotStarted => Standing::NoPlace,
                WarmStage::Received
                | WarmStage::Accepted
                | WarmStage::TalkPlanned
                | WarmStage::TalkHeld
                | WarmStage::Started
                | WarmStage::AftercarePlanned
                | WarmStage::AftercareHeld => open(warm.heard.is_some()),
            },
            (_, None) => open(self.early().is_some_and(|early| early.heard.is_some())),
        }
    }
}

/// Somebody has it: late, once its owner was told so.
const fn open(is_late: bool) -> Standing {
    if is_late {
        Standing::Late
    } else {
        Standing::UnderWay
    }
}
