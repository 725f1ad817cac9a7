/**
 * A guardian in the browser: everything in the order in which it is needed (guardian/src/client.rs and session.rs). Finds and checks
 * an invitation, activates or logs in, shows questions, decides, and keeps keys for a reload.
 *
 * Invariant: nothing is handed to a page that was not verified down to the pinned registrar and the printed code, or is not marked as
 * the gateway's own word; nothing is signed but what the page showed; the code and the secret are in no call.
 */

import { Account } from "./account.js";
import { Api } from "./api.js";
import { fromBase64url, toBase64url } from "./bytes.js";
import { codeKeys, credentials } from "./credentials.js";
import { signDecision, signInspected } from "./decision.js";
import { InvitationError, NotBelieved, Refused, SignedOut } from "./errors.js";
import { released, Signers } from "./history.js";
import { preload } from "./hpke.js";
import { Keep } from "./keep.js";
import { openRing, sealRing } from "./keyring.js";
import { openPreview, sealedBytes } from "./preview.js";
import { Question } from "./question.js";
import { makeReceipt } from "./receipt.js";
import { claim, sign, verify } from "./statement.js";
import { Anchored, Roots } from "./trust.js";
import { sealView } from "./view.js";

/** OINs of test organisations: only among them may the federation's clock be moved. */
const TEST_PREFIX = "00000099";
/** How far the portal's clock may be from this machine's, in milliseconds: machines are wrong by hours, not by days. */
const CLOCK = 24 * 3600 * 1000;
/** Stages in which the exchange is over. */
const OVER = ["received", "quarantined", "retracted", "expired"];

/**
 * An invitation as it was found.
 *
 * @typedef {{state: "open" | "activated" | "replaced" | "revoked" | "expired", inviter: any, holder: any, language: string,
 *   notAfter: string}} Found
 */

/** One guardian. Nobody is logged in yet. */
export class Guardian {
  /** @type {Api} */ #api;
  /** @type {Keep} */ #keep;
  /** @type {?Promise<{roots: Roots, gateway: string, registrar: string}>} */ #pinned = null;
  /** @type {Map<string, Promise<any>>} */ #members = new Map();
  /** @type {Map<string, Promise<any>>} */ #catalogues = new Map();
  /** @type {WeakMap<object, Promise<import("./credentials.js").CodeKeys>>} */ #derived = new WeakMap();
  /** @type {Map<string, Account>} The first is the one that logged in; its ring holds the others. */ #accounts = new Map();
  #ringVersion = 0;
  #offset = 0;
  /** Joined codes that could not be opened this time: `{invitation, error}`. @type {{invitation: string, error: Error}[]} */
  unopened = [];

  /** @param {Api} [api] @param {Keep} [keep] */
  constructor(api = new Api(), keep = new Keep()) {
    this.#api = api;
    this.#keep = keep;
  }

  /** @returns {{invitation: string, inviter: any, holder: any, language: string, since: string}[]} Every open code, the first first. */
  get accounts() {
    return [...this.#accounts.values()].map(({ anchored, since }) => {
      const { invitation, holder, language } = anchored.invitation;
      return { invitation, inviter: anchored.inviter.membership, holder, language, since };
    });
  }

  /** @returns {boolean} Whether keys are here. */
  get isOpen() {
    return this.#accounts.size > 0;
  }

  /**
   * Finds the invitation of a code and checks that it comes from whoever printed the code. Takes about a second. Consumes nothing.
   *
   * @param {import("./code.js").InvitationCode} code
   * @returns {Promise<Found>}
   */
  async lookUp(code) {
    const { state, anchored } = await this.#found(code);
    const { holder, language, not_after: notAfter } = anchored.invitation;
    return { state, inviter: anchored.inviter.membership, holder, language, notAfter };
  }

  /**
   * Activates a code with a secret, once. Whoever activated with the same secret before (the answer may have been lost) is logged in;
   * for everybody else a used code is `InvitationError("ALREADY_ACTIVATED")`, and the inviter is told.
   *
   * @param {import("./code.js").InvitationCode} code
   * @param {string} secret
   * @returns {Promise<void>}
   */
  async activate(code, secret) {
    this.#begin(await this.#activated(code, secret, false));
  }

  /**
   * Comes back with code and secret. Opens the joined codes as well.
   *
   * @param {import("./code.js").InvitationCode} code
   * @param {string} secret
   * @returns {Promise<void>}
   */
  async logIn(code, secret) {
    const both = await credentials(await this.#keysOf(code), secret);
    this.#begin(await this.#loggedIn(both, false));
    await this.#openJoined();
  }

  /**
   * Joins another code into this account: activates it with `secret`, or logs in where that was done before. From then on the first
   * code and secret open both.
   *
   * @param {import("./code.js").InvitationCode} code
   * @param {string} secret
   * @returns {Promise<string>} The joined invitation.
   */
  async join(code, secret) {
    const first = this.#first();
    const { account, joined } = await this.#activated(code, secret, true);
    await this.#changeRing(first, (others) => [...others.filter(({ invitation }) => invitation !== joined.invitation), joined]);
    this.#accounts.set(account.invitation, account);
    return account.invitation;
  }

  /**
   * Takes a joined code out of the account. Its keys and what was decided with them stay what they are.
   *
   * @param {string} invitation
   * @returns {Promise<void>}
   */
  async part(invitation) {
    const first = this.#first();
    if (invitation === first.invitation) throw new TypeError("the first code is the account itself");
    await this.#changeRing(first, (others) => others.filter((joined) => joined.invitation !== invitation));
    this.#accounts.delete(invitation);
  }

  /** Keeps the keys for a reload of this tab. @returns {Promise<boolean>} Whether this browser can. */
  async keep() {
    const { ends_in_seconds: seconds } = await this.#api.session();
    const { registrar, gateway } = await this.#roots();
    const accounts = [...this.#accounts.values()].map((account) => account.toKept());
    return this.#keep.save({ registrar, gateway, ringVersion: this.#ringVersion, accounts }, seconds);
  }

  /**
   * Takes up the keys that this tab kept, if the session still lives.
   *
   * @returns {Promise<boolean>} Whether somebody is logged in.
   */
  async restore() {
    const kept = await this.#keep.load();
    if (kept === null) return false;
    const session = await this.#api.session().catch((error) => {
      if (error instanceof SignedOut) return null;
      throw error;
    });
    if (session === null) {
      await this.#keep.forget();
      return false;
    }
    this.#pinned = Promise.resolve({ roots: new Roots(kept.registrar), gateway: kept.gateway, registrar: kept.registrar });
    const alive = kept.accounts.filter(({ invitation }) => session.invitations.includes(invitation));
    const accounts = await Promise.all(alive.map(async (one) => {
      const { anchor, own, raw, since } = await Account.fromKept(one);
      return new Account(await this.#anchored(anchor, raw), anchor, own, since);
    }));
    this.#accounts = new Map(accounts.map((account) => [account.invitation, account]));
    this.#ringVersion = kept.ringVersion;
    return this.isOpen;
  }

  /** The guardian wants to stay. @returns {Promise<import("./api.js").Session>} */
  stay() {
    return this.#api.stay();
  }

  /** Logs out and forgets every key, also where the portal cannot be reached. @returns {Promise<void>} */
  async leave() {
    this.#accounts.clear();
    this.#derived = new WeakMap();
    await this.#keep.forget();
    await this.#api.logOut();
  }

  /**
   * Every handover in which this guardian has or had a say, of every open code: what is still open first, then the newest. What is not
   * believed is in the list with its `error` and nothing else, so that a page can say that something is there.
   *
   * @returns {Promise<(Question | {error: Error, invitation: string, handover: ?string})[]>}
   */
  async questions() {
    const { accounts } = await this.#api.questions();
    const listed = [];
    for (const { invitation_id: invitation, questions, refused } of accounts) {
      const account = this.#accounts.get(invitation);
      if (account === undefined) continue;
      if (refused) listed.push({ error: new Refused(refused), invitation, handover: null });
      for (const sent of questions) listed.push(this.#question(account, sent).catch((error) => unbelieved(error, invitation, sent)));
    }
    const all = await Promise.all(listed);
    return all.sort((one, other) => rank(one) - rank(other) || newestFirst(one, other));
  }

  /** @param {string} handover @returns {Promise<Question>} One of them. */
  async question(handover) {
    const found = (await this.questions()).find((question) => question.handover === handover);
    if (found === undefined) throw new Refused("NOT_FOUND", "handover");
    if (!(found instanceof Question)) throw found.error;
    return found;
  }

  /**
   * Opens the preview of a question and compares it with what the sender committed to.
   *
   * @param {Question} question
   * @returns {Promise<?import("./preview.js").Preview>} `null` if there is none yet.
   */
  async preview(question) {
    if (!question.standing.has_preview) return null;
    const account = this.#accountOf(question);
    const { sealed, manifest } = await this.#api.preview(question.invitation, question.handover);
    if (claim(manifest, "manifest").body !== question.signed.raw.body) throw new NotBelieved("ANOTHER", "manifest");
    return openPreview(account.own, question.signed, question.slot, sealedBytes(sealed));
  }

  /**
   * Signs a decision over exactly what was shown, and sends it.
   *
   * @param {Question} question
   * @param {?import("./preview.js").Preview} preview What was shown; a yes needs it.
   * @param {import("./decision.js").Shown} shown
   * @param {Record<string, string>} choices Category to `agree`, `refuse`, `withdraw` or `object`.
   * @param {{until?: string}} [terms] ISO date until which a yes holds.
   * @returns {Promise<Decided>}
   */
  async decide(question, preview, shown, choices, { until = undefined } = {}) {
    const account = this.#accountOf(question);
    const when = { at: await this.#now(question), until };
    const decision = await signDecision(account.own.signing, question, preview, shown, choices, when);
    return this.#decided(account, question, shown, decision);
  }

  /**
   * Says that this guardian has inspected what the law requires to be handed over. Neither yes nor no.
   *
   * @param {Question} question
   * @param {import("./preview.js").Preview} preview
   * @param {import("./decision.js").Shown} shown
   * @returns {Promise<Decided>}
   */
  async inspected(question, preview, shown) {
    const account = this.#accountOf(question);
    const when = { at: await this.#now(question) };
    const decision = await signInspected(account.own.signing, question, preview, shown, when);
    return this.#decided(account, question, shown, decision);
  }

  /**
   * The gateway's answer to a decision: where the handover now stands (its word), what had left before (signed by it), the receipt.
   *
   * @typedef {{stage: string, releases: {at: string, sent: string[], views: number, dropped: string[], arrived: boolean}[],
   *   evidenceIndex: number, receipt: object}} Decided
   */
  async #decided(account, question, shown, decision) {
    const answer = await this.#api.decide(question.invitation, decision.raw);
    const gateway = await this.#member((await this.#roots()).gateway);
    const releases = await Promise.all(answer.releases.map(async ({ release, arrived }) => {
      const { body } = await gateway.verify(release, "release");
      if (body.handover !== question.handover) throw new NotBelieved("ANOTHER", "release");
      return { at: body.at, ...released(body), arrived: arrived === true };
    }));
    const { stage } = answer.handover;
    const receipt = makeReceipt({
      question,
      decision,
      shown,
      anchored: account.anchored,
      signingKey: account.own.signing.publicKey,
      evidenceIndex: answer.evidence_index,
      releases: answer.releases,
      stage,
    });
    return { stage, releases, evidenceIndex: answer.evidence_index, receipt };
  }

  /**
   * Signs remarks and seals them to the sender, who hands them over with the rest.
   *
   * @param {Question} question
   * @param {?import("./preview.js").Preview} preview
   * @param {import("./view.js").Remarks} remarks
   * @returns {Promise<object>} The view as it was signed, to keep: nobody but its readers can show it again.
   */
  async addView(question, preview, remarks) {
    const account = this.#accountOf(question);
    const at = await this.#now(question);
    const { signed, sealed } = await sealView(account.own.signing, question, preview, remarks, at);
    await this.#api.addView(question.invitation, question.handover, toBase64url(sealed));
    return signed.raw;
  }

  /**
   * Everything that happened with one handover.
   *
   * @param {Question} question
   * @returns {Promise<import("./history.js").Entry[]>}
   */
  async history(question) {
    const account = this.#accountOf(question);
    const { entries } = await this.#api.history(question.invitation, question.handover);
    const signers = new Signers({
      sender: account.anchored,
      recipient: await this.#member(question.manifest.recipient.oin),
      gateway: await this.#member((await this.#roots()).gateway),
      own: account.own.signing.publicKey,
      question,
    });
    return signers.read(entries);
  }

  /**
   * What a no can still be about: everything that rests on consent; once it arrived, what had been sent.
   *
   * @param {Question} question
   * @param {import("./history.js").Entry[]} history
   * @returns {string[]}
   */
  openToNo(question, history) {
    const onConsent = question.onConsent();
    if (!["received", "quarantined"].includes(question.standing.stage)) return onConsent;
    const releases = history.flatMap(({ said }) => said).filter(({ kind, body }) => kind === "release" && body !== null);
    const sent = new Set(releases.flatMap(({ body }) => released(body).sent));
    return onConsent.filter((category) => sent.has(category));
  }

  // --- The way in

  #keysOf(code) {
    preload();
    if (!this.#derived.has(code)) this.#derived.set(code, codeKeys(code));
    return this.#derived.get(code);
  }

  async #found(code) {
    const keys = await this.#keysOf(code);
    const { state, invitation } = await this.#api.lookUp(keys.invitation);
    return { state, keys, anchored: await this.#anchored(keys.anchor, invitation) };
  }

  async #anchored(anchor, sent) {
    // Only to find out whose keys must have signed it.
    const inviter = await this.#member(JSON.parse(claim(sent, "invitation").body).inviter);
    return Anchored.check(anchor, sent, inviter);
  }

  async #activated(code, secret, join) {
    const [{ state, keys, anchored }, both] = await Promise.all([
      this.#found(code),
      this.#keysOf(code).then((derived) => credentials(derived, secret)),
    ]);
    if (state === "activated") return this.#again(both, join);
    if (state !== "open") throw new InvitationError(state.toUpperCase());
    const { gateway_half } = await this.#api.beginActivation(keys.invitation, toBase64url(await keys.codeProof()));
    const secrets = await both.ownSecrets(fromBase64url(gateway_half, 32));
    const account = await Account.make(anchored, keys.anchor, secrets, (await this.#now()).toISOString());
    const body = {
      invitation: keys.invitation,
      slot: anchored.invitation.slot,
      signing: account.own.signing.publicKey.toString(),
      opening: account.own.openingKey.toString(),
      at: account.since,
    };
    const signed = await sign("guardian-keys", body, [keys.signer, account.own.signing]);
    await this.#api.activate(signed.raw, await both.loginVerifier(), join);
    return { account, joined: await joinable(both, secrets, account) };
  }

  /** The code was used: by this guardian, if the secret fits. If not, the inviter is told. */
  async #again(both, join) {
    try {
      return await this.#loggedIn(both, join);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const proof = toBase64url(await both.code.codeProof());
      const alarm = await this.#api.beginActivation(both.code.invitation, proof).catch((refused) => refused);
      if (alarm?.reason === "CODE_ALREADY_USED") throw new InvitationError("ALREADY_ACTIVATED", "", error);
      throw alarm instanceof Error ? alarm : new NotBelieved("MALFORMED", "gateway_half");
    }
  }

  /** The keys on record must be those that code, secret and the gateway's half give. */
  async #loggedIn(both, join) {
    const { code } = both;
    const answer = await this.#api.logIn(code.invitation, toBase64url(await both.loginProof()), join);
    const anchored = await this.#anchored(code.anchor, answer.invitation);
    const secrets = await both.ownSecrets(fromBase64url(answer.gateway_half, 32));
    const account = await Account.make(anchored, code.anchor, secrets, "");
    account.since = await checkOwn(answer.guardian_keys, account, code.anchor);
    return { account, joined: await joinable(both, secrets, account) };
  }

  #begin({ account }) {
    this.#accounts = new Map([[account.invitation, account]]);
    this.unopened = [];
    this.#ringVersion = 0;
  }

  // --- Joined codes

  async #openJoined() {
    for (const joined of await this.#ring(this.#first())) {
      try {
        const { anchor, own } = await Account.fromJoined(joined);
        const answer = await this.#api.logIn(joined.invitation, joined.login_proof, true);
        const account = new Account(await this.#anchored(anchor, answer.invitation), anchor, own, "");
        account.since = await checkOwn(answer.guardian_keys, account, anchor);
        this.#accounts.set(account.invitation, account);
      } catch (error) {
        // A letter that was replaced or revoked must not hide the others.
        this.unopened.push({ invitation: joined.invitation, error });
      }
    }
  }

  async #ring(first) {
    const { version, sealed } = await this.#api.keyRing(first.invitation);
    this.#ringVersion = version;
    return version === 0 ? [] : openRing(first.own.ring, first.invitation, version, fromBase64url(sealed));
  }

  async #changeRing(first, change) {
    for (let attempt = 1; ; attempt += 1) {
      const others = await this.#ring(first);
      const sealed = await sealRing(first.own.ring, first.invitation, this.#ringVersion + 1, change(others));
      try {
        const { version } = await this.#api.putKeyRing(first.invitation, this.#ringVersion, toBase64url(sealed));
        this.#ringVersion = version;
        return;
      } catch (error) {
        // Somebody else of the same account (another tab) was first: on top of theirs, then.
        if (!(error instanceof Refused) || error.reason === "TOO_LARGE" || attempt === 3) throw error;
      }
    }
  }

  #first() {
    const [first] = this.#accounts.values();
    if (first === undefined) throw new SignedOut("NO_KEYS");
    return first;
  }

  #accountOf(question) {
    const account = this.#accounts.get(question.invitation);
    if (account === undefined) throw new SignedOut("NO_KEYS");
    return account;
  }

  // --- Whom to believe

  #roots() {
    this.#pinned ??= this.#api.federation().then(({ registrar, gateway }) => ({
      roots: new Roots(registrar), registrar, gateway,
    }));
    this.#pinned.catch(() => { this.#pinned = null; });
    return this.#pinned;
  }

  /** An organisation with its membership and keys, asked for once. */
  #member(oin) {
    return once(this.#members, oin, async () => (await this.#roots()).roots.member(oin, await this.#api.member(oin)));
  }

  #catalogue(digest) {
    const ask = async () => (await this.#roots()).roots.catalogue(digest, (await this.#api.catalogue(digest)).catalogue);
    return once(this.#catalogues, digest, ask);
  }

  async #question(account, sent) {
    const { anchored, own } = account;
    const { handover: status } = sent;
    const { manifest, vouched } = await this.#manifest(anchored, status.handover_id, sent.manifest);
    const [recipient, catalogue] = await Promise.all([
      this.#roots().then(({ roots }) => roots.membership(manifest.body.recipient.oin, sent.recipient)),
      this.#catalogue(manifest.body.catalogue),
    ]);
    const standing = Object.freeze({
      stage: String(status.stage),
      asked: sent.asked === true,
      awaited: sent.awaited === true,
      may_inspect: sent.may_inspect === true,
      has_preview: sent.has_preview === true,
      told_time: sent.told ?? null,
      silence_time: sent.silence ?? null,
      awaited_of: status.awaited.map(({ slot_id, what, until }) => ({ own: slot_id === anchored.invitation.slot, what, until })),
      blocked: status.blocked,
    });
    const found = { anchored, handover: status.handover_id, manifest, vouched, recipient, catalogue, standing };
    return Question.of({ ...found, decisions: sent.own_decisions, ownKey: own.signing.publicKey });
  }

  async #manifest(anchored, handover, sent) {
    try {
      return { manifest: await anchored.verify(sent, "manifest"), vouched: "anchor" };
    } catch (error) {
      if (error?.reason !== "KEY_NOT_ANCHORED") throw error;
      const { entries } = await this.#api.history(anchored.invitation.invitation, handover);
      const statements = entries.flatMap((entry) => entry.statements);
      return { manifest: await anchored.verifyTold(sent, statements), vouched: "told" };
    }
  }

  /**
   * What time it is in the federation: the portal says, since a telephone's clock may be wrong. A portal that is days off is believed
   * only among test organisations, whose clock can be moved: else it could date a yes so that no later no counts.
   */
  async #now(question = undefined) {
    const local = Date.now();
    const { now } = await this.#api.federation();
    const there = Date.parse(now);
    const inviters = question ? [question.sender.oin] : [...this.#accounts.values()].map(({ anchored }) => anchored.oin);
    const isTest = inviters.every((oin) => oin.startsWith(TEST_PREFIX));
    if (!Number.isFinite(there) || (!isTest && Math.abs(there - local) > CLOCK)) throw new NotBelieved("TIME", "now");
    this.#offset = there - local;
    return new Date(there);
  }

  /** @returns {Date} What time it is there, without asking again: for countdowns. */
  time() {
    return new Date(Date.now() + this.#offset);
  }
}

/** Asked once; asked again if it failed. */
function once(known, name, ask) {
  if (!known.has(name)) {
    const asked = ask();
    known.set(name, asked);
    asked.catch(() => known.delete(name));
  }
  return known.get(name);
}

/** The keys on record, signed by the code's key and by themselves: since when. */
async function checkOwn(sent, { own, anchored }, anchor) {
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

function unbelieved(error, invitation, sent) {
  return { error, invitation, handover: sent?.handover?.handover_id ?? null };
}

/** Open ones first, then what cannot be shown, then what is over. */
function rank(listed) {
  if (!(listed instanceof Question)) return 1;
  return OVER.includes(listed.standing.stage) ? 2 : 0;
}

/** Handover ids are time-ordered. */
function newestFirst(one, other) {
  return (other.handover ?? "") < (one.handover ?? "") ? -1 : 1;
}
