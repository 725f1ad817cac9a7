/**
 * Whom the browser believes (guardian/src/trust.rs): the registrar, by its pinned key, about who is a member and by which rules;
 * and the printed code about who invited. Never the gateway or the portal, which only pass these on.
 *
 * The one thing that the Rust client checks and a browser cannot: that an organisation's key bundle was signed by its own
 * certificate (X.509). What takes its place for the inviter is the anchor: an HMAC in the invitation, under a key that only the
 * printed code gives, over the inviter's OIN and statement key. From that key on each next bundle must be signed with the key
 * before. So the inviter's statements are believed without believing anybody between. Keys of the recipient and of the gateway
 * are `passed on`: they follow from one another, and that is all that is known of them. README.md says what a page may claim.
 */

import { parseCatalogue } from "./catalogue.js";
import { NotBelieved } from "./errors.js";
import { PublicKey } from "./key.js";
import { claim, peek, verify, verifyCited, verifyCosigned } from "./statement.js";
import { instant } from "./shape.js";

/**
 * @typedef {import("./statement.js").Verified} Verified
 * @typedef {{key: PublicKey, serial: number, notBefore: number, notAfter: number}} Bundle
 */

/** The longest term of a key bundle, in milliseconds. */
const MAX_TERM = 30 * 24 * 3600 * 1000;

/** What is pinned. */
export class Roots {
  /** @type {Promise<PublicKey>} */ #registrar;

  /** @param {string} registrar The registrar's key, `ed25519:...`. */
  constructor(registrar) {
    this.#registrar = PublicKey.parse(registrar);
    // Whoever asks first hears of a key that is none.
    this.#registrar.catch(() => {});
  }

  async #registered(sent, kind) {
    try {
      return await verify(sent, kind, [await this.#registrar]);
    } catch (cause) {
      if (["BAD_SIGNATURE", "WRONG_KEY"].includes(cause?.reason)) throw new NotBelieved("NOT_REGISTERED", kind, cause);
      throw cause;
    }
  }

  /**
   * @param {string} oin
   * @param {unknown} sent
   * @returns {Promise<Verified>} The membership of `oin`, if the registrar signed it.
   */
  async membership(oin, sent) {
    const membership = await this.#registered(sent, "membership");
    if (membership.body.oin !== oin) throw new NotBelieved("ANOTHER", "membership");
    return membership;
  }

  /**
   * @param {string} digest
   * @param {unknown} sent
   * @returns {Promise<import("./catalogue.js").Catalogue>} The catalogue with this digest, if the registrar signed it.
   */
  async catalogue(digest, sent) {
    const signed = await this.#registered(sent, "catalogue");
    if (signed.digest !== digest) throw new NotBelieved("ANOTHER", "catalogue");
    return parseCatalogue(signed.body);
  }

  /**
   * An organisation with its membership and the keys that were passed on as its own.
   *
   * @param {string} oin
   * @param {{membership: unknown, key_bundles: unknown[]}} sent Bundles oldest first.
   * @returns {Promise<Member>}
   */
  async member(oin, sent) {
    return new Member(await this.membership(oin, sent.membership), await follow(oin, sent.key_bundles));
  }
}

/** Each bundle must be signed with the statement key of the one before. The certificate's signature is not looked at. */
async function follow(oin, sent) {
  if (!Array.isArray(sent)) throw new NotBelieved("MALFORMED", "key_bundles");
  const bundles = [];
  for (const statement of sent) {
    const previous = bundles.at(-1);
    const body = await bundleBody(statement, previous);
    const [notBefore, notAfter] = [instant(body.not_before), instant(body.not_after)];
    const follows = body.oin === oin && body.serial > (previous?.serial ?? 0);
    if (!follows || notAfter <= notBefore || notAfter - notBefore > MAX_TERM) throw new NotBelieved("KEYS", "key-bundle");
    bundles.push({ key: await PublicKey.parse(body.statement_key), serial: body.serial, notBefore, notAfter });
  }
  return bundles;
}

async function bundleBody(statement, previous) {
  const raw = claim(statement, "key-bundle");
  if (previous === undefined) {
    if (raw.signatures.length !== 1) throw new NotBelieved("KEYS", "key-bundle");
    return peek(raw);
  }
  try {
    return (await verifyCosigned(raw, "key-bundle", previous.key)).body;
  } catch (cause) {
    if (cause?.reason === "MALFORMED") throw cause;
    throw new NotBelieved("KEYS", "key-bundle", cause);
  }
}

/** An organisation as the registrar describes it, with the keys that were passed on as its own. */
export class Member {
  /** @param {Verified} membership @param {Bundle[]} bundles Oldest first. */
  constructor(membership, bundles) {
    /** What the registrar signed: name, roles, desks, sites. */
    this.membership = membership.body;
    this.oin = membership.body.oin;
    this.bundles = bundles;
  }

  /** @param {number} now Milliseconds since 1970. @returns {boolean} Whether it is a member then. */
  isActiveAt(now) {
    return this.membership.status === "active" && now < instant(this.membership.not_after);
  }

  /**
   * Verifies what the organisation says to have signed, under the key that was in force at the time that the statement says.
   *
   * @param {unknown} sent
   * @param {string} kind
   * @param {Bundle[]} [among] Only under keys of these bundles.
   * @returns {Promise<Verified>}
   */
  async verify(sent, kind, among = this.bundles) {
    if (this.bundles.length === 0) throw new NotBelieved("NO_KEYS", this.oin);
    const raw = claim(sent, kind);
    const signedBy = raw.signatures[0]?.key;
    // Several bundles in a row may announce the same key.
    const announcing = among.filter((bundle) => bundle.key.id === signedBy);
    if (announcing.length === 0) {
      const isOlder = this.bundles.some((bundle) => bundle.key.id === signedBy);
      throw new NotBelieved(isOlder ? "KEY_NOT_ANCHORED" : "WRONG_KEY", kind);
    }
    const verified = await verify(raw, kind, [announcing[0].key]);
    const at = instant(verified.body.at);
    if (!announcing.some((bundle) => bundle.notBefore <= at && at < bundle.notAfter)) {
      throw new NotBelieved("KEY_NOT_IN_FORCE", kind);
    }
    return verified;
  }
}

/** An invitation that comes from whoever printed the code, and the organisation that did. Born in `Anchored.check`. */
export class Anchored {
  /** @type {Bundle[]} */ #vouched;

  /**
   * @param {Verified} invitation
   * @param {Member} inviter
   * @param {Bundle[]} vouched The bundles whose keys the anchor vouches for.
   */
  constructor(invitation, inviter, vouched) {
    /** What the inviter signed. */
    this.invitation = invitation.body;
    this.inviter = inviter;
    this.#vouched = vouched;
    /** As it travelled, to keep with receipts. */
    this.raw = invitation.raw;
  }

  /**
   * Checks an invitation with the code: it is this code's; the inviter signed it; and its anchor names the inviter and the key
   * that signed.
   *
   * @param {import("./credentials.js").Anchor} anchor
   * @param {unknown} sent
   * @param {Member} inviter
   * @returns {Promise<Anchored>}
   */
  static async check(anchor, sent, inviter) {
    const invitation = await inviter.verify(sent, "invitation");
    const { body, key } = invitation;
    if (body.invitation !== anchor.invitation || body.code_key !== anchor.codeKey.toString()) {
      throw new NotBelieved("ANOTHER", "invitation");
    }
    if (body.inviter !== inviter.oin || !(await anchor.vouches(body.anchor, body.inviter, key))) {
      throw new NotBelieved("NOT_ANCHORED", "invitation");
    }
    // From the first bundle that announces the anchored key, each follows from the one before.
    const first = inviter.bundles.findIndex((bundle) => bundle.key.id === key);
    return new Anchored(invitation, inviter, inviter.bundles.slice(first));
  }

  /** @returns {string} The inviter's OIN. */
  get oin() {
    return this.inviter.oin;
  }

  /**
   * Verifies what the inviter says to have signed, under the anchored key or one that follows from it.
   *
   * @param {unknown} sent
   * @param {string} kind
   * @returns {Promise<Verified>}
   * @throws {NotBelieved} `KEY_NOT_ANCHORED` if it was signed with a key from before the letter.
   */
  async verify(sent, kind) {
    return this.inviter.verify(sent, kind, this.#vouched);
  }

  /**
   * Believes a manifest that was signed before the letter, with a key that the letter does not vouch for, because the inviter has
   * told this guardian of that very manifest since, under a key for which it does.
   *
   * @param {unknown} sent The manifest.
   * @param {unknown[]} statements Whatever the history holds.
   * @returns {Promise<Verified>}
   * @throws {NotBelieved} `KEY_NOT_ANCHORED` if no such telling is among them.
   */
  async verifyTold(sent, statements) {
    for (const told of await this.#tellings(statements)) {
      const manifest = await verifyCited(sent, "manifest", told, told.body.manifest).catch(() => null);
      if (manifest !== null && manifest.body.handover === told.body.handover) return manifest;
    }
    throw new NotBelieved("KEY_NOT_ANCHORED", "manifest");
  }

  /**
   * The same for a renewal from before the letter: a telling names the one that held then.
   *
   * @param {unknown} sent The renewal.
   * @param {unknown[]} statements Whatever the history holds.
   * @returns {Promise<Verified>}
   * @throws {NotBelieved} `KEY_NOT_ANCHORED` if no telling among them names it.
   */
  async verifyToldRenewal(sent, statements) {
    for (const told of await this.#tellings(statements)) {
      if (told.body.renewal === undefined) continue;
      const renewal = await verifyCited(sent, "renewal", told, told.body.renewal).catch(() => null);
      if (renewal !== null && renewal.body.handover === told.body.handover) return renewal;
    }
    throw new NotBelieved("KEY_NOT_ANCHORED", "renewal");
  }

  /** What the inviter has told this guardian of, under a key that the letter vouches for. */
  async #tellings(statements) {
    const told = statements.filter((statement) => statement?.kind === "told");
    const verified = await Promise.all(told.map((statement) => this.verify(statement, "told").catch(() => null)));
    return verified.filter((one) => one !== null && one.body.slot === this.invitation.slot);
  }
}
