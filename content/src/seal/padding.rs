//! Size classes: sealed content has one of thirteen lengths, whatever is inside.
//!
//! A padded plaintext is the content's length (4 bytes, big-endian), the content, and zero bytes up to the class. Classes
//! are powers of two, measured on the bytes as they travel (with the authentication tag, and the encapsulation where it
//! travels along): 256 B, 512 B, ... 1 MiB.
//! An observer who sees a length learns the logarithm of the content's size, at a cost of less than double the bytes; a
//! finer scheme (Padmé) would save bytes that a few KB per child do not need and tell more. The padding stands inside the
//! encryption, so it is authenticated, and `unpad` accepts exactly one padding per content.

use zeroize::Zeroizing;

/// The smallest size class, in sealed bytes.
pub const SMALLEST: usize = 256;

/// The largest size class, in sealed bytes.
pub const LARGEST: usize = 1 << 20;

/// The authentication tag of AES-256-GCM, in bytes.
pub const TAG: usize = 16;

/// The length prefix, in bytes.
const PREFIX: usize = 4;

/// The longest content that can be sealed as a compartment, in bytes. A preview holds [`ENCAPSULATION`] bytes less.
///
/// [`ENCAPSULATION`]: super::person::ENCAPSULATION
pub const MAX_CONTENT: usize = LARGEST - TAG - PREFIX;

/// The content does not fit in the largest size class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("content of {found} bytes does not fit in the largest size class of {LARGEST} bytes")]
pub struct TooLong {
    /// How long it is, in bytes.
    pub found: usize,
}

/// The size class of sealed bytes that hold `content` bytes of content and `overhead` bytes that sealing adds.
fn size_class(content: usize, overhead: usize) -> Result<usize, TooLong> {
    if content > LARGEST {
        return Err(TooLong { found: content });
    }
    let class = (content + PREFIX + overhead).next_power_of_two().max(SMALLEST);
    if class > LARGEST {
        Err(TooLong { found: content })
    } else {
        Ok(class)
    }
}

/// Whether sealed bytes may have this length at all.
pub const fn is_size_class(sealed: usize) -> bool {
    sealed.is_power_of_two() && SMALLEST <= sealed && sealed <= LARGEST
}

/// Pads content to its class, leaving room for the `overhead` bytes that sealing adds.
pub(super) fn pad(content: &[u8], overhead: usize) -> Result<Zeroizing<Vec<u8>>, TooLong> {
    let class = size_class(content.len(), overhead)?;
    let length = u32::try_from(content.len()).map_err(|_| TooLong { found: content.len() })?;
    // As large as the class, so that sealing in place never moves the plaintext and leaves a copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(class));
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(content);
    bytes.resize(class - overhead, 0);
    Ok(bytes)
}

/// Takes the content out of an opened, padded plaintext. `None` unless it is exactly what [`pad`] would have made.
pub(super) fn unpad(padded: &[u8], overhead: usize) -> Option<Zeroizing<Vec<u8>>> {
    let (prefix, rest) = padded.split_first_chunk::<PREFIX>()?;
    let length = usize::try_from(u32::from_be_bytes(*prefix)).ok()?;
    let (content, zeros) = rest.split_at_checked(length)?;
    let in_its_class = size_class(length, overhead).ok()? == padded.len() + overhead;
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
            assert_eq!(size_class(content, TAG), Ok(class), "{content}");
        }
    }

    #[test]
    fn what_fits_in_no_class_is_refused() {
        let found = MAX_CONTENT + 1;
        assert_eq!(size_class(found, TAG), Err(TooLong { found }));
        assert_eq!(size_class(usize::MAX, TAG), Err(TooLong { found: usize::MAX }));
        assert_eq!(pad(&vec![0; found], TAG).err(), Some(TooLong { found }));
    }

    #[test]
    fn a_padding_that_is_not_the_one_we_make_is_refused() {
        let padded = pad(b"a long division, step by step", TAG).expect("fits");
        assert!(unpad(&padded, TAG).is_some());
        let mut dirty = padded.clone();
        *dirty.last_mut().expect("not empty") = 1;
        assert_eq!(unpad(&dirty, TAG), None, "something hides in the padding");
        let mut larger = padded.clone();
        larger.resize(512 - TAG, 0);
        assert_eq!(unpad(&larger, TAG), None, "a class larger than needed");
        let mut beyond = padded;
        beyond[..PREFIX].copy_from_slice(&u32::MAX.to_be_bytes());
        assert_eq!(unpad(&beyond, TAG), None, "a length beyond the end");
    }

    proptest! {
        #[test]
        fn whatever_is_padded_comes_back_and_only_its_class_shows(
            content in prop::collection::vec(any::<u8>(), 0..5000),
            overhead in TAG..100,
        ) {
            let padded = pad(&content, overhead).expect("fits");
            let sealed = padded.len() + overhead;
            prop_assert!(is_size_class(sealed));
            prop_assert!(sealed == SMALLEST || sealed < 2 * (content.len() + PREFIX + overhead));
            prop_assert_eq!(unpad(&padded, overhead).map(|opened| opened.to_vec()), Some(content));
        }

        #[test]
        fn unpadding_arbitrary_bytes_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = unpad(&bytes, TAG);
        }
    }
}
