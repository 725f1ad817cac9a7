/**
 * Receipts: what a guardian keeps of a decision. A receipt holds the decision as it was signed, the text that it is about, the
 * manifest and its renewal, the invitation with its anchor, what had left before, and the index in the evidence log: everything to
 * check it again without the portal (`handdruk guardian`, or `checkReceipt` here). It holds no key and no content beyond the shown
 * text.
 */

import { NotBelieved } from "./errors.js";
import { shownDigest } from "./decision.js";
import { verify } from "./statement.js";
import { PublicKey } from "./key.js";

/** The form of receipts. A change of form is another number. */
export const FORMAT = "handdruk-receipt-1";

/**
 * @param {object} of
 * @param {import("./question.js").Question} of.question
 * @param {import("./statement.js").Verified} of.decision
 * @param {import("./decision.js").Shown} of.shown
 * @param {import("./trust.js").Anchored} of.anchored
 * @param {import("./key.js").PublicKey} of.signingKey
 * @param {number} of.evidenceIndex
 * @param {{release: unknown, arrived: boolean}[]} of.releases As the gateway passed them on.
 * @param {string} of.stage The gateway's word.
 * @returns {object} Plain JSON.
 */
export function makeReceipt({ question, decision, shown, anchored, signingKey, evidenceIndex, releases, stage }) {
  return {
    format: FORMAT,
    handover: question.handover,
    purpose: question.manifest.purpose,
    sender: { oin: question.sender.oin, name: question.sender.name },
    recipient: { oin: question.recipient.oin, name: question.recipient.name },
    decided_at: decision.body.at,
    choices: decision.body.choices,
    until: decision.body.until ?? question.notAfter,
    shown: { language: shown.language, text: shown.text, digest: decision.body.shown },
    stage,
    evidence_index: evidenceIndex,
    decision_digest: decision.digest,
    signing_key: signingKey.toString(),
    statements: {
      invitation: anchored.raw,
      manifest: question.signed.raw,
      ...(question.renewal === null ? {} : { renewal: question.renewal.raw }),
      decision: decision.raw,
      releases: releases.map(({ release, arrived }) => ({ release, arrived })),
    },
  };
}

/**
 * Checks a receipt again: the decision is signed by the key that it names, over this manifest and exactly this text. Whose key it
 * is, the guardian knows from code and secret; who signed the rest, the Rust client checks with the registrar's key.
 *
 * @param {any} receipt
 * @returns {Promise<any>} The decision's body.
 * @throws {NotBelieved}
 */
export async function checkReceipt(receipt) {
  if (receipt?.format !== FORMAT) throw new NotBelieved("MALFORMED", "receipt");
  const key = await PublicKey.parse(receipt.signing_key);
  const decision = await verify(receipt.statements.decision, "decision", [key]);
  const isShown = decision.body.shown === (await shownDigest(receipt.shown));
  if (!isShown || decision.body.language !== receipt.shown.language || decision.digest !== receipt.decision_digest) {
    throw new NotBelieved("ANOTHER", "shown");
  }
  if (decision.body.handover !== receipt.handover || !sameChoices(decision.body.choices, receipt.choices)) {
    throw new NotBelieved("ANOTHER", "decision");
  }
  return decision.body;
}

function sameChoices(one, other) {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
