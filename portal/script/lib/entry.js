/**
 * The way in: from a printed code to open keys (guardian/src/client.rs). The code and the secret stay in here; calls carry the
 * invitation's id, a signature by the code's key, the login proof, and nothing that gives more.
 *
 * Invariant: an account comes out only if the invitation is the printer's (anchor) and the keys on record are the guardian's own.
 */

import { Account } from "./account.js";
import { fromBase64url, toBase64url } from "./bytes.js";
import { codeKeys, credentials } from "./credentials.js";
import { InvitationError, NotBelieved, Refused } from "./errors.js";
import { preload } from "./hpke.js";
import { parse } from "./json.js";
import { claim, sign, verify } from "./statement.js";
import { Anchored } from "./trust.js";

/** Why an invitation in this state activates nothing any more. */
const NO_LONGER = Object.freeze({ replaced: "REPLACED", revoked: "REVOKED", expired: "EXPIRED" });

/**
 * @typedef {import("./code.js").InvitationCode} InvitationCode
 * @typedef {import("./credentials.js").CodeKeys} CodeKeys
 * @typedef {import("./credentials.js").Credentials} Credentials
 * @typedef {{account: Account, joined: import("./keyring.js").Joined}} Opened An account, and what goes into another's ring.
 */

/** See the module. */
export class Entry {
  /** @type {import("./api.js").Api} */ #api;
  /** @type {import("./directory.js").Directory} */ #directory;
  /** @type {WeakMap<InvitationCode, Promise<CodeKeys>>} */ #derived = new WeakMap();

  /** @param {import("./api.js").Api} api @param {import("./directory.js").Directory} directory */
  constructor(api, directory) {
    this.#api = api;
    this.#directory = directory;
  }

  /** Drops what was derived of codes. */
  forget() {
    this.#derived = new WeakMap();
  }

  /** @param {InvitationCode} code @returns {Promise<CodeKeys>} Derived once per code. */
  #keysOf(code) {
    preload();
    const known = this.#derived.get(code) ?? codeKeys(code);
    this.#derived.set(code, known);
    return known;
  }

  /**
   * @param {InvitationCode} code
   * @param {string} secret
   * @returns {Promise<Credentials>}
   */
  async credentials(code, secret) {
    return credentials(await this.#keysOf(code), secret);
  }

  /**
   * Finds the invitation of a code and checks that it comes from whoever printed the code. Consumes nothing.
   *
   * @param {InvitationCode} code
   * @returns {Promise<{state: string, keys: CodeKeys, anchored: Anchored}>}
   */
  async find(code) {
    const keys = await this.#keysOf(code);
    const { state, invitation } = await this.#api.lookUp(keys.invitation);
    return { state, keys, anchored: await this.anchored(keys.anchor, invitation) };
  }

  /**
   * @param {import("./credentials.js").Anchor} anchor
   * @param {unknown} sent The invitation.
   * @returns {Promise<Anchored>}
   */
  async anchored(anchor, sent) {
    // Only to find out whose keys must have signed it.
    const says = parse(claim(sent, "invitation").body);
    if (typeof says?.inviter !== "string") throw new NotBelieved("MALFORMED", "invitation");
    return Anchored.check(anchor, sent, await this.#directory.member(says.inviter));
  }

  /**
   * Activates a code with a secret, once; whoever did that before with this secret is logged in.
   *
   * @param {InvitationCode} code
   * @param {string} secret
   * @param {boolean} join Into the session that is there.
   * @returns {Promise<Opened>}
   */
  async activate(code, secret, join) {
    const [{ state, keys, anchored }, both] = await Promise.all([this.find(code), this.credentials(code, secret)]);
    if (state === "activated") return this.#again(both, join);
    if (state !== "open") throw new InvitationError(NO_LONGER[state] ?? "EXPIRED");
    const { gateway_half: half } = await this.#api.beginActivation(keys.invitation, toBase64url(await keys.codeProof()));
    const secrets = await both.ownSecrets(fromBase64url(half, 32));
    const since = (await this.#directory.now(anchored.oin)).toISOString();
    const account = await Account.make(anchored, keys.anchor, secrets, since);
    const { own } = account;
    const body = {
      invitation: keys.invitation,
      slot: anchored.invitation.slot,
      signing: own.signing.publicKey.toString(),
      opening: own.openingKey.toString(),
      at: since,
    };
    const signed = await sign("guardian-keys", body, [keys.signer, own.signing]);
    await this.#api.activate(signed.raw, await both.loginVerifier(), join);
    return { account, joined: await joinable(both, secrets, account) };
  }

  /** The code was used: by this guardian, if the secret fits. If not, asking for the half once more tells the inviter. */
  async #again(both, join) {
    try {
      return await this.logIn(both, join);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const proof = toBase64url(await both.code.codeProof());
      const answer = await this.#api.beginActivation(both.code.invitation, proof).catch((refused) => refused);
      if (answer?.reason === "CODE_ALREADY_USED") throw new InvitationError("ALREADY_ACTIVATED", "", error);
      throw answer instanceof Error ? answer : new NotBelieved("MALFORMED", "gateway_half");
    }
  }

  /**
   * Logs in with code and secret.
   *
   * @param {Credentials} both
   * @param {boolean} join Into the session that is there.
   * @returns {Promise<Opened>}
   */
  async logIn(both, join) {
    const { code } = both;
    const answer = await this.#api.logIn(code.invitation, toBase64url(await both.loginProof()), join);
    const anchored = await this.anchored(code.anchor, answer.invitation);
    const secrets = await both.ownSecrets(fromBase64url(answer.gateway_half, 32));
    const account = await Account.make(anchored, code.anchor, secrets, "");
    account.since = await checkOwn(answer.guardian_keys, account);
    return { account, joined: await joinable(both, secrets, account) };
  }

  /**
   * Logs in with what stands in a key ring.
   *
   * @param {import("./keyring.js").Joined} joined
   * @returns {Promise<Account>}
   */
  async open(joined) {
    const { anchor, own } = await Account.fromJoined(joined);
    const answer = await this.#api.logIn(joined.invitation, joined.login_proof, true);
    const account = new Account(await this.anchored(anchor, answer.invitation), anchor, own, "");
    account.since = await checkOwn(answer.guardian_keys, account);
    return account;
  }
}

/** The keys on record must be the derived ones, signed by the code's key and by themselves. Answers since when. */
async function checkOwn(sent, { own, anchored, anchor }) {
  const keys = await verify(sent, "guardian-keys", [anchor.codeKey, own.signing.publicKey]).catch((cause) => {
    throw new NotBelieved("OWN_KEYS", "", cause);
  });
  const { invitation, slot, signing, opening, at } = keys.body;
  const isOwn = invitation === anchored.invitation.invitation && slot === anchored.invitation.slot
    && signing === own.signing.publicKey.toString() && opening === own.openingKey.toString();
  if (!isOwn) throw new NotBelieved("OWN_KEYS");
  return at;
}

/** What goes into another account's ring. */
async function joinable(both, { signing, opening }, account) {
  return {
    invitation: account.invitation,
    code_key: account.anchor.codeKey.toString(),
    anchor: await both.code.anchorJwk(),
    login_proof: toBase64url(await both.loginProof()),
    signing,
    opening,
    since: account.since,
  };
}
