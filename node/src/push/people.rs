//! The people around a pupil: who has a say, and whose a contact or view in the dossier is.
//!
//! Invariant: a slot is random and stays with its person. A contact in the dossier belongs to a slot only if exactly one
//! person with a say and exactly one person in the dossier carry that name; otherwise it belongs to nobody, and is shown to
//! nobody before it is sent.

use std::collections::BTreeMap;

use handdruk_content::category::PersonKey;
use handdruk_domain::ids::{ChildRef, SlotId};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::{AgeBand, GuardianSlot, Holder};
use handdruk_proto::{from_wire, v1};
use rand_core::Rng;

use crate::import::{Imported, PersonRole};
use crate::store::{GuardianRecord, GuardianRow, StoreError, Tx};

/// The longest key or name that the school administration may give, in bytes.
const MAX_NAME: usize = 200;

/// The key of a young person whom the school administration did not name.
pub(crate) const SELF: &str = "self";

/// Reads a key of the school administration.
pub(crate) fn key(text: &str, field: &'static str) -> Result<String, Refusal> {
    let fits = !text.trim().is_empty() && text.len() <= MAX_NAME && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Refusal::about(Reason::Malformed, field))
    }
}

/// Reads a person with a say.
pub(crate) fn read(wire: &v1::Guardian) -> Result<GuardianRecord, Refusal> {
    use v1::guardian::Holder as Wire;
    let malformed = |field: &'static str| Refusal::about(Reason::Malformed, field);
    let holder = match wire.holder {
        Some(Wire::YoungPerson(true)) => Holder::YoungPerson {},
        Some(Wire::Authority(authority)) => Holder::Guardian {
            authority: from_wire(authority.kind)?,
            under_investigation: authority.under_investigation,
        },
        Some(Wire::Representative(kind)) => Holder::Representative {
            kind: from_wire(kind)?,
        },
        Some(Wire::YoungPerson(false)) | None => return Err(malformed("guardian.holder")),
    };
    let name = wire.name.trim();
    if name.len() > MAX_NAME || name.chars().any(char::is_control) {
        return Err(malformed("guardian.name"));
    }
    let language = if wire.language == 0 {
        Language::Dutch
    } else {
        from_wire(wire.language)?
    };
    Ok(GuardianRecord {
        person: key(&wire.person, "guardian.person")?,
        name: name.to_owned(),
        holder,
        language,
    })
}

/// Writes a person with a say.
pub(crate) fn to_wire(record: &GuardianRecord) -> v1::Guardian {
    use v1::guardian::Holder as Wire;
    let holder = match record.holder {
        Holder::YoungPerson {} => Wire::YoungPerson(true),
        Holder::Guardian {
            authority,
            under_investigation,
        } => Wire::Authority(v1::Authority {
            kind: handdruk_proto::to_wire(authority),
            under_investigation,
        }),
        Holder::Representative { kind } => Wire::Representative(handdruk_proto::to_wire(kind)),
    };
    v1::Guardian {
        person: record.person.clone(),
        holder: Some(holder),
        language: handdruk_proto::to_wire(record.language),
        name: record.name.clone(),
    }
}

/// What a push says about the people around a pupil, compared with what was known.
#[derive(Debug, Default)]
pub(crate) struct People {
    /// Everyone with a say.
    pub(crate) rows: Vec<GuardianRow>,
    /// New, or known with something changed: to be written.
    pub(crate) changed: Vec<GuardianRow>,
    /// Known, with another capacity than before: everything open is decided again.
    pub(crate) changed_capacity: Vec<GuardianRow>,
    /// Not known before: whoever has authority is asked about everything open as well.
    pub(crate) new: Vec<GuardianRow>,
}

impl People {
    /// Compares `given` with `known`. From 12 on the young person belongs to it.
    pub(crate) fn compare(
        child: ChildRef,
        known: Vec<GuardianRow>,
        given: &[GuardianRecord],
        band: AgeBand,
        rng: &mut impl Rng,
    ) -> Result<Self, Refusal> {
        let mut people = Self {
            rows: known,
            ..Self::default()
        };
        for (index, record) in given.iter().enumerate() {
            if given
                .iter()
                .take(index)
                .any(|earlier| earlier.person == record.person)
            {
                return Err(Refusal::about(
                    Reason::Malformed,
                    "guardians: a person stands twice",
                ));
            }
            people.take(child, record, rng);
        }
        let has_young_person = people
            .rows
            .iter()
            .any(|row| row.record.holder == Holder::YoungPerson {});
        if band > AgeBand::Under12 && !has_young_person {
            let record = GuardianRecord {
                person: SELF.to_owned(),
                name: String::new(),
                holder: Holder::YoungPerson {},
                language: Language::Dutch,
            };
            people.take(child, &record, rng);
        }
        Ok(people)
    }

    fn take(&mut self, child: ChildRef, record: &GuardianRecord, rng: &mut impl Rng) {
        match self
            .rows
            .iter_mut()
            .find(|row| row.record.person == record.person)
        {
            Some(row) if row.record == *record => {}
            Some(row) => {
                let capacity = row.record.holder != record.holder;
                row.record = record.clone();
                self.changed.push(row.clone());
                if capacity {
                    self.changed_capacity.push(row.clone());
                }
            }
            None => {
                let row = GuardianRow {
                    slot: SlotId::random(rng),
                    child,
                    record: record.clone(),
                };
                self.changed.push(row.clone());
                self.new.push(row.clone());
                self.rows.push(row);
            }
        }
    }

    /// Writes what is new.
    pub(crate) async fn store(&self, tx: &mut Tx) -> Result<(), StoreError> {
        for row in &self.changed {
            tx.put_guardian(row).await?;
        }
        Ok(())
    }

    /// As a manifest names them.
    pub(crate) fn slots(&self) -> Vec<GuardianSlot> {
        self.rows
            .iter()
            .map(|row| GuardianSlot {
                slot: row.slot,
                holder: row.record.holder,
            })
            .collect()
    }
}

/// Gives contacts and views in the dossier the keys of those whose they are.
pub(crate) fn rekey(imported: &mut Imported, people: &[GuardianRow]) {
    let young = people
        .iter()
        .find(|row| row.record.holder == Holder::YoungPerson {});
    let mut keys: BTreeMap<PersonKey, SlotId> = BTreeMap::new();
    for person in &imported.people {
        let slot = if person.role == PersonRole::Child {
            young.map(|row| row.slot)
        } else {
            let name = name_of(imported, person.key);
            let same_in_dossier = imported
                .people
                .iter()
                .filter(|other| name_of(imported, other.key) == name)
                .count();
            let mut same = people
                .iter()
                .filter(|row| name.as_deref() == Some(normalized(&row.record.name).as_str()));
            match (name.as_ref(), same.next(), same.next(), same_in_dossier) {
                (Some(_), Some(row), None, 1) => Some(row.slot),
                _ => None,
            }
        };
        keys.extend(slot.map(|slot| (person.key, slot)));
    }
    let renamed = |key: PersonKey| keys.get(&key).map_or(key, |slot| PersonKey::of_slot(*slot));
    let dossier = &mut imported.dossier;
    dossier.contacts = core::mem::take(&mut dossier.contacts)
        .into_iter()
        .map(|(k, v)| (renamed(k), v))
        .collect();
    dossier.family_views = core::mem::take(&mut dossier.family_views)
        .into_iter()
        .map(|(k, v)| (renamed(k), v))
        .collect();
}

fn name_of(imported: &Imported, key: PersonKey) -> Option<String> {
    let contact = imported
        .dossier
        .contacts
        .get(&key)
        .map(|contact| contact.name.as_str());
    let author = imported
        .dossier
        .family_views
        .get(&key)
        .map(|view| view.author.as_str());
    contact.or(author).map(normalized).filter(|name| !name.is_empty())
}

fn normalized(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use handdruk_domain::statement::manifest::AuthorityKind;
    use rand_core::SeedableRng;

    use super::*;

    fn rng() -> rand_chacha::ChaCha20Rng {
        rand_chacha::ChaCha20Rng::from_seed([3; 32])
    }

    fn parent(person: &str, authority: AuthorityKind) -> GuardianRecord {
        GuardianRecord {
            person: person.into(),
            name: format!("Parent {person}"),
            holder: Holder::Guardian {
                authority,
                under_investigation: false,
            },
            language: Language::Dutch,
        }
    }

    #[test]
    fn a_slot_stays_with_its_person_over_pushes() {
        let child = ChildRef::from_bytes([1; 16]);
        let given = [
            parent("a", AuthorityKind::Joint),
            parent("b", AuthorityKind::Joint),
        ];
        let first = People::compare(child, vec![], &given, AgeBand::Under12, &mut rng()).expect("distinct");
        assert_eq!(
            (
                first.rows.len(),
                first.changed.len(),
                first.changed_capacity.len()
            ),
            (2, 2, 0)
        );
        let again = People::compare(
            child,
            first.rows.clone(),
            &given[..1],
            AgeBand::Under12,
            &mut rng(),
        );
        let again = again.expect("distinct");
        assert_eq!(again.slots(), first.slots());
        assert!(again.changed.is_empty());
    }

    #[test]
    fn another_capacity_is_noticed() {
        let child = ChildRef::from_bytes([1; 16]);
        let first = People::compare(
            child,
            vec![],
            &[parent("a", AuthorityKind::Joint)],
            AgeBand::Under12,
            &mut rng(),
        );
        let rows = first.expect("distinct").rows;
        let now = People::compare(
            child,
            rows,
            &[parent("a", AuthorityKind::Single)],
            AgeBand::Under12,
            &mut rng(),
        );
        assert_eq!(now.expect("distinct").changed_capacity.len(), 1);
    }

    #[test]
    fn from_twelve_on_the_young_person_has_a_slot() {
        let child = ChildRef::from_bytes([1; 16]);
        let people = People::compare(child, vec![], &[], AgeBand::From12, &mut rng()).expect("distinct");
        assert!(
            people
                .rows
                .iter()
                .any(|row| row.record.holder == Holder::YoungPerson {} && row.record.person == SELF)
        );
        let twice = [
            parent("a", AuthorityKind::Joint),
            parent("a", AuthorityKind::Joint),
        ];
        assert!(People::compare(child, vec![], &twice, AgeBand::Under12, &mut rng()).is_err());
    }
}
