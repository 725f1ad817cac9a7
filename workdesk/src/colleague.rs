//! The colleague behind a request.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_look::{Frame, Place, Words};
use handdruk_proto::v1;

use crate::desk::Desk;
use crate::people::{Role, Scope};
use crate::problem::Problem;
use crate::reader::Reader;

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
        frame.places = vec![place("/me", words.say("place-me"))];
        frame
    }
}

impl FromRequestParts<Desk> for Colleague {
    type Rejection = Problem;
    async fn from_request_parts(_: &mut Parts, _: &Desk) -> Result<Self, Problem> {
        Err(Problem::LoggedOut)
    }
}
