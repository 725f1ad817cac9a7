/**
 * Shapes: what a value of JSON must look like, said once and checked strictly. A field that a shape does not name, a word that a
 * vocabulary does not hold or a value of another type is refused, as serde refuses it at the other side. A shape is a function
 * that takes a parsed value and gives it back, or throws `NotBelieved("MALFORMED")`.
 *
 * @template T
 * @typedef {(value: unknown) => T} Shape
 */

import { fromBase64url, isUuid } from "./bytes.js";
import { NotBelieved } from "./errors.js";

/** @param {string} what @returns {never} */
function malformed(what) {
  throw new NotBelieved("MALFORMED", what);
}

/** A shape of its own out of a yes or no. */
const that = (what, holds) => (value) => (holds(value) ? value : malformed(what));

/** Whether it is text that UTF-8 can hold. */
const isText = (value) => typeof value === "string" && !/\p{Surrogate}/u.test(value);

/** Text of any length. @type {Shape<string>} */
export const text = that("text", isText);

/** @type {Shape<boolean>} */
export const flag = that("flag", (value) => typeof value === "boolean");

/** A count, from 0. @type {Shape<number>} */
export const count = that("count", (value) => Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0);

/** A UUID in its one spelling. @type {Shape<string>} */
export const id = that("id", isUuid);

/** @param {RegExp} pattern Anchored at both ends. @param {string} what @returns {Shape<string>} */
export const form = (pattern, what) => that(what, (value) => typeof value === "string" && pattern.test(value));

/** Bytes in base64url; checked, and kept as written. @param {number} [length] @returns {Shape<string>} */
export const bytes = (length) => (value) => {
  fromBase64url(value, length);
  return /** @type {string} */ (value);
};

/** A SHA-256 digest. @type {Shape<string>} */
export const digest = bytes(32);

/** A calendar date that exists. @type {Shape<string>} */
export const date = that("date", (value) => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(String(value)) ?? [];
  if (typeof value !== "string" || year === undefined) return false;
  const at = new Date(Date.UTC(2000, Number(month) - 1, Number(day)));
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
});

/** An instant, RFC 3339 in UTC. @type {Shape<string>} */
export const time = that("time", (value) => typeof value === "string" && Number.isFinite(instant(value)));

/**
 * Milliseconds since 1970, to compare instants with. What is finer than a millisecond is cut off.
 *
 * @param {string} written RFC 3339 in UTC.
 * @returns {number} `NaN` if it is not that.
 */
export function instant(written) {
  const [, upTo, fraction = ""] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(written) ?? [];
  return upTo === undefined ? NaN : Date.parse(`${upTo}.${fraction.padEnd(3, "0").slice(0, 3)}Z`);
}

/** One word of a closed vocabulary. @param {...string} words @returns {Shape<string>} */
export const word = (...words) => that("word", (value) => typeof value === "string" && words.includes(value));

/** @template T @param {Shape<T>} shape @returns {Shape<T[]>} */
export const list = (shape) => (value) => (Array.isArray(value) ? Object.freeze(value.map((item) => shape(item))) : malformed("list"));

/** A map of open keys. @template T @param {Shape<string>} key @param {Shape<T>} shape @returns {Shape<Record<string, T>>} */
export const map = (key, shape) => (value) => {
  const entries = Object.entries(object(value)).map(([name, item]) => [key(name), shape(item)]);
  return Object.freeze(Object.fromEntries(entries));
};

/** A field that may be absent. @template T @param {Shape<T>} shape */
export const optional = (shape) => Object.assign((value) => shape(value), { isOptional: true });

/**
 * An object with exactly these fields.
 *
 * @param {Record<string, Shape<any>>} fields
 * @returns {Shape<any>} Frozen.
 */
export const struct = (fields) => (value) => {
  const given = object(value);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) malformed("unknown field");
  const taken = {};
  for (const [name, shape] of Object.entries(fields)) {
    if (Object.hasOwn(given, name)) taken[name] = shape(given[name]);
    else if (!shape.isOptional) malformed(name);
  }
  return Object.freeze(taken);
};

/**
 * One of several objects, told apart by the word in one of their fields.
 *
 * @param {string} tag The field that holds the word.
 * @param {Record<string, Record<string, Shape<any>>>} variants
 * @returns {Shape<any>}
 */
export const tagged = (tag, variants) => (value) => {
  const which = object(value)[tag];
  if (typeof which !== "string" || !Object.hasOwn(variants, which)) malformed(tag);
  return struct({ [tag]: word(which), ...variants[which] })(value);
};

function object(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) malformed("object");
  return /** @type {Record<string, unknown>} */ (value);
}
