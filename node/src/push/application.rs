//! Applications as text: one line that the receiving school prints for the family and the sending school types or pastes.

use data_encoding::BASE64URL_NOPAD;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::application::Application;
use handdruk_domain::statement::{RawStatement, Statement};

/// How the line begins, so that people and programs know what it is.
const MARK: &str = "handdruk-application-1:";

/// Longer lines are not even decoded.
const MAX_LINE: usize = 8 * 1024;

/// Writes an application as one line: the mark, and the signed statement in base64url.
pub(crate) fn to_line(application: &Statement<Application>) -> String {
    let statement =
        serde_json::to_vec(application.raw()).expect("an application's body is JSON, which is UTF-8");
    format!("{MARK}{}", BASE64URL_NOPAD.encode(&statement))
}

/// Reads the line. White space in it (a line that was wrapped) is passed over. Who signed it is not checked here.
pub(crate) fn from_line(line: &str) -> Result<Statement<Application>, Refusal> {
    let malformed = || {
        Refusal::about(
            Reason::Malformed,
            "application: not a line that a receiving school issued",
        )
    };
    if line.len() > MAX_LINE {
        return Err(malformed());
    }
    let bare: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let encoded = bare.strip_prefix(MARK).ok_or_else(malformed)?;
    let statement = BASE64URL_NOPAD
        .decode(encoded.as_bytes())
        .map_err(|_| malformed())?;
    let raw: RawStatement = serde_json::from_slice(&statement).map_err(|_| malformed())?;
    Statement::claim(raw).map_err(|_| malformed())
}

#[cfg(test)]
mod tests {
    use handdruk_domain::clock::Timestamp;
    use handdruk_domain::ids::RequestId;
    use handdruk_domain::purpose::Purpose;
    use handdruk_domain::statement::Ed25519Signer;
    use handdruk_domain::statement::manifest::Address;
    use zeroize::Zeroizing;

    use super::*;

    #[test]
    fn an_application_survives_paper() {
        let application = Application {
            reference: RequestId::from_bytes([7; 16]),
            recipient: Address {
                oin: "00000099000000002000".parse().expect("an OIN"),
                site: None,
                desk: None,
            },
            purpose: Purpose::TransferReportPrimary,
            not_after: "2026-09-01".parse().expect("a date"),
            at: Timestamp::UNIX_EPOCH,
        };
        let signer = Ed25519Signer::from_seed(&Zeroizing::new([1; 32])).expect("a seed");
        let statement = Statement::sign(&application, &[&signer]).expect("signs");
        let line = to_line(&statement);
        let wrapped: String = line
            .chars()
            .enumerate()
            .flat_map(|(at, c)| [(at % 60 == 59).then_some('\n'), Some(c)])
            .flatten()
            .collect();
        assert_eq!(from_line(&wrapped), Ok(statement.clone()));
        assert!(from_line(line.trim_start_matches("handdruk-")).is_err());
        assert!(from_line(&line[..line.len() - 3]).is_err());
        assert!(from_line(&"x".repeat(MAX_LINE + 1)).is_err());
        assert!(from_line("").is_err());
    }
}
