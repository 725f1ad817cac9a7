/**
 * Free text, as content/src/text.rs takes it: no characters that make a text read otherwise than it was written.
 */

/**
 * Controls, direction overrides and isolates, separators that break lines in some readers only, the byte order mark, and half a
 * surrogate pair. A line feed is allowed.
 */
const MISLEADS = /[\p{Cc}\p{Surrogate}\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff]/u;

/** White space as Unicode has it at either end. JavaScript's own `trim` knows another list. */
const AT_AN_END = /^\p{White_Space}|\p{White_Space}$/u;

/** @param {string} text @returns {boolean} Whether it may show something else than it says. */
export function misleads(text) {
  return MISLEADS.test(text.replaceAll("\n", ""));
}

/**
 * @param {string} text
 * @param {number} most Characters.
 * @returns {boolean} Whether it is 1 to `most` characters of free text, without white space at the ends.
 */
export function isProse(text, most) {
  const length = Array.from(text).length;
  return length >= 1 && length <= most && !AT_AN_END.test(text) && !misleads(text);
}
