//! Checkpoints: the log's size and root, signed by the gateway, as a C2SP tlog-checkpoint. The one form in which a root
//! leaves the process, so that two parties can find out whether they were shown the same log.

use data_encoding::BASE64;

use super::note::{Note, Verdict};
use super::proof::verify_consistency;
use crate::digest::Digest;
use crate::oin::Oin;
use crate::statement::{Party, SignError, Signer, VerifyingKey};

/// The largest checkpoint that is read, in bytes: room for the signatures of some witnesses.
pub const MAX_CHECKPOINT: usize = 16 * 1024;

const ORIGIN: &str = "handdruk/";

/// What a log looked like at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log: the gateway's OIN. The origin line is `handdruk/` and this.
    pub log: Oin,
    /// The number of leaves.
    pub size: u64,
    /// The root over them.
    pub root: Digest,
}

/// Why a checkpoint was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Larger than [`MAX_CHECKPOINT`].
    #[error("the checkpoint is larger than {MAX_CHECKPOINT} bytes")]
    TooLarge,
    /// Not a signed note, or not a checkpoint of a log of ours. Extension lines are refused: nobody could audit them.
    #[error("the checkpoint is malformed")]
    Malformed,
    /// The key belongs to another party than the one whose log it is.
    #[error("the key is not that of the organisation whose log this is")]
    WrongLog,
    /// No signature names the key.
    #[error("the checkpoint is not signed by this key")]
    UnknownKey,
    /// A signature names the key and is not its own.
    #[error("the checkpoint's signature does not verify")]
    BadSignature,
}

impl Checkpoint {
    /// Signs it with the gateway's statement key (Ed25519; another algorithm is a [`SignError`]). Which key that was is
    /// found from the signature's key id among the gateway's key bundles.
    pub fn sign(self, signer: &dyn Signer) -> Result<SignedCheckpoint, SignError> {
        let note = Note::sign(self.text(), &self.origin(), signer)?;
        Ok(SignedCheckpoint {
            note,
            checkpoint: self,
        })
    }

    fn origin(&self) -> String {
        format!("{ORIGIN}{}", self.log)
    }

    fn text(&self) -> String {
        format!(
            "{}\n{}\n{}\n",
            self.origin(),
            self.size,
            BASE64.encode(self.root.as_bytes())
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let log = lines.next()?.strip_prefix(ORIGIN)?.parse().ok()?;
        let size = lines.next().and_then(parse_size)?;
        let root = BASE64.decode(lines.next()?.as_bytes()).ok()?;
        let root = Digest::try_from(root.as_slice()).ok()?;
        lines.next().is_none().then_some(Self { log, size, root })
    }
}

/// Decimal, one spelling per number.
fn parse_size(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|size| size.to_string() == text)
}

/// A checkpoint as it travels. What it says is only true after [`SignedCheckpoint::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Reads the travelling text.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        if text.len() > MAX_CHECKPOINT {
            return Err(CheckpointError::TooLarge);
        }
        let note = Note::parse(text).ok_or(CheckpointError::Malformed)?;
        let checkpoint = Checkpoint::parse(note.text()).ok_or(CheckpointError::Malformed)?;
        Ok(Self { note, checkpoint })
    }

    /// Whose log it claims to be: to find the keys that may have signed.
    pub const fn log(&self) -> &Oin {
        &self.checkpoint.log
    }

    /// How many leaves it claims: to find the largest among several.
    pub const fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// What it claims, whoever wrote it: for who is about to sign it and knows from elsewhere that it is right.
    pub const fn claimed(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Checks that the gateway whose log it is signed it with this key. Signatures by others (witnesses, older keys) are
    /// passed over.
    pub fn verify(&self, key: &VerifyingKey) -> Result<Checkpoint, CheckpointError> {
        if *key.party() != Party::Organisation(self.checkpoint.log.clone()) {
            return Err(CheckpointError::WrongLog);
        }
        match self.note.verdict(&self.checkpoint.origin(), key.public()) {
            Verdict::Signed => Ok(self.checkpoint.clone()),
            Verdict::Forged => Err(CheckpointError::BadSignature),
            Verdict::Absent => Err(CheckpointError::UnknownKey),
        }
    }
}

impl core::fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.note.fmt(f)
    }
}

/// How a checkpoint relates to one that was seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The same log at the same size.
    Same,
    /// The same log, grown.
    Extends,
    /// Smaller than what was seen: a restored backup, a wrong replica, or an old answer. Whether it is a beginning of
    /// what was seen is for the other side to prove.
    Shorter,
    /// Another log: another origin, another root at the same size, or growth that the proof does not bear out.
    Diverges,
}

/// Compares a checkpoint `shown` now with one `seen` before, given the consistency proof between their sizes (empty where
/// none is needed). Both must have been verified.
pub fn relation(seen: &Checkpoint, shown: &Checkpoint, proof: &[Digest]) -> Relation {
    if seen.log != shown.log {
        return Relation::Diverges;
    }
    if shown.size < seen.size {
        return Relation::Shorter;
    }
    match verify_consistency(seen.size, &seen.root, shown.size, &shown.root, proof) {
        Ok(()) if seen.size == shown.size => Relation::Same,
        Ok(()) => Relation::Extends,
        Err(_) => Relation::Diverges,
    }
}
