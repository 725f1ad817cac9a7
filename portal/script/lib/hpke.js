/**
 * Sealing to a person and a person's keys: HPKE (RFC 9180) base mode, single shot, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM, no associated data. The same as content/src/seal/person.rs; docs/adr/0003 says why. The scheme is `@hpke/core`,
 * vendored, loaded when it is first needed. Sealed bytes are the encapsulation (an uncompressed point, 65 bytes) and the
 * ciphertext, padded as padding.js says.
 */

import { concat, fromUuid, fromBase64url, utf8 } from "./bytes.js";
import { NotBelieved } from "./errors.js";
import { isSizeClass, pad, unpad } from "./padding.js";

/** The length of the encapsulation, in bytes. */
const ENCAPSULATION = 65;

/** What sealing adds to the padded content: encapsulation and tag, in bytes. */
const OVERHEAD = ENCAPSULATION + 16;

const CURVE = { name: "ECDH", namedCurve: "P-256" };

let loading;

/** @returns {Promise<any>} The cipher suite, loaded once. */
function suite() {
  loading ??= import("../vendor/hpke.js").then(({ Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 }) =>
    new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() }));
  return loading;
}

/** Starts loading what the next step needs, so that nobody waits for it. */
export function preload() {
  suite().catch(() => { loading = undefined; });
}

/**
 * The key pair that DeriveKeyPair (RFC 9180 section 7.1.3) makes of key material, as a JWK: so that the caller can import it for
 * the one use it is for. Whoever holds it holds the private key.
 *
 * @param {Uint8Array} material 32 bytes.
 * @returns {Promise<JsonWebKey>}
 */
export async function deriveKeyPair(material) {
  const { kem } = await suite();
  const { privateKey } = await kem.deriveKeyPair(material);
  const { x, y, d } = await crypto.subtle.exportKey("jwk", privateKey);
  return { kty: "EC", crv: "P-256", x, y, d };
}

/**
 * @param {JsonWebKey} jwk Of `deriveKeyPair`.
 * @returns {Uint8Array} The public half as an uncompressed point of 65 bytes (SEC 1 section 2.3.3).
 */
export function pointOf(jwk) {
  return concat(Uint8Array.of(4), fromBase64url(jwk.x, 32), fromBase64url(jwk.y, 32));
}

/**
 * @param {JsonWebKey} jwk Of `deriveKeyPair`.
 * @returns {Promise<CryptoKeyPair>} Opens what is sealed to it; the private half can no longer be read out.
 */
export async function openingKeyPair(jwk) {
  const { kty, crv, x, y } = jwk;
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey("jwk", jwk, CURVE, false, ["deriveBits"]),
    crypto.subtle.importKey("jwk", { kty, crv, x, y }, CURVE, true, []),
  ]);
  return { privateKey, publicKey };
}

/**
 * What is sealed, and so opens only as that: the `info` of the key schedule.
 *
 * @param {"preview" | "view"} what
 * @param {string} manifest Digest of the original manifest.
 * @param {string} slot Whose it is.
 * @returns {Uint8Array}
 */
function info(what, manifest, slot) {
  return concat(utf8(`handdruk ${what} v1\0`), fromBase64url(manifest, 32), fromUuid(slot));
}

/**
 * Opens what was sealed to a person.
 *
 * @param {CryptoKeyPair} keys Of `openingKeyPair`.
 * @param {"preview" | "view"} what
 * @param {string} manifest Digest of the original manifest.
 * @param {string} slot
 * @param {Uint8Array} sealed
 * @returns {Promise<Uint8Array>} The content.
 * @throws {NotBelieved} `DOES_NOT_OPEN`, whatever the cause.
 */
export async function open(keys, what, manifest, slot, sealed) {
  if (!isSizeClass(sealed.length)) throw new NotBelieved("DOES_NOT_OPEN", what);
  const params = { recipientKey: keys, enc: sealed.slice(0, ENCAPSULATION), info: info(what, manifest, slot) };
  const library = await suite();
  let padded;
  try {
    padded = await library.open(params, sealed.slice(ENCAPSULATION));
  } catch (cause) {
    throw new NotBelieved("DOES_NOT_OPEN", what, cause);
  }
  const content = unpad(new Uint8Array(padded), OVERHEAD);
  if (content === null) throw new NotBelieved("DOES_NOT_OPEN", what);
  return content;
}

/**
 * Seals content to a P-256 opening key.
 *
 * @param {Uint8Array} point The recipient's public key, 65 bytes.
 * @param {"preview" | "view"} what
 * @param {string} manifest Digest of the original manifest.
 * @param {string} slot
 * @param {Uint8Array} content
 * @returns {Promise<Uint8Array>}
 * @throws {NotBelieved} `MALFORMED` if the key is not a point on the curve, `TOO_LARGE` if the content fits in no class.
 */
export async function seal(point, what, manifest, slot, content) {
  const library = await suite();
  let recipientPublicKey;
  try {
    recipientPublicKey = await library.kem.deserializePublicKey(point);
  } catch (cause) {
    throw new NotBelieved("MALFORMED", "view_key", cause);
  }
  const padded = pad(content, OVERHEAD);
  const sealed = await library.seal({ recipientPublicKey, info: info(what, manifest, slot) }, padded);
  return concat(new Uint8Array(sealed.enc), new Uint8Array(sealed.ct));
}
