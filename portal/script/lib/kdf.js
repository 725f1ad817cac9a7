/**
 * Key derivation, the same as content/src/kdf.rs: HKDF-SHA256 (RFC 5869) to make keys of key material, PBKDF2-SHA256 (RFC 8018)
 * to make guessing slow where the input is short. docs/adr/0004 has the table of what is derived from what.
 */

import { utf8 } from "./bytes.js";

/** How often PBKDF2 iterates: OWASP's figure for PBKDF2-HMAC-SHA256. About half a second on a telephone. */
export const ITERATIONS = 600_000;

const NONE = new Uint8Array(0);

/**
 * PBKDF2-SHA256 with `ITERATIONS`: slow on purpose. Runs beside the page, which stays usable.
 *
 * @param {Uint8Array} input
 * @param {Uint8Array} salt
 * @returns {Promise<Uint8Array>} 32 bytes.
 */
export async function stretch(input, salt) {
  const key = await crypto.subtle.importKey("raw", input, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ITERATIONS };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}

/**
 * HKDF-SHA256 of `material`, for one use named by `label`.
 *
 * @param {Uint8Array} material
 * @param {string} label
 * @param {Uint8Array} [salt] Empty where none is named.
 * @returns {Promise<Uint8Array>} 32 bytes.
 */
export async function derive(material, label, salt = NONE) {
  const key = await crypto.subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: utf8(label) };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
}
