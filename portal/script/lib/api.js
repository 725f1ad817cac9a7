/**
 * The portal's own JSON, as portal/src/api describes it: every call by name, every failure typed. Reading is repeated when nobody
 * answers, and when the gateway asks to come back later; a write is repeated with the same request id, so that it takes effect once; logging in is not repeated, because
 * attempts are counted. Nothing here knows a code, a secret or a key.
 */

import { randomId } from "./bytes.js";
import { Busy, Fault, Refused, SignedOut, Unanswered } from "./errors.js";

/** How long one call may take, in milliseconds. A slow connection needs its time for a preview. */
const PATIENCE = 30_000;
/** How often a call is made that nobody answers. */
const ATTEMPTS = 3;
/** How long to wait before the second time; then twice as long. In milliseconds. */
const PAUSE = 400;
/** For how many seconds in all a call waits that the gateway was too busy to take on, and how long one of them takes. */
const BUSY_PATIENCE = 20;
const SECOND = 1000;

const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** What the session allows: it ends after `ends_in_seconds`, or after `idle_seconds` without a call.
 * @typedef {{ends_in_seconds: number, idle_seconds: number, warn_seconds: number, invitations: string[]}} Session */

/** Every call. `onSession` hears of the session whenever an answer tells of it. */
export class Api {
  /** @type {typeof fetch} */ #fetch;
  #pause;
  #second;

  /** @param {{fetch?: typeof fetch, pause?: number, second?: number, root?: string}} [how] For tests; a page needs none of it. */
  constructor({ fetch = globalThis.fetch.bind(globalThis), pause = PAUSE, second = SECOND, root = "" } = {}) {
    this.#fetch = fetch;
    this.#pause = pause;
    this.#second = second;
    this.root = root;
    /** @type {(session: Session) => void} */
    this.onSession = () => {};
  }

  /** @returns {Promise<{gateway: string, registrar: string, now: string, controlled_clock: boolean}>} */
  federation() {
    return this.#read("federation");
  }

  /** @param {string} oin @returns {Promise<{membership: unknown, key_bundles: unknown[]}>} */
  member(oin) {
    return this.#read(`members/${encodeURIComponent(oin)}`);
  }

  /** @param {string} digest @returns {Promise<{catalogue: unknown}>} */
  catalogue(digest) {
    // Named by its own digest, which is checked: what a browser has kept of it is as good as new.
    return this.#read(`catalogues/${encodeURIComponent(digest)}`, "default");
  }

  /** @param {string} invitation @returns {Promise<{state: string, invitation: unknown}>} */
  lookUp(invitation) {
    return this.#repeated("invitation", { invitation_id: invitation });
  }

  /** @param {string} invitation @param {string} codeProof base64url @returns {Promise<{gateway_half: string}>} */
  beginActivation(invitation, codeProof) {
    return this.#repeated("begin-activation", { invitation_id: invitation, code_proof: codeProof });
  }

  /** @param {unknown} guardianKeys @param {string} loginVerifier @param {boolean} join @returns {Promise<{session: Session}>} */
  activate(guardianKeys, loginVerifier, join) {
    const named = { request_id: randomId(), guardian_keys: guardianKeys, login_verifier: loginVerifier, join };
    return this.#repeated("activate", named);
  }

  /**
   * @param {string} invitation
   * @param {string} loginProof base64url
   * @param {boolean} join
   * @returns {Promise<{gateway_half: string, guardian_keys: unknown, invitation: unknown, session: Session}>}
   */
  logIn(invitation, loginProof, join) {
    return this.#once("POST", "log-in", { invitation_id: invitation, login_proof: loginProof, join });
  }

  /** @returns {Promise<Session>} When the session ends; does not prolong it. */
  async session() {
    return (await this.#read("session")).session;
  }

  /** @returns {Promise<Session>} The guardian wants to stay. */
  async stay() {
    return (await this.#repeated("stay", {})).session;
  }

  /** @returns {Promise<void>} */
  async logOut() {
    await this.#repeated("log-out", {});
  }

  /** @returns {Promise<{accounts: {invitation_id: string, questions: any[], refused: ?string}[]}>} */
  questions() {
    return this.#read("questions");
  }

  /** @param {string} invitation @param {string} handover @returns {Promise<{sealed: string, manifest: unknown}>} */
  preview(invitation, handover) {
    return this.#repeated("preview", { invitation_id: invitation, handover_id: handover });
  }

  /**
   * @param {string} invitation
   * @param {unknown} decision
   * @returns {Promise<{handover: any, releases: {release: unknown, arrived: boolean}[], evidence_index: number}>}
   */
  decide(invitation, decision) {
    return this.#repeated("decide", { invitation_id: invitation, request_id: randomId(), decision });
  }

  /** @param {string} invitation @param {string} handover @param {string} sealed base64url @returns {Promise<{in_time: boolean}>} */
  addView(invitation, handover, sealed) {
    const named = { invitation_id: invitation, request_id: randomId(), handover_id: handover, sealed };
    return this.#repeated("add-view", named);
  }

  /** @param {string} invitation @param {string} handover @returns {Promise<{entries: any[]}>} */
  history(invitation, handover) {
    return this.#repeated("history", { invitation_id: invitation, handover_id: handover });
  }

  /** @param {string} invitation @returns {Promise<{version: number, sealed: string}>} Version 0: there is none yet. */
  keyRing(invitation) {
    return this.#repeated("key-ring", { invitation_id: invitation });
  }

  /** @param {string} invitation @param {number} expected @param {string} sealed base64url @returns {Promise<{version: number}>} */
  putKeyRing(invitation, expected, sealed) {
    return this.#repeated("put-key-ring", { invitation_id: invitation, expected_version: expected, sealed });
  }

  #read(name, cache = "no-store") {
    return this.#again(() => this.#once("GET", name, undefined, cache));
  }

  #repeated(name, body) {
    return this.#again(() => this.#once("POST", name, body));
  }

  async #again(call) {
    let patience = BUSY_PATIENCE;
    for (let attempt = 1; ; ) {
      try {
        return await call();
      } catch (error) {
        if (error instanceof Busy) {
          patience -= error.retryAfter;
          if (patience < 0) throw error;
          await wait(error.retryAfter * this.#second);
        } else if (error instanceof Unanswered && attempt < ATTEMPTS) {
          await wait(this.#pause * 2 ** (attempt - 1));
          attempt += 1;
        } else {
          throw error;
        }
      }
    }
  }

  async #once(method, name, body = undefined, cache = "no-store") {
    let answer;
    let said;
    try {
      answer = await this.#fetch(`${this.root}/api/${name}`, {
        method,
        body: body && JSON.stringify(body),
        headers: body ? { "content-type": "application/json" } : {},
        credentials: "same-origin",
        cache,
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(PATIENCE),
      });
      said = await answer.json();
    } catch (cause) {
      throw new Unanswered("UNANSWERED", name, cause);
    }
    if (answer.ok) {
      if (said?.session) this.onSession(said.session);
      return said;
    }
    throw failure(answer, said, name);
  }
}

/** What an answer that is no success means. */
function failure(answer, said, name) {
  const reason = typeof said?.reason === "string" ? said.reason : "";
  const about = typeof said?.about === "string" ? said.about : "";
  if (reason === "FAULT") return new Fault(reason, about);
  if (reason === "BUSY") {
    const busy = new Busy(reason, name);
    busy.retryAfter = Math.max(Number(answer.headers.get("retry-after")) || 0, 1);
    return busy;
  }
  if (reason === "" || reason === "UNANSWERED") return new Unanswered("UNANSWERED", name);
  if (reason === "WRONG_CODE_OR_SECRET" && about === "session") return new SignedOut("NO_SESSION");
  const refused = new Refused(reason, about);
  refused.status = answer.status;
  refused.text = typeof said.text === "string" ? said.text : "";
  return refused;
}
