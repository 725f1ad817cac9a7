/**
 * The plan of a talk (content/src/plan.rs): when, how, where, who is invited by role. It is sealed to one guardian, and what is sealed
 * is a statement that the sender signed: anybody who knows the guardian's public key can seal to it, and only the sender can sign.
 *
 * Invariant: a plan that is shown was signed by the inviter, as the letter vouches, for this guardian, this handover and the very step
 * that the gateway filed it under.
 */

import { text } from "./bytes.js";
import { NotBelieved } from "./errors.js";
import { open } from "./hpke.js";
import { parse } from "./json.js";
import { sealedBytes } from "./preview.js";
import { misleads } from "./prose.js";
import { digest, struct, text as anyText } from "./shape.js";

/** As the portal passes it on. */
const SEALED = struct({ step: digest, sealed: anyText });

/**
 * When and where a talk is. `starts` is local time in the Netherlands, to the minute.
 *
 * @typedef {{step: string, meeting: "talk" | "aftercare", again?: boolean, starts: string, kind: "in-person" | "phone" | "video",
 *   place?: string, guests?: string[], message?: string, left_out?: boolean, at: string}} Plan
 */

/**
 * @param {import("./credentials.js").OwnKeys} own
 * @param {import("./trust.js").Anchored} anchored
 * @param {import("./question.js").Question} question
 * @returns {Promise<?Plan>} `null` if nothing of a plan came.
 * @throws {NotBelieved} If what came does not open, is not signed by the inviter, or is another plan.
 */
export async function openPlan(own, anchored, question) {
  if (question.sealedPlan === null) return null;
  const { step, sealed } = SEALED(question.sealedPlan);
  const opened = await open(own.opening, "plan", question.digest, question.slot, sealedBytes(sealed), step);
  const { body } = await anchored.verify(parse(text(opened)), "plan");
  const { handover, digest: manifest, slot, invitation } = question;
  const isThis = body.handover === handover && body.manifest === manifest && body.slot === slot && body.invitation === invitation;
  if (!isThis || body.step !== step) throw new NotBelieved("ANOTHER", "plan");
  if ([body.place, body.message].some((written) => written !== undefined && misleads(written))) throw new NotBelieved("MALFORMED", "plan");
  return body;
}

/** Stages in which a talk is planned, and the steps that lead there: they have the same words. */
const PLANNING = ["talk-planned", "aftercare-planned"];

/** Steps that change nothing about a talk. */
const BESIDE = ["read", "erased", "confirmed"];

/** @returns {boolean} Whether a talk is planned, says the gateway. */
export function isPlanned(question) {
  return PLANNING.includes(question.standing.warm?.stage);
}

/**
 * Whether a plan still counts: `"holds"`, `"overtaken"` by a later plan that did not come here, or `"over"` once the talk was held or
 * it went on without one. The gateway's word that nothing is planned any more is enough; that this plan is the one that holds takes
 * the signed steps.
 *
 * @param {Plan} plan
 * @param {import("./question.js").Question} question
 * @param {?import("./history.js").Entry[]} history `null` where it could not be had.
 * @returns {"holds" | "overtaken" | "over"}
 */
export function standingOf(plan, question, history) {
  const steps = (history ?? []).flatMap(({ said }) => said).filter(({ kind, body }) => kind === "progress" && body !== null && !BESIDE.includes(body.step.step));
  const last = steps.at(-1);
  if (!isPlanned(question) || (last !== undefined && !PLANNING.includes(last.body.step.step))) return "over";
  return last !== undefined && last.digest !== plan.step ? "overtaken" : "holds";
}
