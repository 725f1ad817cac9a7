//! Sealing a step's details to the other organisation's node.
//!
//! HPKE (RFC 9180) base mode, single shot, KEM X-Wing (0x647a), KDF HKDF-SHA256, AES-256-GCM, without associated data.
//! `info` binds the handover, who reports and which step, so that details open as those of this step and of no other.
//! What travels, within the signed step: the digest of the reader's key bundle (32 bytes), the encapsulation (1,120
//! bytes), the ciphertext, padded to a size class.

use handdruk_domain::digest::Digest;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::outcome::Step;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::node::OpeningKeyPair;
use super::padding::{self, TAG, is_size_class};
use super::{OpenError, SealError};

const DIGEST: usize = 32;
const ENCAPSULATION: usize = 1120;

/// Which step the details belong to.
#[derive(Debug, Clone, Copy)]
pub struct Binding<'a> {
    /// Of which handover.
    pub handover: HandoverId,
    /// Who reports it.
    pub reporter: &'a Oin,
    /// Which step.
    pub step: Step,
}

impl Binding<'_> {
    /// Unambiguous: a label that ends in a zero byte, 16 bytes, 20 digits, the step's word.
    fn info(&self) -> Vec<u8> {
        [
            b"handdruk step v1\0".as_slice(),
            self.handover.as_bytes(),
            self.reporter.as_str().as_bytes(),
            self.step.word().as_bytes(),
        ]
        .concat()
    }
}

/// Seals details to the organisation with this key bundle and opening key.
pub fn seal(
    (bundle, opening_key): (Digest, &[u8]),
    binding: Binding<'_>,
    content: &[u8],
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, SealError> {
    let recipient = <XWing as Kem>::PublicKey::from_bytes(opening_key)
        .map_err(|_| SealError::InvalidPublicKey { kind: "X-Wing" })?;
    let padded = padding::pad(content, TAG)?;
    let (encapsulation, ciphertext) = hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, XWing>(
        &OpModeS::Base,
        &recipient,
        &binding.info(),
        &padded,
        &[],
        rng,
    )?;
    Ok([
        bundle.as_bytes().as_slice(),
        &encapsulation.to_bytes()[..],
        &ciphertext,
    ]
    .concat())
}

/// To which of our key bundles details were sealed.
pub fn bundle(sealed: &[u8]) -> Option<Digest> {
    let digest: &[u8; DIGEST] = sealed.first_chunk()?;
    Some(Digest::from_bytes(*digest))
}

/// Opens what [`seal`] made for this key and this step.
pub fn open(
    key: &OpeningKeyPair,
    binding: Binding<'_>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (_, rest) = sealed
        .split_at_checked(DIGEST)
        .ok_or(OpenError::MalformedEncapsulation)?;
    let (encapsulation, ciphertext) = rest
        .split_at_checked(ENCAPSULATION)
        .ok_or(OpenError::MalformedEncapsulation)?;
    if !is_size_class(ciphertext.len()) {
        return Err(OpenError::DoesNotOpen);
    }
    let encapsulation = <XWing as Kem>::EncappedKey::from_bytes(encapsulation)
        .map_err(|_| OpenError::MalformedEncapsulation)?;
    let padded = hpke::single_shot_open::<AesGcm256, HkdfSha256, XWing>(
        &OpModeR::Base,
        key.private(),
        &encapsulation,
        &binding.info(),
        ciphertext,
        &[],
    )
    .map(Zeroizing::new)
    .map_err(|_| OpenError::DoesNotOpen)?;
    padding::unpad(&padded, TAG).ok_or(OpenError::MalformedPadding)
}

#[cfg(test)]
mod tests {
    use handdruk_domain::statement::outcome::Progress;
    use rand::SeedableRng as _;
    use rand_chacha::ChaCha20Rng;

    use super::*;

    fn school() -> Oin {
        "00000099000000001000".parse().expect("an OIN")
    }

    fn care() -> Oin {
        "00000099000000006000".parse().expect("an OIN")
    }

    fn binding(reporter: &Oin) -> Binding<'_> {
        Binding {
            handover: HandoverId::from_bytes([1; 16]),
            reporter,
            step: Step::TalkHeld {},
        }
    }

    #[test]
    fn details_open_as_those_of_their_step_and_of_no_other() {
        let mut rng = ChaCha20Rng::from_seed([3; 32]);
        let (key, other) = (
            OpeningKeyPair::generate(&mut rng),
            OpeningKeyPair::generate(&mut rng),
        );
        let (school, care) = (school(), care());
        let digest = Digest::of(b"bundle");
        let sealed = seal((digest, key.public()), binding(&school), b"agreed", &mut rng).expect("seals");
        assert_eq!(bundle(&sealed), Some(digest));
        let opened = open(&key, binding(&school), &sealed).expect("opens");
        assert_eq!(opened.as_slice(), b"agreed");
        let elsewhere = [
            binding(&care),
            Binding {
                handover: HandoverId::from_bytes([2; 16]),
                ..binding(&school)
            },
            Binding {
                step: Step::AftercareHeld {},
                ..binding(&school)
            },
        ];
        for binding in elsewhere {
            assert_eq!(open(&key, binding, &sealed), Err(OpenError::DoesNotOpen));
        }
        assert_eq!(
            open(&other, binding(&school), &sealed),
            Err(OpenError::DoesNotOpen)
        );
        for cut in [0, 31, 32, 1151, 1152, sealed.len() - 1] {
            assert!(open(&key, binding(&school), &sealed[..cut]).is_err());
        }
    }

    #[test]
    fn the_largest_details_fit_in_a_step() {
        let mut rng = ChaCha20Rng::from_seed([4; 32]);
        let key = OpeningKeyPair::generate(&mut rng);
        let school = school();
        let content = vec![b'x'; crate::step::MAX];
        let to = (Digest::of(b"bundle"), key.public());
        let sealed = seal(to, binding(&school), &content, &mut rng).expect("seals");
        assert!(sealed.len() <= Progress::MAX_SEALED, "{}", sealed.len());
    }
}
