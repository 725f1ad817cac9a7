//! Who is behind a browser: sessions, kept in memory.
//!
//! Invariant: a cookie's value is 256 random bits and nothing else; only its SHA-256 is kept, beside what the session stands
//! for. A session ends after an idle time, at the latest after an absolute time, when its person leaves, or when the process
//! stops.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use handdruk_domain::clock::{Clock, Timestamp};
use handdruk_domain::digest::{Digest, decode_fixed};
use jiff::SignedDuration;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::config;

/// How far a machine's clock may be set back, as it is by those who keep it right.
const SET_BACK: SignedDuration = SignedDuration::from_mins(1);

/// What the cookie holds. Never printed.
#[derive(Clone)]
pub struct SessionId(Zeroizing<[u8; 32]>);

impl SessionId {
    fn random(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut bytes[..]);
        Self(bytes)
    }

    /// Reads a cookie's value.
    pub fn parse(text: &str) -> Option<Self> {
        decode_fixed(text).map(|bytes| Self(Zeroizing::new(bytes)))
    }

    /// Writes a cookie's value.
    pub fn encode(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::BASE64URL_NOPAD.encode(&self.0[..]))
    }
}

impl core::fmt::Debug for SessionId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SessionId")
    }
}

#[derive(Debug)]
struct Session<T> {
    began: Timestamp,
    touched: Timestamp,
    held: T,
}

/// A session as a request sees it.
#[derive(Debug, Clone)]
pub struct Live<T> {
    /// What it stands for.
    pub held: T,
    /// When it ends.
    pub times: Times,
}

/// When a session ends, in seconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// It ends at the latest after this long.
    pub ends: u32,
    /// It ends after this long in which nothing was asked.
    pub idle: u32,
    /// How long before either the page warns.
    pub warn: u32,
}

/// Every open session, each standing for a `T`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions<T> {
    open: Arc<Mutex<HashMap<Digest, Session<T>>>>,
    clock: Arc<dyn Clock>,
    limits: config::Sessions,
    /// Goes into every digest: one site's cookie is nothing to another.
    site: &'static str,
}

impl<T: Clone> Sessions<T> {
    /// No session yet. `clock` is wall time; `site` tells one kind of session from another.
    pub fn new(limits: config::Sessions, clock: Arc<dyn Clock>, site: &'static str) -> Self {
        Self {
            open: Arc::default(),
            clock,
            limits,
            site,
        }
    }

    /// Begins a session for whoever has just shown who they are.
    pub fn begin(&self, held: T, rng: &mut impl CryptoRng) -> (SessionId, Live<T>) {
        let id = SessionId::random(rng);
        let mut open = self.lock();
        let now = self.clock.now();
        let session = Session {
            began: now,
            touched: now,
            held,
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
        open.insert(self.digest(&id), session);
        (id, live)
    }

    /// Changes what a session stands for; none where there is no such session. Where `change` refuses, nothing changed.
    pub fn change<E>(
        &self,
        id: &SessionId,
        change: impl FnOnce(&mut T) -> Result<(), E>,
    ) -> Option<Result<Live<T>, E>> {
        let mut open = self.lock();
        let now = self.clock.now();
        let session = self.live(&mut open, id, now)?;
        let mut held = session.held.clone();
        if let Err(refused) = change(&mut held) {
            return Some(Err(refused));
        }
        session.held = held;
        session.touched = now;
        Some(Ok(self.seen(session, now)))
    }

    /// The session of a cookie. It was used: its idle time begins anew.
    pub fn touch(&self, id: &SessionId) -> Option<Live<T>> {
        let mut open = self.lock();
        let now = self.clock.now();
        let session = self.live(&mut open, id, now)?;
        session.touched = now;
        Some(self.seen(session, now))
    }

    /// The session of a cookie, without prolonging it.
    pub fn look(&self, id: &SessionId) -> Option<Live<T>> {
        let mut open = self.lock();
        let now = self.clock.now();
        let session = self.live(&mut open, id, now)?;
        Some(self.seen(session, now))
    }

    /// Ends a session; what it stood for.
    pub fn end(&self, id: &SessionId) -> Option<T> {
        self.lock().remove(&self.digest(id)).map(|session| session.held)
    }

    /// Ends every session that stands for such a thing.
    pub fn end_where(&self, stands_for: impl Fn(&T) -> bool) {
        self.lock().retain(|_, session| !stands_for(&session.held));
    }

    /// Forgets what ended by itself.
    pub fn sweep(&self) {
        let mut open = self.lock();
        let now = self.clock.now();
        open.retain(|_, session| self.remaining(session, now).is_some());
    }

    /// How many are open.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn digest(&self, id: &SessionId) -> Digest {
        Digest::of_parts(&[b"handdruk ", self.site.as_bytes(), b" session v1\0", &id.0[..]])
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Session<T>>> {
        // No change to the map is left half done by a panic.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live<'a>(
        &self,
        open: &'a mut HashMap<Digest, Session<T>>,
        id: &SessionId,
        now: Timestamp,
    ) -> Option<&'a mut Session<T>> {
        let digest = self.digest(id);
        if self.remaining(open.get(&digest)?, now).is_none() {
            open.remove(&digest);
            return None;
        }
        open.get_mut(&digest)
    }

    fn seen(&self, session: &Session<T>, now: Timestamp) -> Live<T> {
        let (ends, idle) = self.remaining(session, now).unwrap_or_default();
        Live {
            held: session.held.clone(),
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
    fn remaining(&self, session: &Session<T>, now: Timestamp) -> Option<(u32, u32)> {
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

    fn sessions(open: usize) -> (Sessions<u8>, Arc<Hand>, ChaCha20Rng) {
        let clock = Arc::new(Hand(Mutex::new("2027-02-01T08:00:00Z".parse().expect("a time"))));
        let limits = config::Sessions {
            open,
            ..config::Sessions::default()
        };
        let rng = ChaCha20Rng::from_seed([1; 32]);
        (Sessions::new(limits, clock.clone(), "test"), clock, rng)
    }

    #[test]
    fn a_session_ends_when_idle_and_using_it_prolongs_it() {
        let (sessions, clock, mut rng) = sessions(10);
        let (id, live) = sessions.begin(1, &mut rng);
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
        let (id, _) = sessions.begin(1, &mut rng);
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
        let (id, _) = sessions.begin(1, &mut rng);
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
            &sessions.digest(&id).to_string(),
        ] {
            let found = SessionId::parse(wrong).and_then(|id| sessions.look(&id));
            assert!(found.is_none(), "{wrong}");
        }
        assert!(!format!("{sessions:?} {id:?}").contains(&*value));
    }

    #[test]
    fn what_a_session_stands_for_changes_or_it_is_refused_and_stays() {
        let (sessions, _, mut rng) = sessions(10);
        let (id, _) = sessions.begin(1, &mut rng);
        let changed = sessions.change(&id, |held| {
            *held = 2;
            Ok::<_, ()>(())
        });
        assert_eq!(changed.expect("open").expect("changed").held, 2);
        let refused = sessions.change(&id, |held| {
            *held = 3;
            Err("no")
        });
        assert_eq!(refused.expect("open").expect_err("refused"), "no");
        assert_eq!(sessions.look(&id).expect("open").held, 2);
        sessions.end_where(|held| *held == 3);
        assert_eq!(sessions.count(), 1);
        sessions.end_where(|held| *held == 2);
        assert!(sessions.look(&id).is_none() && sessions.change(&id, |_| Ok::<_, ()>(())).is_none());
    }

    #[test]
    fn a_full_house_lets_the_idlest_go() {
        let (sessions, clock, mut rng) = sessions(2);
        let (first, _) = sessions.begin(1, &mut rng);
        clock.pass(1);
        let (second, _) = sessions.begin(2, &mut rng);
        clock.pass(1);
        sessions.touch(&first).expect("open");
        let (third, _) = sessions.begin(3, &mut rng);
        assert!(sessions.look(&second).is_none());
        assert!(sessions.look(&first).is_some() && sessions.look(&third).is_some());
        clock.pass(3600);
        sessions.sweep();
        assert_eq!(sessions.count(), 0);
    }

    #[test]
    fn a_clock_that_is_put_right_ends_nothing_and_one_that_is_set_back_ends_a_session() {
        let (sessions, clock, mut rng) = sessions(10);
        let (id, _) = sessions.begin(1, &mut rng);
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
        let sessions = Sessions::new(config::Sessions::default(), clock, "test");
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let (id, _) = sessions.begin(1, &mut rng);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..20_000).for_each(|_| assert!(sessions.touch(&id).is_some())));
            }
        });
    }
}
