//! Signed notes (C2SP signed-note v1.0.0): a text, a blank line, and signature lines. Only Ed25519, type `0x01`.

use data_encoding::BASE64;

use crate::digest::Digest;
use crate::statement::{Algorithm, PublicKey, SignError, Signer};

/// One signature line.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    name: String,
    /// Key id (4 bytes) and signature.
    blob: Vec<u8>,
}

/// A note: text and signatures, none of it checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    text: String,
    lines: Vec<Line>,
}

/// What a key says about a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It signed this text.
    Signed,
    /// A line names the key, but the signature is not its own over this text.
    Forged,
    /// No line names the key.
    Absent,
}

impl Note {
    /// Signs a text. `name` has no space and no plus; `text` ends in a newline.
    pub(super) fn sign(text: String, name: &str, signer: &dyn Signer) -> Result<Self, SignError> {
        let key = signer.public_key();
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(SignError);
        }
        let mut blob = key_id(name, &key).to_vec();
        blob.extend(signer.sign(text.as_bytes())?);
        Ok(Self {
            text,
            lines: vec![Line {
                name: name.to_owned(),
                blob,
            }],
        })
    }

    /// Reads a note. `None` for anything that the specification does not allow.
    pub(super) fn parse(note: &str) -> Option<Self> {
        if note.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
            return None;
        }
        let blank = note.rfind("\n\n")?;
        let (text, signatures) = (&note[..=blank], &note[blank + 2..]);
        let lines = signatures
            .strip_suffix('\n')?
            .split('\n')
            .map(Line::parse)
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            text: text.to_owned(),
            lines,
        })
    }

    /// The signed text, final newline included.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether the key called `name` signed it. A forged line condemns the note even if another line is good.
    pub(super) fn verdict(&self, name: &str, key: &PublicKey) -> Verdict {
        let id = key_id(name, key);
        let mut verdict = Verdict::Absent;
        for line in self.lines.iter().filter(|line| line.name == name) {
            match line.blob.split_first_chunk() {
                Some((claimed, signature)) if *claimed == id => {
                    if !key.verifies(self.text.as_bytes(), signature) {
                        return Verdict::Forged;
                    }
                    verdict = Verdict::Signed;
                }
                _ => {}
            }
        }
        verdict
    }
}

impl core::fmt::Display for Note {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.lines {
            writeln!(f, "\u{2014} {} {}", line.name, BASE64.encode(&line.blob))?;
        }
        Ok(())
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '+') {
            return None;
        }
        let blob = BASE64
            .decode(encoded.as_bytes())
            .ok()
            .filter(|blob| blob.len() > 4)?;
        Some(Self {
            name: name.to_owned(),
            blob,
        })
    }
}

/// The short id of an Ed25519 key under a name: it finds the line, it proves nothing.
fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    let digest = Digest::of_parts(&[name.as_bytes(), b"\n\x01", key.as_bytes()]);
    digest
        .as_bytes()
        .first_chunk()
        .copied()
        .expect("a digest has 32 bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key and note published with the Go module `golang.org/x/mod/sumdb/note`, where the format comes from.
    const KEY: &str = "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn key(encoded: &str) -> PublicKey {
        let bytes = BASE64.decode(encoded.as_bytes()).expect("base64");
        PublicKey::ed25519(bytes[1..].try_into().expect("type byte and 32 bytes"))
    }

    #[test]
    fn a_note_made_by_another_implementation_verifies() {
        let note = Note::parse(NOTE).expect("well formed");
        assert_eq!(note.to_string(), NOTE);
        assert_eq!(note.verdict("PeterNeumann", &key(KEY)), Verdict::Signed);
        assert_eq!(note.verdict("EnochRoot", &key(KEY)), Verdict::Absent);
    }

    #[test]
    fn a_key_id_is_the_published_one() {
        assert_eq!(key_id("PeterNeumann", &key(KEY)), [0xc7, 0x4f, 0x20, 0xa3]);
        let sumdb = key("Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8");
        assert_eq!(key_id("sum.golang.org", &sumdb), [0x03, 0x3d, 0xe0, 0xae]);
    }

    #[test]
    fn an_altered_text_is_forged() {
        let note = Note::parse(&NOTE.replace("cryptography", "cryptographY")).expect("well formed");
        assert_eq!(note.verdict("PeterNeumann", &key(KEY)), Verdict::Forged);
    }
}
