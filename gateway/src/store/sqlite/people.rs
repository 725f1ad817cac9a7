//! Invitations with what became of them, and sessions.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{ChildKey, GatewayHalf, Invited, Session, StoredInvitation, StoredStatement};
use handdruk_domain::ids::InvitationId;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::columns::{id, micros, optional_id, optional_time, optional_word, time, word};
use super::statements::{self, ROWS};
use crate::store::StoreFault;

/// The children that these invitations are about.
pub(super) async fn children_of(
    connection: &mut SqliteConnection,
    invitations: &BTreeSet<InvitationId>,
) -> Result<BTreeMap<InvitationId, ChildKey>, StoreFault> {
    let mut children = BTreeMap::new();
    if invitations.is_empty() {
        return Ok(children);
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT invitation, inviter, child FROM invitations WHERE invitation IN (",
    );
    let mut list = query.separated(", ");
    for invitation in invitations {
        list.push_bind(invitation.as_bytes().to_vec());
    }
    query.push(")");
    for row in query.build().persistent(false).fetch_all(connection).await? {
        let key = ChildKey {
            inviter: word(&row, "inviter")?,
            child: id(&row, "child")?,
        };
        children.insert(id(&row, "invitation")?, key);
    }
    Ok(children)
}

/// Every invitation of these children, in the order of the log.
pub(super) async fn invitations(
    connection: &mut SqliteConnection,
    children: &[ChildKey],
) -> Result<Vec<StoredInvitation>, StoreFault> {
    let mut rows = Vec::new();
    for children in children.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "SELECT position, digest, gateway_half, own_keys, login_verifier, failed_logins, locked_until, ended \
             FROM invitations WHERE (inviter, child) IN (",
        );
        query.push_values(children, |mut row, key| {
            row.push_bind(key.inviter.as_str().to_owned())
                .push_bind(key.child.as_bytes().to_vec());
        });
        query.push(") ORDER BY position");
        rows.extend(
            query
                .build()
                .persistent(false)
                .fetch_all(&mut *connection)
                .await?,
        );
    }
    let mut digests = Vec::with_capacity(rows.len() * 2);
    for row in &rows {
        digests.push(id::<Digest>(row, "digest")?);
        digests.extend(optional_id::<Digest>(row, "own_keys")?);
    }
    let found = statements::by_digest(connection, &digests).await?;
    let statement = |digest: Digest| -> Result<StoredStatement, StoreFault> {
        found.get(&digest).cloned().ok_or(StoreFault::Column("digest"))
    };
    let mut invitations = Vec::with_capacity(rows.len());
    for row in &rows {
        let keys: Option<Digest> = optional_id(row, "own_keys")?;
        let activated = match (keys, optional_id::<Digest>(row, "login_verifier")?) {
            (Some(keys), Some(verifier)) => {
                let failed = row.try_get::<i64, _>("failed_logins")?;
                let failed = u32::try_from(failed).map_err(|_| StoreFault::Column("failed_logins"))?;
                Some((
                    statement(keys)?,
                    verifier,
                    failed,
                    optional_time(row, "locked_until")?,
                ))
            }
            _ => None,
        };
        invitations.push(StoredInvitation {
            invitation: statement(id(row, "digest")?)?,
            gateway_half: id::<GatewayHalf>(row, "gateway_half")?,
            activated,
            ended: optional_word(row, "ended")?,
        });
    }
    Ok(invitations)
}

/// Sessions by digest.
pub(super) async fn sessions(
    connection: &mut SqliteConnection,
    digests: &BTreeSet<Digest>,
) -> Result<Vec<(Digest, Session)>, StoreFault> {
    if digests.is_empty() {
        return Ok(Vec::new());
    }
    let mut query =
        QueryBuilder::<Sqlite>::new("SELECT digest, invitation, not_after FROM sessions WHERE digest IN (");
    let mut list = query.separated(", ");
    for digest in digests {
        list.push_bind(digest.as_bytes().to_vec());
    }
    query.push(")");
    let rows = query.build().persistent(false).fetch_all(connection).await?;
    let read = |row| {
        let not_after = time(Row::try_get(row, "not_after")?)?;
        Ok((
            id(row, "digest")?,
            Session {
                invitation: id(row, "invitation")?,
                not_after,
            },
        ))
    };
    rows.iter().map(read).collect()
}

pub(super) async fn put_invitations(
    connection: &mut SqliteConnection,
    invitations: &BTreeMap<InvitationId, (ChildKey, Invited)>,
) -> Result<(), StoreFault> {
    let invitations: Vec<_> = invitations.values().collect();
    for invitations in invitations.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO invitations (invitation, inviter, child, digest, gateway_half, own_keys, login_verifier, \
             failed_logins, locked_until, ended) ",
        );
        query.push_values(invitations, |mut row, (key, invited)| {
            let activated = invited.activated.as_ref();
            row.push_bind(invited.invitation.invitation.as_bytes().to_vec())
                .push_bind(key.inviter.as_str().to_owned())
                .push_bind(key.child.as_bytes().to_vec())
                .push_bind(invited.invitation.digest().as_bytes().to_vec())
                .push_bind(invited.gateway_half.as_bytes().to_vec())
                .push_bind(activated.map(|activated| activated.keys.digest().as_bytes().to_vec()))
                .push_bind(activated.map(|activated| activated.login_verifier.as_bytes().to_vec()))
                .push_bind(activated.map_or(0, |activated| i64::from(activated.failed_logins)))
                .push_bind(activated.and_then(|activated| activated.locked_until).map(micros))
                .push_bind(invited.ended.map(handdruk_domain::exchange::Ended::word));
        });
        // Who was invited never changes; what became of it does.
        query.push(
            " ON CONFLICT (invitation) DO UPDATE SET own_keys = excluded.own_keys, \
             login_verifier = excluded.login_verifier, failed_logins = excluded.failed_logins, \
             locked_until = excluded.locked_until, ended = excluded.ended",
        );
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) async fn put_sessions(
    connection: &mut SqliteConnection,
    sessions: &BTreeMap<Digest, Option<Session>>,
) -> Result<(), StoreFault> {
    let begun: Vec<_> = sessions
        .iter()
        .filter_map(|(digest, session)| Some((digest, (*session)?)))
        .collect();
    for begun in begun.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO sessions (digest, invitation, not_after) ");
        query.push_values(begun, |mut row, (digest, session)| {
            row.push_bind(digest.as_bytes().to_vec())
                .push_bind(session.invitation.as_bytes().to_vec())
                .push_bind(micros(session.not_after));
        });
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    let ended: Vec<_> = sessions.iter().filter(|(_, session)| session.is_none()).collect();
    for ended in ended.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM sessions WHERE digest IN (");
        let mut list = query.separated(", ");
        for (digest, _) in ended {
            list.push_bind(digest.as_bytes().to_vec());
        }
        query.push(")");
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Removes sessions that ended before `now`.
pub(super) async fn end_sessions(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> Result<(), StoreFault> {
    sqlx::query("DELETE FROM sessions WHERE not_after <= ?")
        .bind(micros(now))
        .execute(connection)
        .await?;
    Ok(())
}
