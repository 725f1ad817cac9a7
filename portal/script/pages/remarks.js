// A guardian's own view: written here, signed and sealed to the sender, handed over with the rest.

import { LONGEST } from "../lib/view.js";
import { checkRemarks } from "./check.js";
import { el, fieldError } from "./dom.js";
import { isOver, namesOf } from "./sheet.js";

/** A form for remarks, while they can still travel along. Folded away where the question itself asks for an answer. */
export function remarksPart(desk) {
  const { question, speech } = desk;
  const travels = !isOver(question) && question.standing.stage !== "released" && question.standing.may_inspect;
  if (!travels || desk.preview === null) return [];
  const names = namesOf(question, speech);
  const form = remarksForm(desk);
  if (question.counts()) {
    return [el("details.look-card", { id: "remarks" }, el("summary", {}, speech.say("view-open")), el("p", {}, speech.say("view-intro", names)), form)];
  }
  return [el("section.look-card", { id: "remarks" }, el("h2", {}, speech.say("view-title")), el("p", {}, speech.say("view-intro", names)), form)];
}

function remarksForm(desk) {
  const { speech } = desk;
  const wrong = el("p.look-error", { id: "view-error", hidden: true });
  const options = ["yes", "no", "unknown"].map((value) => {
    const words = { yes: () => speech.say("view-yes"), no: () => speech.say("view-no"), unknown: () => speech.say("view-unknown") };
    const input = el("input.utrecht-radio-button", { type: "radio", name: "view-agreement", value });
    return { value, input, label: el("label.look-option", {}, input, el("span", {}, words[value]())) };
  });
  const left = el("p.look-hint", { id: "view-left" });
  const tooLong = el("p.look-error", { id: "view-text-error", hidden: true });
  const text = el("textarea.utrecht-textarea", { id: "view-text", rows: "6", dir: "auto", "aria-describedby": "view-left" });
  const count = () => LONGEST - [...text.value.trim()].length;
  const say = () => { left.textContent = speech.say("view-left", { count: Math.max(count(), 0) }); };
  text.addEventListener("input", say);
  say();
  const submit = (event) => {
    event.preventDefault();
    const chosen = options.find(({ input }) => input.checked);
    fieldError(options[0].input, wrong, chosen === undefined ? speech.say("view-missing") : "");
    fieldError(text, tooLong, count() < 0 ? speech.say("view-too-long") : "");
    if (chosen === undefined || count() < 0) return;
    const written = text.value.trim();
    checkRemarks(desk, written === "" ? { agreement: chosen.value } : { agreement: chosen.value, text: written });
  };
  return el(
    "form",
    { novalidate: true, onsubmit: submit },
    el(
      "fieldset.look-choice",
      {},
      el("legend", {}, speech.say("view-agree-legend")),
      wrong,
      el("div.look-choice__options", {}, ...options.map(({ label }) => label)),
    ),
    el("div.look-field", {}, el("label.utrecht-form-label", { for: "view-text" }, speech.say("view-text")), left, tooLong, text),
    el("div.look-actions", {}, el("button.utrecht-button.utrecht-button--primary-action", { type: "submit" }, speech.say("view-send"))),
  );
}
