// What can be said about a question: yes or no per part, a yes taken back, an objection, seen, remarks. Nothing is chosen
// beforehand, and both ways look the same.

import { button, el, fieldError, note } from "./dom.js";
import { checkChoices, checkSeen } from "./check.js";
import { answersOf, attestedOf, choicesOf } from "./history.js";
import { planParts } from "./plan.js";
import { isElsewhere, isOver, namesOf } from "./sheet.js";
import { remarksPart } from "./remarks.js";

/** What was said and answered before, and a way to take it back: above the sheet, where it is found at once. */
export function standingParts(desk) {
  const { question, speech } = desk;
  const parts = recordedParts(desk);
  const said = question.choices();
  if (Object.keys(said).length > 0) parts.push(givenPart(said, speech));
  if (question.counts()) parts.push(...withdrawParts(desk, said));
  return [...parts, ...waitingParts(question, speech), ...planParts(desk.plan, question, desk.history, speech), ...warmParts(question, speech)];
}

/** Everything below the sheet that can be answered. */
export function answerParts(desk) {
  const { question } = desk;
  if (question.rules.basis === "safety") return [];
  const parts = [];
  if (question.counts() && !isOver(question)) parts.push(...decisionParts(desk));
  if (!question.counts() || question.onConsent().length < Object.keys(question.manifest.categories).length) parts.push(...inspectionParts(desk));
  parts.push(...remarksPart(desk));
  return parts;
}

/** Whose turn it is after it arrived, and by when: the gateway's word. */
function warmParts(question, speech) {
  const { warm } = question.standing;
  if (!warm?.last_day || isElsewhere(question)) return [];
  const values = { ...namesOf(question, speech), date: speech.date(warm.last_day) };
  const words = warm.stage === "accepted"
    ? speech.sayWord("warm-accepted", question.rules.course, values)
    : speech.sayWord("warm", warm.stage, values);
  return [
    el(
      "section.look-card",
      { id: "warm" },
      el("h2", {}, speech.say("warm-title")),
      el("p", {}, words),
      warm.is_late ? note("warning", el("p", {}, speech.say("warm-late"))) : null,
      el("p.look-small", {}, speech.say("history-by-gateway")),
    ),
  ];
}

/** What professionals recorded about this guardian's answer, and what the recipient answered to a withdrawal. */
export function recordedParts({ question, speech, history }) {
  const { recipient: organisation } = namesOf(question, speech);
  const attested = attestedOf(history ?? [], question, speech).map(({ at, words }) => note("info", el("p", {}, `${speech.day(at)}: ${words}`)));
  const answers = answersOf(history ?? []).map(({ at, erased, ground }) => {
    const words = erased
      ? speech.say("holders-erased", { date: speech.day(at), organisation })
      : speech.say("holders-kept", { organisation, ground: speech.sayWord("ground", ground) });
    return note(erased ? "ok" : "info", el("p", {}, words), el("p.look-small", {}, speech.say("holders-source")));
  });
  return [...attested, ...answers];
}

/** By when the recipient must answer what was taken back: the gateway's word. */
function waitingParts(question, speech) {
  const { recipient: organisation } = namesOf(question, speech);
  return question.standing.unanswered.map(({ last_day: day, is_late: isLate }) =>
    note(
      isLate ? "warning" : "info",
      el("p", {}, speech.say("withdraw-due", { organisation, date: speech.date(day) })),
      isLate ? el("p", {}, speech.say("withdraw-due-late")) : null,
      el("p.look-small", {}, speech.say("history-by-gateway")),
    ));
}

/** A yes that can be taken back: one's own, and what was sent on somebody else's. */
function withdrawParts(desk, said) {
  const { question } = desk;
  const { stage } = question.standing;
  const open = desk.guardian.openToNo(question, desk.history ?? []).sort();
  const agreed = open.filter((category) => said[category] === "agree");
  const left = stage === "received" ? open.filter((category) => !isNo(said[category])) : agreed;
  const takes = isOver(question) ? stage === "received" : true;
  return takes && left.length > 0 ? [withdrawPart(desk, left)] : [];
}

function decisionParts(desk) {
  const { question } = desk;
  if (question.holder.under_investigation) return [objectPart(desk, question.onConsent().sort())];
  return Object.keys(question.choices()).length === 0 ? [choicePart(desk)] : [changePart(desk)];
}

const isNo = (choice) => choice !== undefined && choice !== "agree";

/** What was said before, with the keys now in use. */
function givenPart(said, speech) {
  const choices = choicesOf(said, speech).split("; ");
  return el("section.look-card", {}, el("h2", {}, speech.say("answer-given-title")), ...choices.map((words) => el("p", {}, words)));
}

/** Which word a no is: taking back, refusing what was asked, or objecting without being asked. */
function noOf(question, category) {
  const left = ["released", "received", "quarantined"].includes(question.standing.stage);
  if (question.choices()[category] === "agree" || left) return "withdraw";
  return question.holder.under_investigation ? "object" : "refuse";
}

// --- Yes or no for each part

function choicePart(desk) {
  const { question, speech } = desk;
  const categories = question.onConsent().sort();
  const wrong = el("p.look-error", { id: "answer-error", tabindex: "-1", hidden: true });
  const sets = categories.map((category) => choiceOf(category, question, desk.preview !== null, speech));
  const all = (choice) => sets.forEach(({ inputs }) => { inputs[choice].checked = !inputs[choice].disabled; });
  const submit = (event) => {
    event.preventDefault();
    const missing = sets.filter(({ inputs }) => !inputs.agree.checked && !inputs.no.checked);
    sets.forEach(({ set }) => set.removeAttribute("aria-invalid"));
    wrong.hidden = missing.length === 0;
    if (missing.length > 0) {
      wrong.textContent = speech.say("answer-missing", { count: missing.length });
      missing.forEach(({ set }) => set.setAttribute("aria-invalid", "true"));
      missing[0].inputs.agree.focus();
      if (missing[0].inputs.agree.disabled) missing[0].inputs.no.focus();
      return;
    }
    const choose = ({ category, inputs }) => [category, inputs.agree.checked ? "agree" : noOf(question, category)];
    checkChoices(desk, Object.fromEntries(sets.map(choose)));
  };
  return el(
    "section",
    { id: "answer" },
    el("h2", {}, speech.say("answer-title")),
    el("p", {}, speech.say("answer-intro")),
    desk.preview === null ? note("info", el("p", {}, speech.say("content-waiting", namesOf(question, speech)))) : null,
    el(
      "form",
      { novalidate: true, onsubmit: submit },
      categories.length > 1
        ? el(
          "div.look-actions",
          {},
          desk.preview === null ? null : button("secondary-action", speech.say("answer-all-yes"), () => all("agree")),
          button("secondary-action", speech.say("answer-all-no"), () => all("no")),
        )
        : null,
      ...sets.map(({ set }) => set),
      el("div", { "aria-live": "assertive" }, wrong),
      el("div.look-actions", {}, el("button.utrecht-button.utrecht-button--primary-action", { type: "submit" }, speech.say("answer-next"))),
    ),
  );
}

function choiceOf(category, question, isShown, speech) {
  const name = speech.sayWord("category", category);
  const means = question.rules.required.includes(category) ? speech.say("answer-required") : speech.say("answer-optional");
  const option = (value, text, disabled) => {
    const input = el("input.utrecht-radio-button", { type: "radio", name: `choice-${category}`, value, disabled });
    return { input, label: el("label.look-option", {}, input, el("span", {}, text)) };
  };
  // Nobody can say yes to what could not be shown.
  const yes = option("agree", speech.say("answer-yes"), !isShown);
  const no = option("no", speech.say("answer-no"), false);
  const set = el(
    "fieldset.look-choice",
    { "data-category": category, "aria-describedby": `means-${category}` },
    el("legend", {}, name),
    el("p.look-hint", { id: `means-${category}` }, means),
    el("div.look-choice__options", {}, yes.label, no.label),
  );
  return { category, set, inputs: { agree: yes.input, no: no.input } };
}

/** Another answer, while the question is open. */
function changePart(desk) {
  const { speech } = desk;
  const place = el("div", {});
  const change = button("secondary-action", speech.say("answer-change"), () => {
    place.replaceChildren(choicePart(desk));
    place.querySelector("h2").setAttribute("tabindex", "-1");
    place.querySelector("h2").focus();
  });
  place.append(el("div.look-actions", {}, change));
  return place;
}

// --- Taking back, and objecting

function withdrawPart(desk, categories) {
  const { question, speech } = desk;
  const left = ["released", "received"].includes(question.standing.stage);
  const withdraw = (which) => checkChoices(desk, Object.fromEntries(which.map((category) => [category, noOf(question, category)])));
  const parts = el("div", {});
  const some = button("secondary-action", speech.say("withdraw-part"), () => {
    parts.replaceChildren(tickForm(desk, categories, speech.say("withdraw-next"), withdraw));
    parts.querySelector("input").focus();
  });
  return el(
    "section.look-card",
    { id: "withdraw" },
    el("h2", {}, speech.say("withdraw-title")),
    el("p", {}, speech.say("withdraw-intro")),
    el("p", {}, left ? speech.say("withdraw-intro-sent") : speech.say("withdraw-intro-queued")),
    el(
      "div.look-actions",
      {},
      button("primary-action", speech.say("withdraw-all"), () => withdraw(categories)),
      categories.length > 1 ? some : null,
    ),
    parts,
  );
}

function objectPart(desk, categories) {
  const { question, speech } = desk;
  const object = (which) => checkChoices(desk, Object.fromEntries(which.map((category) => [category, noOf(question, category)])));
  return el(
    "section",
    { id: "answer" },
    el("h2", {}, speech.say("answer-title")),
    el("p", {}, speech.say("who-investigation")),
    tickForm(desk, categories, speech.say("answer-object"), object),
  );
}

function tickForm({ speech }, categories, label, onchosen) {
  const wrong = el("p.look-error", { id: "tick-error", hidden: true });
  const boxes = categories.map((category) => {
    const box = el("input.look-checkbox", { type: "checkbox", value: category });
    return { category, box, label: el("label.look-option", {}, box, el("span", {}, speech.sayWord("category", category))) };
  });
  const submit = (event) => {
    event.preventDefault();
    const chosen = boxes.filter(({ box }) => box.checked).map(({ category }) => category);
    fieldError(boxes[0].box, wrong, chosen.length === 0 ? speech.say("answer-object-missing") : "");
    if (chosen.length > 0) onchosen(chosen);
  };
  return el(
    "form",
    { novalidate: true, onsubmit: submit },
    el("fieldset.look-choice", {}, el("legend", {}, speech.say("answer-only-no")), wrong, ...boxes.map((box) => box.label)),
    el("div.look-actions", {}, el("button.utrecht-button.utrecht-button--primary-action", { type: "submit" }, label)),
  );
}

// --- Seen

function inspectionParts(desk) {
  const { question, speech } = desk;
  const isOpen = !isOver(question) && question.standing.may_inspect && question.rules.inform === "inspection";
  if (!isOpen || desk.preview === null) return [];
  if (question.decisions.some((decision) => Object.keys(decision.body.choices).length === 0)) {
    return [note("ok", el("p", {}, speech.say("inspect-done")))];
  }
  return [
    el(
      "section.look-card",
      { id: "seen" },
      el("h2", {}, speech.say("inspect-title")),
      el("p", {}, speech.say("inspect-intro")),
      el("div.look-actions", {}, button("primary-action", speech.say("inspect-confirm"), () => checkSeen(desk))),
    ),
  ];
}
