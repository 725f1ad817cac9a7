//! The closed list of fields per category: their names, which are mandatory, which hold free text, what people call them.
//!
//! Field selection, the privacy hint, counting and labels all read this one list, and a test compares it with what the
//! typed categories really serialise, so none of them can forget a field.

use handdruk_domain::category::Category;
use handdruk_domain::statement::consent::Language;

use crate::wording::{self, Worded};

/// A label in both languages. Dutch is binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// Dutch.
    pub nl: &'static str,
    /// English.
    pub en: &'static str,
}

impl Label {
    /// The label in `language`; Dutch where there is no translation.
    pub const fn of(self, language: Language) -> &'static str {
        match language {
            Language::English => self.en,
            Language::Dutch | Language::Turkish | Language::Arabic => self.nl,
        }
    }
}

/// How a category divides into entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One record: an entry per field, named by the field.
    Record,
    /// A list: an entry per item, named `001`, `002` and so on.
    List,
    /// An entry per person, named by the person's key. Only these can be withheld from somebody.
    People,
}

/// Whether a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// In every record, item or person. A selection that leaves it out is refused when the catalogue is loaded.
    Mandatory,
    /// May be absent.
    Optional,
    /// Worked out from other fields, and only where a purpose names it: "every field" does not include it.
    Derived,
}

/// One field of a category.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name: in the catalogue, in entries, in dossiers.
    pub name: &'static str,
    /// Whether it must be there.
    pub presence: Presence,
    /// Whether a person writes it freely, so that the privacy hint reads it.
    pub free_text: bool,
    /// The words of its closed vocabulary, with what people call them. Empty if it has none.
    pub words: &'static [Worded],
    /// Whether a purpose may pick items by its word (`subject=reading`).
    pub picks: bool,
    /// What people call it.
    pub label: Label,
}

const fn field(name: &'static str, nl: &'static str, en: &'static str) -> Field {
    Field {
        name,
        presence: Presence::Optional,
        free_text: false,
        words: &[],
        picks: false,
        label: Label { nl, en },
    }
}

impl Field {
    const fn mandatory(mut self) -> Self {
        self.presence = Presence::Mandatory;
        self
    }
    const fn derived(mut self) -> Self {
        self.presence = Presence::Derived;
        self
    }
    const fn free(mut self) -> Self {
        self.free_text = true;
        self
    }
    const fn words(mut self, words: &'static [Worded]) -> Self {
        self.words = words;
        self
    }
    const fn picks(mut self) -> Self {
        self.picks = true;
        self
    }

    /// Whether a purpose may pick items by this word of the field.
    pub fn picks_by(&self, word: &str) -> bool {
        self.picks && self.words.iter().any(|(known, _)| *known == word)
    }
}

const IDENTITY: &[Field] = &[
    field("first_names", "Voornamen", "First names"),
    field("prefix", "Tussenvoegsel", "Prefix"),
    field("surname", "Achternaam", "Surname").mandatory(),
    field("date_of_birth", "Geboortedatum", "Date of birth").mandatory(),
];
const NATIONAL_NUMBER: &[Field] = &[
    field("bsn", "Burgerservicenummer", "Citizen service number"),
    field("education_number", "Onderwijsnummer", "Education number"),
];
const CONTACT: &[Field] = &[
    field("name", "Naam", "Name").mandatory(),
    field("relation", "Relatie tot het kind", "Relation to the child").words(wording::RELATION),
    field("phone", "Telefoon", "Telephone"),
    field("email", "E-mail", "E-mail"),
    field("language", "Taal", "Language"),
    field("interpreter", "Tolk nodig", "Interpreter needed"),
    field("residence", "Woonadres", "Home address"),
];
const AUTHORITY: &[Field] = &[
    field("kind", "Soort gezag", "Kind of authority").words(wording::AUTHORITY_KIND),
    field("confirmed_on", "Gezag bevestigd op", "Authority confirmed on"),
    field(
        "under_investigation",
        "Gezag in onderzoek",
        "Authority under investigation",
    ),
];
const ORGANISATIONS: &[Field] = &[
    field(
        "organisations",
        "Betrokken organisaties",
        "Organisations involved",
    ),
    field(
        "municipality",
        "Verantwoordelijke gemeente",
        "Responsible municipality",
    ),
    field("care_assignment", "Toewijzing van hulp", "Care assignment").words(wording::CARE_ASSIGNMENT),
];
const TRANSITION: &[Field] = &[
    field("code", "Soort overstap", "Kind of transition").words(wording::TRANSITION_CODE),
    field("date", "Datum", "Date"),
    field("from", "Van", "From"),
    field("to", "Naar", "To"),
    field("status", "Stand van zaken", "Status").words(wording::TRANSITION_STATUS),
];
const SCHOOL_HISTORY: &[Field] = &[
    field("year", "Schooljaar", "School year").mandatory(),
    field("group", "Groep of klas", "Group or class"),
    field("repeated", "Overgedaan", "Repeated"),
];
const RESULTS: &[Field] = &[
    field("subject", "Vakgebied", "Subject")
        .mandatory()
        .words(wording::SUBJECT)
        .picks(),
    field("test", "Toets", "Test"),
    field("date", "Datum", "Date"),
    field("score", "Score", "Score"),
];
const ADVICE: &[Field] = &[
    field("advice", "Schooladvies", "School advice").free(),
    field("revised_advice", "Herzien advies", "Revised advice").free(),
    field("points_of_attention", "Aandachtspunten", "Points of attention").free(),
];
const SOCIAL_EMOTIONAL: &[Field] = &[
    field("heading", "Onderwerp", "Heading")
        .mandatory()
        .words(wording::SOCIAL_HEADING),
    field("rating", "Oordeel van de leraar", "Teacher's judgement").words(wording::RATING),
    field("remark", "Toelichting", "Remark").free(),
];
const SUPPORT_NEEDS: &[Field] = &[
    field("needs", "Wat heeft het kind nodig", "What the child needs").free(),
    field("works_well", "Wat werkt goed", "What works well").free(),
    field("avoid", "Wat beter niet", "What to avoid").free(),
];
const DEVELOPMENT_PLAN: &[Field] = &[
    field("goal_level", "Uitstroomniveau", "Goal level").free(),
    field("starts", "Vanaf", "From"),
    field("ends", "Tot en met", "Until"),
    field(
        "section_agreed",
        "Instemming met handelingsdeel",
        "Agreement with the support section",
    )
    .words(wording::YES_NO_UNKNOWN),
    field("reference", "Kenmerk", "Reference"),
];
const ARRANGEMENT: &[Field] = &[
    field("kind", "Soort", "Kind")
        .mandatory()
        .words(wording::ARRANGEMENT_KIND),
    field("number", "Nummer van het besluit", "Number of the decision"),
    field("swv", "Samenwerkingsverband", "Support alliance"),
    field("category", "Bekostigingscategorie", "Funding category").words(wording::FUNDING_CATEGORY),
    field("starts", "Vanaf", "From"),
    field("ends", "Tot en met", "Until"),
];
const DIAGNOSIS: &[Field] = &[
    field("kind", "Diagnose of medicatie", "Diagnosis or medication")
        .mandatory()
        .words(wording::DIAGNOSIS_KIND),
    field("relevance", "Van belang voor", "Relevant for")
        .mandatory()
        .words(wording::RELEVANCE)
        .picks(),
    field("code", "Code", "Code"),
    field("school_action", "Wat school moet doen", "What the school must do").free(),
];
const ABSENCE: &[Field] = &[
    field(
        "unauthorised_half_days",
        "Ongeoorloofd gemiste dagdelen",
        "Half-days missed without leave",
    ),
    field(
        "unauthorised_hours",
        "Ongeoorloofd gemiste uren",
        "Hours missed without leave",
    ),
    field("period", "Periode", "Period"),
    field(
        "officer_involved",
        "Leerplichtambtenaar betrokken",
        "Attendance officer involved",
    ),
    field("reason", "Reden", "Reason").free(),
    field("band", "Omvang van het verzuim", "Extent of absence")
        .derived()
        .words(wording::ABSENCE_BAND),
];
const CARE_REQUEST: &[Field] = &[
    field("question", "Vraag van het gezin", "The family's question").free(),
    field("tried", "Wat al geprobeerd is", "What was tried").free(),
    field("wish", "Wat het gezin hoopt", "What the family hopes for").free(),
];
const CARE_INVOLVEMENT: &[Field] = &[
    field("provider", "Aanbieder", "Provider").mandatory(),
    field("contact_person", "Contactpersoon", "Contact person"),
    field("phone", "Telefoon", "Telephone"),
    field("since", "Sinds", "Since"),
    field("until", "Tot", "Until"),
    field("waiting", "Op een wachtlijst", "On a waiting list"),
    field("school_advice", "Advies voor school", "Advice for school").free(),
];
const FAMILY_VIEW: &[Field] = &[
    field("author", "Van", "By").mandatory(),
    field("date", "Datum", "Date"),
    field("agreement", "Akkoord", "Agrees").words(wording::YES_NO_UNKNOWN),
    field("text", "Zienswijze", "View").free(),
];
const AGREEMENTS: &[Field] = &[
    field("action", "Afspraak", "Agreement").mandatory().free(),
    field("owner", "Wie", "Who"),
    field("date", "Wanneer", "When"),
    field("aftercare_date", "Nazorg op", "Aftercare on"),
    field(
        "aftercare_outcome",
        "Uitkomst van de nazorg",
        "Outcome of aftercare",
    )
    .free(),
];
const SAFETY_SIGNAL: &[Field] = &[
    field("facts", "Feiten", "Facts").mandatory().free(),
    field("date", "Datum", "Date"),
    field("source", "Bron", "Source").free(),
    field("step", "Stap van de meldcode", "Step of the reporting code").words(wording::REPORTING_STEP),
];

/// Every field of a category, in the order in which people read them.
pub const fn fields(category: Category) -> &'static [Field] {
    match category {
        Category::Identity => IDENTITY,
        Category::NationalNumber => NATIONAL_NUMBER,
        Category::Contact => CONTACT,
        Category::Authority => AUTHORITY,
        Category::Organisations => ORGANISATIONS,
        Category::Transition => TRANSITION,
        Category::SchoolHistory => SCHOOL_HISTORY,
        Category::Results => RESULTS,
        Category::Advice => ADVICE,
        Category::SocialEmotional => SOCIAL_EMOTIONAL,
        Category::SupportNeeds => SUPPORT_NEEDS,
        Category::DevelopmentPlan => DEVELOPMENT_PLAN,
        Category::Arrangement => ARRANGEMENT,
        Category::Diagnosis => DIAGNOSIS,
        Category::Absence => ABSENCE,
        Category::CareRequest => CARE_REQUEST,
        Category::CareInvolvement => CARE_INVOLVEMENT,
        Category::FamilyView => FAMILY_VIEW,
        Category::Agreements => AGREEMENTS,
        Category::SafetySignal => SAFETY_SIGNAL,
    }
}

/// One field by its name.
pub fn named(category: Category, name: &str) -> Option<&'static Field> {
    fields(category).iter().find(|field| field.name == name)
}

/// How a category divides into entries.
pub const fn shape(category: Category) -> Shape {
    match category {
        Category::Contact | Category::FamilyView => Shape::People,
        Category::SchoolHistory
        | Category::Results
        | Category::SocialEmotional
        | Category::Arrangement
        | Category::Diagnosis
        | Category::CareInvolvement
        | Category::Agreements
        | Category::SafetySignal => Shape::List,
        Category::Identity
        | Category::NationalNumber
        | Category::Authority
        | Category::Organisations
        | Category::Transition
        | Category::Advice
        | Category::SupportNeeds
        | Category::DevelopmentPlan
        | Category::Absence
        | Category::CareRequest => Shape::Record,
    }
}
