//! Colleagues' accounts.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::oin::Site;
use handdruk_domain::role::Desk as Team;
use handdruk_domain::statement::manifest::ProfessionalRef;
use handdruk_service::Cell;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::{Snapshot, StoreError, Tx, millis, word};
use crate::people::{Absence, Account, AccountState, Role, Scope};

const TABLE: &str = "account";

impl Snapshot {
    /// One account.
    pub(crate) async fn account(
        &mut self,
        reference: &ProfessionalRef,
    ) -> Result<Option<Account>, StoreError> {
        let row = sqlx::query(
            "SELECT reference, sealed, state, everything, version, absent_until, stand_in FROM account \
             WHERE reference = ?",
        )
        .bind(reference.as_str())
        .fetch_optional(self.connection())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let roles = self
            .words::<Role>(
                "SELECT reference, role FROM account_role WHERE reference = ?",
                reference,
            )
            .await?;
        let sites = self
            .words::<Site>(
                "SELECT reference, site FROM account_site WHERE reference = ?",
                reference,
            )
            .await?;
        let teams = self
            .words::<Team>(
                "SELECT reference, team FROM account_team WHERE reference = ?",
                reference,
            )
            .await?;
        self.account_of(&row, roles, sites, teams).map(Some)
    }

    /// Every account, in order of reference.
    pub(crate) async fn accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        let rows = sqlx::query(
            "SELECT reference, sealed, state, everything, version, absent_until, stand_in FROM account \
             ORDER BY reference",
        )
        .fetch_all(self.connection())
        .await?;
        let mut roles = self
            .all_words::<Role>("SELECT reference, role FROM account_role")
            .await?;
        let mut sites = self
            .all_words::<Site>("SELECT reference, site FROM account_site")
            .await?;
        let mut teams = self
            .all_words::<Team>("SELECT reference, team FROM account_team")
            .await?;
        let mut accounts = Vec::with_capacity(rows.len());
        for row in &rows {
            let reference: &str = row.try_get("reference")?;
            accounts.push(self.account_of(
                row,
                roles.remove(reference).unwrap_or_default(),
                sites.remove(reference).unwrap_or_default(),
                teams.remove(reference).unwrap_or_default(),
            )?);
        }
        Ok(accounts)
    }

    /// For whom this colleague stands in on this day.
    pub(crate) async fn absent_for(
        &mut self,
        stand_in: &ProfessionalRef,
        today: Date,
    ) -> Result<BTreeSet<ProfessionalRef>, StoreError> {
        let rows = sqlx::query("SELECT reference FROM account WHERE stand_in = ? AND absent_until >= ?")
            .bind(stand_in.as_str())
            .bind(today.to_string())
            .fetch_all(self.connection())
            .await?;
        rows.iter()
            .map(|row| word(row.try_get("reference")?, TABLE))
            .collect()
    }

    /// Whether a colleague other than this one is active and has this role.
    pub(crate) async fn has_active_beside(
        &mut self,
        role: Role,
        beside: &ProfessionalRef,
    ) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT 1 FROM account JOIN account_role USING (reference) \
             WHERE role = ? AND state = ? AND reference <> ?",
        )
        .bind(role.word())
        .bind(AccountState::Active.word())
        .bind(beside.as_str())
        .fetch_optional(self.connection())
        .await?;
        Ok(row.is_some())
    }

    fn account_of(
        &self,
        row: &SqliteRow,
        roles: BTreeSet<Role>,
        sites: BTreeSet<Site>,
        teams: BTreeSet<Team>,
    ) -> Result<Account, StoreError> {
        let reference: &str = row.try_get("reference")?;
        let cell = Cell {
            table: TABLE,
            row: reference.as_bytes(),
        };
        let everything: bool = row.try_get("everything")?;
        let until: Option<&str> = row.try_get("absent_until")?;
        let stand_in: Option<&str> = row.try_get("stand_in")?;
        Ok(Account {
            reference: word(reference, TABLE)?,
            name: self.cells.open_text(cell, row.try_get("sealed")?)?,
            state: word(row.try_get("state")?, TABLE)?,
            roles,
            scope: if everything {
                Scope::Everything
            } else {
                Scope::Only { sites, teams }
            },
            version: row.try_get("version")?,
            absence: until
                .map(|until| {
                    Ok::<_, StoreError>(Absence {
                        until: word(until, TABLE)?,
                        stand_in: stand_in.map(|stand_in| word(stand_in, TABLE)).transpose()?,
                    })
                })
                .transpose()?,
        })
    }

    async fn words<T: core::str::FromStr + Ord>(
        &mut self,
        query: &'static str,
        reference: &ProfessionalRef,
    ) -> Result<BTreeSet<T>, StoreError> {
        let rows = sqlx::query(query)
            .bind(reference.as_str())
            .fetch_all(self.connection())
            .await?;
        rows.iter().map(|row| word(row.try_get(1)?, TABLE)).collect()
    }

    async fn all_words<T: core::str::FromStr + Ord>(
        &mut self,
        query: &'static str,
    ) -> Result<BTreeMap<String, BTreeSet<T>>, StoreError> {
        let mut found: BTreeMap<String, BTreeSet<T>> = BTreeMap::new();
        for row in sqlx::query(query).fetch_all(self.connection()).await? {
            let reference: String = row.try_get(0)?;
            found
                .entry(reference)
                .or_default()
                .insert(word(row.try_get(1)?, TABLE)?);
        }
        Ok(found)
    }
}

impl Tx {
    /// Adds an account; whether the reference was free.
    pub(crate) async fn add_account(
        &mut self,
        account: &Account,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let reference = account.reference.as_str();
        let sealed = self.sealed_name(account);
        let added = sqlx::query(
            "INSERT INTO account (reference, sealed, state, everything, version, made_at) VALUES (?, ?, ?, ?, 1, ?) \
             ON CONFLICT (reference) DO NOTHING",
        )
        .bind(reference)
        .bind(sealed)
        .bind(account.state.word())
        .bind(account.scope == Scope::Everything)
        .bind(millis(now))
        .execute(self.connection())
        .await?;
        if added.rows_affected() == 0 {
            return Ok(false);
        }
        self.put_words(account).await?;
        Ok(true)
    }

    /// Replaces an account that is still at its version; whether it was.
    pub(crate) async fn put_account(&mut self, account: &Account) -> Result<bool, StoreError> {
        let sealed = self.sealed_name(account);
        let absence = account.absence.as_ref();
        let changed = sqlx::query(
            "UPDATE account SET sealed = ?, state = ?, everything = ?, absent_until = ?, stand_in = ?, \
             version = version + 1 WHERE reference = ? AND version = ?",
        )
        .bind(sealed)
        .bind(account.state.word())
        .bind(account.scope == Scope::Everything)
        .bind(absence.map(|absence| absence.until.to_string()))
        .bind(
            absence
                .and_then(|absence| absence.stand_in.as_ref())
                .map(ProfessionalRef::as_str),
        )
        .bind(account.reference.as_str())
        .bind(account.version)
        .execute(self.connection())
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        for forget in [
            "DELETE FROM account_role WHERE reference = ?",
            "DELETE FROM account_site WHERE reference = ?",
            "DELETE FROM account_team WHERE reference = ?",
        ] {
            sqlx::query(forget)
                .bind(account.reference.as_str())
                .execute(self.connection())
                .await?;
        }
        self.put_words(account).await?;
        Ok(true)
    }

    fn sealed_name(&self, account: &Account) -> Vec<u8> {
        let cell = Cell {
            table: TABLE,
            row: account.reference.as_str().as_bytes(),
        };
        self.cells.seal(cell, account.name.as_bytes())
    }

    async fn put_words(&mut self, account: &Account) -> Result<(), StoreError> {
        let reference = account.reference.as_str();
        for role in &account.roles {
            self.put_word(
                "INSERT INTO account_role (reference, role) VALUES (?, ?)",
                reference,
                role.word(),
            )
            .await?;
        }
        if let Scope::Only { sites, teams } = &account.scope {
            for site in sites {
                self.put_word(
                    "INSERT INTO account_site (reference, site) VALUES (?, ?)",
                    reference,
                    &site.to_string(),
                )
                .await?;
            }
            for team in teams {
                self.put_word(
                    "INSERT INTO account_team (reference, team) VALUES (?, ?)",
                    reference,
                    team.word(),
                )
                .await?;
            }
        }
        Ok(())
    }

    async fn put_word(&mut self, query: &'static str, reference: &str, word: &str) -> Result<(), StoreError> {
        sqlx::query(query)
            .bind(reference)
            .bind(word)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
