//! Auditing a gateway's whole database, without the gateway: the log against its signed head, and every row against the log.
//!
//! [`audit_store`] opens the file for reading only and looks at one snapshot of it. It finds any change in
//! - the evidence: commitments, salts, events, block hashes, the head, and the columns that stand beside an event;
//! - every statement: its bytes by the digest that the log cites, its signatures by the keys of whoever had to sign;
//! - the rows that evidence commits to: members, key bundles, catalogues, what is registered; invitations with own keys and
//!   end; handovers with parties, child, stage, how they are counted, and the permit, envelope, release, receipt and withdrawals that the state
//!   rests on, and the stage of the warm part with what leads to it; which statements belong to a handover; sealed
//!   compartments; sealed views that wait in an outbox.
//!
//! An event that was erased leaves its commitment, and the log verifies all the same. What the event said is then unknown,
//! so a row that lacks its event is passed over where an erased event could have been it, and only there.
//!
//! **Not committed to by evidence**, so a change there is not found: `log_head.turn` and `log_head.latest` (they count commits and date the last); of `handovers`
//! `due` and, inside `state`, who is awaited until when and why something is blocked (the rules give them anew from the
//! statements at the next decision), the day of a deadline and who has heard of it, and a withdrawal that nobody has answered;
//! of `invitations` `gateway_half`, `login_verifier`, `failed_logins` and `locked_until` (secrets and counters that stand in
//! no statement; with a wrong half or verifier a guardian cannot log in); `sessions`;
//! `previews` (a guardian's client verifies what it opens against the manifest's commitments) and `plans` (signed by the sender
//! under the seal); `requests` (first answers);
//! `notices` apart from sealed views (an outbox: nodes verify each statement and ask for the rest); `key_rings` (a guardian's own,
//! sealed in the browser); `outcomes`, `heard` and `unkept` (what retention goes by); `counts` (tables
//! that were told, with small numbers hidden: nothing is left to make them from).
//!
//! Without the registrar's key and the authorities the keys are taken as they stand in the log: then the audit shows that the
//! store agrees with itself and, given a checkpoint that the auditor holds, with that.
//!
//! Keys and memberships of organisations stand in memory; the log, statements, invitations and handovers never do.

mod directory;
mod handovers;
mod log;
mod people;
mod report;
mod signers;
mod statements;
mod walk;

use std::collections::BTreeMap;
use std::path::Path;

use handdruk_domain::audit::Trust;
use handdruk_domain::evidence::SignedCheckpoint;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::{KeyId, PublicKey};

use super::connection::Connection;
use super::query::Query;
use super::{postgres, sqlite};
use crate::store::StoreFault;
use report::Findings;
pub use report::{StoreCheck, StoreFinding, StoreReport};

/// Which event cites which statement. The types are PostgreSQL's; SQLite takes any.
const CITES: &str = "CREATE TEMP TABLE cites (digest BYTEA NOT NULL, leaf BIGINT NOT NULL, position BIGINT NOT NULL, \
     act TEXT NOT NULL, handover BYTEA, PRIMARY KEY (digest, leaf))";

/// Audits the SQLite database at `path`. With `trust`, keys and memberships are verified from the registrar and the
/// authorities on; with `held`, the log must extend that checkpoint. A fault means that the file could not be opened as a
/// database.
pub async fn audit_store(
    path: &Path,
    trust: Option<&Trust<'_>>,
    held: Option<&SignedCheckpoint>,
) -> Result<StoreReport, StoreFault> {
    audit(sqlite::open_to_read(path).await?, trust, held).await
}

/// The same for the PostgreSQL database at `url`.
pub async fn audit_database(
    url: &str,
    trust: Option<&Trust<'_>>,
    held: Option<&SignedCheckpoint>,
) -> Result<StoreReport, StoreFault> {
    audit(postgres::open_to_read(url).await?, trust, held).await
}

/// Audits one snapshot. What the audit notes for itself stands in tables of its own, which go with it.
async fn audit(
    mut connection: Connection,
    trust: Option<&Trust<'_>>,
    held: Option<&SignedCheckpoint>,
) -> Result<StoreReport, StoreFault> {
    connection.run(Query::new(CITES)).await?;
    let mut audit = Audit {
        connection,
        trust,
        held,
        findings: Findings::default(),
        keys: BTreeMap::new(),
        owner: None,
        leaves: 0,
        erased: 0,
        last_erased: None,
    };
    audit.check_everything().await;
    let Audit {
        connection, findings, ..
    } = audit;
    connection.close().await;
    Ok(findings.into_report())
}

/// The checks in progress.
struct Audit<'a> {
    connection: Connection,
    trust: Option<&'a Trust<'a>>,
    held: Option<&'a SignedCheckpoint>,
    findings: Findings,
    /// Every statement key that is on record, and whose it is.
    keys: BTreeMap<KeyId, (Oin, PublicKey)>,
    /// Whose log it is, by its checkpoint.
    owner: Option<Oin>,
    leaves: u64,
    erased: u64,
    /// The last leaf whose event was erased.
    last_erased: Option<u64>,
}

impl Audit<'_> {
    async fn check_everything(&mut self) {
        // Each needs what the ones before it noted. One that the file does not let through has failed; the others go on.
        let file = self.check_file().await;
        self.unless_broken(file);
        let keys = self.check_keys().await;
        self.unless_broken(keys);
        let log = self.check_log().await;
        self.unless_broken(log);
        let directory = self.check_directory().await;
        self.unless_broken(directory);
        let statements = self.check_statements().await;
        self.unless_broken(statements);
        let people = self.check_people().await;
        self.unless_broken(people);
        let handovers = self.check_handovers().await;
        self.unless_broken(handovers);
    }

    fn unless_broken(&mut self, checked: Result<(), StoreFault>) {
        if let Err(fault) = checked {
            let cause = std::error::Error::source(&fault)
                .map(|cause| format!(" ({cause})"))
                .unwrap_or_default();
            self.findings.fail(
                StoreCheck::File,
                format!("The database cannot be read to its end: {fault}{cause}."),
            );
        }
    }

    async fn check_file(&mut self) -> Result<(), StoreFault> {
        if !self.connection.is_sqlite() {
            self.findings.skip(
                StoreCheck::File,
                "PostgreSQL looks after its own pages: turn its data checksums on.",
            );
            return Ok(());
        }
        let integrity = Query::new("SELECT integrity_check AS says FROM pragma_integrity_check");
        for row in self.connection.rows(integrity).await? {
            let says = row.text("says")?;
            self.findings
                .require(StoreCheck::File, says == "ok", || format!("SQLite says: {says}."));
        }
        let references = Query::new("SELECT \"table\" AS child, parent FROM pragma_foreign_key_check");
        for row in self.connection.rows(references).await? {
            let says = format!(
                "A row of {} refers to one of {} that is not there.",
                row.text("child")?,
                row.text("parent")?
            );
            self.findings.fail(StoreCheck::File, says);
        }
        self.findings.pass(
            StoreCheck::File,
            "The file is sound, and no row refers to one that is not there.",
        );
        Ok(())
    }

    /// What was read of a row, or a finding that it cannot be read. A fault of the file itself is passed on.
    fn readable<T>(
        &mut self,
        check: StoreCheck,
        what: &str,
        read: Result<T, StoreFault>,
    ) -> Result<Option<T>, StoreFault> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(StoreFault::Column(column)) => {
                self.findings
                    .fail(check, format!("The column {column} of {what} cannot be read."));
                Ok(None)
            }
            Err(StoreFault::Database(sqlx::Error::ColumnDecode { index, .. })) => {
                self.findings
                    .fail(check, format!("The column {index} of {what} cannot be read."));
                Ok(None)
            }
            Err(StoreFault::Damaged(damaged)) => {
                self.findings.fail(check, format!("{what}: {damaged}."));
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Whether what is missing beside a leaf or after it could have been an event that was erased.
    fn may_be_erased_after(&self, leaf: u64) -> bool {
        self.last_erased.is_some_and(|last| last > leaf)
    }
}

#[cfg(test)]
pub(crate) mod tests;
