/**
 * A guardian's remarks: signed, then sealed to the sender with the key that came in the preview (content/src/view.rs, docs/adr/0003).
 * The sender hands the same signed statement on; nobody between can read it or change a word of it.
 */

import { utf8 } from "./bytes.js";
import { ChoiceError } from "./errors.js";
import { seal } from "./hpke.js";
import { Preview } from "./preview.js";
import { isProse } from "./prose.js";
import { sign } from "./statement.js";

/** The most characters of remarks. */
export const LONGEST = 4000;

/** @typedef {{agreement: "yes" | "no" | "unknown", text?: string}} Remarks Of a statutory transfer a remark, never a refusal. */

/**
 * Signs remarks and seals them to the sender.
 *
 * @param {import("./key.js").Signer} signer The own signing key.
 * @param {import("./question.js").Question} question
 * @param {?Preview} preview Carries the key that remarks are sealed to.
 * @param {Remarks} remarks
 * @param {Date} at
 * @returns {Promise<{signed: import("./statement.js").Verified, sealed: Uint8Array}>}
 * @throws {ChoiceError} `NO_VIEW_KEY`, `OTHER_PREVIEW` or `TEXT`.
 */
export async function sealView(signer, question, preview, { agreement, text = undefined }, at) {
  if (!(preview instanceof Preview)) throw new ChoiceError("NO_VIEW_KEY");
  if (preview.manifest !== question.digest) throw new ChoiceError("OTHER_PREVIEW");
  if (!["yes", "no", "unknown"].includes(agreement)) throw new ChoiceError("UNKNOWN_CHOICE");
  // Browsers give line breaks of a text area as LF already; pasted text may hold others.
  const written = text?.replaceAll("\r\n", "\n").trim() || undefined;
  if (written !== undefined && !isProse(written, LONGEST)) throw new ChoiceError("TEXT");
  const body = {
    handover: question.handover,
    manifest: question.digest,
    slot: question.slot,
    invitation: question.invitation,
    agreement,
    text: written,
    at: at.toISOString(),
  };
  const signed = await sign("view", body, [signer]);
  const content = utf8(JSON.stringify(signed.raw));
  return { signed, sealed: await seal(preview.viewKey.bytes, "view", question.digest, question.slot, content) };
}
