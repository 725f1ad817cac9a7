//! How a statement stands in a file of its own: JSON whose `body` is the signed text itself, so that a person can read
//! what was signed and the bytes survive exactly.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Kind, MAX_BODY, RawStatement, Signature};
use crate::digest::Bytes;
use crate::statement::KeyId;

/// A statement could not be read from or written to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementFileError {
    /// Not JSON of the right shape, or of a kind that this version does not know.
    #[error("the file is not a statement: expected JSON with kind, body and signatures")]
    Malformed,
    /// The body is larger than [`MAX_BODY`].
    #[error("the statement's body is larger than {MAX_BODY} bytes")]
    TooLarge,
    /// The body is not text. No kind of statement has such a body.
    #[error("the statement's body is not UTF-8 text")]
    NotText,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    kind: Kind,
    body: String,
    signatures: Vec<FileSignature>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileSignature {
    key: KeyId,
    signature: Bytes,
}

impl RawStatement {
    /// Writes the statement as the text of a file.
    pub fn to_file(&self) -> Result<String, StatementFileError> {
        let file = File::try_from(self)?;
        let mut text = serde_json::to_string_pretty(&file).map_err(|_| StatementFileError::Malformed)?;
        text.push('\n');
        Ok(text)
    }

    /// Reads the text of a file. Nothing in it is true until it was verified.
    pub fn from_file(text: &str) -> Result<Self, StatementFileError> {
        serde_json::from_str::<File>(text)
            .map_err(|_| StatementFileError::Malformed)?
            .try_into()
    }
}

impl TryFrom<&RawStatement> for File {
    type Error = StatementFileError;
    fn try_from(raw: &RawStatement) -> Result<Self, StatementFileError> {
        let body = String::from_utf8(raw.body.clone()).map_err(|_| StatementFileError::NotText)?;
        let signatures = raw
            .signatures
            .iter()
            .map(|s| FileSignature {
                key: s.key,
                signature: Bytes(s.bytes.clone()),
            })
            .collect();
        Ok(Self {
            kind: raw.kind,
            body,
            signatures,
        })
    }
}

impl TryFrom<File> for RawStatement {
    type Error = StatementFileError;
    fn try_from(file: File) -> Result<Self, StatementFileError> {
        if file.body.len() > MAX_BODY {
            return Err(StatementFileError::TooLarge);
        }
        let signatures = file
            .signatures
            .into_iter()
            .map(|s| Signature {
                key: s.key,
                bytes: s.signature.0,
            })
            .collect();
        Ok(Self {
            kind: file.kind,
            body: file.body.into_bytes(),
            signatures,
        })
    }
}

/// Inside larger JSON (exports, recorded answers) a statement stands as it does in a file.
impl Serialize for RawStatement {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        File::try_from(self)
            .map_err(serde::ser::Error::custom)?
            .serialize(s)
    }
}

impl<'de> Deserialize<'de> for RawStatement {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        File::deserialize(d)?.try_into().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    #[test]
    fn a_statement_survives_its_file_byte_for_byte() {
        let raw = RawStatement {
            kind: Kind::Catalogue,
            body: "# rules\n[purpose]\r\nname = \"é \\u0000\"\n".into(),
            signatures: vec![Signature {
                key: KeyId::from_bytes(*Digest::of(b"key").as_bytes()),
                bytes: vec![7; 64],
            }],
        };
        let text = raw.to_file().expect("text");
        assert_eq!(RawStatement::from_file(&text), Ok(raw));
    }

    #[test]
    fn unknown_fields_and_kinds_are_refused() {
        for text in [
            r#"{"kind":"gossip","body":"","signatures":[]}"#,
            r#"{"kind":"permit","body":"","signatures":[],"x":1}"#,
            "",
        ] {
            assert_eq!(
                RawStatement::from_file(text),
                Err(StatementFileError::Malformed),
                "{text}"
            );
        }
    }
}
