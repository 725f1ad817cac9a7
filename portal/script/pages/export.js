// Everything about my child, as one file made here: nobody else can read it (GDPR articles 15 and 20).

import { gather, htmlFile, jsonFile, page as toHtml } from "../lib/export.js";
import { attestedOf, linesOf } from "./history.js";
import { byId, button, download, el, fill, note } from "./dom.js";
import { tellError } from "./errors.js";
import { textOf } from "./lines.js";
import { planLines, planOf } from "./plan.js";
import { namesOf, sheet, titleOf } from "./sheet.js";

/** @param {{speech: import("./speech.js").Speech, guardian: () => Promise<any>}} page */
export async function exportAll({ speech: plain, guardian: open }) {
  const guardian = await open();
  const speech = plain.for(guardian.accounts[0]?.holder);
  const busy = el("p.look-busy", { role: "status" });
  const trouble = el("div", {});
  const make = (maker) => async () => {
    busy.textContent = speech.say("page-loading");
    trouble.replaceChildren();
    try {
      await maker((done, total) => { busy.textContent = speech.say("export-busy", { done: String(done), total: String(total) }); });
      busy.textContent = speech.say("export-done");
    } catch (error) {
      busy.textContent = "";
      tellError(trouble, error, speech);
    }
  };
  fill(
    byId("live"),
    el("h1", { id: "title" }, speech.say("export-title")),
    el("p.look-lead", {}, speech.say("export-lead")),
    el("p", {}, speech.say("export-what")),
    note("warning", el("p", {}, speech.say("export-care"))),
    trouble,
    el(
      "div.look-actions",
      {},
      button("primary-action", speech.say("export-html"), make((progress) => asPage(guardian, plain, speech, progress))),
      button("secondary-action", speech.say("export-json"), make((progress) => asJson(guardian, progress))),
    ),
    busy,
    el("p.look-small", {}, speech.say("export-more")),
  );
}

async function asJson(guardian, progress) {
  download(nameOf(guardian, "json"), jsonFile(await gather(guardian, progress)));
}

/** The same words as on the pages, one question after the other. */
async function asPage(guardian, plain, speech, progress) {
  const questions = (await guardian.questions()).filter((question) => !question.error);
  const sections = [];
  for (const [at, question] of questions.entries()) {
    progress(at, questions.length);
    sections.push(await sectionOf(guardian, question, plain.for(question.holder)));
  }
  const { lang: language, dir: direction } = document.documentElement;
  download(nameOf(guardian, "html"), htmlFile(toHtml({ language, direction, title: speech.say("export-title"), sections })));
}

async function sectionOf(guardian, question, speech) {
  const [preview, history, opened] = await Promise.all([guardian.preview(question), guardian.history(question), planOf(guardian, question)]);
  const told = el("article", {}, ...sheet(question, preview, speech));
  const lines = textOf(told).trimEnd().split("\n").slice(1);
  const planned = planLines(opened, question, history, speech);
  const attested = attestedOf(history, question, speech).map(({ words }) => words);
  return {
    heading: titleOf(question, namesOf(question, speech), speech),
    lines: [...lines, ...attested, ...planned, speech.say("history-title"), ...linesOf(history, question, speech)],
  };
}

function nameOf(guardian, ending) {
  return `handdruk-${guardian.time().toISOString().slice(0, 10)}.${ending}`;
}
