/**
 * What happened with one handover, from the statements that the gateway passes on (guardian/src/history). Each is believed only under
 * the key of whoever must have signed it; what cannot be verified is shown as that, and not left out. That something happened,
 * and when, is the gateway's word; what the statements say is their signers'.
 */

import { count, list, struct, text, time } from "./shape.js";
import { kindOf, peek, verify, claim } from "./statement.js";

/** Which kinds of statement an act puts on record: it also cites what it rests on, which other acts put on record. */
const RECORDS = Object.freeze({
  proposed: ["manifest"],
  renewed: ["renewal"],
  told: ["told"],
  decided: ["decision"],
  attested: ["attestation"],
  withdrawn: ["decision", "attestation"],
  "view-added": ["view"],
  permitted: ["permit"],
  released: ["release"],
  received: ["receipt"],
  quarantined: ["receipt"],
  "withdrawal-answered": ["withdrawal-answer"],
  progressed: ["progress"],
  read: ["progress"],
  erased: ["progress"],
});

/** Who must have signed each kind. */
const SIGNED_BY = Object.freeze({
  manifest: ["sender"],
  renewal: ["sender"],
  told: ["sender"],
  attestation: ["sender"],
  permit: ["gateway"],
  release: ["gateway"],
  receipt: ["recipient"],
  "withdrawal-answer": ["recipient"],
  progress: ["recipient", "sender"],
});

const ENTRY = struct({
  at: (value) => (value === null ? null : time(value)),
  event: text,
  evidence_index: count,
  statements: list((value) => value),
});

/**
 * What one statement says. `trust` says how far it is believed: `anchored` (the inviter, as the letter vouches), `own` (this
 * guardian), `passed-on` (a key that the gateway passes on as its signer's, README.md), `unchecked` (an earlier letter's key, or no
 * valid signature at all: then `body` is not there).
 *
 * @typedef {{kind: string, trust: "anchored" | "own" | "passed-on" | "unchecked", by: string, body: ?any, digest: string}} Said
 * @typedef {{at: ?string, act: string, evidence_index: number, said: Said[], statements: unknown[]}} Entry
 */

/** Under whose keys the statements of one handover are believed. */
export class Signers {
  /**
   * @param {object} whose
   * @param {import("./trust.js").Anchored} whose.sender
   * @param {import("./trust.js").Member} whose.recipient
   * @param {import("./trust.js").Member} whose.gateway
   * @param {import("./key.js").PublicKey} whose.own
   * @param {import("./question.js").Question} whose.question
   */
  constructor({ sender, recipient, gateway, own, question }) {
    this.sender = sender;
    this.recipient = recipient;
    this.gateway = gateway;
    this.own = own;
    this.question = question;
  }

  /**
   * @param {unknown[]} entries As the portal passes them on.
   * @returns {Promise<Entry[]>} In the same order.
   */
  async read(entries) {
    return Promise.all(entries.map(ENTRY).map(async ({ at, event, evidence_index, statements }) => {
      const recorded = statements.filter((statement) => RECORDS[event]?.includes(kindOf(statement)));
      const said = await Promise.all(recorded.map((statement) => this.#said(statement)));
      return { at, act: event, evidence_index, said, statements: recorded };
    }));
  }

  async #said(statement) {
    const kind = kindOf(statement);
    if (kind === "decision") return this.#decision(statement);
    for (const by of SIGNED_BY[kind] ?? []) {
      const verified = await this[by].verify(statement, kind).catch(() => null);
      if (verified !== null && this.#isAbout(verified)) {
        const trust = by === "sender" ? "anchored" : "passed-on";
        return { kind, trust, by, body: verified.body, digest: verified.digest };
      }
    }
    // The manifest that the question rests on may be older than the letter, and be vouched for by a telling.
    if (kind === "manifest" && claim(statement, kind).body === this.question.signed.raw.body) {
      return { kind, trust: "anchored", by: "sender", body: this.question.manifest, digest: this.question.digest };
    }
    return { kind, trust: "unchecked", by: "", body: null, digest: "" };
  }

  async #decision(statement) {
    const kind = "decision";
    const verified = await verify(statement, kind, [this.own]).catch(() => null);
    if (verified !== null && this.#isAbout(verified)) {
      return { kind, trust: "own", by: "own", body: verified.body, digest: verified.digest };
    }
    // With the keys of an earlier letter: shown as said, and as not checked here.
    const says = readable(statement, kind);
    const isEarlier = says !== null && says.slot === this.question.slot && says.invitation !== this.question.invitation;
    return { kind, trust: "unchecked", by: isEarlier ? "earlier" : "", body: isEarlier ? says : null, digest: "" };
  }

  /** A statement about another handover proves nothing here, however well it is signed. */
  #isAbout({ body }) {
    return body.handover === undefined || body.handover === this.question.handover;
  }
}

function readable(statement, kind) {
  try {
    return peek(claim(statement, kind));
  } catch {
    return null;
  }
}

/**
 * What left under a release: categories, how many guardians' remarks, and what was withheld.
 *
 * @param {any} release The body of a verified release.
 * @returns {{sent: string[], views: number, dropped: string[]}}
 */
export function released(release) {
  const isCategory = (name) => name.startsWith("D");
  const sent = release.sent.filter(isCategory);
  const dropped = release.dropped.map(({ name }) => name).filter(isCategory);
  return { sent, views: release.sent.length - sent.length, dropped };
}
