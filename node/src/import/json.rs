//! The JSON dossier: for who has no OSO, such as a preschool or a care provider. Its JSON Schema is published beside it
//! (`schema/dossier-1.schema.json`), and a test holds schema and types together.

use handdruk_content::category::{
    Absence, Advice, AgreementMade, Arrangement, Authority, CareInvolvement, CareRequest, Contact,
    DevelopmentPlan, Diagnosis, FamilyView, Identity, Judgement, NationalNumber, Organisations, PersonKey,
    Relation, Residence, SafetySignal, SchoolYear, SupportNeeds, TestResult, Transition, ViewAgreement,
};
use handdruk_content::dossier::{Dossier, Items};
use handdruk_content::text::AtMost;
use handdruk_domain::clock::Date;
use handdruk_domain::oin::Site;
use rand_core::Rng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_path_to_error::Segment;

use super::refusal::{At, ImportRefusal};
use super::{Imported, Inspection, Person, PersonRole, Provenance, Sizes, text};

/// The largest JSON file that is read, in bytes: it has no attachments, and a full dossier is a few dozen kilobytes.
pub const MAX_JSON_BYTES: usize = 2_000_000;

/// The word by which a JSON dossier says what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DossierFormat {
    /// The first version, with its own JSON Schema.
    #[serde(rename = "handdruk-dossier-1")]
    V1,
}

/// One person around the child, with that person's view.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonPerson {
    /// D03.
    pub contact: Contact,
    /// Whether the person represents the child by law.
    pub legal_representative: bool,
    /// D18.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<FamilyView>,
}

/// The inspection, where it was held.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonInspection {
    /// On which day.
    pub on: Date,
    /// Whether the guardians agreed with the content.
    pub agreement: ViewAgreement,
}

/// A JSON dossier, as it stands in the file.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JsonDossier {
    /// What the file is.
    pub format: DossierFormat,
    /// On which day it was made.
    pub made: Date,
    /// Whether it is not final yet.
    #[serde(default)]
    pub provisional: bool,
    /// The school site that made it, where a school did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Site>,
    /// The inspection. Absent: not yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection: Option<JsonInspection>,
    /// Whether the child's address is secret.
    #[serde(default)]
    pub secret: bool,
    /// D01.
    pub identity: Identity,
    /// D02.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub national_number: Option<NationalNumber>,
    /// D03 and D18, per person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<AtMost<JsonPerson, 20>>,
    /// D04.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Authority>,
    /// D05.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisations: Option<Organisations>,
    /// D06.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// D07.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub school_history: Option<Items<SchoolYear>>,
    /// D08.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub results: Option<Items<TestResult>>,
    /// D09.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Advice>,
    /// D10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub social_emotional: Option<Items<Judgement>>,
    /// D11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_needs: Option<SupportNeeds>,
    /// D12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub development_plan: Option<DevelopmentPlan>,
    /// D13.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrangements: Option<Items<Arrangement>>,
    /// D14.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diagnoses: Option<Items<Diagnosis>>,
    /// D15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<Absence>,
    /// D16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_request: Option<CareRequest>,
    /// D17.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub care_involvement: Option<Items<CareInvolvement>>,
    /// D19.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreements: Option<Items<AgreementMade>>,
    /// D20.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_signals: Option<Items<SafetySignal>>,
}

macro_rules! redacted {
    ($($name:ident),+) => {
        $(impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })+
    };
}
redacted!(JsonPerson, JsonInspection, JsonDossier);

/// Reads a JSON dossier. `today` is the day in the Netherlands; keys for the people in it come from `rng`.
pub fn read(bytes: &[u8], today: Date, rng: &mut impl Rng) -> Result<Imported, ImportRefusal> {
    let file: JsonDossier = parse(bytes)?;
    let future = |path: &str, date: Date| {
        if date > today {
            Err(ImportRefusal::InTheFuture { at: At::path(path) })
        } else {
            Ok(())
        }
    };
    future("made", file.made)?;
    future("identity/date_of_birth", file.identity.date_of_birth)?;
    let inspection = match file.inspection {
        None => Inspection::NotYet,
        Some(JsonInspection { on, agreement }) => {
            future("inspection/on", on)?;
            Inspection::Held { on, agreement }
        }
    };
    let fields = count_fields(bytes);
    let transition = file.transition.as_ref().and_then(|transition| transition.code);
    let mut dossier = Dossier {
        secret: file.secret,
        identity: Some(file.identity),
        national_number: file.national_number,
        authority: file.authority,
        organisations: file.organisations,
        transition: file.transition,
        school_history: file.school_history,
        results: file.results,
        advice: file.advice,
        social_emotional: file.social_emotional,
        support_needs: file.support_needs,
        development_plan: file.development_plan,
        arrangements: file.arrangements,
        diagnoses: file.diagnoses,
        absence: file.absence,
        care_request: file.care_request,
        care_involvement: file.care_involvement,
        agreements: file.agreements,
        safety_signals: file.safety_signals,
        ..Dossier::default()
    };
    let mut people = Vec::new();
    for (index, person) in file.people.iter().flatten().enumerate() {
        if file.secret && matches!(person.contact.residence, Some(Residence::Known(_))) {
            let at = At::path(format!("people[{index}]/contact/residence"));
            return Err(ImportRefusal::Secret { at });
        }
        let key = PersonKey::random(rng);
        let role = match (person.legal_representative, person.contact.relation) {
            (_, Some(Relation::Child)) => PersonRole::Child,
            (true, _) => PersonRole::LegalRepresentative,
            (false, _) => PersonRole::Other,
        };
        people.push(Person { key, role });
        dossier.contacts.insert(key, person.contact.clone());
        if let Some(view) = &person.view {
            dossier.family_views.insert(key, view.clone());
        }
    }
    Ok(Imported {
        dossier,
        transition,
        provenance: Provenance {
            made: Some(file.made),
            provisional: file.provisional,
            sender: file.sender,
            returned_to: None,
        },
        people,
        inspection,
        transfer_consent: None,
        // The schema has no place for anything that is never handed over.
        dropped: Vec::new(),
        sizes: Sizes {
            bytes: bytes.len(),
            attachment_bytes: 0,
            fields,
            dropped_fields: 0,
        },
    })
}

/// Reads JSON into a type, naming the place when it does not fit. The parser's own message is never passed on: it
/// quotes what it found. What is read must be what the type would write: the parser alone also takes a list for an
/// object, null for an absent field, and a date with a time behind it, none of which the schema knows.
pub(super) fn parse<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, ImportRefusal> {
    if bytes.len() > MAX_JSON_BYTES {
        return Err(ImportRefusal::TooLarge {
            limit_mb: MAX_JSON_BYTES / 1_000_000,
        });
    }
    let text = text::decode_json(bytes)?;
    if text.trim_ascii().is_empty() {
        return Err(ImportRefusal::Empty);
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let typed: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let cause = error.inner();
        if !cause.is_data() {
            return syntax(cause);
        }
        let unknown = cause.to_string().starts_with("unknown field");
        let line = u32::try_from(cause.line()).ok().filter(|&line| line > 0);
        ImportRefusal::JsonShape {
            at: At {
                path: path(error.path(), unknown),
                line,
            },
        }
    })?;
    reader.end().map_err(|error| syntax(&error))?;
    let found: Value = serde_json::from_str(text).map_err(|error| syntax(&error))?;
    let written = serde_json::to_value(&typed).map_err(|error| syntax(&error))?;
    match first_difference(&found, &written) {
        None => Ok(typed),
        Some(keys) => Err(ImportRefusal::JsonShape {
            at: At::path(shown(&keys)),
        }),
    }
}

fn syntax(error: &serde_json::Error) -> ImportRefusal {
    ImportRefusal::JsonSyntax {
        line: error.line(),
        column: error.column(),
    }
}

/// One step into a document. Every key met here is one that the type knows.
enum Step {
    Key(String),
    Index(usize),
}

/// Where what was found differs from what the type writes, innermost step first. What the type writes beside it are
/// defaults.
fn first_difference(found: &Value, written: &Value) -> Option<Vec<Step>> {
    let within = |step: Step, found: &Value, written: Option<&Value>| {
        let mut steps = written.map_or(Some(Vec::new()), |written| first_difference(found, written))?;
        steps.push(step);
        Some(steps)
    };
    match (found, written) {
        (Value::Object(found), Value::Object(written)) => found
            .iter()
            .find_map(|(key, value)| within(Step::Key(key.clone()), value, written.get(key))),
        (Value::Array(found), Value::Array(written)) if found.len() == written.len() => found
            .iter()
            .zip(written)
            .enumerate()
            .find_map(|(index, (found, written))| within(Step::Index(index), found, Some(written))),
        _ => (found != written).then(Vec::new),
    }
}

fn shown(innermost_first: &[Step]) -> String {
    let mut shown = String::new();
    for step in innermost_first.iter().rev() {
        match step {
            Step::Index(index) => shown = format!("{shown}[{index}]"),
            Step::Key(key) if shown.is_empty() => shown.push_str(key),
            Step::Key(key) => {
                shown.push('/');
                shown.push_str(key);
            }
        }
    }
    if shown.is_empty() {
        "the dossier".to_owned()
    } else {
        shown
    }
}

/// The path of keys. An unknown key is left off: it came from the file and could be anything.
fn path(path: &serde_path_to_error::Path, unknown: bool) -> String {
    let mut steps: Vec<_> = path
        .iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect();
    if unknown && matches!(steps.last(), Some(Step::Key(_))) {
        steps.pop();
    }
    steps.reverse();
    shown(&steps)
}

/// How many values the file holds: leaves that are neither null nor empty.
fn count_fields(bytes: &[u8]) -> usize {
    fn leaves(value: &Value) -> usize {
        match value {
            Value::Null => 0,
            Value::Array(items) => items.iter().map(leaves).sum(),
            Value::Object(fields) => fields.values().map(leaves).sum(),
            _ => 1,
        }
    }
    let value = text::decode_json(bytes)
        .ok()
        .and_then(|text| serde_json::from_str(text).ok());
    value.as_ref().map_or(0, leaves)
}
