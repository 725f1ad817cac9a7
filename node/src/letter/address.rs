//! The portal's address, as letters print it and mails name it.

use core::fmt;
use core::str::FromStr;

use serde::Deserialize;

/// The longest address, so that it fits on a letter and its QR code stays easy to scan.
const LONGEST: usize = 80;

/// Where guardians find the portal, such as `https://portal.example`: no path's end, no query, no fragment, nothing that a
/// browser would send along.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PortalAddress(String);

/// This is no address of a portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a portal's address is https://name, at most {LONGEST} characters, without user, query or fragment \
     (http:// only on this machine)"
)]
pub struct NoAddress;

impl PortalAddress {
    /// The address with the code in its fragment, which browsers never send.
    pub(crate) fn with_code(&self, code: &str) -> String {
        format!("{}/#{code}", self.0)
    }

    /// As people read and type it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PortalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PortalAddress {
    type Err = NoAddress;

    fn from_str(text: &str) -> Result<Self, NoAddress> {
        let text = text.trim_end_matches('/');
        let (rest, local_only) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (rest, false),
            (None, Some(rest)) => (rest, true),
            (None, None) => return Err(NoAddress),
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/[]".contains(c);
        let authority = rest.split('/').next().unwrap_or_default();
        let host = authority
            .rsplit_once(':')
            .filter(|(_, port)| port.parse::<u16>().is_ok())
            .map_or(authority, |(host, _)| host);
        let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        let fits = text.len() <= LONGEST && !host.is_empty() && rest.chars().all(plain);
        if fits && (local || !local_only) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoAddress)
        }
    }
}

impl TryFrom<String> for PortalAddress {
    type Error = NoAddress;

    fn try_from(text: String) -> Result<Self, NoAddress> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_carries_nothing_that_a_browser_would_send_along() {
        for good in [
            "https://portal.example",
            "https://portal.example:8443/handdruk/",
            "http://127.0.0.1:7300",
            "http://localhost",
            "http://[::1]:80",
        ] {
            assert!(good.parse::<PortalAddress>().is_ok(), "{good}");
        }
        for bad in [
            "portal.example",
            "http://portal.example",
            "http://localhost.example",
            "https://",
            "https://:8443",
            "https://me@portal.example",
            "https://portal.example/?x=1",
            "https://portal.example/#x",
            "https://portal.example/<b>",
            "https://pörtal.example",
            &format!("https://{}.example", "a".repeat(80)),
        ] {
            assert_eq!(bad.parse::<PortalAddress>(), Err(NoAddress), "{bad}");
        }
    }

    #[test]
    fn the_code_stands_in_the_fragment() {
        let address: PortalAddress = "https://portal.example/".parse().expect("an address");
        assert_eq!(
            address.with_code("60RK-4CSM"),
            "https://portal.example/#60RK-4CSM"
        );
    }
}
