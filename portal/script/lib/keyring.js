/**
 * The key ring: how a guardian joins more codes (another child, another organisation) into one account. It holds what each joined
 * code and its secret gave, encrypted under a key of the guardian's own (docs/adr/0004), so that one code and one secret open all.
 * The gateway stores it and can read nothing in it, its padded size apart; only the guardian can tell that codes belong together.
 *
 * AES-256-GCM with a random nonce of 12 bytes before the ciphertext. Associated data: `handdruk key ring v1`, a zero byte, the
 * invitation's id (16 bytes), the version that this ring becomes (4 bytes). The gateway can still give back an older ring under its own
 * version: then a code that was joined since is missing, and nothing else.
 */

import { concat, fromBase64url, fromUuid, text, toBase64url, u32, utf8 } from "./bytes.js";
import { NotBelieved, Refused } from "./errors.js";
import { parse } from "./json.js";
import { pad, unpad } from "./padding.js";
import { bytes, form, id, list, struct, text as anyText, word } from "./shape.js";

/** What encrypting adds: nonce and tag, in bytes. */
const OVERHEAD = 12 + 16;

const coordinate = bytes(32);
const PRIVATE = struct({ kty: word("EC"), crv: word("P-256"), x: coordinate, y: coordinate, d: coordinate });

const RING = struct({
  format: word("handdruk-key-ring-1"),
  joined: list(struct({
    invitation: id,
    code_key: form(/^p256:[A-Za-z0-9_-]+$/, "key"),
    anchor: struct({ kty: word("oct"), k: bytes(32) }),
    login_proof: bytes(32),
    signing: PRIVATE,
    opening: PRIVATE,
    since: anyText,
  })),
});

/**
 * One joined code. Whoever holds it can do what its guardian can.
 *
 * @typedef {{invitation: string, code_key: string, anchor: JsonWebKey, login_proof: string, signing: JsonWebKey,
 *   opening: JsonWebKey, since: string}} Joined
 */

function associated(invitation, version) {
  return concat(utf8("handdruk key ring v1\0"), fromUuid(invitation), u32(version));
}

/**
 * @param {CryptoKey} key `OwnKeys.ring`.
 * @param {string} invitation Whose ring it is.
 * @param {number} version What this ring becomes: one more than the one it replaces.
 * @param {Joined[]} joined
 * @returns {Promise<Uint8Array>}
 */
export async function sealRing(key, invitation, version, joined) {
  const content = utf8(JSON.stringify({ format: "handdruk-key-ring-1", joined }));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: associated(invitation, version) };
  return concat(iv, new Uint8Array(await crypto.subtle.encrypt(how, key, pad(content, OVERHEAD))));
}

/**
 * @param {CryptoKey} key `OwnKeys.ring`.
 * @param {string} invitation Whose ring it is.
 * @param {number} version As the gateway says.
 * @param {Uint8Array} sealed
 * @returns {Promise<Joined[]>}
 * @throws {NotBelieved} `DOES_NOT_OPEN`: another's, another version's, or altered.
 */
export async function openRing(key, invitation, version, sealed) {
  const how = { name: "AES-GCM", iv: sealed.slice(0, 12), additionalData: associated(invitation, version) };
  let padded;
  try {
    padded = await crypto.subtle.decrypt(how, key, sealed.slice(12));
  } catch (cause) {
    throw new NotBelieved("DOES_NOT_OPEN", "key-ring", cause);
  }
  const content = unpad(new Uint8Array(padded), OVERHEAD);
  if (content === null) throw new NotBelieved("DOES_NOT_OPEN", "key-ring");
  return RING(parse(text(content))).joined;
}

/** How often a change is made again on top of somebody else's: another tab of the same account. */
const ATTEMPTS = 3;

/** One account's ring, at the gateway. */
export class KeyRing {
  /** @type {import("./api.js").Api} */ #api;
  /** @type {import("./account.js").Account} */ #account;

  /** @param {import("./api.js").Api} api @param {import("./account.js").Account} account Whose ring it is. */
  constructor(api, account) {
    this.#api = api;
    this.#account = account;
  }

  /** @returns {Promise<{version: number, joined: Joined[]}>} What is in it; nothing if there is none yet. */
  async open() {
    const { version, sealed } = await this.#api.keyRing(this.#account.invitation);
    if (version === 0) return { version, joined: [] };
    const { own, invitation } = this.#account;
    return { version, joined: await openRing(own.ring, invitation, version, fromBase64url(sealed)) };
  }

  /**
   * @param {(joined: Joined[]) => Joined[]} change From what is in it to what shall be.
   * @returns {Promise<void>}
   */
  async change(change) {
    const { own, invitation } = this.#account;
    for (let attempt = 1; ; attempt += 1) {
      const { version, joined } = await this.open();
      const sealed = await sealRing(own.ring, invitation, version + 1, change(joined));
      try {
        await this.#api.putKeyRing(invitation, version, toBase64url(sealed));
        return;
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 409 || attempt === ATTEMPTS) throw error;
      }
    }
  }
}
