//! Where a request comes from, and how many attempts with codes and secrets one source may make.
//!
//! Invariant: `X-Forwarded-For` counts only behind a proxy, and then only the last address in it: the one that our own
//! proxy saw. What is tried is counted elsewhere, per invitation or account; this limit is against somebody who tries many.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::http::HeaderMap;
use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::config::Limits;

/// Who asked, as far as the network tells. Never printed: an address is personal data.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Source(IpAddr);

impl core::fmt::Debug for Source {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Source")
    }
}

impl Source {
    /// The source of a request: `peer`, or who the proxy says it was.
    pub fn of(peer: SocketAddr, headers: &HeaderMap, behind_proxy: bool) -> Self {
        let forwarded = || {
            let last = headers
                .get_all("x-forwarded-for")
                .iter()
                .next_back()?
                .to_str()
                .ok()?;
            last.rsplit(',').next()?.trim().parse().ok()
        };
        let address = behind_proxy.then(forwarded).flatten().unwrap_or(peer.ip());
        Self(match address.to_canonical() {
            // One household or office has a whole /64.
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl Source {
    /// The address, for a record that says from where somebody looked: a household or office where it is IPv6.
    pub fn for_the_record(&self) -> String {
        self.0.to_string()
    }
}

/// Counts attempts per source. Cheap to clone.
#[derive(Clone)]
pub struct Attempts {
    limiter: Arc<RateLimiter<Source, DefaultKeyedStateStore<Source>, DefaultClock>>,
}

impl core::fmt::Debug for Attempts {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Attempts")
    }
}

impl Attempts {
    /// Counts from nothing, by these limits.
    pub fn new(limits: &Limits) -> Self {
        let some = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let quota =
            Quota::per_minute(some(limits.attempts_per_minute)).allow_burst(some(limits.attempts_at_once));
        Self {
            limiter: Arc::new(RateLimiter::keyed(quota)),
        }
    }

    /// Counts one attempt; whether it may be made.
    pub fn may(&self, source: Source) -> bool {
        self.limiter.check_key(&source).is_ok()
    }

    /// Forgets sources that may make every attempt again.
    pub fn sweep(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn source(peer: &str, forwarded: &[&'static str], behind_proxy: bool) -> Source {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(value));
        }
        Source::of(peer.parse().expect("an address"), &headers, behind_proxy)
    }

    #[test]
    fn who_asks_is_believed_only_from_our_own_proxy() {
        let direct = source("192.0.2.1:5000", &[], false);
        assert_eq!(source("192.0.2.1:6000", &["203.0.113.9"], false), direct);
        let forwarded = source("127.0.0.1:6000", &["203.0.113.9"], true);
        assert_ne!(forwarded, source("127.0.0.1:6000", &[], true));
        // What a client sent itself stands before what the proxy added.
        assert_eq!(
            source("127.0.0.1:6000", &["198.51.100.7, 203.0.113.9"], true),
            forwarded
        );
        assert_eq!(
            source("127.0.0.1:6000", &["198.51.100.7", "203.0.113.9"], true),
            forwarded
        );
        assert_eq!(
            source("127.0.0.1:1", &["nonsense"], true),
            source("127.0.0.1:2", &[], true)
        );
        assert_eq!(
            source("[2001:db8:1:2::1]:1", &[], false),
            source("[2001:db8:1:2:3:4:5:6]:1", &[], false)
        );
        assert_eq!(source("[::ffff:192.0.2.1]:1", &[], false), direct);
        assert!(!format!("{direct:?}").contains("192"));
    }

    #[test]
    fn one_source_runs_out_of_attempts_and_another_does_not() {
        let attempts = Attempts::new(&Limits {
            attempts_per_minute: 1,
            attempts_at_once: 3,
            ..Limits::default()
        });
        let (one, other) = (
            source("192.0.2.1:1", &[], false),
            source("192.0.2.2:1", &[], false),
        );
        assert_eq!((0..5).filter(|_| attempts.may(one)).count(), 3);
        attempts.sweep();
        assert!(!attempts.may(one), "sweeping forgives nobody");
        assert!(attempts.may(other));
    }
}
