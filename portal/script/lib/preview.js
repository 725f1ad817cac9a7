/**
 * Previews: what a guardian inspects before anything is handed over (content/src/seal/preview.rs). HPKE does not say who sealed;
 * that a preview matches the signed manifest's commitments, category by category, is what tells the sender's from one that
 * somebody else made up. A preview that does not match exactly is refused as a whole.
 */

import { fromBase64url, text } from "./bytes.js";
import { commitment, parseContent } from "./content.js";
import { NotBelieved } from "./errors.js";
import { FIELDS } from "./fields.js";
import { open } from "./hpke.js";
import { parse } from "./json.js";
import { PublicKey } from "./key.js";
import { list, struct, text as anyText } from "./shape.js";

const DOCUMENT = struct({ view_key: anyText, categories: list(anyText) });

/**
 * What one person may read of an entry: `value` is text, a number, a flag, a list or an object with parts; `word` says that it is a
 * word of a closed vocabulary, which has a name in every language.
 *
 * @typedef {{name: string, value: unknown, word: boolean}} ReadableField
 * @typedef {{path: string, number: ?number, withheld: boolean, fields: ReadableField[]}} ReadableEntry
 * @typedef {{category: string, shape: import("./fields.js").Division, entries: ReadableEntry[]}} ReadableCategory
 */

/** Kept inside this module, so that nobody else makes a `Preview`. */
const BORN = Symbol("preview.js");

/** A preview that was opened and matches its manifest. Only `openPreview` makes one. */
export class Preview {
  /** @param {symbol} guard @param {string} manifest @param {PublicKey} viewKey @param {import("./content.js").Content[]} contents */
  constructor(guard, manifest, viewKey, contents) {
    if (guard !== BORN) throw new TypeError("a Preview is born in preview.js only");
    /** The digest of the manifest that it matches. */
    this.manifest = manifest;
    /** The sending node's key for this person's remarks about this handover. */
    this.viewKey = viewKey;
    /** The salted entries as they were committed to: for an export that can be verified again. */
    this.contents = Object.freeze(contents);
    /** The same to read, in order of category. @type {ReadableCategory[]} */
    this.categories = contents.map(readable);
    Object.freeze(this);
  }
}

/**
 * Opens a preview and compares it with the manifest: the same categories, each with its commitment.
 *
 * @param {import("./credentials.js").OwnKeys} own
 * @param {import("./statement.js").Verified} manifest The original manifest.
 * @param {string} slot Whose preview.
 * @param {Uint8Array} sealed
 * @returns {Promise<Preview>}
 * @throws {NotBelieved} `DOES_NOT_OPEN`, `MALFORMED` or `NOT_COMMITTED` (with the category).
 */
export async function openPreview(own, manifest, slot, sealed) {
  const commitments = manifest.body.categories;
  const opened = await open(own.opening, "preview", manifest.digest, slot, sealed);
  const says = DOCUMENT(parse(text(opened)));
  const viewKey = await PublicKey.parse(says.view_key);
  if (viewKey.algorithm !== "p256") throw new NotBelieved("MALFORMED", "view_key");
  const contents = new Map();
  for (const written of says.categories) {
    const content = parseContent(written);
    const { category } = content;
    if (!Object.hasOwn(commitments, category) || commitments[category] !== (await commitment(content))) {
      throw new NotBelieved("NOT_COMMITTED", category);
    }
    if (contents.has(category)) throw new NotBelieved("MALFORMED", category);
    contents.set(category, content);
  }
  const absent = Object.keys(commitments).find((category) => !contents.has(category));
  if (absent !== undefined) throw new NotBelieved("NOT_COMMITTED", absent);
  const ordered = [...contents.keys()].sort().map((category) => contents.get(category));
  return new Preview(BORN, manifest.digest, viewKey, ordered);
}

/** A category's content as people read it: entries in order, fields in reading order, what is withheld named as that. */
function readable({ category, entries }) {
  const { shape, fields } = FIELDS[category];
  const order = (name) => fields.findIndex((field) => field.name === name);
  const shown = entries.map((entry, at) => {
    const number = shape === "record" ? null : at + 1;
    if (entry.value === undefined) return { path: entry.path, number, withheld: true, fields: [] };
    const value = JSON.parse(entry.value);
    const whole = shape === "record" ? { [entry.path]: value } : value;
    const present = fields.filter((field) => Object.hasOwn(whole, field.name));
    const read = present.map(({ name, words }) => ({ name, value: whole[name], word: words !== null }));
    return { path: entry.path, number, withheld: false, fields: read };
  });
  if (shape === "record") shown.sort((one, other) => order(one.path) - order(other.path));
  return { category, shape, entries: shown };
}

/**
 * @param {unknown} sealed As the portal passes it on.
 * @returns {Uint8Array}
 */
export function sealedBytes(sealed) {
  return fromBase64url(sealed);
}
