/**
 * One open code: its checked invitation and the guardian's own keys for it. Comes from code and secret, from a key ring, or from
 * what the tab kept.
 */

import { Anchor, OwnKeys } from "./credentials.js";
import { fromBase64url } from "./bytes.js";
import { PublicKey, Signer } from "./key.js";

const HMAC = { name: "HMAC", hash: "SHA-256" };

/** One open code. */
export class Account {
  /**
   * @param {import("./trust.js").Anchored} anchored
   * @param {Anchor} anchor
   * @param {OwnKeys} own
   * @param {string} since When it was activated.
   */
  constructor(anchored, anchor, own, since) {
    this.anchored = anchored;
    this.anchor = anchor;
    this.own = own;
    this.since = since;
  }

  /** @returns {string} Its invitation. */
  get invitation() {
    return this.anchored.invitation.invitation;
  }

  /**
   * @param {import("./trust.js").Anchored} anchored
   * @param {Anchor} anchor
   * @param {{signing: JsonWebKey, opening: JsonWebKey, ring: Uint8Array}} secrets
   * @param {string} since
   * @returns {Promise<Account>}
   */
  static async make(anchored, anchor, secrets, since) {
    return new Account(anchored, anchor, await OwnKeys.from(secrets), since);
  }

  /**
   * @param {import("./keyring.js").Joined} joined
   * @returns {Promise<{anchor: Anchor, own: OwnKeys}>}
   */
  static async fromJoined({ invitation, code_key, anchor, signing, opening }) {
    const key = await crypto.subtle.importKey("raw", fromBase64url(anchor.k, 32), HMAC, false, ["verify"]);
    return {
      anchor: new Anchor(invitation, await PublicKey.parse(code_key), key),
      own: await OwnKeys.from({ signing, opening }),
    };
  }

  /** @returns {object} For `Keep`: plain values, and keys that cannot be read out. */
  toKept() {
    return {
      invitation: this.invitation,
      raw: this.anchored.raw,
      since: this.since,
      codeKey: this.anchor.codeKey.toString(),
      anchorKey: this.anchor.key(),
      signing: this.own.signing.key(),
      signingKey: this.own.signing.publicKey.toString(),
      opening: this.own.opening,
      openingKey: this.own.openingKey.toString(),
      ring: this.own.ring,
    };
  }

  /**
   * @param {any} kept Of `toKept`.
   * @returns {Promise<{anchor: Anchor, own: OwnKeys, raw: unknown, since: string}>}
   */
  static async fromKept(kept) {
    const signer = new Signer(kept.signing, await PublicKey.parse(kept.signingKey));
    const own = new OwnKeys(signer, kept.opening, await PublicKey.parse(kept.openingKey), kept.ring);
    const anchor = new Anchor(kept.invitation, await PublicKey.parse(kept.codeKey), kept.anchorKey);
    return { anchor, own, raw: kept.raw, since: kept.since };
  }
}
