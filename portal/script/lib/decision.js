/**
 * Decisions: what a guardian says per category, signed over exactly what was shown (guardian/src/session.rs).
 *
 * What is signed is the SHA-256 of the text that was on the page, in UTF-8, and its language. The page makes that text from the same
 * strings that it shows, in reading order, one per line; it is kept with the receipt, so that anybody can compare them later.
 */

import { CHOICES, LANGUAGES } from "./body.js";
import { sha256, toBase64url, utf8 } from "./bytes.js";
import { ChoiceError } from "./errors.js";
import { Preview } from "./preview.js";
import { Question } from "./question.js";
import { sign } from "./statement.js";

/** @typedef {{text: string, language: string}} Shown The words that were on the page, as one text, and their language. */

/** @param {Shown} shown @returns {Promise<string>} What a decision signs: SHA-256 of the text, base64url. */
export async function shownDigest(shown) {
  return toBase64url(await sha256(utf8(shown.text)));
}

/**
 * What is never signed, whatever gateway or portal would say to it: nothing; a category that the handover does not hold; a yes to
 * what the law requires anyway; a yes to content that was not shown.
 *
 * @param {Question} question
 * @param {?Preview} preview What was shown; `null` if the content could not be.
 * @param {Record<string, string>} choices
 * @throws {ChoiceError}
 */
export function checkChoices(question, preview, choices) {
  if (!(question instanceof Question) || (preview !== null && !(preview instanceof Preview))) {
    throw new ChoiceError("OTHER_PREVIEW");
  }
  if (preview !== null && preview.manifest !== question.digest) throw new ChoiceError("OTHER_PREVIEW");
  const onConsent = question.onConsent();
  const chosen = Object.entries(choices);
  if (chosen.length === 0) throw new ChoiceError("NOTHING");
  for (const [category, choice] of chosen) {
    if (!CHOICES.includes(choice)) throw new ChoiceError("UNKNOWN_CHOICE", category);
    if (!Object.hasOwn(question.manifest.categories, category)) throw new ChoiceError("NOT_IN_HANDOVER", category);
    if (choice === "agree" && !onConsent.includes(category)) throw new ChoiceError("NOT_ON_CONSENT", category);
    if (choice === "agree" && preview === null) throw new ChoiceError("NOT_INSPECTED", category);
  }
}

/**
 * Signs a decision.
 *
 * @param {import("./key.js").Signer} signer The own signing key.
 * @param {Question} question
 * @param {?Preview} preview
 * @param {Shown} shown
 * @param {Record<string, string>} choices Category to `agree`, `refuse`, `withdraw` or `object`.
 * @param {{at: Date, until?: string}} when `until`: an ISO date until which a yes holds; else the manifest's term.
 * @returns {Promise<import("./statement.js").Verified>}
 * @throws {ChoiceError}
 */
export async function signDecision(signer, question, preview, shown, choices, { at, until = undefined }) {
  checkChoices(question, preview, choices);
  return signed(signer, question, shown, Object.fromEntries(Object.entries(choices).sort(byCategory)), at, until);
}

/**
 * Signs that this guardian has inspected what the law requires to be handed over: a decision without choices (docs/PROTOCOL.md,
 * Statutory purposes). Says neither yes nor no.
 *
 * @param {import("./key.js").Signer} signer
 * @param {Question} question
 * @param {Preview} preview
 * @param {Shown} shown
 * @param {{at: Date}} when
 * @returns {Promise<import("./statement.js").Verified>}
 * @throws {ChoiceError}
 */
export async function signInspected(signer, question, preview, shown, { at }) {
  if (!(preview instanceof Preview) || preview.manifest !== question.digest) throw new ChoiceError("OTHER_PREVIEW");
  return signed(signer, question, shown, {}, at, undefined);
}

async function signed(signer, question, shown, choices, at, until) {
  if (!LANGUAGES.includes(shown.language) || shown.text === "") throw new ChoiceError("TEXT");
  const body = {
    handover: question.handover,
    manifest: question.digest,
    slot: question.slot,
    invitation: question.invitation,
    choices,
    shown: await shownDigest(shown),
    language: shown.language,
    until,
    at: at.toISOString(),
  };
  return sign("decision", body, [signer]);
}

const byCategory = ([one], [other]) => (one < other ? -1 : 1);
