/**
 * A guardian's keys: derived anew each time from code, secret and the half that the gateway keeps. guardian/src/keys.rs and
 * content/src/code.rs do the same; docs/adr/0004 lists the derivations.
 *
 * | key | needs | used for |
 * |---|---|---|
 * | code's key | code | proves to hold the letter, signs the activation |
 * | anchor's key | code | checks who invited |
 * | login proof | code, secret | asks the gateway for its half |
 * | own keys | code, secret, half | sign decisions and views, open previews, encrypt the key ring |
 *
 * What is derived is held in private fields and in keys that cannot be read out, for as long as the object lives. JavaScript
 * cannot promise to overwrite memory; what is not needed any more is dropped.
 */

import { concat, fromBase64url, fromUuid, sha256, toBase64url, toUuid, utf8 } from "./bytes.js";
import { NotBelieved } from "./errors.js";
import { deriveKeyPair, openingKeyPair } from "./hpke.js";
import { derive, stretch } from "./kdf.js";
import { PublicKey, Signer } from "./key.js";
import { checkSecret } from "./secret.js";

const HMAC = { name: "HMAC", hash: "SHA-256" };

/** What the gateway is asked with for its half. */
const BEGIN_ACTIVATION = utf8("handdruk begin activation v1\0");

/** What checks an invitation with its code: the code's public key and the anchor's key. Lives on when the code is forgotten. */
export class Anchor {
  /** @type {CryptoKey} */ #key;

  /**
   * @param {string} invitation
   * @param {PublicKey} codeKey
   * @param {CryptoKey} key HMAC-SHA256.
   */
  constructor(invitation, codeKey, key) {
    this.invitation = invitation;
    this.codeKey = codeKey;
    this.#key = key;
  }

  /** @returns {CryptoKey} To be kept in this browser. */
  key() {
    return this.#key;
  }

  /**
   * Whether `anchor` is the one that whoever printed the code made for this inviter and key: HMAC-SHA256 over invitation id
   * (16 bytes), the inviter's OIN (20 digits) and the id of its statement key (32 bytes). In constant time.
   *
   * @param {string} anchor base64url
   * @param {string} inviter OIN
   * @param {string} keyId base64url
   * @returns {Promise<boolean>}
   */
  async vouches(anchor, inviter, keyId) {
    const message = concat(fromUuid(this.invitation), utf8(inviter), fromBase64url(keyId, 32));
    return crypto.subtle.verify(HMAC, this.#key, fromBase64url(anchor), message);
  }
}

/** What a code gives on its own. */
export class CodeKeys {
  /** @type {Uint8Array} */ #root;

  /** @param {Anchor} anchor @param {Signer} signer @param {Uint8Array} root */
  constructor(anchor, signer, root) {
    /** The invitation's id: how somebody who has nothing but the code finds the invitation. */
    this.invitation = anchor.invitation;
    this.anchor = anchor;
    /** Signs the request for the half and the activation, nothing else. */
    this.signer = signer;
    this.#root = root;
  }

  /** @returns {Promise<Uint8Array>} What a secret is salted with: different for every code. */
  secretSalt() {
    return derive(this.#root, "handdruk secret salt v1");
  }

  /** @returns {Promise<JsonWebKey>} The anchor's key, to go into a key ring. */
  async anchorJwk() {
    return { kty: "oct", k: toBase64url(await derive(this.#root, "handdruk anchor v1")) };
  }

  /** @returns {Promise<Uint8Array>} 64 bytes: proves to the gateway that somebody holds the letter. */
  codeProof() {
    return this.signer.sign(concat(BEGIN_ACTIVATION, fromUuid(this.invitation)));
  }
}

/**
 * Derives what a code gives. Slow on purpose, once per code.
 *
 * @param {import("./code.js").InvitationCode} code
 * @returns {Promise<CodeKeys>}
 */
export async function codeKeys(code) {
  const root = await stretch(code.bytes(), utf8("handdruk invitation code v1"));
  const id = await derive(root, "handdruk invitation id v1");
  const signer = await Signer.fromJwk(await deriveKeyPair(await derive(root, "handdruk code key v1")));
  const secret = await derive(root, "handdruk anchor v1");
  const key = await crypto.subtle.importKey("raw", secret, HMAC, false, ["sign", "verify"]);
  return new CodeKeys(new Anchor(toUuid(id.slice(0, 16)), signer.publicKey, key), signer, root);
}

/** What code and secret give without the gateway's half. */
export class Credentials {
  /** @type {Uint8Array} */ #stretched;

  /** @param {CodeKeys} code @param {Uint8Array} stretched */
  constructor(code, stretched) {
    this.code = code;
    this.#stretched = stretched;
  }

  /** @returns {Promise<Uint8Array>} 32 bytes: proves to the gateway that code and secret are known. */
  loginProof() {
    return derive(this.#stretched, "handdruk login proof v1");
  }

  /** @returns {Promise<string>} What the gateway keeps to check the proof: its SHA-256. */
  async loginVerifier() {
    return toBase64url(await sha256(await this.loginProof()));
  }

  /**
   * @param {Uint8Array} half The gateway's, 32 bytes.
   * @returns {Promise<{signing: JsonWebKey, opening: JsonWebKey, ring: Uint8Array}>} The own keys, readable: to be put into
   *   another key ring, or turned into `OwnKeys` and dropped.
   */
  async ownSecrets(half) {
    if (half.length !== 32) throw new NotBelieved("MALFORMED", "gateway_half");
    const [signing, opening, ring] = await Promise.all([
      derive(this.#stretched, "handdruk own signing key v1", half).then(deriveKeyPair),
      derive(this.#stretched, "handdruk own opening key v1", half).then(deriveKeyPair),
      derive(this.#stretched, "handdruk key ring v1", half),
    ]);
    return { signing, opening, ring };
  }

  /** @param {Uint8Array} half The gateway's, 32 bytes. @returns {Promise<OwnKeys>} */
  async ownKeys(half) {
    return OwnKeys.from(await this.ownSecrets(half));
  }
}

/**
 * Derives what code and secret give. Slow on purpose.
 *
 * @param {CodeKeys} code
 * @param {string} secret As typed.
 * @returns {Promise<Credentials>}
 * @throws {import("./errors.js").SecretError}
 */
export async function credentials(code, secret) {
  const normal = checkSecret(secret);
  return new Credentials(code, await stretch(utf8(normal), await code.secretSalt()));
}

/** A guardian's own keys: what nobody has but who knows the secret. None of them can be read out. */
export class OwnKeys {
  /**
   * @param {Signer} signing Signs decisions and views.
   * @param {CryptoKeyPair} opening Opens previews.
   * @param {PublicKey} openingKey Its public half.
   * @param {?CryptoKey} ring AES-256-GCM; `null` for a joined invitation, whose keys stand in another's ring.
   */
  constructor(signing, opening, openingKey, ring) {
    this.signing = signing;
    this.opening = opening;
    this.openingKey = openingKey;
    this.ring = ring;
  }

  /**
   * @param {{signing: JsonWebKey, opening: JsonWebKey, ring?: Uint8Array}} secrets
   * @returns {Promise<OwnKeys>}
   */
  static async from({ signing, opening, ring }) {
    const ringKey = ring && crypto.subtle.importKey("raw", ring, "AES-GCM", false, ["encrypt", "decrypt"]);
    return new OwnKeys(
      await Signer.fromJwk(signing),
      await openingKeyPair(opening),
      await PublicKey.p256(opening),
      (await ringKey) ?? null,
    );
  }
}
