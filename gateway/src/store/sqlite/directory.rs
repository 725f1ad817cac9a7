//! Memberships, key bundles, catalogues.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::StoredStatement;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::KeyId;
use handdruk_domain::statement::Verified;
use handdruk_domain::statement::member::{KeyBundle, Membership};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::columns::{stored, word};
use super::statements::{ROWS, read};
use crate::store::StoreFault;

/// Memberships in order of OIN.
pub(super) async fn members(
    connection: &mut SqliteConnection,
    after: Option<&Oin>,
    limit: u32,
) -> Result<Vec<StoredStatement>, StoreFault> {
    let rows = sqlx::query(
        "SELECT s.digest, s.kind, s.body, s.signatures FROM members m JOIN statements s ON s.digest = m.digest \
         WHERE m.oin > ? ORDER BY m.oin LIMIT ?",
    )
    .bind(after.map_or("", Oin::as_str).to_owned())
    .bind(i64::from(limit))
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// One membership.
pub(super) async fn member(
    connection: &mut SqliteConnection,
    oin: &Oin,
) -> Result<Option<StoredStatement>, StoreFault> {
    let row = sqlx::query(
        "SELECT s.digest, s.kind, s.body, s.signatures FROM members m JOIN statements s ON s.digest = m.digest \
         WHERE m.oin = ?",
    )
    .bind(oin.as_str().to_owned())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read).transpose()
}

/// Memberships of these organisations.
pub(super) async fn members_of(
    connection: &mut SqliteConnection,
    oins: &BTreeSet<Oin>,
) -> Result<Vec<StoredStatement>, StoreFault> {
    if oins.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT s.digest, s.kind, s.body, s.signatures FROM members m JOIN statements s ON s.digest = m.digest \
         WHERE m.oin IN (",
    );
    let mut list = query.separated(", ");
    for oin in oins {
        list.push_bind(oin.as_str().to_owned());
    }
    query.push(")");
    query
        .build()
        .persistent(false)
        .fetch_all(connection)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// The current key bundles of these organisations.
pub(super) async fn current_bundles(
    connection: &mut SqliteConnection,
    oins: &BTreeSet<Oin>,
) -> Result<Vec<(Oin, StoredStatement)>, StoreFault> {
    if oins.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT b.oin, s.digest, s.kind, s.body, s.signatures FROM bundles b JOIN statements s ON s.digest = b.digest \
         WHERE b.serial = (SELECT MAX(newest.serial) FROM bundles newest WHERE newest.oin = b.oin) AND b.oin IN (",
    );
    let mut list = query.separated(", ");
    for oin in oins {
        list.push_bind(oin.as_str().to_owned());
    }
    query.push(")");
    let rows = query.build().persistent(false).fetch_all(connection).await?;
    rows.iter()
        .map(|row| Ok((word(row, "oin")?, read(row)?)))
        .collect()
}

/// Key bundles by the id of their statement key.
pub(super) async fn bundles_by_key(
    connection: &mut SqliteConnection,
    keys: &BTreeSet<KeyId>,
) -> Result<Vec<(Oin, StoredStatement)>, StoreFault> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = QueryBuilder::<Sqlite>::new(
        "SELECT b.oin, s.digest, s.kind, s.body, s.signatures FROM bundles b JOIN statements s ON s.digest = b.digest \
         WHERE b.key IN (",
    );
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(key.as_bytes().to_vec());
    }
    query.push(")");
    let rows = query.build().persistent(false).fetch_all(connection).await?;
    rows.iter()
        .map(|row| Ok((word(row, "oin")?, read(row)?)))
        .collect()
}

/// An organisation's key bundles, oldest first.
pub(super) async fn bundles(
    connection: &mut SqliteConnection,
    oin: &Oin,
) -> Result<Vec<StoredStatement>, StoreFault> {
    let rows = sqlx::query(
        "SELECT s.digest, s.kind, s.body, s.signatures FROM bundles b JOIN statements s ON s.digest = b.digest \
         WHERE b.oin = ? ORDER BY b.serial",
    )
    .bind(oin.as_str().to_owned())
    .fetch_all(connection)
    .await?;
    rows.iter().map(read).collect()
}

/// The catalogue in force, or one by digest that once was.
pub(super) async fn catalogue(
    connection: &mut SqliteConnection,
    digest: Option<Digest>,
) -> Result<Option<StoredStatement>, StoreFault> {
    let row = match digest {
        None => {
            sqlx::query(
                "SELECT s.digest, s.kind, s.body, s.signatures FROM catalogues c \
                 JOIN statements s ON s.digest = c.digest ORDER BY c.position DESC LIMIT 1",
            )
            .fetch_optional(connection)
            .await?
        }
        Some(digest) => {
            sqlx::query(
                "SELECT s.digest, s.kind, s.body, s.signatures FROM catalogues c \
                 JOIN statements s ON s.digest = c.digest WHERE c.digest = ? LIMIT 1",
            )
            .bind(digest.as_bytes().to_vec())
            .fetch_optional(connection)
            .await?
        }
    };
    row.as_ref().map(read).transpose()
}

/// Which catalogue is in force.
pub(super) async fn in_force(connection: &mut SqliteConnection) -> Result<Option<Digest>, StoreFault> {
    let bytes: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT digest FROM catalogues ORDER BY position DESC LIMIT 1")
            .fetch_optional(connection)
            .await?;
    bytes
        .map(|bytes| Digest::try_from(bytes.as_slice()).map_err(|_| StoreFault::Column("digest")))
        .transpose()
}

pub(super) async fn put_catalogue(
    connection: &mut SqliteConnection,
    digest: Digest,
) -> Result<(), StoreFault> {
    sqlx::query("INSERT INTO catalogues (digest) VALUES (?)")
        .bind(digest.as_bytes().to_vec())
        .execute(connection)
        .await?;
    Ok(())
}

pub(super) async fn put_members(
    connection: &mut SqliteConnection,
    members: &BTreeMap<Oin, Verified<Membership>>,
) -> Result<(), StoreFault> {
    let members: Vec<_> = members.iter().collect();
    for members in members.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO members (oin, digest) ");
        query.push_values(members, |mut row, (oin, membership)| {
            row.push_bind(oin.as_str().to_owned())
                .push_bind(membership.digest().as_bytes().to_vec());
        });
        query.push(" ON CONFLICT (oin) DO UPDATE SET digest = excluded.digest");
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) async fn put_bundles(
    connection: &mut SqliteConnection,
    bundles: &BTreeMap<Oin, Verified<KeyBundle>>,
) -> Result<(), StoreFault> {
    let bundles: Vec<_> = bundles.iter().collect();
    for bundles in bundles.chunks(ROWS) {
        let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO bundles (oin, serial, key, digest) ");
        query.push_values(bundles, |mut row, (oin, bundle)| {
            row.push_bind(oin.as_str().to_owned())
                .push_bind(stored(bundle.serial))
                .push_bind(bundle.statement_key.id().as_bytes().to_vec())
                .push_bind(bundle.digest().as_bytes().to_vec());
        });
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}
