/**
 * The rules that a manifest cites: the part of the catalogue (domain/src/catalogue) that a guardian is shown and that choices are
 * checked against. The text is TOML, signed by the registrar; the parser is `smol-toml`, vendored, loaded when it is needed.
 */

import { NotBelieved } from "./errors.js";
import { CATEGORIES } from "./body.js";
import { count, flag, list, map, optional, struct, text, word } from "./shape.js";

const BASES = ["statutory", "consent", "safety", "aggregate"];
const category = word(...CATEGORIES);
const mark = word("V", "17", "D", "U");
const source = struct({ article: text, mark });
const anything = (value) => value;
const unit = word("working", "school", "calendar");
const terms = map(text, struct({ days: count, unit, from: word("stage", "start", "before-start") }));
const rung = struct({
  tell: word("owner", "organisations", "family", "third-party"),
  days: optional(count),
  unit: optional(unit),
  place: optional(text),
  stages: optional(list(text)),
  article: optional(text),
  mark: optional(mark),
});

const PURPOSE = struct({
  id: text,
  short: text,
  name: struct({ nl: text, en: text }),
  basis: word(...BASES),
  sources: list(source),
  routes: list(anything),
  inform: optional(word("inspection", "notice")),
  agreement: optional(list(category)),
  all_must_agree: optional(flag),
  required: optional(list(category)),
  application: optional(flag),
  transition: optional(flag),
  agreement_needed: flag,
  keep: struct({
    months: optional(count),
    from: text,
    declined: optional(struct({ months: count, article: text, mark })),
    article: text,
    mark,
  }),
  course: optional(word("talk", "short")),
  deadlines: optional(terms),
  escalation: optional(list(rung)),
  remarks: optional(list(text)),
  categories: anything,
});

/**
 * By when a stage of the warm part must be over.
 *
 * @typedef {{days: number, unit: "working" | "school" | "calendar", from: "stage" | "start" | "before-start"}} Term
 */

/**
 * What the rules say about one purpose: the names of the catalogue's own keys.
 *
 * @typedef {{id: string, name: {nl: string, en: string}, basis: string, inform: ?string, sources: {article: string, mark: string}[],
 *   agreement: string[], all_must_agree: boolean, required: string[],
 *   keep: {months?: number, from: string, article: string, mark: string}, course: ?("talk" | "short"),
 *   deadlines: Record<string, Term>, escalation: {tell: string}[]}} Rules
 */

/** A catalogue that the registrar signed. */
export class Catalogue {
  /** @type {Map<string, Rules>} */ #purposes;

  /** @param {{version: string, dated: string}} about @param {any} periods @param {Map<string, Rules>} purposes */
  constructor(about, periods, purposes) {
    this.version = about.version;
    this.dated = about.dated;
    /** Days for inspection and for objecting. @type {{inspection_days: number, objection_days: number}} */
    this.periods = periods;
    this.#purposes = purposes;
  }

  /** @param {string} purpose @returns {?Rules} `null` if the rules do not know the purpose. */
  rules(purpose) {
    return this.#purposes.get(purpose) ?? null;
  }
}

/**
 * @param {string} toml Verified text.
 * @returns {Promise<Catalogue>}
 * @throws {NotBelieved} `CATALOGUE` if this version cannot read it.
 */
export async function parseCatalogue(toml) {
  const { parse } = await import("../vendor/toml.js");
  try {
    const file = parse(toml);
    const { inspection_days, objection_days } = file.periods;
    const shared = terms(file.deadlines);
    const purposes = new Map(file.purpose.map(PURPOSE).map((rules) => [rules.id, withDefaults(rules, shared)]));
    const about = { version: text(file.version), dated: text(file.dated) };
    return new Catalogue(about, { inspection_days: count(inspection_days), objection_days: count(objection_days) }, purposes);
  } catch (cause) {
    throw new NotBelieved("CATALOGUE", "catalogue", cause);
  }
}

function withDefaults(rules, shared) {
  const { inform = null, agreement = [], all_must_agree = false, required = [], course = null, escalation = [] } = rules;
  const deadlines = Object.freeze({ ...shared, ...rules.deadlines });
  return Object.freeze({ ...rules, inform, agreement, all_must_agree, required, course, deadlines, escalation });
}
