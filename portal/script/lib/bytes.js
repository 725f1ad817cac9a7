/**
 * Bytes as the protocol writes them: base64url without padding (RFC 4648 section 5), UTF-8, UUIDs, SHA-256. One value has one
 * spelling: whatever decodes but would be written otherwise is refused.
 */

import { NotBelieved } from "./errors.js";

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * @param {string} text Well-formed text: without half a surrogate pair, which UTF-8 cannot hold.
 * @returns {Uint8Array}
 */
export function utf8(text) {
  const bytes = ENCODER.encode(text);
  // The encoder writes U+FFFD for half a pair: then other bytes would be signed than were shown.
  if (/\p{Surrogate}/u.test(text)) throw new NotBelieved("MALFORMED", "text");
  return bytes;
}

/**
 * @param {BufferSource} bytes
 * @returns {string} The text, or an error if they are not UTF-8.
 */
export function text(bytes) {
  try {
    return DECODER.decode(bytes);
  } catch (cause) {
    throw new NotBelieved("MALFORMED", "text", cause);
  }
}

/**
 * @param {...Uint8Array} parts
 * @returns {Uint8Array} One after the other.
 */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {number} value Below 2^32.
 * @returns {Uint8Array} Four bytes, big-endian.
 */
export function u32(value) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** @param {Uint8Array} one @param {Uint8Array} other @returns {boolean} For what is not secret. */
export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

/** @param {Uint8Array} bytes @returns {string} */
export function toBase64url(bytes) {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * @param {unknown} encoded
 * @param {number} [length] How many bytes there must be.
 * @returns {Uint8Array}
 */
export function fromBase64url(encoded, length = undefined) {
  const bytes = decode(encoded);
  if (bytes === null || (length !== undefined && bytes.length !== length)) {
    throw new NotBelieved("MALFORMED", "bytes");
  }
  return bytes;
}

function decode(encoded) {
  if (typeof encoded !== "string" || !/^[A-Za-z0-9_-]*$/.test(encoded) || encoded.length % 4 === 1) return null;
  const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  // Bits beyond the last byte must be zero, so that one value has one spelling.
  return toBase64url(bytes) === encoded ? bytes : null;
}

/** @param {Uint8Array} bytes 16 of them. @returns {string} A UUID in lower case with hyphens. */
export function toUuid(bytes) {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/** @param {unknown} id @returns {boolean} Whether it is a UUID in its one spelling. */
export function isUuid(id) {
  return typeof id === "string" && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(id);
}

/** @param {unknown} id @returns {Uint8Array} Its 16 bytes. */
export function fromUuid(id) {
  if (!isUuid(id)) throw new NotBelieved("MALFORMED", "id");
  const hex = /** @type {string} */ (id).replaceAll("-", "");
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
}

/** @returns {string} A fresh random UUID (version 4): a name for one write. */
export function randomId() {
  return crypto.randomUUID();
}

/** @param {...Uint8Array} parts @returns {Promise<Uint8Array>} SHA-256 of one after the other. */
export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", concat(...parts)));
}
