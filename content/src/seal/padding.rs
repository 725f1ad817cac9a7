//! Size classes: sealed content has one of thirteen lengths, whatever is inside.
//!
//! A padded plaintext is the content's length (4 bytes, big-endian), the content, and zero bytes up to the class. Classes
//! are powers of two, measured on the *sealed* bytes (16 bytes of authentication tag included): 256 B, 512 B, ... 1 MiB.
//! An observer who sees a length learns the logarithm of the content's size, at a cost of less than double the bytes; a
//! finer scheme (Padmé) would save bytes that a few KB per child do not need and tell more. The padding stands inside the
//! encryption, so it is authenticated, and [`unpad`] accepts exactly one padding per content.

use zeroize::Zeroizing;

/// The smallest size class, in sealed bytes.
pub const SMALLEST: usize = 256;

/// The largest size class, in sealed bytes.
pub const LARGEST: usize = 1 << 20;

/// The authentication tag of AES-256-GCM, in bytes.
pub const TAG: usize = 16;

/// The length prefix, in bytes.
const PREFIX: usize = 4;

/// The longest content that can be sealed, in bytes.
pub const MAX_CONTENT: usize = LARGEST - TAG - PREFIX;

/// The content does not fit in the largest size class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("content of {found} bytes is longer than the {MAX_CONTENT} bytes that can be sealed")]
pub struct TooLong {
    /// How long it is, in bytes.
    pub found: usize,
}

/// The size class of sealed bytes that hold `content` bytes of content.
pub fn sealed_size(content: usize) -> Result<usize, TooLong> {
    if content > MAX_CONTENT {
        return Err(TooLong { found: content });
    }
    Ok((content + PREFIX + TAG).next_power_of_two().max(SMALLEST))
}

/// Whether sealed bytes may have this length at all.
pub const fn is_size_class(sealed: usize) -> bool {
    sealed.is_power_of_two() && SMALLEST <= sealed && sealed <= LARGEST
}

/// Pads content to its class, leaving room for the tag: the result is `sealed_size(content.len()) - TAG` bytes.
pub(super) fn pad(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, TooLong> {
    let padded = sealed_size(content.len())? - TAG;
    let length = u32::try_from(content.len()).map_err(|_| TooLong { found: content.len() })?;
    // With room for the tag, so that sealing in place never moves the plaintext and leaves a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(padded + TAG));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content);
    bytes.resize(padded, 0);
    Ok(bytes)
}

/// Takes the content out of an opened, padded plaintext. `None` unless it is exactly what [`pad`] would have made.
pub(super) fn unpad(padded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (prefix, rest) = padded.split_first_chunk::<PREFIX>()?;
    let length = usize::try_from(u32::from_be_bytes(*prefix)).ok()?;
    let (content, zeros) = rest.split_at_checked(length)?;
    let in_its_class = sealed_size(length).ok()? == padded.len() + TAG;
    (in_its_class && zeros.iter().all(|byte| *byte == 0)).then(|| Zeroizing::new(content.to_vec()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn classes_are_the_powers_of_two_from_256_bytes_to_a_mebibyte() {
        let classes: Vec<usize> = (0..=LARGEST * 2).filter(|size| is_size_class(*size)).collect();
        assert_eq!(classes.len(), 13);
        assert_eq!(classes.first(), Some(&SMALLEST));
        assert_eq!(classes.last(), Some(&LARGEST));
        for (content, class) in [
            (0, 256),
            (236, 256),
            (237, 512),
            (492, 512),
            (493, 1024),
            (MAX_CONTENT, LARGEST),
        ] {
            assert_eq!(sealed_size(content), Ok(class), "{content}");
        }
    }

    #[test]
    fn what_fits_in_no_class_is_refused() {
        let found = MAX_CONTENT + 1;
        assert_eq!(sealed_size(found), Err(TooLong { found }));
        assert_eq!(pad(&vec![0; found]).err(), Some(TooLong { found }));
    }

    #[test]
    fn a_padding_that_is_not_the_one_we_make_is_refused() {
        let padded = pad(b"a long division, step by step").expect("fits");
        assert!(unpad(&padded).is_some());
        let mut dirty = padded.clone();
        *dirty.last_mut().expect("not empty") = 1;
        assert_eq!(unpad(&dirty), None, "something hides in the padding");
        let mut larger = padded.clone();
        larger.resize(512 - TAG, 0);
        assert_eq!(unpad(&larger), None, "a class larger than needed");
        let mut beyond = padded;
        beyond[..PREFIX].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(unpad(&beyond), None, "a length beyond the end");
    }

    proptest! {
        #[test]
        fn whatever_is_padded_comes_back_and_only_its_class_shows(content in prop::collection::vec(any::<u8>(), 0..5000)) {
            let padded = pad(&content).expect("fits");
            prop_assert!(is_size_class(padded.len() + TAG));
            prop_assert!(padded.len() < SMALLEST || padded.len() < 2 * (content.len() + PREFIX + TAG));
            prop_assert_eq!(unpad(&padded).map(|opened| opened.to_vec()), Some(content));
        }

        #[test]
        fn unpadding_arbitrary_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = unpad(&bytes);
        }
    }
}
