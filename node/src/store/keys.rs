//! This organisation's key bundles, and what was pinned of others'.

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::oin::Oin;
use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::{Cell, Snapshot, StoreError, Tx, instant, millis, one_row};
use crate::written::Written;

/// The private halves of one bundle, and the bundle itself as signed.
#[derive(Serialize, Deserialize)]
pub(crate) struct OwnSecrets {
    /// Ed25519 seed, 32 bytes.
    pub(crate) statement_seed: Bytes,
    /// The opening key pair, as `content::seal` writes it.
    pub(crate) opening: Bytes,
    /// The signed bundle, in the text form of a statement file.
    pub(crate) bundle: String,
}

impl core::fmt::Debug for OwnSecrets {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("OwnSecrets")
    }
}

impl Drop for OwnSecrets {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.statement_seed.0);
        zeroize::Zeroize::zeroize(&mut self.opening.0);
    }
}

/// One of our own bundles.
#[derive(Debug)]
pub(crate) struct OwnBundleRow {
    /// Its serial.
    pub(crate) serial: u64,
    /// Until when it is valid.
    pub(crate) not_after: Timestamp,
    /// Whether the gateway has it.
    pub(crate) published: bool,
    /// The keys.
    pub(crate) secrets: OwnSecrets,
}

fn serial(stored: i64) -> Result<u64, StoreError> {
    u64::try_from(stored).map_err(|_| StoreError::Damaged { table: "own_bundle" })
}

fn stored(serial: u64) -> Result<i64, StoreError> {
    i64::try_from(serial).map_err(|_| StoreError::Damaged { table: "own_bundle" })
}

impl Snapshot {
    /// Our own bundles whose keys are still kept, oldest first.
    pub(crate) async fn own_bundles(&mut self) -> Result<Vec<OwnBundleRow>, StoreError> {
        let rows = sqlx::query("SELECT serial, not_after, published, sealed FROM own_bundle ORDER BY serial")
            .fetch_all(self.connection())
            .await?;
        rows.iter()
            .map(|row| {
                let number: i64 = row.try_get("serial")?;
                let cell = Cell {
                    table: "own_bundle",
                    row: &number.to_be_bytes(),
                };
                Ok(OwnBundleRow {
                    serial: serial(number)?,
                    not_after: instant(row.try_get("not_after")?, "own_bundle")?,
                    published: row.try_get("published")?,
                    secrets: self.open_json(cell, row.try_get("sealed")?)?,
                })
            })
            .collect()
    }

    /// The highest bundle that was seen of an organisation: serial and digest.
    pub(crate) async fn peer_bundle(&mut self, oin: &Oin) -> Result<Option<(u64, Digest)>, StoreError> {
        let row = sqlx::query("SELECT serial, digest FROM peer_bundle WHERE oin = ?")
            .bind(oin.as_str())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| {
            let digest = Digest::try_from(row.try_get::<&[u8], _>("digest")?)
                .map_err(|_| StoreError::Damaged { table: "peer_bundle" })?;
            Ok((serial(row.try_get("serial")?)?, digest))
        })
        .transpose()
    }

    /// Every membership that was seen, as signed.
    pub(crate) async fn members(&mut self) -> Result<Vec<Written>, StoreError> {
        let rows = sqlx::query("SELECT oin, sealed FROM member ORDER BY oin")
            .fetch_all(self.connection())
            .await?;
        rows.iter()
            .map(|row| {
                let oin: &str = row.try_get("oin")?;
                self.open_json(
                    Cell {
                        table: "member",
                        row: oin.as_bytes(),
                    },
                    row.try_get("sealed")?,
                )
            })
            .collect()
    }

    /// The catalogue in force and those before it, oldest first, as signed.
    pub(crate) async fn catalogues(&mut self) -> Result<Vec<Written>, StoreError> {
        let rows = sqlx::query("SELECT digest, sealed FROM catalogue ORDER BY id")
            .fetch_all(self.connection())
            .await?;
        rows.iter()
            .map(|row| {
                let digest: &[u8] = row.try_get("digest")?;
                self.open_json(
                    Cell {
                        table: "catalogue",
                        row: digest,
                    },
                    row.try_get("sealed")?,
                )
            })
            .collect()
    }
}

impl Tx {
    /// Adds a bundle of our own.
    pub(crate) async fn add_own_bundle(
        &mut self,
        number: u64,
        not_before: Timestamp,
        not_after: Timestamp,
        secrets: &OwnSecrets,
    ) -> Result<(), StoreError> {
        let number = stored(number)?;
        let sealed = self.seal_json(
            Cell {
                table: "own_bundle",
                row: &number.to_be_bytes(),
            },
            secrets,
        );
        sqlx::query("INSERT INTO own_bundle (serial, not_before, not_after, sealed) VALUES (?, ?, ?, ?)")
            .bind(number)
            .bind(millis(not_before))
            .bind(millis(not_after))
            .bind(sealed)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Remembers that the gateway has the bundle.
    pub(crate) async fn mark_published(&mut self, number: u64) -> Result<(), StoreError> {
        let done = sqlx::query("UPDATE own_bundle SET published = 1 WHERE serial = ?")
            .bind(stored(number)?)
            .execute(self.connection())
            .await?;
        one_row(&done, "own_bundle")
    }

    /// Erases the private halves of the bundle, which nothing that is still open was sealed to. The bundle stays: its
    /// successor's signature is checked against it.
    pub(crate) async fn erase_private_halves(&mut self, mut row: OwnBundleRow) -> Result<(), StoreError> {
        let number = stored(row.serial)?;
        zeroize::Zeroize::zeroize(&mut row.secrets.statement_seed.0);
        zeroize::Zeroize::zeroize(&mut row.secrets.opening.0);
        let sealed = self.seal_json(
            Cell {
                table: "own_bundle",
                row: &number.to_be_bytes(),
            },
            &row.secrets,
        );
        let done = sqlx::query("UPDATE own_bundle SET sealed = ? WHERE serial = ?")
            .bind(sealed)
            .bind(number)
            .execute(self.connection())
            .await?;
        one_row(&done, "own_bundle")
    }

    /// Pins the highest bundle of an organisation. A lower serial changes nothing.
    pub(crate) async fn pin_peer_bundle(
        &mut self,
        oin: &Oin,
        number: u64,
        digest: Digest,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO peer_bundle (oin, serial, digest) VALUES (?, ?, ?) ON CONFLICT (oin) DO UPDATE \
             SET serial = excluded.serial, digest = excluded.digest WHERE excluded.serial > peer_bundle.serial",
        )
        .bind(oin.as_str())
        .bind(stored(number)?)
        .bind(digest.as_bytes().as_slice())
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Keeps a membership; one with a lower serial than what is known changes nothing.
    pub(crate) async fn keep_member(
        &mut self,
        oin: &Oin,
        number: u64,
        signed: &Written,
    ) -> Result<(), StoreError> {
        let sealed = self.seal_json(
            Cell {
                table: "member",
                row: oin.as_str().as_bytes(),
            },
            signed,
        );
        sqlx::query(
            "INSERT INTO member (oin, serial, sealed) VALUES (?, ?, ?) ON CONFLICT (oin) DO UPDATE \
             SET serial = excluded.serial, sealed = excluded.sealed WHERE excluded.serial > member.serial",
        )
        .bind(oin.as_str())
        .bind(stored(number)?)
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Keeps the catalogue that is in force.
    pub(crate) async fn keep_catalogue(&mut self, signed: &Written) -> Result<(), StoreError> {
        let digest = signed.0.digest();
        let sealed = self.seal_json(
            Cell {
                table: "catalogue",
                row: digest.as_bytes(),
            },
            signed,
        );
        // Written anew, so that the one in force is always the last row.
        sqlx::query("DELETE FROM catalogue WHERE digest = ?")
            .bind(digest.as_bytes().as_slice())
            .execute(self.connection())
            .await?;
        sqlx::query("INSERT INTO catalogue (digest, sealed) VALUES (?, ?)")
            .bind(digest.as_bytes().as_slice())
            .bind(sealed)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}
