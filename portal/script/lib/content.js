/**
 * A category's content as salted entries, and what it commits to: content/src/commitment.rs. The preview that a guardian sees, the
 * content that is sealed and the evidence hold the same entries; an entry can be withheld, and the rest still be verified.
 *
 * Invariant: content that `parseContent` gave is in its one spelling, holds only fields that its category has, and every value
 * that it shows is part of its commitment.
 */

import { byCodePoint, canonical, parse } from "./json.js";
import { concat, fromBase64url, isUuid, sha256, toBase64url, u32, utf8 } from "./bytes.js";
import { NotBelieved } from "./errors.js";
import { FIELDS } from "./fields.js";
import { misleads } from "./prose.js";
import { bytes, digest, list, optional, struct, text, word } from "./shape.js";

/** The longest content that can be sealed as a compartment, in bytes. */
const MAX_CONTENT = (1 << 20) - 16 - 4;

/** The most entries of one category. */
const MAX_ENTRIES = 500;

const DOCUMENT = struct({
  category: word(...Object.keys(FIELDS)),
  entries: list(struct({
    path: text,
    salt: optional(bytes(16)),
    value: optional(text),
    withheld: optional(digest),
  })),
});

/**
 * One entry: shown with its salt and canonical value, or withheld, when only its commitment is there.
 *
 * @typedef {{path: string, salt?: string, value?: string, withheld?: string}} Entry
 * @typedef {{category: string, entries: readonly Entry[]}} Content
 */

function malformed(category) {
  return new NotBelieved("MALFORMED", category);
}

/**
 * Reads a category's document. Whatever is unknown, out of order, double, or spelled in another way is refused.
 *
 * @param {string} document
 * @returns {Content}
 */
export function parseContent(document) {
  if (utf8(document).length > MAX_CONTENT) throw malformed("content");
  const content = DOCUMENT(parse(document));
  const { category, entries } = content;
  if (entries.length < 1 || entries.length > MAX_ENTRIES) throw malformed(category);
  const { shape } = FIELDS[category];
  entries.forEach((entry, at) => {
    if (at > 0 && byCodePoint(entries[at - 1].path, entry.path) >= 0) throw malformed(category);
    if (shape === "people" && !isUuid(entry.path)) throw malformed(category);
    const isShown = entry.salt !== undefined && entry.value !== undefined && entry.withheld === undefined;
    const isWithheld = entry.salt === undefined && entry.value === undefined && entry.withheld !== undefined;
    if (!isShown && !(isWithheld && shape === "people")) throw malformed(category);
  });
  // One content has one spelling: whatever the JSON reader forgives shows up as a difference here.
  if (spell(content) !== document) throw malformed(category);
  checkEntries(content);
  return content;
}

/** The document in the order of fields that Rust writes. */
function spell({ category, entries }) {
  const ordered = entries.map(({ path, salt, value, withheld }) => ({ path, salt, value, withheld }));
  return JSON.stringify({ category, entries: ordered });
}

function checkEntries({ category, entries }) {
  const { shape } = FIELDS[category];
  const shown = entries.filter((entry) => entry.value !== undefined);
  const values = shown.map((entry) => {
    const value = parse(entry.value);
    if (canonical(value) !== entry.value || hidesSomething(value)) throw malformed(category);
    return value;
  });
  if (shape === "record") {
    const names = entries.map((entry) => entry.path);
    checkFields(category, Object.fromEntries(names.map((name, at) => [name, values[at]])));
    return;
  }
  if (shape === "list" && entries.some((entry, at) => entry.path !== String(at + 1).padStart(3, "0"))) {
    throw malformed(category);
  }
  values.forEach((value) => checkFields(category, value));
}

/** Whether a text in it would show something else than it says. */
function hidesSomething(value) {
  if (typeof value === "string") return misleads(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hidesSomething);
}

/** Whether a record, item or person has only fields of the category, its mandatory ones, and words that it knows. */
function checkFields(category, value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(category);
  const { fields } = FIELDS[category];
  const names = Object.keys(value);
  if (names.length === 0 || names.some((name) => !fields.some((field) => field.name === name))) throw malformed(category);
  for (const field of fields) {
    if (!Object.hasOwn(value, field.name)) {
      if (field.mandatory) throw malformed(category);
    } else if (field.words !== null && !field.words.includes(value[field.name])) {
      throw malformed(category);
    }
  }
}

/**
 * @param {string} category
 * @param {Entry} entry
 * @returns {Promise<Uint8Array>} The commitment of one entry, 32 bytes.
 */
export async function entryCommitment(category, entry) {
  if (entry.withheld !== undefined) return fromBase64url(entry.withheld, 32);
  const [path, value] = [utf8(entry.path), utf8(/** @type {string} */ (entry.value))];
  const salt = fromBase64url(entry.salt, 16);
  return sha256(utf8("handdruk entry v1\0"), utf8(category), u32(path.length), path, u32(value.length), value, salt);
}

/**
 * The commitment that the manifest carries. The same whether entries are withheld or not.
 *
 * @param {Content} content
 * @returns {Promise<string>} base64url
 */
export async function commitment({ category, entries }) {
  const parts = await Promise.all(entries.map((entry) => entryCommitment(category, entry)));
  const tag = utf8("handdruk category v1\0");
  return toBase64url(await sha256(concat(tag, utf8(category), u32(parts.length), ...parts)));
}
