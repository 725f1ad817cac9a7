/**
 * Public keys that verify statements, and what signs them: domain/src/statement/key.rs. A key is written as `ed25519:` or `p256:`
 * and base64url; its id, by which statements cite it, is SHA-256 over that tag and the raw key.
 */

import { fromBase64url, sha256, toBase64url, utf8, concat } from "./bytes.js";
import { verifyEd25519 } from "./ed25519.js";
import { NotBelieved } from "./errors.js";
import { pointOf } from "./hpke.js";

const ECDSA = { name: "ECDSA", namedCurve: "P-256" };
const SHA = { name: "ECDSA", hash: "SHA-256" };

/** A public key with its id. Born in `PublicKey.parse` and `PublicKey.p256`. */
export class PublicKey {
  /**
   * @param {"ed25519" | "p256"} algorithm
   * @param {Uint8Array} bytes 32 for Ed25519, 65 for P-256.
   * @param {string} id
   */
  constructor(algorithm, bytes, id) {
    this.algorithm = algorithm;
    this.bytes = bytes;
    /** SHA-256 over algorithm and bytes, base64url. */
    this.id = id;
    Object.freeze(this);
  }

  /**
   * @param {unknown} written `ed25519:...` or `p256:...`
   * @returns {Promise<PublicKey>}
   */
  static async parse(written) {
    const [, algorithm, encoded] = /^(ed25519|p256):(.*)$/s.exec(typeof written === "string" ? written : "") ?? [];
    if (algorithm === undefined) throw new NotBelieved("MALFORMED", "key");
    const bytes = fromBase64url(encoded, algorithm === "p256" ? 65 : 32);
    if (algorithm === "p256" && bytes[0] !== 4) throw new NotBelieved("MALFORMED", "key");
    return make(/** @type {"ed25519" | "p256"} */ (algorithm), bytes);
  }

  /** @param {JsonWebKey} jwk Of `hpke.deriveKeyPair`. @returns {Promise<PublicKey>} Its public half. */
  static p256(jwk) {
    return make("p256", pointOf(jwk));
  }

  /** @returns {string} As it stands in statements. */
  toString() {
    return `${this.algorithm}:${toBase64url(this.bytes)}`;
  }

  /**
   * @param {Uint8Array} message
   * @param {Uint8Array} signature 64 bytes.
   * @returns {Promise<boolean>} Whether `signature` is this key's over `message`.
   */
  async verifies(message, signature) {
    if (signature.length !== 64) return false;
    if (this.algorithm === "ed25519") return verifyEd25519(this.bytes, message, signature);
    try {
      const key = await crypto.subtle.importKey("raw", this.bytes, ECDSA, false, ["verify"]);
      return await crypto.subtle.verify(SHA, key, signature, message);
    } catch {
      return false; // not a point on the curve
    }
  }
}

async function make(algorithm, bytes) {
  return new PublicKey(algorithm, bytes, toBase64url(await sha256(concat(utf8(`${algorithm}:`), bytes))));
}

/** Something that signs: a P-256 key that cannot be read out, with its public half. */
export class Signer {
  /** @type {CryptoKey} */ #key;

  /** @param {CryptoKey} key @param {PublicKey} publicKey */
  constructor(key, publicKey) {
    this.#key = key;
    this.publicKey = publicKey;
  }

  /** @param {JsonWebKey} jwk Of `hpke.deriveKeyPair`. @returns {Promise<Signer>} */
  static async fromJwk(jwk) {
    const key = await crypto.subtle.importKey("jwk", jwk, ECDSA, false, ["sign"]);
    return new Signer(key, await PublicKey.p256(jwk));
  }

  /** @returns {CryptoKey} To be kept in this browser, which stores it without ever showing it. */
  key() {
    return this.#key;
  }

  /** @param {Uint8Array} message @returns {Promise<Uint8Array>} 64 bytes: r and s (FIPS 186-5). */
  async sign(message) {
    return new Uint8Array(await crypto.subtle.sign(SHA, this.#key, message));
  }
}
