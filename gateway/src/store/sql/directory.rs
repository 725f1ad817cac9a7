//! Memberships, key bundles, catalogues.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::StoredStatement;
use handdruk_domain::oin::Oin;
use handdruk_domain::statement::KeyId;
use handdruk_domain::statement::Verified;
use handdruk_domain::statement::member::{KeyBundle, Membership};

use super::columns::{id, word};
use super::connection::{Answers, Connection, Row};
use super::query::{Query, Script, bytes, names, row};
use super::statements::read;
use crate::store::StoreFault;

const MEMBER: &str = "member";
const CURRENT_BUNDLE: &str = "current bundle";
const BUNDLE_BY_KEY: &str = "bundle by key";
const IN_FORCE: &str = "catalogue in force";

/// Memberships in order of OIN.
pub(super) async fn members(
    connection: &mut Connection,
    after: Option<&Oin>,
    limit: u32,
) -> Result<Vec<StoredStatement>, StoreFault> {
    let query = Query::new(
        "SELECT s.digest, s.kind, s.body, s.signatures FROM members m JOIN statements s ON s.digest = m.digest \
         WHERE m.oin > ? ORDER BY m.oin LIMIT ?",
    );
    let after = after.map_or("", Oin::as_str).to_owned();
    let rows = connection.rows(query.bind(after).bind(limit)).await?;
    rows.iter().map(read).collect()
}

/// One membership.
pub(super) async fn member(
    connection: &mut Connection,
    oin: &Oin,
) -> Result<Option<StoredStatement>, StoreFault> {
    let query = Query::new(
        "SELECT s.digest, s.kind, s.body, s.signatures FROM members m JOIN statements s ON s.digest = m.digest \
         WHERE m.oin = ?",
    );
    let row = connection.row(query.bind(oin)).await?;
    row.as_ref().map(read).transpose()
}

/// Asks for memberships of these organisations, and for their current key bundles.
pub(super) fn ask_members(script: &mut Script, oins: &BTreeSet<Oin>) {
    script.ask_within(
        MEMBER,
        "SELECT s.digest, s.kind, s.body, s.signatures FROM members m JOIN statements s ON s.digest = m.digest \
         WHERE m.oin ?in",
        names(oins),
    );
    script.ask_within(
        CURRENT_BUNDLE,
        "SELECT b.oin, s.digest, s.kind, s.body, s.signatures FROM bundles b JOIN statements s ON s.digest = b.digest \
         WHERE b.serial = (SELECT MAX(newest.serial) FROM bundles newest WHERE newest.oin = b.oin) AND b.oin ?in",
        names(oins),
    );
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
    script.ask_within(
        BUNDLE_BY_KEY,
        "SELECT b.oin, s.digest, s.kind, s.body, s.signatures FROM bundles b JOIN statements s ON s.digest = b.digest \
         WHERE b.key ?in",
        bytes(keys),
    );
}

/// The key bundles asked for by key.
pub(super) fn read_bundles_by_key(
    answers: &Answers,
) -> impl Iterator<Item = Result<(Oin, StoredStatement), StoreFault>> {
    answers.of(BUNDLE_BY_KEY).iter().map(read_owned)
}

fn read_owned(row: &Row) -> Result<(Oin, StoredStatement), StoreFault> {
    Ok((word(row, "oin")?, read(row)?))
}

/// An organisation's key bundles, oldest first.
pub(super) async fn bundles(
    connection: &mut Connection,
    oin: &Oin,
) -> Result<Vec<StoredStatement>, StoreFault> {
    let query = Query::new(
        "SELECT s.digest, s.kind, s.body, s.signatures FROM bundles b JOIN statements s ON s.digest = b.digest \
         WHERE b.oin = ? ORDER BY b.serial",
    );
    let rows = connection.rows(query.bind(oin)).await?;
    rows.iter().map(read).collect()
}

/// The catalogue in force, or one by digest that once was.
pub(super) async fn catalogue(
    connection: &mut Connection,
    digest: Option<Digest>,
) -> Result<Option<StoredStatement>, StoreFault> {
    let query = match digest {
        None => Query::new(
            "SELECT s.digest, s.kind, s.body, s.signatures FROM catalogues c \
             JOIN statements s ON s.digest = c.digest ORDER BY c.position DESC LIMIT 1",
        ),
        Some(digest) => Query::new(
            "SELECT s.digest, s.kind, s.body, s.signatures FROM catalogues c \
             JOIN statements s ON s.digest = c.digest WHERE c.digest = ? LIMIT 1",
        )
        .bind(digest),
    };
    let row = connection.row(query).await?;
    row.as_ref().map(read).transpose()
}

/// Asks which catalogue is in force.
pub(super) fn ask_in_force(script: &mut Script) {
    let newest = Query::new("SELECT digest FROM catalogues ORDER BY position DESC LIMIT 1");
    script.ask(IN_FORCE, newest);
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
    script.run(Query::new("INSERT INTO catalogues (digest) VALUES (?)").bind(digest));
}

pub(super) fn put_members(script: &mut Script, members: &BTreeMap<Oin, Verified<Membership>>) {
    let rows = members.iter();
    let rows = rows.map(|(oin, membership)| row![oin, membership.digest()]);
    script.run_rows(
        "INSERT INTO members (oin, digest) ?rows ON CONFLICT (oin) DO UPDATE SET digest = excluded.digest",
        rows.collect(),
    );
}

pub(super) fn put_bundles(script: &mut Script, bundles: &BTreeMap<Oin, Verified<KeyBundle>>) {
    let rows = bundles.iter().map(|(oin, bundle)| {
        let key = bundle.statement_key.id();
        row![oin, bundle.serial, &key.as_bytes()[..], bundle.digest()]
    });
    script.run_rows(
        "INSERT INTO bundles (oin, serial, key, digest) ?rows",
        rows.collect(),
    );
}
