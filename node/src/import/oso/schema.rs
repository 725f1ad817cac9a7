//! The layout of an OSO 2019.1 dossier: every element that may stand in it, and what becomes of each.
//!
//! Written from the published interface. Order is not checked: it carries no meaning. What no purpose may hand over is
//! marked `never` and does not enter memory.

use super::layout::{Rule, block, blocks, count, date, flag, never, text, texts, the};
use crate::import::dropped::DropReason::{
    Attachment, Bank, Birthplace, CareTeam, Duplicate, Funding, Nationality, NoPurpose, OtherPerson,
    RiskIndex, StreetAddress, SystemKey,
};

/// A dossier.
pub(super) static DOSSIER: Rule = the("dossier", DOSSIER_BLOCK);

static DOSSIER_BLOCK: &[Rule] = &[
    the("metadata", METADATA),
    text("overdrachtsoort", 40),
    block("inzage", INSPECTION),
    the("huidigeschool", SCHOOL),
];

static METADATA: &[Rule] = &[
    never("deeldossier", NoPurpose),
    never("pakketnaam", NoPurpose),
    never("pakketversie", NoPurpose),
    date("datum"),
    text("standaardversie", 20),
    never("validatieversie", NoPurpose),
    block("categorie_uitlevering", DELIVERY),
    text("overstap", 20),
];

static DELIVERY: &[Rule] = &[
    text("cat_metadata", 20),
    text("cat_ouderinzage", 20),
    text("cat_school", 20),
    text("cat_leerling", 20),
    text("cat_oudersverzorgers", 20),
    text("cat_vve", 20),
    text("cat_schoolloopbaan", 20),
    text("cat_overstapadvies", 20),
    text("cat_onderwijsondersteuning", 20),
    text("cat_verzuim", 20),
    text("cat_eindtoetsbo", 20),
    text("cat_toetsresultaten", 20),
    text("cat_handelingsplannen", 20),
    text("cat_cijferlijsten", 20),
    text("cat_vombo", 20),
    text("cat_bijlagedocs", 20),
];

static INSPECTION: &[Rule] = &[
    flag("voorlopigdossier"),
    flag("inzage"),
    date("inzagedatum"),
    text("akkoord", 20),
    text("redennietakkoord", 4000),
    text("toestemming", 20),
];

static SCHOOL: &[Rule] = &[
    never("naam", NoPurpose),
    never("adreslijst", NoPurpose),
    block("communicatielijst", CHANNELS),
    text("brincode", 4),
    text("vestigingscode", 2),
    never("aanleverpunt", NoPurpose),
    never("soort", NoPurpose),
    never("type", NoPurpose),
    never("naamdirecteur", OtherPerson),
    never("website", NoPurpose),
    the("leerling", PUPIL),
];

static CHANNELS: &[Rule] = &[blocks("communicatie", CHANNEL)];

static CHANNEL: &[Rule] = &[
    text("soort", 20),
    text("aanduiding", 20),
    text("nummer", 254),
    flag("geheim"),
    flag("noodnummer"),
];

static ADDRESSES: &[Rule] = &[blocks("adres", ADDRESS)];

static ADDRESS: &[Rule] = &[
    text("soortadres", 20),
    text("straat", 120),
    text("nummer", 20),
    text("toevoeging", 20),
    text("aanduiding", 20),
    never("locatieomschrijving", StreetAddress),
    text("postcode", 10),
    text("plaats", 80),
    never("gemeente", StreetAddress),
    text("land", 10),
];

static PUPIL: &[Rule] = &[
    texts("voornaam", 120),
    never("voorletters-1", NoPurpose),
    text("voorvoegsel", 20),
    text("achternaam", 120),
    never("roepnaam", NoPurpose),
    date("geboortedatum"),
    never("geboortemaand", NoPurpose),
    never("geslacht", NoPurpose),
    flag("adresgeheim"),
    block("adreslijst", ADDRESSES),
    text("postcode4adres", 10),
    block("communicatielijst", CHANNELS),
    never("gba", Duplicate),
    texts("adresbuitenland", 40),
    never("geboorteplaats", Birthplace),
    never("nationaliteit", Nationality),
    text("onderwijsnummer", 20),
    text("bsn", 20),
    never("leerlingid", SystemKey),
    never("onderwijssinds", NoPurpose),
    never("startdatumhuidigonderwijs", NoPurpose),
    never("datuminschrijving", NoPurpose),
    date("datumuitschrijving"),
    text("teruggeplaatstnaarbrin", 4),
    never("leerlinggewicht", Funding),
    never("nnca", Nationality),
    never("tehuis", NoPurpose),
    never("huisarts", OtherPerson),
    never("verzorgersaansprakelijk", NoPurpose),
    never("aansprakelijkeinstelling", OtherPerson),
    block("overstapadvies", ADVICE),
    never("vanpeuterspeelzaal", NoPurpose),
    never("naampeuterspeelzaal", NoPurpose),
    never("voorschools", NoPurpose),
    never("vroegschools", NoPurpose),
    block("schoolloopbaanlijst", HISTORY),
    block("onderwijsondersteuning", SUPPORT),
    block("verzuim", ABSENCE),
    block("eindtoets_basisonderwijs", FINAL_TEST),
    block("toetslijst", TESTS),
    block("cijferlijstlijst", REPORTS),
    block("overigdocumentlijst", DOCUMENTS),
    blocks("verzorger", CARER),
    never("bevorderd", NoPurpose),
    block("examenresultaat", EXAM),
    blocks("resultaatvakkenvo", SUBJECT),
    never("certificaat", NoPurpose),
    never("competenties", NoPurpose),
    never("stage", NoPurpose),
    never("overigvombo", NoPurpose),
    // Gone from the standard, still written by some systems: known here so that they are counted and not only refused.
    never("vir", RiskIndex),
    never("zat", CareTeam),
];

static DOCUMENTS: &[Rule] = &[never("document", Attachment)];

static ADVICE: &[Rule] = &[
    text("advies", 10),
    never("wensouders", NoPurpose),
    never("wensleerling", NoPurpose),
    text("herzienadvies", 10),
    never("motivatie_herzienadvies", NoPurpose),
    never("profiel", NoPurpose),
    never("argumentatie", NoPurpose),
    never("contactnodig", NoPurpose),
    text("contactpersoon", 120),
    text("contacttelefoon", 20),
    never("contactemail", NoPurpose),
    text("aandachtspunten", 500),
];

static HISTORY: &[Rule] = &[blocks("schoolloopbaan", SCHOOL_YEAR)];

static SCHOOL_YEAR: &[Rule] = &[
    text("schooljaar", 9),
    never("groepscode", NoPurpose),
    never("groepsnaam", NoPurpose),
    text("jaargroep", 10),
    never("begindatum", NoPurpose),
    never("einddatum", NoPurpose),
    never("brincode", NoPurpose),
    never("vestigingscode", NoPurpose),
    never("schoolsoort", NoPurpose),
    never("schooltype", NoPurpose),
    never("voelementcode", NoPurpose),
    never("voelementomschrijving", NoPurpose),
    never("schoolsoortomschrijving", NoPurpose),
];

static SUPPORT: &[Rule] = &[
    block("toelichting_onderwijsbehoeften", DOCUMENTS),
    blocks("diagnose", DIAGNOSIS),
    flag("medicijngebruik"),
    blocks("handelingsplan", PLAN),
    block("opp", DEVELOPMENT_PLAN),
    blocks("tlv", ADMISSIBILITY),
    blocks("arrangement_cluster12", CLUSTER),
    blocks("arrangement_pao", ARRANGEMENT),
    block("lwoo", LWOO),
    block("rvc", RVC),
    never("vir", RiskIndex),
    never("zat", CareTeam),
];

static DIAGNOSIS: &[Rule] = &[
    texts("code", 20),
    never("naam", NoPurpose),
    never("datum", NoPurpose),
    never("doorwie", OtherPerson),
    never("instantie", NoPurpose),
    never("document", Attachment),
];

static PLAN: &[Rule] = &[
    never("startdatum", NoPurpose),
    never("einddatum", NoPurpose),
    never("isgerichtop", NoPurpose),
    never("document", Attachment),
];

static DEVELOPMENT_PLAN: &[Rule] = &[
    date("opp_ingangdatum"),
    date("opp_einddatum"),
    never("document", Attachment),
];

static ADMISSIBILITY: &[Rule] = &[
    date("tlvingangdatum"),
    text("tlvswvnummer", 20),
    text("tlvcategorie", 10),
    text("tlvbeschikkingsnummer", 60),
    date("tlveinddatum"),
    never("document", Attachment),
];

static CLUSTER: &[Rule] = &[
    date("arrangement_datum"),
    never("arrangement_brin", NoPurpose),
    never("arrangement_vestigingscode", NoPurpose),
];

static ARRANGEMENT: &[Rule] = &[
    date("arrangement_datum"),
    never("arrangement_kenmerk", NoPurpose),
    text("arrangement_beschikkingsnr", 60),
    date("arrangement_einddatum"),
];

static LWOO: &[Rule] = &[
    date("lwoo_ingangdatum"),
    text("lwoo_swvnummer", 20),
    text("lwoo_beschikkingsnummer", 60),
    date("lwoo_einddatum"),
    never("document", Attachment),
];

static RVC: &[Rule] = &[
    never("centraleproblematiek", NoPurpose),
    never("maatregelen", NoPurpose),
    never("signaleringlwoopro", NoPurpose),
    never("rvcdatum", NoPurpose),
    never("rvcindicatie", NoPurpose),
    never("document", Attachment),
];

static ABSENCE: &[Rule] = &[
    never("dagdelengeoorloofd", NoPurpose),
    count("dagdelenongeoorloofd"),
    never("urengeoorloofd", NoPurpose),
    count("urenongeoorloofd"),
    never("meerdan25percent", NoPurpose),
    never("frequentie", NoPurpose),
    flag("contactleerplicht"),
    never("rmcmelding", NoPurpose),
    block("documentLijst", DOCUMENTS),
];

static FINAL_TEST: &[Rule] = &[
    block("eindtoetsresultaat", FINAL_RESULT),
    never("deelgenomen", NoPurpose),
    never("document", Attachment),
];

static FINAL_RESULT: &[Rule] = &[
    never("toetssoort", NoPurpose),
    never("toetsniveau", NoPurpose),
    text("toetsomschrijving", 160),
    date("datum_afname"),
    never("wettelijke_ontheffing", NoPurpose),
    count("standaardscore"),
    never("toets_advies", NoPurpose),
    never("onderdelen", NoPurpose),
];

static TESTS: &[Rule] = &[blocks("toets", TEST)];

static TEST: &[Rule] = &[
    block("toetsidentificatie", TEST_NAME),
    block("afname", TEST_TAKEN),
    block("resultaat", TEST_RESULT),
    blocks("toetsonderdeel", TEST_PART),
    never("opmerking", NoPurpose),
];

static TEST_PART: &[Rule] = &[
    never("eldonderdeelcode", NoPurpose),
    never("onderdeelnaam", NoPurpose),
    block("resultaat", TEST_PART_RESULT),
];

static TEST_PART_RESULT: &[Rule] = &[
    never("toetsscore", NoPurpose),
    never("referentiescore", NoPurpose),
    never("document", Attachment),
];

static TEST_NAME: &[Rule] = &[
    never("eldtoetscode", NoPurpose),
    text("leergebied", 80),
    text("toetsnaam", 300),
    text("toetsversie", 80),
];

static TEST_TAKEN: &[Rule] = &[
    date("afnamedatum"),
    never("jaargroep", NoPurpose),
    never("dl", NoPurpose),
    never("afgenomendoor", OtherPerson),
];

static TEST_RESULT: &[Rule] = &[
    block("toetsscore", RAW_SCORE),
    blocks("referentiescore", REFERENCE_SCORE),
    never("document", Attachment),
];

static RAW_SCORE: &[Rule] = &[
    never("aantalopgaven", NoPurpose),
    never("aantalgoed", NoPurpose),
    never("aantalfout", NoPurpose),
    never("aantalgelezen", NoPurpose),
    never("tijd", NoPurpose),
    text("vaardigheidsscore", 20),
    never("codevaardigheidsschaal", NoPurpose),
    never("betrouwbaarheidsinterval", NoPurpose),
];

static REFERENCE_SCORE: &[Rule] = &[
    text("codereferentiescore", 20),
    never("codevergelijkingsgroep", NoPurpose),
    text("waarde", 40),
    never("kwalificatie", NoPurpose),
];

static REPORTS: &[Rule] = &[blocks("cijferlijst", REPORT)];

static REPORT: &[Rule] = &[
    block("cijferlijstTypelijst", REPORT_MARKS),
    date("afnamedatum"),
    never("jaargroep", NoPurpose),
    never("periode", NoPurpose),
];

static REPORT_MARKS: &[Rule] = &[
    texts("naam", 80),
    blocks("onderdeel", MARK),
    never("score", NoPurpose),
];

static MARK: &[Rule] = &[
    text("naam", 80),
    block("score", MARK_SCORE),
    date("afnamedatum"),
    never("jaargroep", NoPurpose),
    never("periode", NoPurpose),
];

static MARK_SCORE: &[Rule] = &[text("waarde", 40), text("kwalificatie", 80)];

static CARER: &[Rule] = &[
    texts("voornaam", 120),
    text("voorletters-1", 40),
    text("voorvoegsel", 20),
    text("achternaam", 120),
    never("roepnaam", NoPurpose),
    never("geslacht", NoPurpose),
    flag("adresgeheim"),
    block("adreslijst", ADDRESSES),
    block("communicatielijst", CHANNELS),
    text("relatietotkind", 10),
    flag("overleden"),
    never("overlijdensdatum", OtherPerson),
    flag("wettigevertegenwoordiger"),
    never("banknummer", Bank),
    never("iban", Bank),
];

static EXAM: &[Rule] = &[
    text("soortdiploma", 80),
    never("examenjaar", NoPurpose),
    date("datumuitslag"),
    text("examenuitslag", 80),
];

static SUBJECT: &[Rule] = &[
    text("vakcode", 20),
    text("vakleergebied", 120),
    never("afgerond", NoPurpose),
    date("datumafgerond"),
    never("examenvak", NoPurpose),
    text("beoordelingexamenvak", 80),
    text("exameneindcijfer", 10),
    text("cijferce", 10),
    text("eindcijferse", 10),
    never("cijferse", NoPurpose),
    text("rapportcijfer", 10),
    never("werkstuk", NoPurpose),
];
