//! The registrar's statements, as the operator placed them in a folder: memberships and the catalogue. Only what verifies
//! under the pinned key is taken; the folder is looked at again while the gateway runs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use handdruk_domain::catalogue::{Catalogue, CatalogueError};
use handdruk_domain::clock::Timestamp;
use handdruk_domain::exchange::{Caller, Command, Request};
use handdruk_domain::oin::{Municipality, Oin};
use handdruk_domain::role::Role;
use handdruk_domain::statement::member::{CatalogueText, Membership, MembershipStatus};
use handdruk_domain::statement::{
    Kind, RawStatement, Statement, StatementError, StatementFileError, Verified, VerifyingKey,
};

/// A file in the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The folder or a file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not a statement.
    #[error("{path} is not a statement")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: StatementFileError,
    },
    /// The registrar did not sign it.
    #[error("{path} is not signed by the registrar")]
    Stranger {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: StatementError,
    },
    /// Neither a membership nor a catalogue.
    #[error("{path} holds a {kind}; only memberships and one catalogue belong here")]
    WrongKind {
        /// Which file.
        path: PathBuf,
        /// What it holds.
        kind: Kind,
    },
    /// The catalogue contradicts itself.
    #[error("the catalogue cannot be used")]
    Catalogue(#[from] CatalogueError),
    /// There must be one.
    #[error("{path} must hold exactly one catalogue; {found} found")]
    Catalogues {
        /// Which folder.
        path: PathBuf,
        /// How many there are.
        found: usize,
    },
}

/// What the folder says, verified.
#[derive(Debug, Clone)]
pub(crate) struct Signed {
    memberships: Vec<Verified<Membership>>,
    catalogue: Verified<CatalogueText>,
}

impl Signed {
    /// Reads every `.json` file of a folder.
    pub(crate) fn read(folder: &Path, registrar: &VerifyingKey) -> Result<Self, DirectoryError> {
        let read = |source| DirectoryError::Read {
            path: folder.to_owned(),
            source,
        };
        let mut memberships: Vec<Verified<Membership>> = Vec::new();
        let mut catalogues = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(read)? {
            let path = entry.map_err(read)?.path();
            if path.extension().is_none_or(|kind| kind != "json") {
                continue;
            }
            let text = std::fs::read_to_string(&path).map_err(|source| DirectoryError::Read {
                path: path.clone(),
                source,
            })?;
            let raw = RawStatement::from_file(&text).map_err(|source| DirectoryError::Malformed {
                path: path.clone(),
                source,
            })?;
            let stranger = |source| DirectoryError::Stranger {
                path: path.clone(),
                source,
            };
            match raw.kind {
                Kind::Membership => {
                    let claim = Statement::<Membership>::claim(raw).map_err(stranger)?;
                    memberships.push(claim.verify(&[registrar]).map_err(stranger)?);
                }
                Kind::Catalogue => {
                    let claim = Statement::claim(raw).map_err(stranger)?;
                    catalogues.push(claim.verify(&[registrar]).map_err(stranger)?);
                }
                kind => return Err(DirectoryError::WrongKind { path, kind }),
            }
        }
        let found = catalogues.len();
        let catalogue: Verified<CatalogueText> = match (catalogues.pop(), found) {
            (Some(one), 1) => one,
            _ => {
                return Err(DirectoryError::Catalogues {
                    path: folder.to_owned(),
                    found,
                });
            }
        };
        Catalogue::parse(&catalogue.0)?;
        memberships.sort_by(|a, b| (&a.oin, a.serial).cmp(&(&b.oin, b.serial)));
        Ok(Self {
            memberships,
            catalogue,
        })
    }

    /// The commands that put it in force.
    pub(crate) fn commands(&self) -> Vec<Request> {
        let own = |command| Request {
            caller: Caller::Gateway,
            reference: None,
            command,
        };
        let mut commands = vec![own(Command::RegisterCatalogue {
            catalogue: self.catalogue.clone(),
        })];
        commands.extend(self.memberships.iter().map(|m| {
            own(Command::RegisterMember {
                membership: m.clone(),
            })
        }));
        commands
    }
}

/// Who is a member with which roles, for the outer door. The exchange decides with what is in the store.
#[derive(Debug, Clone, Default)]
pub(crate) struct Directory {
    members: Arc<RwLock<BTreeMap<Oin, Membership>>>,
}

impl Directory {
    /// Takes over what the folder says; the highest serial of each organisation counts.
    pub(crate) fn take(&self, signed: &Signed) {
        let newest = signed
            .memberships
            .iter()
            .map(|m| (m.oin.clone(), m.body().clone()))
            .collect();
        *self.members.write().unwrap_or_else(PoisonError::into_inner) = newest;
    }

    /// A member's roles at `now`; none when it is not one.
    pub(crate) fn roles(&self, oin: &Oin, now: Timestamp) -> Option<BTreeSet<Role>> {
        let members = self.members.read().unwrap_or_else(PoisonError::into_inner);
        let membership = members.get(oin)?;
        let counts = membership.status == MembershipStatus::Active && now < membership.not_after;
        counts.then(|| membership.roles.clone())
    }

    /// The municipality with this code, if it is a member at `now`.
    pub(crate) fn municipality(&self, code: &Municipality, now: Timestamp) -> Option<Oin> {
        let members = self.members.read().unwrap_or_else(PoisonError::into_inner);
        let counts = |m: &&Membership| {
            m.municipality.as_ref() == Some(code) && m.status == MembershipStatus::Active && now < m.not_after
        };
        members
            .values()
            .find(counts)
            .map(|membership| membership.oin.clone())
    }

    /// Every organisation that is or was a member.
    pub(crate) fn oins(&self) -> Vec<Oin> {
        self.members
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .keys()
            .cloned()
            .collect()
    }
}
