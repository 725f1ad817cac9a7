//! Who is who: key bundles along their chains, members, catalogues, and what is registered where.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::digest::Digest;
use handdruk_domain::evidence::Act;
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::role::Role;
use handdruk_domain::statement::member::{KeyBundle, Membership};
use handdruk_domain::statement::{KeyId, Kind, RawStatement, Statement, Verified};

use super::Audit;
use super::report::StoreCheck;
use super::signers::said;
use crate::store::StoreFault;
use crate::store::sql::columns::{id, number, optional_word, word};
use crate::store::sql::connection;
use crate::store::sql::query::Query;
use crate::store::sql::statements::read;

/// A row of `bundles` with its statement.
struct BundleRow {
    oin: Oin,
    serial: u64,
    key: KeyId,
    statement: RawStatement,
}

fn read_bundle(row: &connection::Row) -> Result<BundleRow, StoreFault> {
    let key: Digest = id(row, "key")?;
    Ok(BundleRow {
        oin: word(row, "oin")?,
        serial: number(row, "serial")?,
        key: KeyId::from_bytes(*key.as_bytes()),
        statement: read(row)?.statement,
    })
}

impl Audit<'_> {
    /// Reads every key bundle, from each organisation's first on. Everything else is verified under these keys.
    pub(super) async fn check_keys(&mut self) -> Result<(), StoreFault> {
        let rows = self
            .connection
            .rows(Query::new(
                "SELECT b.oin, b.serial, b.key, s.digest, s.kind, s.body, s.signatures FROM bundles b \
             JOIN statements s ON s.digest = b.digest ORDER BY b.oin, b.serial",
            ))
            .await?;
        let mut previous: Option<Verified<KeyBundle>> = None;
        let mut broken = BTreeSet::new();
        for row in &rows {
            let Some(row) = self.readable(StoreCheck::Keys, "a key bundle", read_bundle(row))? else {
                continue;
            };
            let says = said::<KeyBundle>(&row.statement);
            let bundle = says.filter(|says| {
                says.oin == row.oin && says.serial == row.serial && says.statement_key.id() == row.key
            });
            let Some(bundle) = bundle else {
                let says = format!(
                    "Key bundle {} of {} is not what its statement says.",
                    row.serial, row.oin
                );
                self.findings.fail(StoreCheck::Keys, says);
                continue;
            };
            self.keys.insert(row.key, (row.oin.clone(), bundle.statement_key));
            let Some(trust) = self.trust.filter(|_| !broken.contains(&row.oin)) else {
                continue;
            };
            let before = previous.take().filter(|before| before.oin == row.oin);
            let claim = Statement::<KeyBundle>::claim(row.statement).ok();
            previous = claim.and_then(|claim| trust.chains.validate(&claim, before.as_ref()).ok());
            if previous.is_none() {
                let says = format!(
                    "Key bundle {} of {} does not follow from its certificate and earlier keys.",
                    row.serial, row.oin
                );
                self.findings.fail(StoreCheck::Keys, says);
                broken.insert(row.oin);
            }
        }
        if self.trust.is_some() {
            let says = format!(
                "All {} key bundles follow from certificates and earlier keys.",
                rows.len()
            );
            self.findings.pass(StoreCheck::Keys, says);
        } else {
            let says = "Taken as they stand in the log: name the registrar and the authorities to have them verified.";
            self.findings.skip(StoreCheck::Keys, says);
        }
        Ok(())
    }

    pub(super) async fn check_directory(&mut self) -> Result<(), StoreFault> {
        self.check_members().await?;
        self.check_catalogues().await?;
        let strays =
            "SELECT digest FROM statements WHERE kind = 'key-bundle' EXCEPT SELECT digest FROM bundles";
        self.check_paired(StoreCheck::Directory, strays).await?;
        self.check_registered().await?;
        self.check_restored().await?;
        self.findings.pass(
            StoreCheck::Directory,
            "Members, keys and catalogues are those that are on record.",
        );
        Ok(())
    }

    /// The members are the memberships with the highest serials.
    async fn check_members(&mut self) -> Result<(), StoreFault> {
        let rows = self
            .connection
            .rows(
                Query::new("SELECT digest, kind, body, signatures FROM statements WHERE kind = ?")
                    .bind(Kind::Membership.word()),
            )
            .await?;
        let mut newest: BTreeMap<Oin, (u64, Digest)> = BTreeMap::new();
        let mut is_gateway = false;
        for row in &rows {
            let Some(stored) = self.readable(StoreCheck::Directory, "a membership", read(row))? else {
                continue;
            };
            let Some(says) = said::<Membership>(&stored.statement) else {
                continue;
            };
            // Whether the registrar signed it is told with every other signature.
            is_gateway |= self.owner.as_ref() == Some(&says.oin) && says.roles.contains(&Role::Gateway);
            let known = newest.entry(says.oin).or_insert((says.serial, stored.digest));
            *known = (*known).max((says.serial, stored.digest));
        }
        self.findings
            .require(StoreCheck::Directory, is_gateway || self.owner.is_none(), || {
                "Whoever signed the log was never a member as a gateway.".to_owned()
            });
        let rows = self
            .connection
            .rows(Query::new("SELECT oin, digest FROM members"))
            .await?;
        let mut members = BTreeMap::new();
        for row in &rows {
            let read = word::<Oin>(row, "oin").and_then(|oin| Ok((oin, id::<Digest>(row, "digest")?)));
            members.extend(self.readable(StoreCheck::Directory, "a member", read)?);
        }
        let newest: BTreeMap<_, _> = newest
            .into_iter()
            .map(|(oin, (_, digest))| (oin, digest))
            .collect();
        let oins: BTreeSet<_> = members.keys().chain(newest.keys()).collect();
        for oin in oins {
            self.findings
                .require(StoreCheck::Directory, members.get(oin) == newest.get(oin), || {
                    format!("The member {oin} is not the one of its newest membership.")
                });
        }
        Ok(())
    }

    /// The catalogues came into force in the order of the log.
    async fn check_catalogues(&mut self) -> Result<(), StoreFault> {
        let rows = self
            .connection
            .rows(Query::new("SELECT digest FROM catalogues ORDER BY position"))
            .await?;
        let kept = rows
            .iter()
            .map(|row| id::<Digest>(row, "digest"))
            .collect::<Result<Vec<_>, _>>();
        let kept = self
            .readable(StoreCheck::Directory, "a catalogue", kept)?
            .unwrap_or_default();
        let rows = self
            .connection
            .rows(
                Query::new("SELECT digest FROM cites WHERE act = ? ORDER BY leaf")
                    .bind(Act::CatalogueRegistered.word()),
            )
            .await?;
        let recorded = rows
            .iter()
            .map(|row| id::<Digest>(row, "digest"))
            .collect::<Result<Vec<_>, _>>()?;
        self.findings
            .require(StoreCheck::Directory, kept == recorded || self.erased > 0, || {
                "The catalogues did not come into force in the order of the log.".to_owned()
            });
        Ok(())
    }

    /// Every statement that `strays` finds lacks its row.
    pub(super) async fn check_paired(
        &mut self,
        check: StoreCheck,
        strays: &'static str,
    ) -> Result<(), StoreFault> {
        let rows = self.connection.rows(Query::new(strays)).await?;
        for row in &rows {
            let digest: Option<Digest> = id(row, "digest").ok();
            let named = digest.map(|digest| format!(" {digest}")).unwrap_or_default();
            self.findings.fail(
                check,
                format!("The statement{named} is on record but has lost its row."),
            );
        }
        Ok(())
    }

    /// What is registered where is what the public events say.
    async fn check_registered(&mut self) -> Result<(), StoreFault> {
        let rows = self
            .connection
            .rows(Query::new(
                "SELECT leaf, digest FROM cites WHERE act IN ('member-registered', 'member-ended', \
             'catalogue-registered', 'bundle-registered', 'log-restored') \
             EXCEPT SELECT leaf, digest FROM registered",
            ))
            .await?;
        for row in &rows {
            let says = format!("Leaf {} is not among what is registered.", number(row, "leaf")?);
            self.findings.fail(StoreCheck::Directory, says);
        }
        let rows = self
            .connection
            .rows(Query::new(
                "SELECT r.leaf, r.oin, c.act, s.digest, s.kind, s.body, s.signatures FROM registered r \
             JOIN statements s ON s.digest = r.digest \
             LEFT JOIN cites c ON c.leaf = r.leaf AND c.digest = r.digest",
            ))
            .await?;
        for row in &rows {
            let leaf = number(row, "leaf")?;
            let what = format!("what is registered at leaf {leaf}");
            let read = read(row).and_then(|stored| {
                Ok((
                    stored,
                    optional_word::<Oin>(row, "oin")?,
                    optional_word::<Act>(row, "act")?,
                ))
            });
            let Some((stored, oin, act)) = self.readable(StoreCheck::Directory, &what, read)? else {
                continue;
            };
            let kind = stored.statement.kind;
            let about = match kind {
                Kind::Membership => said::<Membership>(&stored.statement).map(|says| says.oin),
                Kind::KeyBundle => said::<KeyBundle>(&stored.statement).map(|says| says.oin),
                _ => None,
            };
            let recorded = act.is_some_and(|act| act.records(kind)) || (act.is_none() && self.erased > 0);
            self.findings
                .require(StoreCheck::Directory, recorded && oin == about, || {
                    format!("What is registered at leaf {leaf} is not what the log says.")
                });
        }
        Ok(())
    }

    /// Restorations in force, and who has returned since, are on record: a row too many would let go what is held.
    async fn check_restored(&mut self) -> Result<(), StoreFault> {
        self.check_paired(
            StoreCheck::Directory,
            "SELECT c.digest FROM cites c WHERE c.act = 'log-restored' AND c.position = 0 \
             AND NOT EXISTS (SELECT 1 FROM restorations r WHERE r.digest = c.digest)",
        )
        .await?;
        let unrecorded = [
            "SELECT number FROM restorations r WHERE NOT EXISTS \
             (SELECT 1 FROM cites c WHERE c.act = 'log-restored' AND c.digest = r.digest)",
            "SELECT number FROM returns r WHERE NOT EXISTS \
             (SELECT 1 FROM restorations x JOIN cites c ON c.digest = x.digest AND c.act = 'statements-returned' \
             JOIN cites m ON m.leaf = c.leaf JOIN registered g ON g.digest = m.digest \
             WHERE x.number = r.number AND g.oin = r.organisation)",
        ];
        for query in unrecorded {
            let rows = self.connection.rows(Query::new(query)).await?;
            for row in &rows {
                let says = format!(
                    "Restoration {}, or a return since then, is not on record in the log.",
                    number(row, "number")?
                );
                self.findings
                    .require(StoreCheck::Directory, self.erased > 0, || says.clone());
            }
        }
        // What is not held may be released. Whatever began before the newest restoration is, unless it had ended by then.
        let rows = self
            .connection
            .rows(Query::new(
                "SELECT handover FROM handovers h WHERE is_over = 0 AND held IS DISTINCT FROM \
             (SELECT MAX(r.number) FROM restorations r JOIN cites c ON c.digest = r.digest AND c.act = 'log-restored' \
             WHERE c.leaf > (SELECT MIN(p.leaf) FROM cites p WHERE p.handover = h.handover AND p.act = 'proposed'))",
            ))
            .await?;
        for row in &rows {
            let handover: HandoverId = id(row, "handover")?;
            self.findings.require(StoreCheck::Handovers, self.erased > 0, || {
                format!("Handover {handover} is not held by the restoration that it stood before.")
            });
        }
        Ok(())
    }
}
