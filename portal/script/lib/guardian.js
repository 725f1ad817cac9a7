/**
 * A guardian in the browser: everything in the order in which it is needed (guardian/src/session.rs). Shows questions, decides, adds
 * remarks, joins codes, and keeps keys for a reload.
 *
 * Invariant: nothing is handed to a page that was not verified down to the pinned registrar and the printed code, or is not marked as
 * the gateway's own word; nothing is signed but what the page showed; the code and the secret are in no call.
 */

import { Account } from "./account.js";
import { Api } from "./api.js";
import { toBase64url } from "./bytes.js";
import { signDecision, signInspected } from "./decision.js";
import { Directory } from "./directory.js";
import { Entry } from "./entry.js";
import { NotBelieved, Refused, SignedOut } from "./errors.js";
import { released, Signers } from "./history.js";
import { Keep } from "./keep.js";
import { KeyRing } from "./keyring.js";
import { openPlan } from "./plan.js";
import { openPreview, sealedBytes } from "./preview.js";
import { changedCapacity, checkOwn, Question } from "./question.js";
import { makeReceipt } from "./receipt.js";
import { claim } from "./statement.js";
import { sealView } from "./view.js";

// What those need in their turn, named here so that a browser on a slow line asks for all of it at once, and not level by level.
import "./body.js";
import "./catalogue.js";
import "./content.js";
import "./credentials.js";
import "./ed25519.js";
import "./fields.js";
import "./hpke.js";
import "./json.js";
import "./kdf.js";
import "./key.js";
import "./padding.js";
import "./prose.js";
import "./secret.js";
import "./shape.js";
import "./trust.js";

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
  /** @type {Directory} */ #directory;
  /** @type {Entry} */ #entry;
  /** @type {Map<string, Account>} The first is the one that logged in; its ring holds the others. */ #accounts = new Map();
  /** The list of questions, asked for together with what a reload needs; taken once. @type {?Promise<any>} */ #ahead = null;
  /** A preview, asked for before the question about it was verified; taken once. @type {?{handover: string, asked: Promise<any>}} */
  #previewAhead = null;
  /** Joined codes that could not be opened this time: `{invitation, error}`. @type {{invitation: string, error: Error}[]} */
  unopened = [];

  /** @param {Api} [api] @param {Keep} [keep] */
  constructor(api = new Api(), keep = new Keep()) {
    this.#api = api;
    this.#keep = keep;
    this.#directory = new Directory(api);
    this.#entry = new Entry(api, this.#directory);
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
    const { state, anchored } = await this.#entry.find(code);
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
    this.#begin(await this.#entry.activate(code, secret, false));
  }

  /**
   * Comes back with code and secret. Opens the joined codes as well.
   *
   * @param {import("./code.js").InvitationCode} code
   * @param {string} secret
   * @returns {Promise<void>}
   */
  async logIn(code, secret) {
    this.#begin(await this.#entry.logIn(await this.#entry.credentials(code, secret), false));
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
    const ring = this.#ring();
    const { account, joined } = await this.#entry.activate(code, secret, true);
    await ring.change((others) => [...others.filter(({ invitation }) => invitation !== joined.invitation), joined]);
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
    if (invitation === this.#first().invitation) throw new TypeError("the first code is the account itself");
    await this.#ring().change((others) => others.filter((joined) => joined.invitation !== invitation));
    this.#accounts.delete(invitation);
  }

  /** Keeps the keys for a reload of this tab. @returns {Promise<boolean>} Whether this browser can. */
  async keep() {
    const { ends_in_seconds: seconds } = await this.#api.session();
    const { registrar, gateway } = await this.#directory.pinned();
    const accounts = [...this.#accounts.values()].map((account) => account.toKept());
    return this.#keep.save({ registrar, gateway, accounts }, seconds);
  }

  /**
   * Takes up the keys that this tab kept, if the session still lives.
   *
   * @param {?{invitation: string, handover: string}} [wanted] The question that will be opened: its preview is asked for at once.
   * @returns {Promise<boolean>} Whether somebody is logged in.
   */
  async restore(wanted = null) {
    const kept = await this.#keep.load();
    if (kept === null) return false;
    this.#directory.pin(kept);
    // Asked together: on a slow connection each question that waits for another costs half a second.
    const asked = this.#api.session().catch((error) => {
      if (error instanceof SignedOut) return null;
      throw error;
    });
    this.#ahead = quiet(this.#api.questions());
    if (wanted !== null) {
      const { invitation, handover } = wanted;
      this.#previewAhead = { handover, asked: quiet(this.#api.preview(invitation, handover)) };
    }
    const reopened = kept.accounts.map((one) => quiet(this.#reopened(one)));
    const session = await asked;
    if (session === null) {
      this.#ahead = null;
      this.#previewAhead = null;
      await this.#keep.forget();
      return false;
    }
    const alive = reopened.filter((_, at) => session.invitations.includes(kept.accounts[at].invitation));
    const accounts = await Promise.all(alive);
    this.#accounts = new Map(accounts.map((account) => [account.invitation, account]));
    return this.isOpen;
  }

  async #reopened(kept) {
    const { anchor, own, raw, since } = await Account.fromKept(kept);
    return new Account(await this.#entry.anchored(anchor, raw), anchor, own, since);
  }

  /** The guardian wants to stay. @returns {Promise<import("./api.js").Session>} */
  stay() {
    return this.#api.stay();
  }

  /** Logs out and forgets every key, also where the portal cannot be reached. @returns {Promise<void>} */
  async leave() {
    this.#accounts.clear();
    this.#entry.forget();
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
    const ahead = this.#ahead;
    this.#ahead = null;
    const { accounts } = await (ahead ?? this.#api.questions());
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
    const { sealed, manifest } = await this.#sealed(question);
    if (claim(manifest, "manifest").body !== question.signed.raw.body) throw new NotBelieved("ANOTHER", "manifest");
    return openPreview(account.own, question.signed, question.slot, sealedBytes(sealed));
  }

  /**
   * The plan of the talk that was agreed on last.
   *
   * @param {Question} question
   * @returns {Promise<?import("./plan.js").Plan>} `null` where nothing of one came.
   */
  plan(question) {
    const { own, anchored } = this.#accountOf(question);
    return openPlan(own, anchored, question);
  }

  /** A preview as it was sealed. What was asked for ahead may have been asked too early. */
  async #sealed({ invitation, handover }) {
    const ahead = this.#previewAhead;
    this.#previewAhead = null;
    const early = ahead?.handover === handover ? await ahead.asked.catch(() => null) : null;
    return early ?? this.#api.preview(invitation, handover);
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
   * @throws {NotBelieved} Also about what the gateway answered, when the decision was sent: then the error has a `receipt`.
   */
  async decide(question, preview, shown, choices, { until = undefined } = {}) {
    const account = this.#accountOf(question);
    const when = { at: await this.#directory.now(question.sender.oin), until };
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
    const when = { at: await this.#directory.now(question.sender.oin) };
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
    const releases = await this.#releases(question, answer.releases).catch((error) => {
      // The decision was sent all the same: whoever catches this has the receipt.
      error.receipt = receipt;
      throw error;
    });
    return { stage, releases, evidenceIndex: answer.evidence_index, receipt };
  }

  /** What had left before a decision, if the gateway signed it and it is about this handover. */
  async #releases(question, sent) {
    const gateway = await this.#directory.gateway();
    return Promise.all(sent.map(async ({ release, arrived }) => {
      const { body } = await gateway.verify(release, "release");
      if (body.handover !== question.handover) throw new NotBelieved("ANOTHER", "release");
      return { at: body.at, ...released(body), arrived: arrived === true };
    }));
  }

  /**
   * Signs remarks and seals them to the sender, who hands them over with the rest.
   *
   * @param {Question} question
   * @param {?import("./preview.js").Preview} preview
   * @param {import("./view.js").Remarks} remarks
   * @returns {Promise<{view: object, inTime: boolean}>} The view as it was signed, to keep: nobody but its readers can show it again. And
   *   whether it can still go along: what is sealed already is not opened for it, then only the sender reads it.
   */
  async addView(question, preview, remarks) {
    const account = this.#accountOf(question);
    const at = await this.#directory.now(question.sender.oin);
    const { signed, sealed } = await sealView(account.own.signing, question, preview, remarks, at);
    const answer = await this.#api.addView(question.invitation, question.handover, toBase64url(sealed));
    return { view: signed.raw, inTime: answer.in_time === true };
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
      recipient: await this.#directory.member(question.manifest.recipient.oin),
      gateway: await this.#directory.gateway(),
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

  // --- Accounts

  #begin({ account }) {
    this.#accounts = new Map([[account.invitation, account]]);
    this.unopened = [];
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

  #ring() {
    return new KeyRing(this.#api, this.#first());
  }

  async #openJoined() {
    const { joined } = await this.#ring().open();
    for (const one of joined) {
      try {
        const account = await this.#entry.open(one);
        this.#accounts.set(account.invitation, account);
      } catch (error) {
        // A letter that was replaced or revoked must not hide the others.
        this.unopened.push({ invitation: one.invitation, error });
      }
    }
  }

  // --- Questions

  async #question(account, sent) {
    const { anchored, own } = account;
    const { handover: status } = sent;
    const { manifest, vouched } = await this.#manifest(anchored, status.handover_id, sent.manifest);
    const authority = await changedCapacity(anchored, manifest.body, sent.authority);
    checkOwn(anchored, status.handover_id, manifest.body, authority);
    const renewal = await this.#renewal(anchored, status.handover_id, sent.renewal);
    const [recipient, catalogue] = await Promise.all([
      this.#directory.membership(manifest.body.recipient.oin, sent.recipient),
      this.#directory.catalogue(manifest.body.catalogue),
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
      warm: status.warm ?? null,
      unanswered: status.unanswered ?? [],
    });
    const found = { anchored, handover: status.handover_id, manifest, renewal, authority, vouched, recipient, catalogue, standing };
    return Question.of({ ...found, decisions: sent.own_decisions, ownKey: own.signing.publicKey, plan: sent.plan });
  }

  async #manifest(anchored, handover, sent) {
    try {
      return { manifest: await anchored.verify(sent, "manifest"), vouched: "anchor" };
    } catch (error) {
      const statements = await this.#since(anchored, handover, error);
      return { manifest: await anchored.verifyTold(sent, statements), vouched: "told" };
    }
  }

  async #renewal(anchored, handover, sent) {
    if (!sent) return null;
    try {
      return await anchored.verify(sent, "renewal");
    } catch (error) {
      return anchored.verifyToldRenewal(sent, await this.#since(anchored, handover, error));
    }
  }

  /** What may vouch for a statement from before the letter. Any other doubt about it stays one. */
  async #since(anchored, handover, doubt) {
    if (doubt?.reason !== "KEY_NOT_ANCHORED") throw doubt;
    const { entries } = await this.#api.history(anchored.invitation.invitation, handover);
    return entries.flatMap((entry) => entry.statements);
  }

  /** @returns {Date} What time it is in the federation, without asking again: for countdowns. */
  time() {
    return this.#directory.time();
  }
}

/** A promise that somebody will await later: until then its failure is nobody's. */
function quiet(promise) {
  promise.catch(() => {});
  return promise;
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
