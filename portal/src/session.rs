//! Who is behind a browser: sessions, kept in memory.
//!
//! Invariant: a cookie's value is 256 random bits and nothing else; only its SHA-256 is kept, beside the gateway's own
//! session tokens that it stands for (one per joined code). A session ends after an idle time, at the latest after an
//! absolute time, when the guardian leaves, or when the portal stops. Nothing here opens content or signs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::{Digest, decode_fixed};
use handdruk_domain::exchange::SessionToken;
use handdruk_domain::ids::InvitationId;
use jiff::SignedDuration;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::config;

/// How many codes one session may hold: children, and organisations around them.
pub(crate) const MAX_ACCOUNTS: usize = 16;
/// How far a machine's clock may be set back, as it is by those who keep it right.
const SET_BACK: SignedDuration = SignedDuration::from_mins(1);

/// What the cookie holds. Never printed.
#[derive(Clone)]
pub(crate) struct SessionId(Zeroizing<[u8; 32]>);

impl SessionId {
    fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut bytes[..]);
        Self(bytes)
    }

    /// Reads a cookie's value.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        decode_fixed(text).map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Writes a cookie's value.
    pub(crate) fn encode(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::BASE64URL_NOPAD.encode(&self.0[..]))
    }

    fn digest(&self) -> Digest {
        Digest::of_parts(&[b"handdruk portal session v1\0", &self.0[..]])
    }
}

impl core::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SessionId")
    }
}

/// One joined code: the gateway's session for it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) invitation: InvitationId,
    pub(crate) token: SessionToken,
}

#[derive(Debug)]
struct Session {
    began: Timestamp,
    touched: Timestamp,
    accounts: Vec<Account>,
}

/// A session as a request sees it.
#[derive(Debug, Clone)]
pub(crate) struct Live {
    /// In the order in which they were joined.
    pub(crate) accounts: Vec<Account>,
    /// When it ends.
    pub(crate) times: Times,
}

impl Live {
    /// The gateway's session for one of the joined codes.
    pub(crate) fn token(&self, invitation: InvitationId) -> Option<&SessionToken> {
        let account = self
            .accounts
            .iter()
            .find(|account| account.invitation == invitation);
        account.map(|account| &account.token)
    }
}

/// When a session ends, in seconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) ends: u32,
    pub(crate) idle: u32,
    pub(crate) warn: u32,
}

/// A code could not be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotJoined {
    /// There is no such session (any more).
    NoSession,
    /// It holds as many codes as it may.
    Full,
}

/// Every open session. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    open: Arc<Mutex<HashMap<Digest, Session>>>,
    clock: Arc<dyn Clock>,
    limits: config::Sessions,
}

impl Sessions {
    /// No session yet. `clock` is wall time.
    pub(crate) fn new(limits: config::Sessions, clock: Arc<dyn Clock>) -> Self {
        Self {
            open: Arc::default(),
            clock,
            limits,
        }
    }

    /// Begins a session for a guardian who has just shown code and secret to the gateway.
    pub(crate) fn begin(&self, account: Account, rng: &mut impl CryptoRng) -> (SessionId, Live) {
        let id = SessionId::random(rng);
        let mut open = self.lock();
        let now = self.clock.now();
        let session = Session {
            began: now,
            touched: now,
            accounts: vec![account],
        };
        let live = self.seen(&session, now);
        if open.len() >= self.limits.open {
            // Whoever was away longest logs in again; that is better than nobody getting in.
            let idlest = open
                .iter()
                .min_by_key(|(_, session)| session.touched)
                .map(|(digest, _)| *digest);
            idlest.map(|digest| open.remove(&digest));
        }
        open.insert(id.digest(), session);
        (id, live)
    }

    /// Adds a joined code, or renews the gateway's session for one that is there.
    pub(crate) fn join(&self, id: &SessionId, account: Account) -> Result<Live, NotJoined> {
        let mut open = self.lock();
        let now = self.clock.now();
        let session = self.live(&mut open, id, now).ok_or(NotJoined::NoSession)?;
        let known = session
            .accounts
            .iter()
            .position(|known| known.invitation == account.invitation);
        match known {
            Some(at) => session.accounts[at].token = account.token,
            None if session.accounts.len() >= MAX_ACCOUNTS => return Err(NotJoined::Full),
            None => session.accounts.push(account),
        }
        session.touched = now;
        Ok(self.seen(session, now))
    }

    /// The session of a cookie. It was used: its idle time begins anew.
    pub(crate) fn touch(&self, id: &SessionId) -> Option<Live> {
        let mut open = self.lock();
        let now = self.clock.now();
        let session = self.live(&mut open, id, now)?;
        session.touched = now;
        Some(self.seen(session, now))
    }

    /// The session of a cookie, without prolonging it.
    pub(crate) fn look(&self, id: &SessionId) -> Option<Live> {
        let mut open = self.lock();
        let now = self.clock.now();
        let session = self.live(&mut open, id, now)?;
        Some(self.seen(session, now))
    }

    /// Ends a session; what the gateway must be told to end too.
    pub(crate) fn end(&self, id: &SessionId) -> Vec<Account> {
        let ended = self.lock().remove(&id.digest());
        ended.map(|session| session.accounts).unwrap_or_default()
    }

    /// Forgets what ended by itself.
    pub(crate) fn sweep(&self) {
        let mut open = self.lock();
        let now = self.clock.now();
        open.retain(|_, session| self.remaining(session, now).is_some());
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Session>> {
        // No change to the map is left half done by a panic.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live<'a>(
        &self,
        open: &'a mut HashMap<Digest, Session>,
        id: &SessionId,
        now: Timestamp,
    ) -> Option<&'a mut Session> {
        let digest = id.digest();
        if self.remaining(open.get(&digest)?, now).is_none() {
            open.remove(&digest);
            return None;
        }
        open.get_mut(&digest)
    }

    fn seen(&self, session: &Session, now: Timestamp) -> Live {
        let (ends, idle) = self.remaining(session, now).unwrap_or_default();
        Live {
            accounts: session.accounts.clone(),
            times: Times {
                ends,
                idle,
                warn: self.limits.warn_seconds,
            },
        }
    }

    /// Seconds until the absolute and the idle end, when neither is past. `now` is read under the lock, so that it is not
    /// before what another request has just noted. A clock that was set back by more than a minute ends a session: it cannot
    /// be known how long it was idle.
    fn remaining(&self, session: &Session, now: Timestamp) -> Option<(u32, u32)> {
        let left = |since: Timestamp, minutes: u32| {
            let passed = now.duration_since(since);
            if passed < -SET_BACK {
                return None;
            }
            let whole = SignedDuration::from_mins(i64::from(minutes));
            let left = whole.checked_sub(passed.max(SignedDuration::ZERO))?;
            u32::try_from(left.as_secs()).ok().filter(|seconds| *seconds > 0)
        };
        let ends = left(session.began, self.limits.absolute_minutes)?;
        let idle = left(session.touched, self.limits.idle_minutes)?;
        Some((ends, idle.min(ends)))
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    #[derive(Debug)]
    struct Hand(Mutex<Timestamp>);

    impl Clock for Hand {
        fn now(&self) -> Timestamp {
            *self.0.lock().expect("not poisoned")
        }
    }

    impl Hand {
        fn pass(&self, seconds: i64) {
            let mut now = self.0.lock().expect("not poisoned");
            *now += SignedDuration::from_secs(seconds);
        }
    }

    fn sessions(open: usize) -> (Sessions, Arc<Hand>, ChaCha20Rng) {
        let clock = Arc::new(Hand(Mutex::new("2027-02-01T08:00:00Z".parse().expect("a time"))));
        let limits = config::Sessions {
            open,
            ..config::Sessions::default()
        };
        let rng = ChaCha20Rng::from_seed([1; 32]);
        (Sessions::new(limits, clock.clone()), clock, rng)
    }

    fn account(number: u8) -> Account {
        Account {
            invitation: InvitationId::from_bytes([number; 16]),
            token: SessionToken::from_bytes([number; 32]),
        }
    }

    #[test]
    fn a_session_ends_when_idle_and_using_it_prolongs_it() {
        let (sessions, clock, mut rng) = sessions(10);
        let (id, live) = sessions.begin(account(1), &mut rng);
        assert_eq!(
            (live.times.ends, live.times.idle, live.times.warn),
            (8 * 3600, 900, 120)
        );
        clock.pass(899);
        assert_eq!(
            sessions.look(&id).expect("open").times.idle,
            1,
            "looking does not prolong"
        );
        assert_eq!(sessions.touch(&id).expect("open").times.idle, 900);
        clock.pass(899);
        assert!(sessions.look(&id).is_some());
        clock.pass(1);
        assert!(sessions.touch(&id).is_none());
        assert_eq!(sessions.count(), 0);
    }

    #[test]
    fn a_session_in_use_ends_after_eight_hours_all_the_same() {
        let (sessions, clock, mut rng) = sessions(10);
        let (id, _) = sessions.begin(account(1), &mut rng);
        for _ in 0..(8 * 6 - 1) {
            clock.pass(600);
            assert!(sessions.touch(&id).is_some());
        }
        clock.pass(599);
        assert_eq!(
            sessions.touch(&id).expect("open").times,
            Times {
                ends: 1,
                idle: 1,
                warn: 120
            }
        );
        clock.pass(1);
        assert!(sessions.touch(&id).is_none());
    }

    #[test]
    fn only_the_value_itself_opens_a_session() {
        let (sessions, _, mut rng) = sessions(10);
        let (id, _) = sessions.begin(account(1), &mut rng);
        let value = id.encode();
        assert_eq!(value.len(), 43);
        assert!(
            sessions
                .look(&SessionId::parse(&value).expect("its own value"))
                .is_some()
        );
        let mut forged = value.to_string().into_bytes();
        forged[0] = if forged[0] == b'A' { b'B' } else { b'A' };
        let forged = String::from_utf8(forged).expect("text");
        assert!(
            sessions
                .look(&SessionId::parse(&forged).expect("well-formed"))
                .is_none()
        );
        for wrong in [
            "",
            "x",
            &format!("{}=", &*value),
            &value[1..],
            &id.digest().to_string(),
        ] {
            let found = SessionId::parse(wrong).and_then(|id| sessions.look(&id));
            assert!(found.is_none(), "{wrong}");
        }
        assert!(!format!("{sessions:?} {id:?}").contains(&*value));
    }

    #[test]
    fn codes_are_joined_up_to_a_limit_and_never_into_a_session_that_is_not_there() {
        let (sessions, _, mut rng) = sessions(10);
        let (id, _) = sessions.begin(account(0), &mut rng);
        for number in 1..16 {
            assert!(sessions.join(&id, account(number)).is_ok());
        }
        assert_eq!(sessions.join(&id, account(16)).err(), Some(NotJoined::Full));
        let live = sessions.join(&id, account(3)).expect("known already");
        assert_eq!(live.accounts.len(), MAX_ACCOUNTS);
        assert!(live.token(account(3).invitation).is_some());
        assert!(live.token(account(16).invitation).is_none());
        assert_eq!(sessions.end(&id).len(), MAX_ACCOUNTS);
        assert_eq!(sessions.join(&id, account(1)).err(), Some(NotJoined::NoSession));
        assert!(sessions.end(&id).is_empty());
    }

    #[test]
    fn a_full_house_lets_the_idlest_go() {
        let (sessions, clock, mut rng) = sessions(2);
        let (first, _) = sessions.begin(account(1), &mut rng);
        clock.pass(1);
        let (second, _) = sessions.begin(account(2), &mut rng);
        clock.pass(1);
        sessions.touch(&first).expect("open");
        let (third, _) = sessions.begin(account(3), &mut rng);
        assert!(sessions.look(&second).is_none());
        assert!(sessions.look(&first).is_some() && sessions.look(&third).is_some());
        clock.pass(3600);
        sessions.sweep();
        assert_eq!(sessions.count(), 0);
    }

    #[test]
    fn a_clock_that_is_put_right_ends_nothing_and_one_that_is_set_back_ends_a_session() {
        let (sessions, clock, mut rng) = sessions(10);
        let (id, _) = sessions.begin(account(1), &mut rng);
        clock.pass(-60);
        assert_eq!(
            sessions.look(&id).expect("open").times.idle,
            900,
            "and gives no time"
        );
        clock.pass(-1);
        assert!(sessions.touch(&id).is_none());
    }

    #[test]
    fn a_session_that_many_requests_use_at_once_stays() {
        let clock = Arc::new(handdruk_service::SystemClock);
        let sessions = Sessions::new(config::Sessions::default(), clock);
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let (id, _) = sessions.begin(account(1), &mut rng);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..20_000).for_each(|_| assert!(sessions.touch(&id).is_some())));
            }
        });
    }
}
