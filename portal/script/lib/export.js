/**
 * Everything about my child, as one download (GDPR articles 15 and 20): built here, because nobody else can read it. `gather` makes the
 * JSON: each handover with what its sender signed, the content as far as this guardian may see it (with salts, so that it can be
 * verified again), decisions and history with their statements. `page` makes one readable HTML file of lines that a page wrote.
 */

import { standingOf } from "./plan.js";

/** The form of the export. A change of form is another number. */
export const FORMAT = "handdruk-export-1";

/**
 * @param {import("./guardian.js").Guardian} guardian
 * @param {(done: number, of: number) => void} [progress]
 * @returns {Promise<object>} Plain JSON. What cannot be shown is in it with the reason.
 */
export async function gather(guardian, progress = () => {}) {
  const questions = await guardian.questions();
  const handovers = [];
  for (const [at, question] of questions.entries()) {
    progress(at, questions.length);
    handovers.push(question.error ? unreadable(question) : await handover(guardian, question));
  }
  progress(questions.length, questions.length);
  return { format: FORMAT, made_at: guardian.time().toISOString(), accounts: guardian.accounts, handovers };
}

function unreadable({ handover: id, invitation, error }) {
  return { handover: id, invitation, not_shown_because: error.reason ?? "FAULT" };
}

async function handover(guardian, question) {
  const [content, history, opened] = await Promise.all([
    guardian.preview(question).then((preview) => preview && { read: preview.categories, committed: preview.contents }, because),
    guardian.history(question).catch(because),
    guardian.plan(question).catch(because),
  ]);
  const isPlan = opened !== null && opened.not_shown_because === undefined;
  const plan = isPlan ? { said: opened, standing: standingOf(opened, question, Array.isArray(history) ? history : null) } : opened;
  return {
    handover: question.handover,
    invitation: question.invitation,
    sender: question.sender,
    recipient: question.recipient,
    rules: question.rules,
    manifest: question.signed.raw,
    manifest_digest: question.digest,
    vouched: question.vouched,
    choices: question.choices(),
    decisions: question.decisions.map((decision) => decision.raw),
    standing_as_the_gateway_says: question.standing,
    content,
    history,
    plan,
  };
}

/** A part that could not be had does not keep the rest away. */
function because(error) {
  if (error?.reason === undefined) throw error;
  return { not_shown_because: error.reason };
}

/**
 * One HTML file, to read without the portal. Every text is escaped; the file holds no script and may load nothing.
 *
 * @param {object} what
 * @param {string} what.language BCP 47.
 * @param {"ltr" | "rtl"} what.direction
 * @param {string} what.title
 * @param {{heading: string, lines: string[]}[]} what.sections Each line a paragraph; line feeds stay.
 * @returns {string}
 */
export function page({ language, direction, title, sections }) {
  const body = sections.map(({ heading, lines }) =>
    `<section><h2>${escape(heading)}</h2>\n${lines.map((line) => `<p dir="auto">${escape(line)}</p>`).join("\n")}\n</section>`);
  return `<!doctype html>
<html lang="${escape(language)}" dir="${escape(direction)}">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>body{font:1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}p{white-space:pre-line;margin:.3rem 0}</style>
</head>
<body>
<h1>${escape(title)}</h1>
${body.join("\n")}
</body>
</html>
`;
}

function escape(text) {
  const named = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => named[character]);
}

/** @param {object} gathered Of `gather`, or a receipt. @returns {Blob} A JSON file. */
export function jsonFile(gathered) {
  return new Blob([JSON.stringify(gathered, null, 2), "\n"], { type: "application/json" });
}

/** @param {string} html Of `page`. @returns {Blob} An HTML file. */
export function htmlFile(html) {
  return new Blob([html], { type: "text/html;charset=utf-8" });
}
