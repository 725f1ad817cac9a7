/**
 * The closed list of fields per category: content/src/field.rs in JavaScript, in the order in which people read them. What a
 * category does not name here is refused, so that nothing is handed over that a page would not show. A test in `tests/` compares
 * this table with the Rust one. What people call categories, fields and words stands in the portal's locales.
 *
 * @typedef {{name: string, mandatory: boolean, words: ?readonly string[]}} Field `words` is its closed vocabulary, if it has one.
 * @typedef {"record" | "list" | "people"} Division How a category divides into entries: one per field, item or person.
 */

const field = (name, words = null) => Object.freeze({ name, mandatory: false, words });
const mandatory = (name, words = null) => Object.freeze({ name, mandatory: true, words });
const record = (...fields) => Object.freeze({ shape: "record", fields });
const items = (...fields) => Object.freeze({ shape: "list", fields });
const people = (...fields) => Object.freeze({ shape: "people", fields });

const RELATION = Object.freeze([
  "mother", "father", "parent", "step-parent", "foster-parent", "guardian", "grandparent", "representative",
  "child", "other-carer",
]);
const AUTHORITY_KIND = Object.freeze([
  "joint", "single", "joint-with-non-parent", "guardianship", "temporarily-none", "undetermined",
]);
const CARE_ASSIGNMENT = Object.freeze(["none", "asked", "given"]);
const TRANSITION_CODE = Object.freeze([
  "VSPO", "VSWEC", "POPO", "POWEC", "POVO", "VOVO", "VOMBO", "WECWEC", "WECVO", "WECMBO", "POSWV", "VOSWV",
]);
const TRANSITION_STATUS = Object.freeze([
  "planned", "applied", "admitted", "enrolled", "arrived", "not-enrolled", "not-arrived",
]);
const SUBJECT = Object.freeze([
  "reading", "spelling", "language", "arithmetic", "foreign-languages", "final-test", "capacity", "other",
]);
const SOCIAL_HEADING = Object.freeze([
  "peers", "teacher", "self-confidence", "motivation", "work-attitude", "behaviour", "wellbeing",
]);
const RATING = Object.freeze(["strong", "as-expected", "needs-attention"]);
const YES_NO_UNKNOWN = Object.freeze(["yes", "no", "unknown"]);
const ARRANGEMENT_KIND = Object.freeze(["tlv", "cluster", "alliance"]);
const FUNDING_CATEGORY = Object.freeze(["L", "M", "H"]);
const DIAGNOSIS_KIND = Object.freeze(["diagnosis", "medication"]);
const RELEVANCE = Object.freeze(["education", "other"]);
const ABSENCE_BAND = Object.freeze(["none", "below-16-hours", "16-hours-or-more"]);
const REPORTING_STEP = Object.freeze(["signals", "consulted", "talked", "weighed", "decided"]);

/** @type {Readonly<Record<string, Readonly<{shape: Division, fields: Field[]}>>>} */
export const FIELDS = Object.freeze({
  D01: record(
    field("first_names"),
    field("prefix"),
    mandatory("surname"),
    mandatory("date_of_birth"),
  ),
  D02: record(
    field("bsn"),
    field("education_number"),
  ),
  D03: people(
    mandatory("name"),
    field("relation", RELATION),
    field("phone"),
    field("email"),
    field("language"),
    field("interpreter"),
    field("residence"),
  ),
  D04: record(
    field("kind", AUTHORITY_KIND),
    field("confirmed_on"),
    field("under_investigation"),
  ),
  D05: record(
    field("organisations"),
    field("municipality"),
    field("care_assignment", CARE_ASSIGNMENT),
  ),
  D06: record(
    field("code", TRANSITION_CODE),
    field("date"),
    field("from"),
    field("to"),
    field("status", TRANSITION_STATUS),
  ),
  D07: items(
    mandatory("year"),
    field("group"),
    field("repeated"),
  ),
  D08: items(
    mandatory("subject", SUBJECT),
    field("test"),
    field("date"),
    field("score"),
  ),
  D09: record(
    field("advice"),
    field("revised_advice"),
    field("points_of_attention"),
  ),
  D10: items(
    mandatory("heading", SOCIAL_HEADING),
    field("rating", RATING),
    field("remark"),
  ),
  D11: record(
    field("needs"),
    field("works_well"),
    field("avoid"),
  ),
  D12: record(
    field("goal_level"),
    field("starts"),
    field("ends"),
    field("section_agreed", YES_NO_UNKNOWN),
    field("reference"),
  ),
  D13: items(
    mandatory("kind", ARRANGEMENT_KIND),
    field("number"),
    field("swv"),
    field("category", FUNDING_CATEGORY),
    field("starts"),
    field("ends"),
  ),
  D14: items(
    mandatory("kind", DIAGNOSIS_KIND),
    mandatory("relevance", RELEVANCE),
    field("code"),
    field("school_action"),
  ),
  D15: record(
    field("unauthorised_half_days"),
    field("unauthorised_hours"),
    field("period"),
    field("officer_involved"),
    field("reason"),
    field("band", ABSENCE_BAND),
  ),
  D16: record(
    field("question"),
    field("tried"),
    field("wish"),
  ),
  D17: items(
    mandatory("provider"),
    field("contact_person"),
    field("phone"),
    field("since"),
    field("until"),
    field("waiting"),
    field("school_advice"),
  ),
  D18: people(
    mandatory("author"),
    field("date"),
    field("agreement", YES_NO_UNKNOWN),
    field("text"),
  ),
  D19: items(
    mandatory("action"),
    field("owner"),
    field("date"),
    field("aftercare_date"),
    field("aftercare_outcome"),
  ),
  D20: items(
    mandatory("facts"),
    field("date"),
    field("source"),
    field("step", REPORTING_STEP),
  ),
});
