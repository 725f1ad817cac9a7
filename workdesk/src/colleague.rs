//! The colleague behind a request.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_look::{Frame, Place, Words};
use handdruk_proto::v1;
use handdruk_web::Source;
use handdruk_web::cookie::SessionCookie;

use crate::access::{Action, Reach, Sensitivity, Verdict, may};
use crate::desk::Desk;
use crate::people::{AccountState, Role, Scope};
use crate::problem::Problem;
use crate::reader::Reader;
use crate::store::StoreError;

/// The account that is logged in. Born only from a session in force of an account in force: a handler that takes one is
/// for colleagues only.
#[derive(Clone)]
pub struct Colleague {
    /// The organisation's own reference: what statements and the view log say.
    pub reference: ProfessionalRef,
    /// The name that colleagues see.
    pub name: String,
    /// What they are there for.
    pub roles: BTreeSet<Role>,
    /// For which sites and teams.
    pub scope: Scope,
    /// Absent colleagues for whom they stand in today.
    pub stands_in_for: BTreeSet<ProfessionalRef>,
    /// From where they ask.
    pub(crate) source: Source,
    /// Where the script is that announces the session's end.
    session_script: String,
    /// How many times glass was broken that no privacy officer has read about; 0 for everybody else.
    pub(crate) unread_broken_glass: u64,
    /// In which language they read, and where they are.
    pub reader: Reader,
    /// When the session ends.
    pub times: SessionTimes,
}

impl core::fmt::Debug for Colleague {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Colleague").finish_non_exhaustive()
    }
}

/// When a session ends, in seconds from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionTimes {
    /// It ends at the latest after this long.
    pub ends: u32,
    /// It ends after this long in which nothing was asked.
    pub idle: u32,
    /// How long before either the page warns.
    pub warn: u32,
}

impl Colleague {
    /// The reader's words.
    pub fn words(&self) -> Words {
        self.reader.words
    }

    /// Who acts, for the node.
    pub fn acting(&self) -> Option<v1::ActingProfessional> {
        Some(v1::ActingProfessional {
            professional: self.reference.as_str().to_owned(),
        })
    }

    /// Whether the colleague has this role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Whether any of the colleague's roles does this, whatever it is done with.
    pub fn does(&self, action: Action) -> bool {
        let verdict = may(&self.roles, action, &Sensitivity::Nothing, Reach::Mine);
        matches!(verdict, Verdict::Allowed(_))
    }

    /// The frame of a page: with the places that this colleague may go to.
    pub fn frame(&self, title: impl Into<String>) -> Frame {
        let words = self.words();
        let mut frame = self.reader.frame(title);
        let here = &self.reader.path;
        let place = |href: &str, label: String| Place {
            current: here == href,
            href: href.to_owned(),
            label,
        };
        let mut places = Vec::new();
        if self.does(Action::List) {
            places.push(place("/", words.say("place-overview")));
        }
        if self.does(Action::Send) {
            places.push(place("/send", words.say("place-send")));
        }
        if self.does(Action::ManageAccounts) || self.does(Action::MarkAbsent) {
            places.push(place("/colleagues", words.say("place-colleagues")));
        }
        if self.does(Action::ReadLog) {
            places.push(place("/log", words.say("place-log")));
        }
        if self.does(Action::ReadBrokenGlass) {
            let unread = self.unread_broken_glass;
            let label = if unread == 0 {
                words.say("place-glass")
            } else {
                words.with("count", unread).say("place-glass-unread")
            };
            places.push(place("/glass", label));
        }
        places.push(place("/me", words.say("place-me")));
        frame.places = places;
        frame.scripts = vec![self.session_script.clone()];
        frame.data = vec![
            ("ends", self.times.ends.to_string()),
            ("idle", self.times.idle.to_string()),
            ("warn", self.times.warn.to_string()),
            ("warning-title", words.say("session-warning-title")),
            ("warning-text", words.say("session-warning")),
            ("warning-last", words.say("session-warning-last")),
            ("warning-stay", words.say("session-stay")),
            ("warning-leave", words.say("session-leave")),
        ];
        frame
    }
}

/// The workdesk's cookie for its sessions.
pub(crate) const SESSION: SessionCookie = SessionCookie("__Host-workdesk");

impl FromRequestParts<Desk> for Colleague {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Problem> {
        let id = SESSION.shown(&parts.headers).ok_or(Problem::LoggedOut)?;
        let live = desk.sessions().touch(&id).ok_or(Problem::LoggedOut)?;
        let seated = live.held;
        let reference = seated.reference;
        let broken = |error: StoreError| desk.broken(&error);
        let mut snapshot = desk.store().snapshot().await.map_err(broken)?;
        let account = snapshot.account(&reference).await.map_err(broken)?;
        let credential = snapshot.credential(&reference).await.map_err(broken)?;
        // Whoever enrolled anew, or is there for something else now, logs in anew: also where it was done on the machine.
        let same = credential.is_some_and(|credential| credential.mark() == seated.credential);
        let account = account
            .filter(|account| same && account.state == AccountState::Active && account.roles == seated.roles);
        let Some(account) = account else {
            desk.sessions().end(&id);
            return Err(Problem::LoggedOut);
        };
        let stands_in_for = snapshot
            .absent_for(&reference, desk.today())
            .await
            .map_err(broken)?;
        let unread = if account.roles.contains(&Role::PrivacyOfficer) {
            snapshot.unread_broken_glass().await.map_err(broken)?
        } else {
            0
        };
        Ok(Self {
            reference,
            name: account.name,
            roles: account.roles,
            scope: account.scope,
            stands_in_for,
            source: source_of(parts, desk),
            unread_broken_glass: unread,
            session_script: format!("{}/session.js", desk.assets().base()),
            reader: Reader::of(parts),
            times: SessionTimes {
                ends: live.times.ends,
                idle: live.times.idle,
                warn: live.times.warn,
            },
        })
    }
}

#[cfg(test)]
impl Colleague {
    /// Somebody with this account, as they are when they have just logged in.
    pub(crate) fn of(account: crate::people::Account) -> Self {
        let reader = Reader {
            words: crate::words::words(handdruk_look::Language::Nl),
            path: "/".to_owned(),
            query: String::new(),
        };
        let nowhere = SocketAddr::from(([192, 0, 2, 1], 0));
        Self {
            reference: account.reference,
            name: account.name,
            roles: account.roles,
            scope: account.scope,
            stands_in_for: BTreeSet::new(),
            source: Source::of(nowhere, &axum::http::HeaderMap::new(), false),
            session_script: String::new(),
            unread_broken_glass: 0,
            reader,
            times: SessionTimes {
                ends: 1,
                idle: 1,
                warn: 1,
            },
        }
    }
}

/// From where a request comes.
pub(crate) fn source_of(parts: &Parts, desk: &Desk) -> Source {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)), |ConnectInfo(peer)| *peer);
    Source::of(peer, &parts.headers, desk.config().behind_proxy)
}
