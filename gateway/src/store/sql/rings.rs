//! Key rings of guardians, sealed.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::exchange::{KeyRing, RingMark};
use handdruk_domain::ids::InvitationId;

use super::columns::{id, number};
use super::connection::{Connection, Row};
use super::query::{Query, bytes};
use crate::store::StoreFault;

fn version(row: &Row) -> Result<u32, StoreFault> {
    u32::try_from(number(row, "version")?).map_err(|_| StoreFault::Column("version"))
}

/// Which rings are kept for these invitations.
pub(super) async fn marks(
    connection: &mut Connection,
    invitations: &BTreeSet<InvitationId>,
) -> Result<Vec<(InvitationId, RingMark)>, StoreFault> {
    if invitations.is_empty() {
        return Ok(Vec::new());
    }
    let query = Query::new("SELECT invitation, version, digest FROM key_rings WHERE invitation ?in");
    let rows = connection.rows(query.within(bytes(invitations))).await?;
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
    connection: &mut Connection,
    invitation: InvitationId,
) -> Result<Option<KeyRing>, StoreFault> {
    let query = Query::new("SELECT version, sealed FROM key_rings WHERE invitation = ?");
    let row = connection.row(query.bind(invitation)).await?;
    let read = |row: Row| {
        Ok(KeyRing {
            version: version(&row)?,
            sealed: row.owned("sealed")?,
        })
    };
    row.map(read).transpose()
}

/// Puts rings in place, each over the version before it.
pub(super) async fn put(
    connection: &mut Connection,
    rings: &BTreeMap<InvitationId, KeyRing>,
) -> Result<(), StoreFault> {
    // One at a time: a family puts one now and then.
    for (invitation, ring) in rings {
        let query = Query::new(
            "INSERT INTO key_rings (invitation, version, digest, sealed) VALUES (?, ?, ?, ?) \
             ON CONFLICT (invitation) DO UPDATE SET version = excluded.version, digest = excluded.digest, \
             sealed = excluded.sealed WHERE key_rings.version < excluded.version",
        );
        let query = query
            .bind(*invitation)
            .bind(ring.version)
            .bind(ring.mark().digest)
            .bind(ring.sealed.clone());
        if connection.run(query).await? != 1 {
            return Err(StoreFault::Column("version"));
        }
    }
    Ok(())
}
