//! The second factor: codes of six digits that count for half a minute (RFC 6238), and the code with which somebody comes to
//! one.
//!
//! Invariant: a time step counts once (the store sees to it). Time here is this machine's own, as that of the device that
//! shows the codes.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use rand_core::CryptoRng;
use ring::hkdf;
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

/// 160 bits, as RFC 4226 recommends.
const SECRET: usize = 20;

/// The secret of a second factor.
pub struct SecondFactor(Zeroizing<Vec<u8>>);

impl core::fmt::Debug for SecondFactor {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecondFactor")
    }
}

impl SecondFactor {
    /// From stored bytes.
    pub fn of(secret: Zeroizing<Vec<u8>>) -> Self {
        Self(secret)
    }

    /// The one that comes with an enrolment code: the same each time the code is shown, so that nothing is kept before the
    /// colleague has shown that their device has it.
    pub fn for_enrolment(key: &[u8; 32], code: &EnrolmentCode) -> Self {
        let digest = code.digest();
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"handdruk workdesk second factor v1").extract(key);
        let mut secret = Zeroizing::new(vec![0; SECRET]);
        let info = [digest.as_bytes().as_slice()];
        let okm = root
            .expand(&info, Length(SECRET))
            .expect("20 bytes are within RFC 5869's limit");
        okm.fill(&mut secret).expect("the buffer has the length");
        Self(secret)
    }

    /// Its bytes, to be sealed.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What somebody types where there is no camera: base 32, in groups of four.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(grouped(&data_encoding::BASE32_NOPAD.encode(&self.0)))
    }

    /// What a QR code says to an authenticator: `otpauth://totp/...`.
    pub fn address(&self, reference: &str) -> Zeroizing<String> {
        let secret = data_encoding::BASE32_NOPAD.encode(&self.0);
        Zeroizing::new(format!(
            "otpauth://totp/Handdruk:{reference}?secret={secret}&issuer=Handdruk"
        ))
    }

    /// The time step for which this code counts at this time, one step earlier or later included; none where it does not.
    pub fn step(&self, code: &str, at: Timestamp) -> Option<u64> {
        let digits: String = code
            .chars()
            .filter(|character| !character.is_whitespace())
            .collect();
        let fits = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| self.totp().check(&digits, seconds(at))).flatten()
    }

    /// The code at this time: for tests, and for whoever plays a colleague in a demo.
    pub fn code(&self, at: Timestamp) -> String {
        self.totp().generate(seconds(at)).to_string()
    }

    fn totp(&self) -> Totp {
        // SHA-1, six digits, thirty seconds: what every authenticator understands.
        Builder::new()
            .with_secret(Secret::from(self.0.as_slice()))
            .build_noncompliant()
    }
}

fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).unwrap_or_default()
}

struct Length(usize);

impl hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn grouped(text: &str) -> String {
    let groups: Vec<&str> = text
        .as_bytes()
        .chunks(4)
        .filter_map(|chunk| core::str::from_utf8(chunk).ok())
        .collect();
    groups.join("-")
}

/// A code that lets somebody choose a password and a second factor, once: 80 random bits. Never printed but to whoever hands
/// it over.
#[derive(Clone)]
pub struct EnrolmentCode(Zeroizing<[u8; 10]>);

impl core::fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("EnrolmentCode")
    }
}

impl EnrolmentCode {
    /// A new one.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 10]);
        rng.fill_bytes(&mut bytes[..]);
        Self(bytes)
    }

    /// Reads what somebody typed: groups, spaces and small letters do not matter.
    pub fn parse(text: &str) -> Option<Self> {
        let plain: Zeroizing<String> = Zeroizing::new(
            text.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|character| character.to_ascii_uppercase())
                .collect(),
        );
        let bytes = Zeroizing::new(data_encoding::BASE32_NOPAD.decode(plain.as_bytes()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// As it is handed over: base 32, in groups of four.
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(grouped(&data_encoding::BASE32_NOPAD.encode(&self.0[..])))
    }

    /// What is kept of it.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of_parts(&[b"handdruk workdesk enrolment v1\0", &self.0[..]])
    }
}

#[cfg(test)]
mod tests {
    use handdruk_service::Entropy;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1; its codes have eight digits, of which ours are the last six.
        let second = SecondFactor::of(Zeroizing::new(b"12345678901234567890".to_vec()));
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(second.code(at(time)), code);
        }
    }

    #[test]
    fn a_code_counts_for_its_step_and_one_beside_it() {
        let second = SecondFactor::of(Zeroizing::new(b"12345678901234567890".to_vec()));
        let code = second.code(at(3000));
        for (time, step) in [
            (2970, Some(100)),
            (3000, Some(100)),
            (3059, Some(100)),
            (3060, None),
            (2969, None),
        ] {
            assert_eq!(second.step(&code, at(time)), step, "{time}");
        }
        assert_eq!(
            second.step(&format!("{} {}", &code[..3], &code[3..]), at(3000)),
            Some(100)
        );
        for wrong in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            assert_eq!(second.step(wrong, at(3000)), None, "{wrong}");
        }
    }

    #[test]
    fn an_enrolment_code_is_read_back_as_people_type_it() {
        let code = EnrolmentCode::random(&mut Entropy::seeded([1; 32]).fork());
        let text = code.text();
        assert_eq!(text.len(), 19);
        for typed in [text.to_string(), text.to_lowercase(), text.replace('-', " ")] {
            assert_eq!(
                EnrolmentCode::parse(&typed).expect("reads").digest(),
                code.digest()
            );
        }
        for wrong in ["", "ABCD", &text[1..], &text.replace('-', "1")] {
            assert!(EnrolmentCode::parse(wrong).is_none_or(|read| read.digest() != code.digest()));
        }
        let key = [3; 32];
        let secret = |code| SecondFactor::for_enrolment(&key, code).text().to_string();
        assert_eq!(secret(&code), secret(&code));
        let other = EnrolmentCode::random(&mut Entropy::seeded([2; 32]).fork());
        assert_ne!(secret(&code), secret(&other));
        assert!(!format!("{code:?}").contains(&text[..4]));
    }
}
