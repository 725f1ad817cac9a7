//! The people around a pupil: who has a say, and whose a contact or view in the dossier is.
//!
//! Invariant: a slot is random and stays with its person. A contact in the dossier belongs to a slot only if exactly one
//! person with a say and exactly one person in the dossier carry that name; otherwise it belongs to nobody, and is shown to
//! nobody before it is sent.

use std::collections::BTreeMap;

use handdruk_content::category::{Contact, Email, PersonKey};
use handdruk_domain::ids::{ChildRef, SlotId};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::{AgeBand, GuardianSlot, Holder};
use handdruk_proto::{from_wire, v1};
use rand_core::Rng;

use crate::import::{Imported, PersonRole};
use crate::store::{GuardianRecord, GuardianRow, Notify, StoreError, Tx};

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
        notify: wire.notify.as_ref().map(notify).transpose()?,
    })
}

/// Reads where somebody is told that something changed.
pub(crate) fn notify(wire: &v1::NotifyAddress) -> Result<Notify, Refusal> {
    let mail: Email = wire
        .mail
        .trim()
        .parse()
        .map_err(|_| Refusal::about(Reason::Malformed, "notify.mail"))?;
    Ok(Notify {
        mail: mail.as_str().to_owned(),
        own_choice: wire.own_choice,
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
        notify: record.notify.as_ref().map(|notify| v1::NotifyAddress {
            mail: notify.mail.clone(),
            own_choice: notify.own_choice,
        }),
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
                notify: None,
            };
            people.take(child, &record, rng);
        }
        Ok(people)
    }

    fn take(&mut self, child: ChildRef, record: &GuardianRecord, rng: &mut impl Rng) {
        let known = self
            .rows
            .iter_mut()
            .find(|row| row.record.person == record.person);
        let Some(row) = known else {
            let row = GuardianRow {
                slot: SlotId::random(rng),
                child,
                record: record.clone(),
            };
            self.changed.push(row.clone());
            self.new.push(row.clone());
            self.rows.push(row);
            return;
        };
        let record = updated(&row.record, record.clone());
        if row.record == record {
            return;
        }
        let capacity = row.record.holder != record.holder;
        row.record = record;
        self.changed.push(row.clone());
        if capacity {
            self.changed_capacity.push(row.clone());
        }
    }

    /// Whoever has no address yet is reached at the one in the dossier, which has none under secrecy. A young person is not: they
    /// choose one themselves.
    pub(crate) fn reach(&mut self, contacts: &BTreeMap<PersonKey, Contact>) {
        for row in &mut self.rows {
            let contact = contacts.get(&PersonKey::of_slot(row.slot));
            let Some(mail) = contact.and_then(|contact| contact.email.as_ref()) else {
                continue;
            };
            if row.record.notify.is_some() || row.record.holder == (Holder::YoungPerson {}) {
                continue;
            }
            row.record.notify = Some(Notify {
                mail: mail.as_str().to_owned(),
                own_choice: false,
            });
            self.changed.retain(|changed| changed.slot != row.slot);
            self.changed.push(row.clone());
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

/// What is known of somebody after the administration said something new.
pub(crate) fn updated(known: &GuardianRecord, said: GuardianRecord) -> GuardianRecord {
    GuardianRecord {
        notify: kept(known.notify.as_ref(), said.notify.as_ref()),
        ..said
    }
}

/// Which of two addresses stays: one that the person chose is not replaced by one that the organisation knows, and no address
/// does not take one away.
fn kept(known: Option<&Notify>, given: Option<&Notify>) -> Option<Notify> {
    match (known, given) {
        (Some(known), Some(given)) if known.own_choice && !given.own_choice => Some(known.clone()),
        (_, Some(given)) => Some(given.clone()),
        (known, None) => known.cloned(),
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
            notify: None,
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

    fn at(mail: &str, own_choice: bool) -> Notify {
        let mail = mail.to_owned();
        Notify { mail, own_choice }
    }

    #[test]
    fn an_address_that_somebody_chose_is_not_replaced_by_one_that_the_school_knows() {
        let (own, known) = (at("eigen@example.nl", true), at("school@example.nl", false));
        assert_eq!(kept(Some(&own), Some(&known)).as_ref(), Some(&own));
        assert_eq!(kept(Some(&known), Some(&own)).as_ref(), Some(&own));
        assert_eq!(kept(Some(&own), None).as_ref(), Some(&own));
        assert_eq!(kept(None, Some(&known)).as_ref(), Some(&known));
        let other = at("anders@example.nl", false);
        assert_eq!(kept(Some(&known), Some(&other)).as_ref(), Some(&other));
    }

    #[test]
    fn a_parent_is_reached_at_the_address_in_the_dossier_and_a_child_is_not() {
        let child = ChildRef::from_bytes([1; 16]);
        let given = [parent("a", AuthorityKind::Joint)];
        let mut people =
            People::compare(child, vec![], &given, AgeBand::From12, &mut rng()).expect("distinct");
        let contact: Contact =
            serde_json::from_value(serde_json::json!({ "name": "Parent a", "email": "a@example.nl" }))
                .expect("a contact");
        let contacts = people
            .rows
            .iter()
            .map(|row| (PersonKey::of_slot(row.slot), contact.clone()))
            .collect();
        people.reach(&contacts);
        for row in &people.rows {
            let expected = match row.record.holder {
                Holder::YoungPerson {} => None,
                _ => Some(at("a@example.nl", false)),
            };
            assert_eq!(row.record.notify, expected);
        }
        // Each is written once, as it now stands.
        let written = people.changed.iter().filter(|row| row.record.person == "a");
        assert_eq!(
            written.map(|row| row.record.notify.clone()).collect::<Vec<_>>(),
            [Some(at("a@example.nl", false))]
        );
    }
}
