/**
 * Questions: one handover as one guardian may see it, believed as far as it is signed (guardian/src/question.rs).
 */

import { AGE_BANDS } from "./body.js";
import { NotBelieved } from "./errors.js";
import { instant } from "./shape.js";
import { verify } from "./statement.js";

/**
 * How things stand, in the gateway's own words: nothing here is signed.
 *
 * @typedef {{stage: string, asked: boolean, awaited: boolean, may_inspect: boolean, has_preview: boolean,
 *   told_time: ?string, silence_time: ?string, awaited_of: {what: string, until_time: ?string}[],
 *   warm: ?{stage: string, last_day: ?string, is_late: boolean}, unanswered: {last_day: string, is_late: boolean}[]}} Standing
 */

/** One handover: what its sender signed, and how it stands. Born in `Question.of`, which checks that it is this guardian's affair. */
export class Question {
  /** @param {object} parts Verified, see `Question.of`. */
  constructor(parts) {
    /** What the sender signed. @type {any} */
    this.manifest = parts.manifest.body;
    /** The manifest's digest. @type {string} */
    this.digest = parts.manifest.digest;
    /** The manifest as a statement. @type {import("./statement.js").Verified} */
    this.signed = parts.manifest;
    /** Which handover. @type {string} */
    this.handover = this.manifest.handover;
    /** Which of the guardian's invitations it belongs to. @type {string} */
    this.invitation = parts.anchored.invitation.invitation;
    /** This guardian's slot. @type {string} */
    this.slot = parts.anchored.invitation.slot;
    /** "anchor" or "told": how the manifest is vouched for. README.md says what that means. @type {string} */
    this.vouched = parts.vouched;
    /** In which capacity this guardian has a say in it, as it is now. @type {any} */
    this.holder = parts.holder;
    /** The child's age band, as it is now: what decides who decides. @type {string} */
    this.ageBand = parts.ageBand;
    /** The first day on which the question is over, as it is now: an ISO date. @type {string} */
    this.notAfter = parts.notAfter;
    /** The renewal that says the last two, where it is not the manifest. @type {?import("./statement.js").Verified} */
    this.renewal = parts.renewal;
    /** Who wants to hand over: the registrar's words. @type {any} */
    this.sender = parts.anchored.inviter.membership;
    /** To whom: the registrar's words. @type {any} */
    this.recipient = parts.recipient;
    /** What the rules say about its purpose. @type {import("./catalogue.js").Rules} */
    this.rules = parts.rules;
    /** Days for inspection and for objecting. */
    this.periods = parts.periods;
    /** The gateway's own words. @type {Standing} */
    this.standing = parts.standing;
    /** What this guardian decided with the keys now in use, in order of time. @type {import("./statement.js").Verified[]} */
    this.decisions = parts.decisions;
    /** The plan of a talk, as the portal passes it on: opened by plan.js. @type {unknown} */
    this.sealedPlan = parts.plan ?? null;
    Object.freeze(this);
  }

  /**
   * Puts a question together from what was verified, after checking that it is this guardian's own affair.
   *
   * @param {object} found
   * @param {import("./trust.js").Anchored} found.anchored
   * @param {string} found.handover Under which id the gateway filed it.
   * @param {import("./statement.js").Verified} found.manifest
   * @param {?import("./statement.js").Verified} found.renewal The latest, verified.
   * @param {?{holder: any}} found.authority What changed this guardian's capacity since, see `changedCapacity`.
   * @param {string} found.vouched
   * @param {import("./statement.js").Verified} found.recipient Its membership.
   * @param {import("./catalogue.js").Catalogue} found.catalogue
   * @param {Standing} found.standing
   * @param {unknown[]} found.decisions This guardian's own, as the gateway passes them on.
   * @param {import("./key.js").PublicKey} found.ownKey
   * @param {unknown} [found.plan] The plan of a talk, sealed.
   * @returns {Promise<Question>}
   */
  static async of({ anchored, handover, manifest, renewal, authority, vouched, recipient, catalogue, standing, decisions, ownKey, plan }) {
    const { body } = manifest;
    const holder = checkOwn(anchored, handover, body, authority);
    if (recipient.body.oin !== body.recipient.oin) throw new NotBelieved("ANOTHER", "membership");
    const rules = catalogue.rules(body.purpose);
    if (rules === null) throw new NotBelieved("UNKNOWN_PURPOSE", body.purpose);
    return new Question({
      anchored,
      manifest,
      renewal,
      ...renewed(manifest, renewal),
      vouched,
      holder,
      recipient: recipient.body,
      rules,
      periods: catalogue.periods,
      standing,
      decisions: await ownDecisions(decisions, handover, ownKey),
      plan,
    });
  }

  /**
   * The categories that go only if somebody agrees: all of them where the purpose rests on consent.
   *
   * @returns {string[]}
   */
  onConsent() {
    const all = Object.keys(this.manifest.categories);
    if (this.rules.basis === "consent") return all;
    if (this.rules.basis === "statutory") return all.filter((category) => this.rules.agreement.includes(category));
    return [];
  }

  /**
   * Whether a yes or no of somebody in this capacity counts: for consent, below 12 the holders of authority, from 12 they and the
   * child, from 16 the young person or whoever stands in; for what a statutory purpose leaves to agreement, only those last two.
   *
   * @returns {boolean}
   */
  counts() {
    const isGuardian = this.holder.holder === "guardian";
    if (this.rules.basis === "statutory") return this.onConsent().length > 0 && !isGuardian;
    if (this.rules.basis !== "consent") return false;
    if (this.ageBand === "0-11") return isGuardian;
    return this.ageBand === "12-15" || !isGuardian;
  }

  /**
   * What becomes of it before it was sent, as far as that is this guardian's, once `choices` are added to what they said before:
   * `stays` behind because of a no; `stops` are those of them without which consent lets nothing go; `goes` is the rest, which may
   * still need somebody else's yes.
   *
   * @param {Record<string, string>} choices Category to `agree`, `refuse`, `withdraw` or `object`.
   * @returns {{goes: string[], stays: string[], stops: string[]}}
   */
  outcome(choices) {
    const said = { ...this.choices(), ...choices };
    const stays = this.onConsent().filter((category) => said[category] !== undefined && said[category] !== "agree").sort();
    const stops = this.rules.basis === "consent" ? stays.filter((category) => this.rules.required.includes(category)) : [];
    const all = Object.keys(this.manifest.categories).sort();
    return { goes: stops.length > 0 ? [] : all.filter((category) => !stays.includes(category)), stays, stops };
  }

  /** @returns {Record<string, string>} What this guardian last said about each category, with the keys now in use. */
  choices() {
    return Object.assign({}, ...this.decisions.map((decision) => decision.body.choices));
  }
}

/**
 * Whether a manifest is this guardian's own affair.
 *
 * @param {import("./trust.js").Anchored} anchored
 * @param {string} handover Under which id the gateway filed it.
 * @param {any} manifest Its body.
 * @param {?{holder: any}} authority What changed this guardian's capacity since the manifest, if anything did.
 * @returns {any} In which capacity this guardian has a say in it: as changed last, else as the manifest says. Somebody who was given
 *   authority after the manifest was made does not stand in it.
 * @throws {NotBelieved}
 */
export function checkOwn({ invitation }, handover, manifest, authority) {
  if (manifest.handover !== handover) throw new NotBelieved("OTHER_HANDOVER");
  if (manifest.sender.oin !== invitation.inviter) throw new NotBelieved("OTHER_SENDER");
  if (manifest.child !== invitation.child) throw new NotBelieved("OTHER_CHILD");
  if (authority !== null) return authority.holder;
  const own = manifest.guardians.find((guardian) => guardian.slot === invitation.slot);
  if (own === undefined) throw new NotBelieved("NO_SLOT");
  return own.holder;
}

/** The age band and the term that hold now. Nobody grows younger, as the rules have it. */
function renewed(manifest, renewal) {
  const { age_band: ageBand, not_after: notAfter } = manifest.body;
  if (renewal === null) return { ageBand, notAfter };
  const { body } = renewal;
  if (body.handover !== manifest.body.handover || body.manifest !== manifest.digest) throw new NotBelieved("ANOTHER", "renewal");
  const later = AGE_BANDS.indexOf(body.age_band) > AGE_BANDS.indexOf(ageBand);
  return { ageBand: later ? body.age_band : ageBand, notAfter: body.not_after };
}

/**
 * What changed this guardian's capacity after a manifest was made.
 *
 * A change that was signed with a key from before the letter cannot be verified here. Then the letter itself is the inviter's later
 * word about the capacity, under the key that it vouches for.
 *
 * @param {import("./trust.js").Anchored} anchored
 * @param {any} manifest Its body.
 * @param {unknown} sent An attestation, or nothing.
 * @returns {Promise<?{holder: any}>}
 * @throws {NotBelieved}
 */
export async function changedCapacity(anchored, manifest, sent) {
  if (sent === null || sent === undefined) return null;
  const { invitation } = anchored;
  const { body } = await anchored.verify(sent, "attestation").catch((error) => {
    if (error?.reason === "KEY_NOT_ANCHORED") return { body: null };
    throw error;
  });
  if (body === null) return { holder: invitation.holder };
  const isChange = body.what.attests === "authority-changed" && instant(body.at) >= instant(manifest.at);
  if (!isChange || body.slot !== invitation.slot || body.child !== manifest.child) throw new NotBelieved("ANOTHER", "attestation");
  return { holder: body.what.holder };
}

/** One made with an earlier letter's keys cannot be checked with these, and does not count as said by these. */
async function ownDecisions(sent, handover, ownKey) {
  const verified = await Promise.all(sent.map((decision) => verify(decision, "decision", [ownKey]).catch(() => null)));
  return verified
    .filter((decision) => decision !== null && decision.body.handover === handover)
    .sort((one, other) => instant(one.body.at) - instant(other.body.at));
}
