/**
 * Who is who and by which rules, asked through the portal and believed as trust.js says: the pinned registrar, members with the keys
 * that are passed on as theirs, catalogues, and what time it is. Each is asked for once.
 */

import { NotBelieved } from "./errors.js";
import { Roots } from "./trust.js";

/** OINs of test organisations: only among them may the federation's clock be moved. */
const TEST_PREFIX = "00000099";
/** How far the portal's clock may be from this machine's, in milliseconds: machines are wrong by hours, not by days. */
const CLOCK = 24 * 3600 * 1000;

/** @typedef {{registrar: string, gateway: string}} Pinned The registrar's key and the gateway's OIN. */

/** What a guardian must know about others. */
export class Directory {
  /** @type {import("./api.js").Api} */ #api;
  /** @type {?Promise<Pinned & {roots: Roots}>} */ #pinned = null;
  /** @type {Map<string, Promise<any>>} */ #members = new Map();
  /** @type {Map<string, Promise<any>>} */ #catalogues = new Map();
  #offset = 0;

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    this.#api = api;
  }

  /** Pins what this tab knew before, so that a reload does not ask anew whom to believe. @param {Pinned} known */
  pin({ registrar, gateway }) {
    this.#pinned = Promise.resolve({ registrar, gateway, roots: new Roots(registrar) });
  }

  /** @returns {Promise<Pinned & {roots: Roots}>} What is pinned. */
  pinned() {
    const asked = this.#pinned ?? this.#api.federation().then(({ registrar, gateway }) => (
      { registrar, gateway, roots: new Roots(registrar) }));
    this.#pinned = asked;
    asked.catch(() => { this.#pinned = null; });
    return asked;
  }

  /** @param {string} oin @returns {Promise<import("./trust.js").Member>} An organisation with its membership and keys. */
  member(oin) {
    return once(this.#members, oin, async () => (await this.pinned()).roots.member(oin, await this.#api.member(oin)));
  }

  /** @returns {Promise<import("./trust.js").Member>} The gateway as a member, to verify what it signs. */
  async gateway() {
    return this.member((await this.pinned()).gateway);
  }

  /** @param {string} oin @param {unknown} sent @returns {Promise<import("./statement.js").Verified>} A membership that came along. */
  async membership(oin, sent) {
    return (await this.pinned()).roots.membership(oin, sent);
  }

  /** @param {string} digest @returns {Promise<import("./catalogue.js").Catalogue>} The rules with this digest. */
  catalogue(digest) {
    const ask = async () => (await this.pinned()).roots.catalogue(digest, (await this.#api.catalogue(digest)).catalogue);
    return once(this.#catalogues, digest, ask);
  }

  /**
   * What time it is in the federation: the portal says, since a telephone's clock may be wrong. A portal that is days off is believed
   * only among test organisations, whose clock can be moved: else it could date a yes so that no later no counts.
   *
   * @param {string} inviter OIN of the organisation that invited, as the letter vouches.
   * @returns {Promise<Date>}
   */
  async now(inviter) {
    const { now } = await this.#api.federation();
    const [there, here] = [Date.parse(now), Date.now()];
    const isBelieved = Math.abs(there - here) <= CLOCK || inviter.startsWith(TEST_PREFIX);
    if (!Number.isFinite(there) || !isBelieved) throw new NotBelieved("TIME", "now");
    this.#offset = there - here;
    return new Date(there);
  }

  /** @returns {Date} The same without asking again: for countdowns. */
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
