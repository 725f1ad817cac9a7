// The last look before signing: what is said, and what happens then. And the signing itself, in this browser.

import { el, note } from "./dom.js";
import { tellError } from "./errors.js";
import { receipt, receiptOfRemarks } from "./receipt.js";
import { namesOf } from "./sheet.js";

/** Checks a decision before it is signed. */
export function checkChoices(desk, choices) {
  const { question, speech } = desk;
  const of = (...wanted) => Object.keys(choices).filter((category) => wanted.includes(choices[category])).sort();
  const [yes, no, back, object] = [of("agree"), of("refuse"), of("withdraw"), of("object")];
  step(
    desk,
    [
      ...listOf(speech.say("check-yes"), yes, speech),
      ...listOf(speech.say("check-no"), no, speech),
      ...listOf(speech.say("check-withdraw"), back, speech),
      ...listOf(speech.say("check-object"), object, speech),
      el("h2", {}, speech.say("check-means")),
      el("ul", {}, ...means(question, choices, speech).map((text) => el("li", {}, text))),
    ],
    () => desk.guardian.decide(question, desk.preview, desk.shown(), choices),
  );
}

/** Checks that somebody says to have seen it. */
export function checkSeen(desk) {
  const { question, speech } = desk;
  step(desk, [el("p", {}, speech.say("check-seen"))], () => desk.guardian.inspected(question, desk.preview, desk.shown()));
}

/** Checks remarks before they are signed and sealed. */
export function checkRemarks(desk, remarks) {
  const { question, speech } = desk;
  const agreement = { yes: () => speech.say("view-yes"), no: () => speech.say("view-no"), unknown: () => speech.say("view-unknown") };
  const parts = [
    el("p", {}, speech.say("check-view")),
    el("blockquote", { dir: "auto" }, el("p", {}, el("strong", {}, agreement[remarks.agreement]())), ...paragraphs(remarks.text)),
    el("p", {}, speech.say("view-intro", namesOf(question, speech))),
  ];
  const done = (sent) => receiptOfRemarks(desk, remarks, sent);
  step(desk, parts, () => desk.guardian.addView(question, desk.preview, remarks), done);
}

/** Text of several lines as paragraphs. */
export function paragraphs(text) {
  return (text ?? "").split("\n").filter((part) => part.trim() !== "").map((part) => el("p", {}, part));
}

function listOf(title, categories, speech) {
  if (categories.length === 0) return [];
  return [el("h2", {}, title), el("ul", {}, ...categories.map((category) => el("li", {}, speech.sayWord("category", category))))];
}

/** What happens then, in words: also to the parts that nothing is said about now. */
export function means(question, choices, speech) {
  const names = namesOf(question, speech);
  const left = ["released", "received"].includes(question.standing.stage);
  if (left) return [speech.say("check-means-stop"), speech.say("check-means-answer", names)];
  const { goes, stays, stops } = question.outcome(choices);
  return [becomes(question, goes, stays, stops, names, speech), speech.say("check-means-later")];
}

function becomes(question, goes, stays, stops, names, speech) {
  if (stops.length > 0) return speech.say("check-means-required", { ...names, categories: speech.categories(stops) });
  if (goes.length === 0) return speech.say("check-means-none");
  if (stays.length === 0) return speech.say("check-means-all", names);
  const values = { ...names, categories: speech.categories(stays) };
  return question.rules.basis === "statutory" ? speech.say("check-means-part-law", values) : speech.say("check-means-part", values);
}

function step(desk, parts, sign, done = (decided) => receipt(desk, decided)) {
  const { speech } = desk;
  const busy = el("p.look-busy", { role: "status" });
  const trouble = el("div", {});
  const actions = desk.actions(speech.say("check-sign"), () => signNow(), speech.say("check-back"));
  const signNow = async () => {
    const buttons = actions.querySelectorAll("button");
    buttons.forEach((one) => { one.disabled = true; });
    trouble.replaceChildren();
    busy.textContent = speech.say("check-busy");
    try {
      const answer = await sign();
      await desk.refresh();
      done(answer);
    } catch (error) {
      busy.textContent = "";
      buttons.forEach((one) => { one.disabled = false; });
      tellError(trouble, error, speech);
    }
  };
  desk.step(speech.say("check-title"), el("p.look-lead", {}, speech.say("check-intro")), note("info", ...parts), trouble, actions, busy);
}
