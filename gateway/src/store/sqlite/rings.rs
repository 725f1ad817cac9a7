//! Key rings of guardians, sealed.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::exchange::{KeyRing, RingMark};
use handdruk_domain::ids::InvitationId;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::columns::id;
use crate::store::StoreFault;

fn version(row: &SqliteRow) -> Result<u32, StoreFault> {
    u32::try_from(Row::try_get::<i64, _>(row, "version")?).map_err(|_| StoreFault::Column("version"))
}

/// Which rings are kept for these invitations.
pub(super) async fn marks(
    connection: &mut SqliteConnection,
    invitations: &BTreeSet<InvitationId>,
) -> Result<Vec<(InvitationId, RingMark)>, StoreFault> {
    if invitations.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT invitation, version, digest FROM key_rings WHERE invitation IN (",
    );
    let mut list = query.separated(", ");
    for invitation in invitations {
        list.push_bind(invitation.as_bytes().to_vec());
    }
    query.push(")");
    let rows = query.build().persistent(false).fetch_all(connection).await?;
    let read = |row| {
        let mark = RingMark {
            version: version(row)?,
            digest: id(row, "digest")?,
        };
        Ok((id(row, "invitation")?, mark))
    };
    rows.iter().map(read).collect()
}

/// A guardian's ring.
pub(super) async fn ring(
    connection: &mut SqliteConnection,
    invitation: InvitationId,
) -> Result<Option<KeyRing>, StoreFault> {
    let row = sqlx::query("SELECT version, sealed FROM key_rings WHERE invitation = ?")
        .bind(invitation.as_bytes().to_vec())
        .fetch_optional(connection)
        .await?;
    let read = |row: SqliteRow| {
        Ok(KeyRing {
            version: version(&row)?,
            sealed: row.try_get("sealed")?,
        })
    };
    row.map(read).transpose()
}

/// Puts rings in place, each over the version before it.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    rings: &BTreeMap<InvitationId, KeyRing>,
) -> Result<(), StoreFault> {
    // One at a time: a family puts one now and then.
    for (invitation, ring) in rings {
        let put = sqlx::query(
            "INSERT INTO key_rings (invitation, version, digest, sealed) VALUES (?, ?, ?, ?) \
             ON CONFLICT (invitation) DO UPDATE SET version = excluded.version, digest = excluded.digest, \
             sealed = excluded.sealed WHERE version < excluded.version",
        )
        .bind(invitation.as_bytes().to_vec())
        .bind(i64::from(ring.version))
        .bind(ring.mark().digest.as_bytes().to_vec())
        .bind(ring.sealed.clone())
        .execute(&mut *connection)
        .await?;
        if put.rows_affected() != 1 {
            return Err(StoreFault::Column("version"));
        }
    }
    Ok(())
}
