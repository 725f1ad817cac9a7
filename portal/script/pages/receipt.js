// The receipt of what was signed: to read, to print, to keep as JSON.

import { jsonFile } from "../lib/export.js";
import { button, buttonLink, download, el, facts, note } from "./dom.js";
import { namesOf, titleOf } from "./sheet.js";

/** The receipt of a decision. */
export function receipt(desk, decided) {
  const { question, speech } = desk;
  const { receipt: kept, stage, releases, evidenceIndex } = decided;
  const names = namesOf(question, speech);
  const { choices } = kept;
  const of = (...wanted) => {
    const found = Object.keys(choices).filter((category) => wanted.includes(choices[category])).sort();
    return found.length === 0 ? null : speech.categories(found);
  };
  const isSeen = Object.keys(choices).length === 0;
  const isNo = Object.values(choices).some((choice) => choice !== "agree");
  desk.finish(
    speech.say("receipt-title"),
    el(
      "article.look-card.look-receipt",
      {},
      facts([
        [speech.say("receipt-about"), titleOf(question, names, speech)],
        [speech.say("receipt-said"), isSeen ? speech.say("receipt-seen") : null],
        [speech.say("check-yes"), of("agree")],
        [speech.say("check-no"), of("refuse")],
        [speech.say("check-withdraw"), of("withdraw")],
        [speech.say("check-object"), of("object")],
        [speech.say("receipt-at"), speech.moment(kept.decided_at)],
        [speech.say("receipt-stage"), speech.sayWord("stage", stage)],
        [speech.say("receipt-evidence"), String(evidenceIndex)],
        [speech.say("receipt-digest"), el("code", { dir: "ltr" }, kept.shown.digest)],
      ]),
      el("p.look-small", {}, speech.say("receipt-digest-hint")),
      ...(isNo ? leftBefore(releases, names, speech) : []),
    ),
    el("p.look-screen", {}, speech.say("receipt-kept")),
    actions(desk, () => download(`handdruk-${kept.decided_at.slice(0, 10)}.json`, jsonFile(kept))),
  );
}

/** The receipt of remarks. */
export function receiptOfRemarks(desk, remarks, { view, inTime }) {
  const { question, speech } = desk;
  const agreement = { yes: () => speech.say("view-yes"), no: () => speech.say("view-no"), unknown: () => speech.say("view-unknown") };
  const at = JSON.parse(view.body).at;
  desk.finish(
    speech.say("receipt-title-view"),
    inTime ? null : note("warning", el("p", {}, speech.say("view-late", namesOf(question, speech)))),
    el(
      "article.look-card.look-receipt",
      {},
      facts([
        [speech.say("receipt-about"), titleOf(question, namesOf(question, speech), speech)],
        [speech.say("receipt-said"), agreement[remarks.agreement]()],
        [speech.say("receipt-at"), speech.moment(at)],
      ]),
      ...(remarks.text ?? "").split("\n").map((text) => el("p", { dir: "auto" }, text)),
    ),
    actions(desk, () => download(`handdruk-${at.slice(0, 10)}.json`, jsonFile(view))),
  );
}

/** What had left before a no counted, and what happens with it. */
function leftBefore(releases, names, speech) {
  if (releases.length === 0) return [el("p", {}, speech.say("receipt-released-none"))];
  const one = ({ at, sent, arrived }) => {
    const values = { date: speech.day(at), categories: speech.categories(sent) };
    return el("li", {}, arrived ? speech.say("receipt-released-arrived", values) : speech.say("receipt-released-under-way", values));
  };
  return [
    el("h2", {}, speech.say("receipt-released-title")),
    el("ul", {}, ...releases.map(one)),
    el("p", {}, speech.say("receipt-released-answer", names)),
  ];
}

function actions(desk, save) {
  const { speech } = desk;
  return el(
    "div.look-actions.look-screen",
    {},
    buttonLink("primary-action", speech.say("receipt-overview"), "/overview"),
    desk.printer(speech.say("receipt-print")),
    button("secondary-action", speech.say("receipt-download"), save),
  );
}
