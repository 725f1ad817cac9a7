//! Statements, ids and times between wire and domain.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::{Body, KeyId, MAX_BODY, RawStatement, Signature, Statement};

use crate::{from_wire, to_wire, v1};

/// Reads a field of text into a domain name or id; the refusal names the field, never its value.
pub trait FromWire: Sized {
    /// Parses `text` as the field `field`.
    fn from_field(text: &str, field: &'static str) -> Result<Self, Refusal>;
    /// The same, with empty text meaning absent.
    fn from_optional_field(text: &str, field: &'static str) -> Result<Option<Self>, Refusal> {
        if text.is_empty() {
            Ok(None)
        } else {
            Self::from_field(text, field).map(Some)
        }
    }
}

impl<T: core::str::FromStr> FromWire for T {
    fn from_field(text: &str, field: &'static str) -> Result<Self, Refusal> {
        text.parse().map_err(|_| Refusal::about(Reason::Malformed, field))
    }
}

/// Reads an id.
pub fn uuid<T: core::str::FromStr>(text: &str, field: &'static str) -> Result<T, Refusal> {
    T::from_field(text, field)
}

/// Reads a statement that must be there and claim to be a `T`.
pub fn statement_in<T: Body>(
    wire: Option<v1::Statement>,
    field: &'static str,
) -> Result<Statement<T>, Refusal> {
    let wire = wire.ok_or_else(|| Refusal::about(Reason::Malformed, field))?;
    let raw = RawStatement::try_from(wire)?;
    Statement::claim(raw).map_err(|_| Refusal::about(Reason::Malformed, field))
}

/// Writes a statement.
pub fn statement<T>(statement: &Statement<T>) -> v1::Statement {
    statement.raw().into()
}

impl TryFrom<v1::Statement> for RawStatement {
    type Error = Refusal;
    fn try_from(wire: v1::Statement) -> Result<Self, Refusal> {
        if wire.body.len() > MAX_BODY {
            return Err(Refusal::about(Reason::TooLarge, "statement.body"));
        }
        if !(1..=2).contains(&wire.signatures.len()) {
            return Err(Refusal::about(Reason::Malformed, "statement.signatures"));
        }
        let signatures = wire
            .signatures
            .into_iter()
            .map(|signature| {
                let key: [u8; 32] = signature
                    .key_id
                    .as_ref()
                    .try_into()
                    .map_err(|_| Refusal::about(Reason::Malformed, "statement.signatures.key_id"))?;
                if signature.signature.len() != 64 {
                    return Err(Refusal::about(
                        Reason::Malformed,
                        "statement.signatures.signature",
                    ));
                }
                Ok(Signature {
                    key: KeyId::from_bytes(key),
                    bytes: signature.signature.to_vec(),
                })
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(Self {
            kind: from_wire(wire.kind)?,
            body: wire.body.to_vec(),
            signatures,
        })
    }
}

impl From<&RawStatement> for v1::Statement {
    fn from(raw: &RawStatement) -> Self {
        Self {
            kind: to_wire(raw.kind),
            body: raw.body.clone().into(),
            signatures: raw
                .signatures
                .iter()
                .map(|signature| v1::Signature {
                    key_id: signature.key.as_bytes().to_vec().into(),
                    signature: signature.bytes.clone().into(),
                })
                .collect(),
        }
    }
}

/// Writes an instant.
pub fn timestamp(at: Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.as_second(),
        nanos: at.subsec_nanosecond(),
    }
}

/// Reads an instant that must be there.
pub fn time(wire: Option<prost_types::Timestamp>, field: &'static str) -> Result<Timestamp, Refusal> {
    let wire = wire.ok_or_else(|| Refusal::about(Reason::Malformed, field))?;
    Timestamp::new(wire.seconds, wire.nanos).map_err(|_| Refusal::about(Reason::Malformed, field))
}
