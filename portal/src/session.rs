//! Who is behind a browser: the codes that were joined in one session, with the gateway's own session for each.
//!
//! Invariant: nothing here opens content or signs. A session's cookie and times are [`handdruk_web::session`]'s.

use std::sync::Arc;

use handdruk_domain::clock::Clock;
use handdruk_domain::exchange::SessionToken;
use handdruk_domain::ids::InvitationId;
use handdruk_web::config;
pub(crate) use handdruk_web::session::{SessionId, Times};
use rand_core::CryptoRng;

/// How many codes one session may hold: children, and organisations around them.
pub(crate) const MAX_ACCOUNTS: usize = 16;

/// One joined code: the gateway's session for it.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) invitation: InvitationId,
    pub(crate) token: SessionToken,
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

impl From<handdruk_web::session::Live<Vec<Account>>> for Live {
    fn from(live: handdruk_web::session::Live<Vec<Account>>) -> Self {
        Self {
            accounts: live.held,
            times: live.times,
        }
    }
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
pub(crate) struct Sessions(handdruk_web::session::Sessions<Vec<Account>>);

impl Sessions {
    /// No session yet. `clock` is wall time.
    pub(crate) fn new(limits: config::Sessions, clock: Arc<dyn Clock>) -> Self {
        Self(handdruk_web::session::Sessions::new(limits, clock, "portal"))
    }

    /// Begins a session for a guardian who has just shown code and secret to the gateway.
    pub(crate) fn begin(&self, account: Account, rng: &mut impl CryptoRng) -> (SessionId, Live) {
        let (id, live) = self.0.begin(vec![account], rng);
        (id, live.into())
    }

    /// Adds a joined code, or renews the gateway's session for one that is there.
    pub(crate) fn join(&self, id: &SessionId, account: Account) -> Result<Live, NotJoined> {
        let joined = self.0.change(id, |accounts| {
            let known = accounts
                .iter()
                .position(|known| known.invitation == account.invitation);
            match known {
                Some(at) => accounts[at].token = account.token,
                None if accounts.len() >= MAX_ACCOUNTS => return Err(NotJoined::Full),
                None => accounts.push(account),
            }
            Ok(())
        });
        joined.ok_or(NotJoined::NoSession)?.map(Into::into)
    }

    /// The session of a cookie. It was used: its idle time begins anew.
    pub(crate) fn touch(&self, id: &SessionId) -> Option<Live> {
        self.0.touch(id).map(Into::into)
    }

    /// The session of a cookie, without prolonging it.
    pub(crate) fn look(&self, id: &SessionId) -> Option<Live> {
        self.0.look(id).map(Into::into)
    }

    /// Ends a session; what the gateway must be told to end too.
    pub(crate) fn end(&self, id: &SessionId) -> Vec<Account> {
        self.0.end(id).unwrap_or_default()
    }

    /// Forgets what ended by itself.
    pub(crate) fn sweep(&self) {
        self.0.sweep();
    }

    /// How many are open.
    pub(crate) fn count(&self) -> usize {
        self.0.count()
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    fn account(number: u8) -> Account {
        Account {
            invitation: InvitationId::from_bytes([number; 16]),
            token: SessionToken::from_bytes([number; 32]),
        }
    }

    #[test]
    fn codes_are_joined_up_to_a_limit_and_never_into_a_session_that_is_not_there() {
        let clock = Arc::new(handdruk_service::SystemClock);
        let sessions = Sessions::new(config::Sessions::default(), clock);
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
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
}
