/**
 * Sealing to a person and a person's keys: HPKE (RFC 9180) base mode, single shot, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
 * AES-256-GCM, no associated data. The same as content/src/seal/person.rs; docs/adr/0003 says why. The scheme is `@hpke/core`,
 * vendored, loaded when it is first needed. Sealed bytes are the encapsulation (an uncompressed point, 65 bytes) and the
 * ciphertext, padded as padding.js says.
 */

import { concat, fromUuid, fromBase64url, toBase64url, utf8 } from "./bytes.js";
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
  import("../vendor/p256.js").catch(() => {});
}

/** The order of the group (FIPS 186-5, P-256), big-endian: private scalars are below it. */
const ORDER = Uint8Array.from([
  0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
  0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
]);

/** What RFC 9180 puts before each label, for DHKEM(P-256, HKDF-SHA256). */
const SUITE = concat(utf8("HPKE-v1KEM"), Uint8Array.of(0x00, 0x10));

/** Whether 32 bytes are a private scalar: neither 0 nor the group's order or more. */
function isScalar(bytes) {
  const at = bytes.findIndex((byte, index) => byte !== ORDER[index]);
  return at >= 0 && bytes[at] < ORDER[at] && bytes.some((byte) => byte !== 0);
}

/**
 * The key pair that DeriveKeyPair (RFC 9180 section 7.1.3) makes of key material, as a JWK: so that the caller can import it for
 * the one use it is for. Whoever holds it holds the private key.
 *
 * The library's own DeriveKeyPair imports a private key without its public half, which Safari refuses and Firefox cannot give back.
 * So the scalar is derived here (LabeledExtract and LabeledExpand together are one HKDF), and `@noble/curves` gives its point.
 *
 * @param {Uint8Array} material 32 bytes.
 * @returns {Promise<JsonWebKey>}
 */
export async function deriveKeyPair(material) {
  const extracted = concat(SUITE, utf8("dkp_prk"), material);
  const key = await crypto.subtle.importKey("raw", extracted, "HKDF", false, ["deriveBits"]);
  for (let counter = 0; counter < 256; counter += 1) {
    const info = concat(Uint8Array.of(0, 32), SUITE, utf8("candidate"), Uint8Array.of(counter));
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
    const scalar = new Uint8Array(await crypto.subtle.deriveBits(how, key, 256));
    if (isScalar(scalar)) {
      const { publicPoint } = await import("../vendor/p256.js");
      const point = publicPoint(scalar);
      const [x, y, d] = [point.slice(1, 33), point.slice(33), scalar].map(toBase64url);
      return { kty: "EC", crv: "P-256", x, y, d };
    }
  }
  // RFC 9180: DeriveKeyPairError. Once in 2^8192.
  throw new NotBelieved("MALFORMED", "key");
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
 * @param {"preview" | "view" | "plan"} what
 * @param {string} manifest Digest of the original manifest.
 * @param {string} slot Whose it is.
 * @param {?string} step Of a plan: digest of the step that planned it.
 * @returns {Uint8Array}
 */
function info(what, manifest, slot, step) {
  const planned = step === null ? new Uint8Array(0) : fromBase64url(step, 32);
  return concat(utf8(`handdruk ${what} v1\0`), fromBase64url(manifest, 32), fromUuid(slot), planned);
}

/**
 * Opens what was sealed to a person.
 *
 * @param {CryptoKeyPair} keys Of `openingKeyPair`.
 * @param {"preview" | "view" | "plan"} what
 * @param {string} manifest Digest of the original manifest.
 * @param {string} slot
 * @param {Uint8Array} sealed
 * @param {?string} step Of a plan.
 * @returns {Promise<Uint8Array>} The content.
 * @throws {NotBelieved} `DOES_NOT_OPEN`, whatever the cause.
 */
export async function open(keys, what, manifest, slot, sealed, step = null) {
  if (!isSizeClass(sealed.length)) throw new NotBelieved("DOES_NOT_OPEN", what);
  const params = { recipientKey: keys, enc: sealed.slice(0, ENCAPSULATION), info: info(what, manifest, slot, step) };
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
 * @param {"preview" | "view" | "plan"} what
 * @param {string} manifest Digest of the original manifest.
 * @param {string} slot
 * @param {Uint8Array} content
 * @param {?string} step Of a plan.
 * @returns {Promise<Uint8Array>}
 * @throws {NotBelieved} `MALFORMED` if the key is not a point on the curve, `TOO_LARGE` if the content fits in no class.
 */
export async function seal(point, what, manifest, slot, content, step = null) {
  const library = await suite();
  let recipientPublicKey;
  try {
    recipientPublicKey = await library.kem.deserializePublicKey(point);
  } catch (cause) {
    throw new NotBelieved("MALFORMED", "view_key", cause);
  }
  const padded = pad(content, OVERHEAD);
  const sealed = await library.seal({ recipientPublicKey, info: info(what, manifest, slot, step) }, padded);
  return concat(new Uint8Array(sealed.enc), new Uint8Array(sealed.ct));
}
