//! Sealing the plan of a talk to one guardian or young person. What is sealed is the statement that the sender signed, exact
//! bytes: HPKE does not say who sealed, the signature does.
//!
//! `info` binds manifest, slot and step, so that a plan opens as that of this step and of no other, for this person alone.

use handdruk_domain::digest::Digest;
use handdruk_domain::ids::SlotId;
use handdruk_domain::statement::{PublicKey, RawStatement, Statement};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::person::{self, PersonKeyPair, Seal};
use super::{OpenError, SealError};
use crate::plan::{About, Plan};

const fn seal_of(about: About) -> Seal {
    Seal::Plan {
        manifest: about.manifest,
        slot: about.slot,
        step: about.step,
    }
}

/// Seals a signed plan to the opening key of the person whom it names.
pub fn seal(
    plan: &Statement<Plan>,
    about: About,
    recipient: &PublicKey,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let bytes = serde_json::to_vec(plan.raw()).map(Zeroizing::new);
    let bytes = bytes.expect("a plan's body is JSON, which is UTF-8");
    person::seal(recipient, &seal_of(about), &bytes, rng)
}

/// Opens what [`seal`] made. `Ok(None)` if it opens and is no plan. The caller verifies the statement under the sender's keys,
/// and that it says the same `about` itself.
pub fn open(
    keys: &PersonKeyPair,
    (manifest, slot, step): (Digest, SlotId, Digest),
    sealed: &[u8],
) -> Result<Option<Statement<Plan>>, OpenError> {
    let seal = Seal::Plan { manifest, slot, step };
    let bytes = keys.open(&seal, sealed)?;
    let raw = serde_json::from_slice::<RawStatement>(&bytes).ok();
    Ok(raw.and_then(|raw| Statement::claim(raw).ok()))
}

#[cfg(test)]
mod tests {
    use handdruk_domain::clock::Timestamp;
    use handdruk_domain::ids::{HandoverId, InvitationId};
    use handdruk_domain::statement::Ed25519Signer;

    use super::*;
    use crate::plan::Meeting;
    use crate::reach::Reach;
    use crate::sample::rng;

    fn about() -> About {
        About {
            handover: HandoverId::from_bytes([1; 16]),
            manifest: Digest::of(b"manifest"),
            step: Digest::of(b"step"),
            slot: SlotId::from_bytes([2; 16]),
            invitation: InvitationId::from_bytes([3; 16]),
        }
    }

    fn signed(message: &str) -> Statement<Plan> {
        let planned = format!(
            r#"{{"starts":"2027-06-01T14:30:00","kind":"in-person","place":"Room 4","message":"{message}"}}"#
        );
        let planned = serde_json::from_str(&planned).expect("a plan");
        let plan = Plan::of(
            &planned,
            about(),
            (Meeting::Talk, false),
            Some(&Reach::default()),
            Timestamp::UNIX_EPOCH,
        );
        let school = Ed25519Signer::from_seed(&Zeroizing::new([7; 32])).expect("a seed");
        Statement::sign(&plan, &[&school]).expect("signs")
    }

    #[test]
    fn a_plan_opens_for_its_reader_as_that_of_its_handover_and_step_alone() {
        let (own, other) = (
            PersonKeyPair::generate(&mut rng(1)),
            PersonKeyPair::generate(&mut rng(2)),
        );
        let plan = signed("See you then.");
        let sealed = seal(&plan, about(), own.public(), &mut rng(3)).expect("seals");
        let About {
            manifest, slot, step, ..
        } = about();
        let opened = open(&own, (manifest, slot, step), &sealed)
            .expect("opens")
            .expect("a plan");
        assert_eq!(opened.digest(), plan.digest());
        let refused = Some(OpenError::DoesNotOpen);
        assert_eq!(
            open(&other, (manifest, slot, step), &sealed).err(),
            refused,
            "another guardian"
        );
        for (manifest, slot, step, what) in [
            (Digest::of(b"other"), slot, step, "another handover"),
            (manifest, SlotId::from_bytes([9; 16]), step, "another person"),
            (manifest, slot, Digest::of(b"earlier"), "another step"),
        ] {
            assert_eq!(
                open(&own, (manifest, slot, step), &sealed).err(),
                refused,
                "{what}"
            );
        }
        let mut altered = sealed.clone();
        *altered.last_mut().expect("long") ^= 1;
        assert_eq!(open(&own, (manifest, slot, step), &altered).err(), refused);
    }

    #[test]
    fn what_opens_and_is_no_plan_is_none() {
        let own = PersonKeyPair::generate(&mut rng(1));
        let About {
            manifest, slot, step, ..
        } = about();
        let seal = Seal::Plan { manifest, slot, step };
        let sealed = person::seal(own.public(), &seal, b"{\"kind\":\"view\"}", &mut rng(3)).expect("seals");
        assert!(
            open(&own, (manifest, slot, step), &sealed)
                .expect("opens")
                .is_none()
        );
    }

    #[test]
    fn the_largest_plan_fits_in_what_the_gateway_keeps() {
        let own = PersonKeyPair::generate(&mut rng(1));
        // Four bytes each in UTF-8.
        let plan = signed(&"\u{1f91d}".repeat(1000));
        let sealed = seal(&plan, about(), own.public(), &mut rng(3)).expect("seals");
        assert!(
            sealed.len() <= handdruk_domain::exchange::SealedPlan::MAX,
            "{}",
            sealed.len()
        );
    }
}
