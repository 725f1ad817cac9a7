/**
 * JSON as the protocol reads and writes it. `JSON.parse` keeps the last of two equal keys and says nothing; whoever verifies
 * must not read something else than the other side, so double keys are refused here. `canonical` is the one spelling of the
 * values that are committed to (content/src/entry.rs).
 */

import { NotBelieved } from "./errors.js";

/** How deep values may stand in one another. Nothing in the protocol is deeper than six. */
const DEEPEST = 32;

/**
 * @param {string} text
 * @returns {unknown} The value.
 */
export function parse(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new NotBelieved("MALFORMED", "json", cause);
  }
  if (hasDoubleKey(text)) throw new NotBelieved("MALFORMED", "json");
  return value;
}

/**
 * Whether an object in `text`, which is well-formed JSON, has a key twice, or values stand too deep in one another. Walks over
 * strings and brackets; in well-formed JSON a string before a colon is a key.
 */
function hasDoubleKey(text) {
  const open = [];
  const token = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/gs;
  for (const [found, colon] of text.matchAll(token)) {
    if (found === "{" || found === "[") {
      open.push(new Set());
      if (open.length > DEEPEST) return true;
    } else if (found === "}" || found === "]") {
      open.pop();
    } else if (colon !== undefined) {
      // Unescaped, because "\u0061" and "a" are one key.
      const key = JSON.parse(found.slice(0, found.length - colon.length));
      const keys = open[open.length - 1];
      if (keys.has(key)) return true;
      keys.add(key);
    }
  }
  return false;
}

/**
 * Writes a value in its one spelling: no white space, keys in ascending order of their UTF-8 bytes, no null, numbers as
 * integers.
 *
 * @param {unknown} value
 * @returns {string}
 */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "string" || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number" && Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  if (typeof value === "object" && value !== null) {
    const keys = Object.keys(value).sort(byCodePoint);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  throw new NotBelieved("MALFORMED", "value");
}

/**
 * The order of UTF-8 bytes, which is that of code points. JavaScript's own order is that of UTF-16 and differs beyond U+FFFF.
 *
 * @param {string} one
 * @param {string} other
 * @returns {number} Below 0, 0 or above 0, as sorting asks it.
 */
export function byCodePoint(one, other) {
  const [a, b] = [Array.from(one), Array.from(other)];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const difference = /** @type {number} */ (a[at].codePointAt(0)) - /** @type {number} */ (b[at].codePointAt(0));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
