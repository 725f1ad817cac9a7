//! The gateway's own statement key: made at the first start, kept in a file that its owner alone may read, and announced
//! in key bundles like every member's. The bundle is renewed well before it ends; the key itself stays, so that permits
//! and checkpoints of years verify under one chain.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use handdruk_certs::{Identity, Previous, make_bundle};
use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Bytes;
use handdruk_domain::statement::member::KeyBundle;
use handdruk_domain::statement::{Ed25519Signer, SignError, Signer, Statement, Verified};
use jiff::SignedDuration;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// A bundle is renewed when less than this is left of its thirty days.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(10 * 24);

/// The key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("cannot use the statement key in {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others can read it.
    #[error("{0} can be read by others than its owner: chmod 600")]
    Exposed(PathBuf),
    /// It does not hold 32 bytes in base64url.
    #[error("{0} does not hold a statement key")]
    Malformed(PathBuf),
    /// It cannot sign.
    #[error("the statement key is unusable")]
    Unusable(#[from] SignError),
}

/// Opens the key in `path`, or makes one there.
pub(crate) fn open(path: &Path, rng: &mut impl CryptoRng) -> Result<Arc<Ed25519Signer>, KeyError> {
    let file = |source| KeyError::File {
        path: path.to_owned(),
        source,
    };
    if !path.exists() {
        let mut seed = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut seed[..]);
        let text = Zeroizing::new(BASE64URL_NOPAD.encode(&seed[..]));
        let mut made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(file)?;
        made.write_all(text.as_bytes())
            .and_then(|()| made.sync_all())
            .map_err(file)?;
    }
    let mode = std::fs::metadata(path).map_err(file)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed(path.to_owned()));
    }
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(file)?);
    let decoded = BASE64URL_NOPAD.decode(text.trim().as_bytes()).map(Zeroizing::new);
    let seed = decoded
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok());
    let seed = Zeroizing::new(seed.ok_or_else(|| KeyError::Malformed(path.to_owned()))?);
    Ok(Arc::new(Ed25519Signer::from_seed(&seed)?))
}

/// The next bundle, if one is due: none is known, it ends soon, or it speaks of another key or certificate.
pub(crate) fn due_bundle(
    identity: &Identity,
    signer: &Ed25519Signer,
    current: Option<&Verified<KeyBundle>>,
    now: Timestamp,
) -> Result<Option<Statement<KeyBundle>>, SignError> {
    let fresh = current.is_some_and(|bundle| {
        bundle.is_valid_at(now)
            && bundle.not_after.duration_since(now) > RENEW_BEFORE
            && bundle.chain == identity.chain()
            && bundle.statement_key == signer.public_key()
    });
    if fresh {
        return Ok(None);
    }
    let previous = current.map(|bundle| Previous { bundle, signer });
    // Nothing is ever sealed to a gateway: it has no opening key.
    make_bundle(identity, signer.public_key(), Bytes::default(), now, previous).map(Some)
}
