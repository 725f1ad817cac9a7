//! Memberships, key bundles, catalogues.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::StoredStatement;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::KeyId;
use handdruk_domain::statement::Verified;
use handdruk_domain::statement::member::{KeyBundle, Membership};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use super::columns::{id, stored, word};
use super::script::{Answers, Script};
use super::statements::{ROWS, read};
use crate::store::StoreFault;

const MEMBER: &str = "member";
const CURRENT_BUNDLE: &str = "current bundle";
const BUNDLE_BY_KEY: &str = "bundle by key";
const IN_FORCE: &str = "catalogue in force";

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

/// Asks for memberships of these organisations, and for their current key bundles.
pub(super) fn ask_members(script: &mut Script, oins: &BTreeSet<Oin>) {
    if oins.is_empty() {
        return;
    }
    let query = script.select(
        MEMBER,
        "s.digest, s.kind, s.body, s.signatures FROM members m JOIN statements s ON s.digest = m.digest \
         WHERE m.oin IN (",
    );
    let mut list = query.separated(", ");
    for oin in oins {
        list.push_bind(oin.as_str().to_owned());
    }
    query.push(")");
    let query = script.select(
        CURRENT_BUNDLE,
        "b.oin, s.digest, s.kind, s.body, s.signatures FROM bundles b JOIN statements s ON s.digest = b.digest \
         WHERE b.serial = (SELECT MAX(newest.serial) FROM bundles newest WHERE newest.oin = b.oin) AND b.oin IN (",
    );
    let mut list = query.separated(", ");
    for oin in oins {
        list.push_bind(oin.as_str().to_owned());
    }
    query.push(")");
}

/// The memberships asked for.
pub(super) fn read_members(answers: &Answers) -> impl Iterator<Item = Result<StoredStatement, StoreFault>> {
    answers.of(MEMBER).iter().map(read)
}

/// The current key bundles asked for.
pub(super) fn read_current_bundles(
    answers: &Answers,
) -> impl Iterator<Item = Result<(Oin, StoredStatement), StoreFault>> {
    answers.of(CURRENT_BUNDLE).iter().map(read_owned)
}

/// Asks for key bundles by the id of their statement key.
pub(super) fn ask_bundles_by_key(script: &mut Script, keys: &BTreeSet<KeyId>) {
    if keys.is_empty() {
        return;
    }
    let query = script.select(
        BUNDLE_BY_KEY,
        "b.oin, s.digest, s.kind, s.body, s.signatures FROM bundles b JOIN statements s ON s.digest = b.digest \
         WHERE b.key IN (",
    );
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(key.as_bytes().to_vec());
    }
    query.push(")");
}

/// The key bundles asked for by key.
pub(super) fn read_bundles_by_key(
    answers: &Answers,
) -> impl Iterator<Item = Result<(Oin, StoredStatement), StoreFault>> {
    answers.of(BUNDLE_BY_KEY).iter().map(read_owned)
}

fn read_owned(row: &SqliteRow) -> Result<(Oin, StoredStatement), StoreFault> {
    Ok((word(row, "oin")?, read(row)?))
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

/// Asks which catalogue is in force.
pub(super) fn ask_in_force(script: &mut Script) {
    script.select(IN_FORCE, "digest FROM catalogues ORDER BY position DESC LIMIT 1");
}

/// Which catalogue is in force.
pub(super) fn read_in_force(answers: &Answers) -> Result<Option<Digest>, StoreFault> {
    answers
        .of(IN_FORCE)
        .first()
        .map(|row| id(row, "digest"))
        .transpose()
}

pub(super) fn put_catalogue(script: &mut Script, digest: Digest) {
    script
        .then("INSERT INTO catalogues (digest) VALUES (")
        .push_bind(digest.as_bytes().to_vec())
        .push(")");
}

pub(super) fn put_members(script: &mut Script, members: &BTreeMap<Oin, Verified<Membership>>) {
    let members: Vec<_> = members.iter().collect();
    for members in members.chunks(ROWS) {
        let query = script.then("INSERT INTO members (oin, digest) ");
        query.push_values(members, |mut row, (oin, membership)| {
            row.push_bind(oin.as_str().to_owned())
                .push_bind(membership.digest().as_bytes().to_vec());
        });
        query.push(" ON CONFLICT (oin) DO UPDATE SET digest = excluded.digest");
    }
}

pub(super) fn put_bundles(script: &mut Script, bundles: &BTreeMap<Oin, Verified<KeyBundle>>) {
    let bundles: Vec<_> = bundles.iter().collect();
    for bundles in bundles.chunks(ROWS) {
        let query = script.then("INSERT INTO bundles (oin, serial, key, digest) ");
        query.push_values(bundles, |mut row, (oin, bundle)| {
            row.push_bind(oin.as_str().to_owned())
                .push_bind(stored(bundle.serial))
                .push_bind(bundle.statement_key.id().as_bytes().to_vec())
                .push_bind(bundle.digest().as_bytes().to_vec());
        });
    }
}
