/**
 * Statements: everything that one party asserts and another relies on (domain/src/statement, docs/PROTOCOL.md). A statement is the
 * exact text that was signed, the kind of thing it says, and one or two signatures, each with the id of its key. What is signed
 * is a prefix, the kind, the key's id and the text, so that a signature for one kind never fits another and nothing is written
 * anew to verify.
 *
 * Invariant: a `Verified` exists only for a statement whose signatures were checked under keys that the caller named, or whose
 * digest somebody trusted signed.
 */

import { concat, fromBase64url, sha256, toBase64url, utf8 } from "./bytes.js";
import { BODIES } from "./body.js";
import { NotBelieved } from "./errors.js";
import { parse } from "./json.js";
import { bytes, digest as digestShape, list, struct, text, word } from "./shape.js";

/** The largest body that is read at all, in bytes. */
const MAX_BODY = 256 * 1024;

const PREFIX = utf8("handdruk statement v1\0");

/**
 * A statement as it travels in JSON: as it stands in a file.
 *
 * @typedef {{kind: string, body: string, signatures: {key: string, signature: string}[]}} Raw
 */

const RAW = struct({
  kind: word("catalogue", ...Object.keys(BODIES), "agreement", "application", "envelope"),
  body: text,
  signatures: list(struct({ key: digestShape, signature: bytes() })),
});

/** Kept inside this module, so that nobody else makes a `Verified`. */
const BORN = Symbol("statement.js");

/** A statement that is believed. Only this module makes one. */
export class Verified {
  /** @param {symbol} guard @param {Raw} raw @param {any} body @param {string} digest @param {string} key */
  constructor(guard, raw, body, digest, key) {
    if (guard !== BORN) throw new TypeError("a Verified is born in statement.js only");
    /** How it travelled. */
    this.raw = raw;
    this.kind = raw.kind;
    /** What it says, frozen. */
    this.body = body;
    /** What others cite, base64url. */
    this.digest = digest;
    /** The id of the key under which it was verified. */
    this.key = key;
    Object.freeze(this);
  }
}

/**
 * Takes a travelling statement as a claim to be of this kind.
 *
 * @param {unknown} sent
 * @param {string} kind
 * @returns {Raw}
 */
export function claim(sent, kind) {
  const raw = RAW(sent);
  if (raw.kind !== kind) throw new NotBelieved("ANOTHER", kind);
  if (utf8(raw.body).length > MAX_BODY) throw new NotBelieved("TOO_LARGE", kind);
  return raw;
}

/** @param {unknown} sent @returns {string} Of which kind it claims to be. */
export function kindOf(sent) {
  return RAW(sent).kind;
}

/**
 * Reads the body without checking who signed it: only to find out which keys must have signed. Nothing else may be concluded.
 *
 * @param {Raw} raw
 * @returns {any}
 */
export function peek(raw) {
  return raw.kind === "catalogue" ? raw.body : BODIES[raw.kind](parse(raw.body));
}

/**
 * What others cite: SHA-256 over kind, a zero byte, and the body. Signatures are left out.
 *
 * @param {Raw} raw
 * @returns {Promise<string>} base64url
 */
export async function digest(raw) {
  return toBase64url(await sha256(utf8(`${raw.kind}\0`), utf8(raw.body)));
}

/** What is signed. */
function signedBytes(kind, keyId, body) {
  return concat(PREFIX, utf8(`${kind}\0`), fromBase64url(keyId, 32), utf8(body));
}

/**
 * Checks one signature per key in `keys`, no more and no fewer, and reads the body.
 *
 * @param {unknown} sent
 * @param {string} kind
 * @param {import("./key.js").PublicKey[]} keys At least one; the first is who speaks.
 * @returns {Promise<Verified>}
 */
export async function verify(sent, kind, keys) {
  const raw = claim(sent, kind);
  if (keys.length === 0 || raw.signatures.length !== keys.length) throw new NotBelieved("BAD_SIGNATURE", kind);
  for (const key of keys) await checkSignature(raw, key);
  return born(raw, keys[0].id);
}

/**
 * Checks the signature of `key`, one of the two that the statement carries: for key bundles, whose other signature is a
 * certificate's, which no browser can judge.
 *
 * @param {unknown} sent
 * @param {string} kind
 * @param {import("./key.js").PublicKey} key
 * @returns {Promise<Verified>}
 */
export async function verifyCosigned(sent, kind, key) {
  const raw = claim(sent, kind);
  if (raw.signatures.length !== 2) throw new NotBelieved("BAD_SIGNATURE", kind);
  await checkSignature(raw, key);
  return born(raw, key.id);
}

/**
 * Believes a statement because somebody trusted signed its digest.
 *
 * @param {unknown} sent
 * @param {string} kind
 * @param {Verified} citing Whoever cites it.
 * @param {string} cited The digest in it.
 * @returns {Promise<Verified>}
 */
export async function verifyCited(sent, kind, citing, cited) {
  const raw = claim(sent, kind);
  if (!(citing instanceof Verified) || (await digest(raw)) !== cited) throw new NotBelieved("ANOTHER", kind);
  return born(raw, citing.key);
}

async function checkSignature(raw, key) {
  const own = raw.signatures.filter((signature) => signature.key === key.id);
  if (own.length !== 1) throw new NotBelieved("WRONG_KEY", raw.kind);
  const message = signedBytes(raw.kind, key.id, raw.body);
  if (!(await key.verifies(message, fromBase64url(own[0].signature)))) throw new NotBelieved("BAD_SIGNATURE", raw.kind);
}

async function born(raw, key) {
  return new Verified(BORN, raw, peek(raw), await digest(raw), key);
}

/**
 * Writes a body down and signs it with each signer.
 *
 * @param {string} kind
 * @param {object} body In the order of its fields; what is `undefined` is left out.
 * @param {import("./key.js").Signer[]} signers
 * @returns {Promise<Verified>} Its `raw` is what is sent.
 */
export async function sign(kind, body, signers) {
  const written = JSON.stringify(body);
  const signatures = [];
  for (const signer of signers) {
    const key = signer.publicKey.id;
    signatures.push({ key, signature: toBase64url(await signer.sign(signedBytes(kind, key, written))) });
  }
  return verify({ kind, body: written, signatures }, kind, signers.map((signer) => signer.publicKey));
}
