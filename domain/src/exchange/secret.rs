//! Secrets that pass through the gateway: sessions, login proofs, and its half of a guardian's keys. None is printed,
//! none is compared byte by byte in variable time, and of sessions and proofs only digests are stored.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::digest::Digest;

macro_rules! secret {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone)]
        pub struct $name(Zeroizing<[u8; 32]>);

        impl $name {
            /// From 32 bytes that came over the wire or out of the store.
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(Zeroizing::new(bytes))
            }
            /// The 32 bytes, to send or store.
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }
        impl TryFrom<&[u8]> for $name {
            type Error = core::array::TryFromSliceError;
            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self::from_bytes)
            }
        }
        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

secret! {
    /// Proves to the gateway which guardian is behind the portal. 32 random bytes; stored only as [`SessionToken::digest`].
    SessionToken
}
secret! {
    /// What a guardian derives from code and secret to log in. Only its SHA-256, the verifier, is stored.
    LoginProof
}
secret! {
    /// The random half that the gateway keeps per guardian, so that neither the inviter nor the gateway alone can try
    /// secrets offline.
    GatewayHalf
}

impl SessionToken {
    /// A fresh session.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut bytes[..]);
        Self(bytes)
    }

    /// What is stored, and looked up.
    pub fn digest(&self) -> Digest {
        Digest::of_parts(&[b"handdruk session v1\0", &self.0[..]])
    }
}

impl LoginProof {
    /// Whether its SHA-256 is the stored verifier. The proof itself never meets a stored secret, and comparing digests
    /// in variable time tells nothing about it; done in constant time all the same.
    pub fn matches(&self, verifier: &Digest) -> bool {
        let shown = Digest::of(&self.0[..]);
        let difference = shown
            .as_bytes()
            .iter()
            .zip(verifier.as_bytes())
            .fold(0, |sum, (a, b)| sum | (a ^ b));
        difference == 0
    }
}

impl GatewayHalf {
    /// A fresh half.
    pub fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut bytes[..]);
        Self(bytes)
    }
}
