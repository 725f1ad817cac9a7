/**
 * Size classes, as content/src/seal/padding.rs: what travels has a length that is a power of two from 256 bytes to 1 MiB. A
 * padded plaintext is the content's length (4 bytes, big-endian), the content, and zero bytes; exactly one padding is accepted.
 */

import { concat, u32 } from "./bytes.js";
import { NotBelieved } from "./errors.js";

/** The smallest class, in sealed bytes. */
const SMALLEST = 256;

/** The largest class, in sealed bytes. */
const LARGEST = 1 << 20;

/** The length prefix, in bytes. */
const PREFIX = 4;

/** @param {number} sealed @returns {boolean} Whether sealed bytes may have this length at all. */
export function isSizeClass(sealed) {
  return sealed >= SMALLEST && sealed <= LARGEST && (sealed & (sealed - 1)) === 0;
}

/** The class of sealed bytes that hold `content` bytes and `overhead` bytes that sealing adds; 0 if none is large enough. */
function sizeClass(content, overhead) {
  let size = SMALLEST;
  while (size < content + PREFIX + overhead) size *= 2;
  return size <= LARGEST ? size : 0;
}

/**
 * @param {Uint8Array} content
 * @param {number} overhead What sealing adds, in bytes.
 * @returns {Uint8Array} Padded to its class.
 */
export function pad(content, overhead) {
  const size = sizeClass(content.length, overhead);
  if (size === 0) throw new NotBelieved("TOO_LARGE", "content");
  const zeros = new Uint8Array(size - overhead - PREFIX - content.length);
  return concat(u32(content.length), content, zeros);
}

/**
 * @param {Uint8Array} padded
 * @param {number} overhead What sealing added, in bytes.
 * @returns {?Uint8Array} The content; `null` unless `padded` is exactly what `pad` makes of it.
 */
export function unpad(padded, overhead) {
  if (padded.length < PREFIX) return null;
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - PREFIX || sizeClass(length, overhead) !== padded.length + overhead) return null;
  const [content, zeros] = [padded.slice(PREFIX, PREFIX + length), padded.subarray(PREFIX + length)];
  return zeros.every((byte) => byte === 0) ? content : null;
}
