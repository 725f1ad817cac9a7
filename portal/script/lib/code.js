/**
 * Invitation codes: what is printed on a guardian's letter. A code is 80 random bits as 16 symbols of Crockford's base 32 and a
 * check symbol, in groups: `60RK-4CSM-6MV3-EE1SY`. The same as content/src/code.rs reads. This module loads nothing else but
 * errors, because it is all of this library that the first page needs.
 *
 * A code never goes into a URL's path or query, into a form that is sent, or into an error. In a link it stands in the fragment,
 * which browsers do not send; `codeFromFragment` takes it out of the address at once.
 */

import { CodeError } from "./errors.js";

/** Crockford's base 32: no I, L, O or U. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Symbols that carry the code, 5 bits each. */
const SYMBOLS = 16;

/** What people and word processors put between groups. */
const SEPARATES = /[\p{White_Space}\-\u2010-\u2015\u2212._]/u;

/** A printed code. Shows itself nowhere by accident: not as text, not in JSON, not in the console. */
export class InvitationCode {
  /** @type {Uint8Array} */ #bytes;

  /** @param {Uint8Array} bytes The 80 bits. */
  constructor(bytes) {
    if (bytes.length !== 10) throw new CodeError("LENGTH");
    this.#bytes = bytes.slice();
  }

  /** @returns {Uint8Array} A copy of the 80 bits. */
  bytes() {
    return this.#bytes.slice();
  }

  toString() {
    return "InvitationCode";
  }

  toJSON() {
    return "InvitationCode";
  }
}

/** The value of a typed character, or -1: case does not matter, O, I and L are read as the digits that they look like. */
function valueOf(typed) {
  // Only ASCII letters have another case here: "ı" and "ſ" are no code symbols, though some languages upper-case them so.
  const upper = /^[a-z]$/.test(typed) ? typed.toUpperCase() : typed;
  const symbol = { O: "0", I: "1", L: "1" }[upper] ?? upper;
  return symbol.length === 1 ? ALPHABET.indexOf(symbol) : -1;
}

/**
 * The check symbol: a weighted sum over GF(32) (x^5 + x^2 + 1) with different weights, none of them 0, so that every single
 * wrong symbol and every swap of two symbols shows.
 */
function check(values) {
  return values.reduce((sum, value) => {
    const doubled = (sum ^ value) << 1;
    return doubled & 0b10_0000 ? doubled ^ 0b10_0101 : doubled;
  }, 0);
}

/**
 * Reads what somebody typed or pasted.
 *
 * @param {string} typed
 * @returns {InvitationCode}
 * @throws {CodeError}
 */
export function parseCode(typed) {
  const symbols = Array.from(typed).filter((character) => !SEPARATES.test(character));
  const values = symbols.map(valueOf);
  if (values.includes(-1)) throw new CodeError("UNKNOWN_SYMBOL");
  if (values.length !== SYMBOLS + 1) {
    const error = new CodeError("LENGTH");
    error.found = values.length;
    throw error;
  }
  const code = values.slice(0, SYMBOLS);
  if (values[SYMBOLS] !== check(code)) throw new CodeError("MISTYPED");
  const bytes = new Uint8Array(10);
  for (let bit = 0; bit < SYMBOLS * 5; bit += 1) {
    bytes[bit >> 3] |= ((code[Math.floor(bit / 5)] >> (4 - (bit % 5))) & 1) << (7 - (bit % 8));
  }
  return new InvitationCode(bytes);
}

/**
 * The code as it is printed: 17 symbols in groups of 4, 4, 4 and 5. To show it back to whoever typed it, nowhere else.
 *
 * @param {InvitationCode} code
 * @returns {string}
 */
export function formatCode(code) {
  const bytes = code.bytes();
  const values = Array.from({ length: SYMBOLS }, (_, at) => {
    let value = 0;
    for (let bit = at * 5; bit < at * 5 + 5; bit += 1) value = (value << 1) | ((bytes[bit >> 3] >> (7 - (bit % 8))) & 1);
    return value;
  });
  return groupTyped([...values, check(values)].map((value) => ALPHABET[value]).join(""));
}

/**
 * What was typed so far, in upper case and in groups, for a field that is being filled. Whatever is no symbol of a code is left
 * out; `parseCode` says what is wrong when all of it is there.
 *
 * @param {string} typed
 * @returns {string}
 */
export function groupTyped(typed) {
  const symbols = Array.from(typed).map(valueOf).filter((value) => value >= 0).map((value) => ALPHABET[value]);
  const groups = [symbols.slice(0, 4), symbols.slice(4, 8), symbols.slice(8, 12), symbols.slice(12)];
  return groups.filter((group) => group.length > 0).map((group) => group.join("")).join("-");
}

/**
 * Takes the code out of the address, if it stands there, and the fragment with it, so that neither history nor a look over the
 * shoulder shows it.
 *
 * @param {Location} location
 * @param {History} [history]
 * @returns {?InvitationCode} `null` if there is no fragment.
 * @throws {CodeError} If there is a fragment and it is not a code.
 */
export function codeFromFragment(location, history = globalThis.history) {
  const fragment = location.hash.slice(1);
  if (fragment === "") return null;
  history.replaceState(null, "", location.pathname + location.search);
  let typed;
  try {
    typed = decodeURIComponent(fragment);
  } catch {
    throw new CodeError("UNKNOWN_SYMBOL");
  }
  return parseCode(typed);
}
