//! The child and the people around it: D01, D02, D03, and what `adresgeheim` forbids.
//!
//! Invariant: under `adresgeheim` of the child no address of anybody enters the dossier, under a guardian's own none of
//! that guardian; a dossier that carries one all the same is refused, because whoever wrote it did not know of the
//! secret.

use std::collections::BTreeMap;

use handdruk_content::category::{
    Contact, Email, HomeAddress, Identity, NationalNumber, PersonKey, Phone, Postcode, Relation, Residence,
    is_placeholder,
};
use handdruk_content::number::{Bsn, EducationNumber};
use handdruk_content::text::Line;
use handdruk_domain::clock::Date;
use handdruk_domain::statement::manifest::TransitionCode;
use rand_core::Rng;

use super::element::{Element, as_line, read_as};
use crate::import::dropped::{DropReason, Tally};
use crate::import::refusal::{At, ImportRefusal};
use crate::import::{Person, PersonRole};

/// Who the child is (D01).
pub(super) fn identity(pupil: &mut Element, today: Date) -> Result<Identity, ImportRefusal> {
    let born = pupil.at.child("geboortedatum");
    let date_of_birth = pupil
        .date("geboortedatum")
        .ok_or(ImportRefusal::Missing { at: born.clone() })?;
    if date_of_birth > today {
        return Err(ImportRefusal::InTheFuture { at: born });
    }
    let surname = pupil.line("achternaam")?.ok_or(ImportRefusal::Missing {
        at: pupil.at.child("achternaam"),
    })?;
    let first = pupil.at.child("voornaam");
    Ok(Identity {
        first_names: match joined(pupil.take_all("voornaam")) {
            names if names.is_empty() => None,
            names => Some(as_line(&names, &first)?),
        },
        prefix: pupil.line("voorvoegsel")?,
        surname,
        date_of_birth,
    })
}

/// The BSN or education number (D02). The profile for the support alliance has none, every other has one.
pub(super) fn national_number(
    pupil: &mut Element,
    code: TransitionCode,
) -> Result<Option<NationalNumber>, ImportRefusal> {
    let (bsn, education) = (pupil.text("bsn"), pupil.text("onderwijsnummer"));
    if is_for_swv(code) {
        return match bsn.or(education) {
            Some((_, at)) => Err(ImportRefusal::NotForSwv { at }),
            None => Ok(None),
        };
    }
    match (bsn, education) {
        (Some(_), Some((_, at))) => Err(ImportRefusal::Contradiction {
            at,
            rule: "a pupil has a BSN or an education number: keep the BSN",
        }),
        (Some((number, at)), None) => match number.parse::<Bsn>() {
            Ok(bsn) => Ok(Some(NationalNumber::Bsn(bsn))),
            Err(_) if number.len() == 9 && number.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(ImportRefusal::Elfproef { at })
            }
            Err(_) => Err(ImportRefusal::Invalid {
                at,
                form: "nine digits",
            }),
        },
        (None, Some((number, at))) => {
            let number: EducationNumber = read_as(
                &number,
                &at,
                "an education number: nine digits beginning with 10 that pass its check",
            )?;
            Ok(Some(NationalNumber::EducationNumber(number)))
        }
        (None, None) => Err(ImportRefusal::Missing {
            at: pupil.at.child("bsn or onderwijsnummer"),
        }),
    }
}

/// Whether a transition goes to a support alliance.
pub(super) const fn is_for_swv(code: TransitionCode) -> bool {
    matches!(code, TransitionCode::Poswv | TransitionCode::Voswv)
}

/// The people around the child, keyed at random (D03).
pub(super) struct People {
    pub(super) secret: bool,
    pub(super) contacts: BTreeMap<PersonKey, Contact>,
    pub(super) persons: Vec<Person>,
}

/// Reads the child's own ways to be reached and its legal representatives. Others around the child are dropped.
pub(super) fn people(
    pupil: &mut Element,
    identity: &Identity,
    tally: &mut Tally,
    rng: &mut impl Rng,
) -> Result<People, ImportRefusal> {
    let secret = pupil.flag("adresgeheim").unwrap_or(false);
    let mut people = People {
        secret,
        contacts: BTreeMap::new(),
        persons: Vec::new(),
    };
    let own = [pupil.take("adreslijst"), pupil.take("postcode4adres")];
    for address in own.into_iter().flatten().chain(pupil.take_all("adresbuitenland")) {
        no_address_if(secret, &address)?;
        // Where the child lives decides which desk helps, and that is looked up inside the node.
        drop_filled(&address, DropReason::StreetAddress, tally);
    }
    let channels = Channels::read(pupil.take("communicatielijst"), secret, tally)?;
    let child = PersonKey::random(rng);
    people.persons.push(Person {
        key: child,
        role: PersonRole::Child,
    });
    if channels.any() {
        let names = [identity.first_names.as_ref().map(Line::as_str)];
        let names = names
            .into_iter()
            .flatten()
            .chain(identity.prefix.as_ref().map(Line::as_str));
        let name = names
            .chain([identity.surname.as_str()])
            .collect::<Vec<_>>()
            .join(" ");
        let contact = channels.contact(as_line(&name, &pupil.at)?, Some(Relation::Child), None);
        people.contacts.insert(child, contact);
    }
    for carer in pupil.take_all("verzorger") {
        if let Some(contact) = carer_contact(carer, secret, tally)? {
            let key = PersonKey::random(rng);
            people.persons.push(Person {
                key,
                role: PersonRole::LegalRepresentative,
            });
            people.contacts.insert(key, contact);
        }
    }
    Ok(people)
}

/// A living legal representative. Nobody else decides or is told, so nobody else is kept.
fn carer_contact(
    mut carer: Element,
    child_secret: bool,
    tally: &mut Tally,
) -> Result<Option<Contact>, ImportRefusal> {
    let fields = carer.fields();
    let secret = carer.flag("adresgeheim").unwrap_or(false);
    let addresses = carer.take("adreslijst");
    // Checked for everybody in the file: an address of a stepfather gives a secret address away just as well.
    if let Some(addresses) = &addresses {
        no_address_if(secret || child_secret, addresses)?;
    }
    let deceased = carer.flag("overleden").unwrap_or(false);
    let representative = carer.flag("wettigevertegenwoordiger").unwrap_or(false);
    if deceased || !representative {
        tally.drop(carer.at.path, DropReason::OtherPerson, fields);
        return Ok(None);
    }
    let at = carer.at.clone();
    let first_names = joined(carer.take_all("voornaam"));
    let initials = carer.text("voorletters-1").map(|(initials, _)| initials);
    let called = if first_names.is_empty() {
        initials
    } else {
        Some(first_names)
    };
    let prefix = carer.text("voorvoegsel").map(|(prefix, _)| prefix);
    let (surname, _) = carer.text("achternaam").ok_or(ImportRefusal::Missing {
        at: at.child("achternaam"),
    })?;
    let name = called
        .into_iter()
        .chain(prefix)
        .chain([surname])
        .collect::<Vec<_>>()
        .join(" ");
    // Code list 41 of OSO names 1, 2 and 3 in the published interface; of other codes we know that the person
    // represents the child, and not what they are to it.
    let relation = carer
        .text("relatietotkind")
        .and_then(|(code, _)| match code.as_str() {
            "1" => Some(Relation::Father),
            "2" => Some(Relation::Mother),
            "3" => Some(Relation::Guardian),
            _ => None,
        });
    let channels = Channels::read(carer.take("communicatielijst"), secret, tally)?;
    let residence = if secret || child_secret {
        Some(Residence::Secret)
    } else {
        addresses
            .map(|addresses| home(addresses, tally))
            .transpose()?
            .flatten()
            .map(Residence::Known)
    };
    Ok(Some(channels.contact(as_line(&name, &at)?, relation, residence)))
}

/// Refuses an address that must not be there.
fn no_address_if(secret: bool, address: &Element) -> Result<(), ImportRefusal> {
    if secret && address.filled {
        Err(ImportRefusal::Secret {
            at: address.at.clone(),
        })
    } else {
        Ok(())
    }
}

fn drop_filled(element: &Element, reason: DropReason, tally: &mut Tally) {
    let fields = element.fields();
    if fields > 0 {
        tally.drop(element.at.path.clone(), reason, fields);
    }
}

/// The texts of repeated elements, as one line.
fn joined(elements: Vec<Element>) -> String {
    let texts: Vec<_> = elements.into_iter().filter_map(Element::into_text).collect();
    texts.join(" ")
}

/// The Dutch address to visit; a postal box or an address abroad is none.
fn home(mut addresses: Element, tally: &mut Tally) -> Result<Option<HomeAddress>, ImportRefusal> {
    const NETHERLANDS: &str = "6030";
    let mut found = None;
    for mut address in addresses.take_all("adres") {
        let fields = address.fields();
        let kind = address.text("soortadres").map(|(kind, _)| kind);
        let country = address.text("land").map(|(country, _)| country);
        let here = country.is_none_or(|country| country == NETHERLANDS);
        if found.is_some() || kind.as_deref() == Some("post") || !here {
            tally.drop(address.at.path.clone(), DropReason::StreetAddress, fields);
            continue;
        }
        let at = address.at.clone();
        let missing = |name| ImportRefusal::Missing { at: at.child(name) };
        let number = address.text("nummer").ok_or(missing("nummer"))?.0;
        let additions = [address.text("toevoeging"), address.text("aanduiding")];
        let number = additions
            .into_iter()
            .flatten()
            .fold(number, |number, (text, _)| format!("{number} {text}"));
        let (postcode, postcode_at) = address.text("postcode").ok_or(missing("postcode"))?;
        let postcode: String = postcode.split_whitespace().collect::<String>().to_uppercase();
        found = Some(HomeAddress {
            street: address.line("straat")?.ok_or(missing("straat"))?,
            number: as_line(&number, &at.child("nummer"))?,
            postcode: read_as::<Postcode>(&postcode, &postcode_at, "a Dutch postcode, such as 1234AB")?,
            town: address.line("plaats")?.ok_or(missing("plaats"))?,
        });
    }
    Ok(found)
}

/// One number and one e-mail address: enough to reach somebody.
#[derive(Default)]
struct Channels {
    phone: Option<Phone>,
    email: Option<Email>,
}

impl Channels {
    /// Reads a list. What is marked secret, is a placeholder, or stands under `adresgeheim` is dropped. The first that
    /// is not an emergency number is kept: emergency numbers are often somebody else's.
    fn read(list: Option<Element>, secret: bool, tally: &mut Tally) -> Result<Self, ImportRefusal> {
        let mut kept = Self::default();
        let mut emergency = None;
        for mut channel in list
            .map(|mut list| list.take_all("communicatie"))
            .unwrap_or_default()
        {
            let path = channel.at.path.clone();
            let fields = channel.fields();
            let kind = channel.text("soort").map(|(kind, _)| kind).unwrap_or_default();
            let marked = channel.flag("geheim").unwrap_or(false);
            let for_emergencies = channel.flag("noodnummer").unwrap_or(false);
            let Some((value, at)) = channel.text("nummer") else {
                continue;
            };
            if secret || marked || is_placeholder(&value) {
                tally.drop(path, DropReason::SecretContact, fields);
            } else if kind == "e-mail" {
                let email = read_as(value.trim(), &at, "an e-mail address")?;
                match kept.email {
                    None => kept.email = Some(email),
                    Some(_) => tally.drop(path, DropReason::NoPurpose, fields),
                }
            } else if kind == "telefoon" {
                let phone = phone(&value, &at)?;
                match (for_emergencies, &kept.phone, &emergency) {
                    (false, None, _) => kept.phone = Some(phone),
                    (true, _, None) => emergency = Some((phone, path, fields)),
                    _ => tally.drop(path, DropReason::NoPurpose, fields),
                }
            } else {
                tally.drop(path, DropReason::NoPurpose, fields);
            }
        }
        if let Some((phone, path, fields)) = emergency {
            match kept.phone {
                None => kept.phone = Some(phone),
                Some(_) => tally.drop(path, DropReason::NoPurpose, fields),
            }
        }
        Ok(kept)
    }

    const fn any(&self) -> bool {
        self.phone.is_some() || self.email.is_some()
    }

    fn contact(self, name: Line<120>, relation: Option<Relation>, residence: Option<Residence>) -> Contact {
        let Self { phone, email } = self;
        Contact {
            name,
            relation,
            phone,
            email,
            language: None,
            interpreter: None,
            residence,
        }
    }
}

/// A telephone number as people write it: spaces, hyphens, dots and brackets say nothing.
pub(super) fn phone(text: &str, at: &At) -> Result<Phone, ImportRefusal> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '\u{a0}'))
        .collect();
    read_as(&digits, at, "a telephone number")
}

/// The school's number, for who wants to call it.
pub(super) fn school_phone(list: Option<Element>, tally: &mut Tally) -> Result<Option<Phone>, ImportRefusal> {
    Ok(Channels::read(list, false, tally)?.phone)
}
