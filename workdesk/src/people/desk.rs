//! How colleagues come in, and how their accounts are tended.
//!
//! Invariant: whoever is not let in is told nothing but that: not whether there is an account, nor which of password and code
//! was wrong. Attempts are counted per account and per source, whether or not there is such an account.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::DefaultClock;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use handdruk_domain::clock::{Clock, Date, Timestamp};
use handdruk_domain::digest::Digest;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_service::Entropy;
use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::password::{self, NotHashed};
use super::{Account, AccountState, EnrolmentCode, Hasher, PasswordFlaw, Role, Scope, SecondFactor};
use crate::access::{Action, Ground, Reach, Sensitivity, Verdict, may};
use crate::log::{Deed, Entry, MACHINE};
use crate::store::{Store, StoreError};

/// Attempts at one account at once, and the pause after which each further one may be made.
const ATTEMPTS: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const PAUSE: Duration = Duration::from_secs(30);
/// How long an enrolment code counts.
const ENROL_WITHIN: SignedDuration = SignedDuration::from_hours(7 * 24);
/// The longest absence, in days: whoever stands in sees what is not theirs.
const LONGEST_ABSENCE: i32 = 90;
/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// Somebody was not let in.
#[derive(Debug)]
pub enum NotIn {
    /// Account, password or code are wrong, or the account is not one that may come in.
    Wrong,
    /// Too many attempts.
    TooMany,
    /// A fault of ours.
    Fault(StoreError),
}

/// A colleague who showed password and code.
#[derive(Debug)]
pub struct Admitted {
    /// Their account.
    pub account: Account,
    /// The mark of what they logged in with.
    pub(crate) credential: Digest,
}

/// A colleague could not enrol.
#[derive(Debug)]
pub enum NotEnrolled {
    /// No such code for this account, or too late.
    Wrong,
    /// The password may not be chosen.
    Password(PasswordFlaw),
    /// The code that the device shows does not fit: it has another secret, or another time.
    Device,
    /// Too many attempts.
    TooMany,
    /// A fault of ours.
    Fault(StoreError),
}

/// An account could not be changed.
#[derive(Debug)]
pub enum NotChanged {
    /// The reference is taken.
    Taken,
    /// There is no such account.
    Unknown,
    /// The name is empty or too long, no role is given, no site or team for somebody who hands over, or a stand-in is not somebody who could stand in.
    Malformed,
    /// The absence ends in the past, or lasts too long.
    TooLong,
    /// Somebody changed it meanwhile.
    Meanwhile,
    /// It is the administrator's own: another one changes it.
    Own,
    /// A fault of ours.
    Fault(StoreError),
}

macro_rules! faults {
    ($($error:ident),*) => {$(
        impl From<StoreError> for $error {
            fn from(error: StoreError) -> Self {
                Self::Fault(error)
            }
        }
    )*};
}
faults!(NotIn, NotEnrolled, NotChanged);

impl From<NotHashed> for NotIn {
    fn from(_: NotHashed) -> Self {
        Self::TooMany
    }
}

impl From<NotHashed> for NotEnrolled {
    fn from(_: NotHashed) -> Self {
        Self::TooMany
    }
}

/// What an administrator says of an account.
#[derive(Debug, Clone)]
pub struct Described {
    /// The name that colleagues see.
    pub name: String,
    /// What they are there for.
    pub roles: BTreeSet<Role>,
    /// For which sites and teams.
    pub scope: Scope,
}

/// The colleagues of one workdesk. Cheap to clone.
#[derive(Clone)]
pub struct People {
    store: Store,
    hasher: Hasher,
    key: Arc<Zeroizing<[u8; 32]>>,
    wall: Arc<dyn Clock>,
    entropy: Entropy,
    attempts: Arc<RateLimiter<Digest, DefaultKeyedStateStore<Digest>, DefaultClock>>,
}

impl core::fmt::Debug for People {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("People")
    }
}

impl People {
    /// The colleagues in `store`. `wall` is this machine's time, as devices show it; `key` is the store's.
    pub fn new(store: Store, key: Zeroizing<[u8; 32]>, wall: Arc<dyn Clock>, entropy: Entropy) -> Self {
        let quota = Quota::with_period(PAUSE).expect("not zero").allow_burst(ATTEMPTS);
        Self {
            store,
            hasher: Hasher::new(entropy.clone()),
            key: Arc::new(key),
            wall,
            entropy,
            attempts: Arc::new(RateLimiter::keyed(quota)),
        }
    }

    /// Lets a colleague in who shows password and code.
    pub async fn let_in(
        &self,
        reference: &str,
        password: Zeroizing<String>,
        code: &str,
    ) -> Result<Admitted, NotIn> {
        self.count(reference).map_err(|()| NotIn::TooMany)?;
        let reference: Option<ProfessionalRef> = reference.parse().ok();
        let mut known = None;
        if let Some(reference) = &reference {
            let mut snapshot = self.store.snapshot().await?;
            let account = snapshot.account(reference).await?;
            let credential = snapshot.credential(reference).await?;
            known = account
                .filter(|account| account.state == AccountState::Active)
                .zip(credential);
        }
        let hash = known.as_ref().map(|(_, credential)| credential.password.clone());
        let fits = self.hasher.verify(password, hash).await?;
        let (account, credential) = known.ok_or(NotIn::Wrong)?;
        let mark = credential.mark();
        let step = SecondFactor::of(credential.secret).step(code, self.wall.now());
        let (true, Some(step)) = (fits, step) else {
            return Err(NotIn::Wrong);
        };
        let mut tx = self.store.begin().await?;
        if !tx.use_step(&account.reference, step).await? {
            return Err(NotIn::Wrong);
        }
        tx.commit().await?;
        Ok(Admitted {
            account,
            credential: mark,
        })
    }

    /// The second factor that comes with an enrolment code, when the code is this account's.
    pub async fn second_factor(&self, reference: &str, code: &str) -> Result<SecondFactor, NotEnrolled> {
        self.count(reference).map_err(|()| NotEnrolled::TooMany)?;
        let (reference, code) = read(reference, code).ok_or(NotEnrolled::Wrong)?;
        let mut snapshot = self.store.snapshot().await?;
        if !snapshot
            .may_enrol(&reference, code.digest(), self.wall.now())
            .await?
        {
            return Err(NotEnrolled::Wrong);
        }
        Ok(SecondFactor::for_enrolment(&self.key, &code))
    }

    /// Uses an enrolment code up: from now on the colleague logs in with this password and the second factor that came with
    /// the code. `source` is from where, for the log.
    pub async fn enrol(
        &self,
        reference: &str,
        code: &str,
        passwords: (Zeroizing<String>, &str),
        shown: &str,
        source: &str,
    ) -> Result<ProfessionalRef, NotEnrolled> {
        let second = self.second_factor(reference, code).await?;
        let (reference, code) = read(reference, code).ok_or(NotEnrolled::Wrong)?;
        let (password, again) = passwords;
        password::check(reference.as_str(), &password, again).map_err(NotEnrolled::Password)?;
        let now = self.wall.now();
        let step = second.step(shown, now).ok_or(NotEnrolled::Device)?;
        let hash = self.hasher.hash(password).await?;
        let mut tx = self.store.begin().await?;
        if !tx.use_enrolment(&reference, code.digest(), now).await? {
            return Err(NotEnrolled::Wrong);
        }
        let account = tx.account(&reference).await?;
        let Some(mut account) = account.filter(|account| account.state != AccountState::Disabled) else {
            return Err(NotEnrolled::Wrong);
        };
        account.state = AccountState::Active;
        tx.put_account(&account).await?;
        tx.set_credential(&reference, &hash, second.as_bytes(), step)
            .await?;
        let line = Entry {
            who: Some(reference.clone()),
            roles: account.roles,
            ..of_account(now, Deed::Enrolled, &reference, source)
        };
        tx.note(&[line]).await?;
        tx.commit().await?;
        Ok(reference)
    }

    /// Adds a colleague; the code to enrol with. `by` is none for whoever tends the machine itself: then the line in the log
    /// is written here.
    pub async fn add(
        &self,
        by: Option<&ProfessionalRef>,
        reference: ProfessionalRef,
        said: Described,
    ) -> Result<EnrolmentCode, NotChanged> {
        check(&said)?;
        let account = Account {
            reference,
            name: said.name,
            state: AccountState::Invited,
            roles: said.roles,
            scope: said.scope,
            version: 1,
            absence: None,
        };
        let mut tx = self.store.begin().await?;
        if !tx.add_account(&account, self.wall.now()).await? {
            return Err(NotChanged::Taken);
        }
        let code = self.invite(&mut tx, &account.reference).await?;
        self.note_machine(&mut tx, by, &account.reference).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Changes what a colleague is there for. Nobody changes their own account.
    pub async fn describe(
        &self,
        by: &ProfessionalRef,
        reference: &ProfessionalRef,
        said: Described,
        seen: i64,
    ) -> Result<(), NotChanged> {
        check(&said)?;
        self.change(by, reference, seen, |account| {
            account.name = said.name;
            account.roles = said.roles;
            account.scope = said.scope;
        })
        .await
    }

    /// Disables a colleague's account. Their sessions are for the caller to end.
    pub async fn disable(
        &self,
        by: &ProfessionalRef,
        reference: &ProfessionalRef,
        seen: i64,
    ) -> Result<(), NotChanged> {
        self.change(by, reference, seen, |account| {
            account.state = AccountState::Disabled;
        })
        .await?;
        let mut tx = self.store.begin().await?;
        tx.forget_credential(reference).await?;
        tx.forget_enrolment(reference).await?;
        Ok(tx.commit().await?)
    }

    /// A new code to enrol with, for who lost password or device, or comes back: what they logged in with before is forgotten.
    /// `by` is none for whoever tends the machine itself: then the line in the log is written here.
    pub async fn reset(
        &self,
        by: Option<&ProfessionalRef>,
        reference: &ProfessionalRef,
    ) -> Result<EnrolmentCode, NotChanged> {
        if by == Some(reference) {
            return Err(NotChanged::Own);
        }
        let mut tx = self.store.begin().await?;
        let mut account = tx.account(reference).await?.ok_or(NotChanged::Unknown)?;
        account.state = AccountState::Invited;
        if !tx.put_account(&account).await? {
            return Err(NotChanged::Meanwhile);
        }
        tx.forget_credential(reference).await?;
        let code = self.invite(&mut tx, reference).await?;
        self.note_machine(&mut tx, by, reference).await?;
        tx.commit().await?;
        Ok(code)
    }

    /// Marks a colleague as absent, or as back. An absence ends within 90 days of `today`; it may be said anew.
    pub async fn absent(
        &self,
        reference: &ProfessionalRef,
        absence: Option<super::Absence>,
        seen: i64,
        today: Date,
    ) -> Result<(), NotChanged> {
        let last = today.saturating_add(jiff::Span::new().days(LONGEST_ABSENCE));
        if absence
            .as_ref()
            .is_some_and(|absence| !(today..=last).contains(&absence.until))
        {
            return Err(NotChanged::TooLong);
        }
        let mut tx = self.store.begin().await?;
        let mut account = tx.account(reference).await?.ok_or(NotChanged::Unknown)?;
        if let Some(stand_in) = absence.as_ref().and_then(|absence| absence.stand_in.as_ref()) {
            let known = tx.account(stand_in).await?;
            let fits = known
                .is_some_and(|known| known.state == AccountState::Active && known.reference != *reference);
            if !fits {
                return Err(NotChanged::Malformed);
            }
        }
        account.absence = absence;
        account.version = seen;
        if !tx.put_account(&account).await? {
            return Err(NotChanged::Meanwhile);
        }
        Ok(tx.commit().await?)
    }

    /// Every account.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        self.store.snapshot().await?.accounts().await
    }

    /// One account.
    pub async fn account(&self, reference: &ProfessionalRef) -> Result<Option<Account>, StoreError> {
        self.store.snapshot().await?.account(reference).await
    }

    /// Forgets attempts that no longer count.
    pub(crate) fn sweep(&self) {
        self.attempts.retain_recent();
        self.attempts.shrink_to_fit();
    }

    async fn change(
        &self,
        by: &ProfessionalRef,
        reference: &ProfessionalRef,
        seen: i64,
        change: impl FnOnce(&mut Account),
    ) -> Result<(), NotChanged> {
        if by == reference {
            return Err(NotChanged::Own);
        }
        let mut tx = self.store.begin().await?;
        let mut account = tx.account(reference).await?.ok_or(NotChanged::Unknown)?;
        change(&mut account);
        account.version = seen;
        if !tx.put_account(&account).await? {
            return Err(NotChanged::Meanwhile);
        }
        Ok(tx.commit().await?)
    }

    /// The line of what was done on the machine. What a colleague does at the workdesk was noted before it came here.
    async fn note_machine(
        &self,
        tx: &mut crate::store::Tx,
        by: Option<&ProfessionalRef>,
        about: &ProfessionalRef,
    ) -> Result<(), StoreError> {
        if by.is_some() {
            return Ok(());
        }
        let line = of_account(self.wall.now(), Deed::TendedAccount, about, MACHINE);
        tx.note(&[line]).await
    }

    async fn invite(
        &self,
        tx: &mut crate::store::Tx,
        reference: &ProfessionalRef,
    ) -> Result<EnrolmentCode, StoreError> {
        let code = EnrolmentCode::random(&mut self.entropy.fork());
        let until = self
            .wall
            .now()
            .checked_add(ENROL_WITHIN)
            .unwrap_or(Timestamp::MAX);
        tx.set_enrolment(reference, code.digest(), until).await?;
        Ok(code)
    }

    fn count(&self, reference: &str) -> Result<(), ()> {
        let key = Digest::of_parts(&[b"account\0", reference.as_bytes()]);
        self.attempts.check_key(&key).map_err(|_| ())
    }
}

/// A line about an account, by nobody in particular.
fn of_account(at: Timestamp, action: Deed, about: &ProfessionalRef, source: &str) -> Entry {
    Entry {
        at,
        who: None,
        roles: BTreeSet::new(),
        action,
        handover: None,
        colleague: Some(about.clone()),
        categories: BTreeSet::new(),
        ground: Ground::Task.word().to_owned(),
        allowed: true,
        source: source.to_owned(),
    }
}

fn read(reference: &str, code: &str) -> Option<(ProfessionalRef, EnrolmentCode)> {
    Some((reference.trim().parse().ok()?, EnrolmentCode::parse(code)?))
}

fn check(said: &Described) -> Result<(), NotChanged> {
    let named = !said.name.trim().is_empty() && said.name.chars().count() <= LONGEST_NAME;
    // Whoever hands over does so from somewhere.
    let sends = may(&said.roles, Action::Send, &Sensitivity::Nothing, Reach::Mine);
    let placed = !matches!(sends, Verdict::Allowed(_)) || said.scope.names_something();
    if named && placed && !said.roles.is_empty() {
        Ok(())
    } else {
        Err(NotChanged::Malformed)
    }
}
