// The talk that is planned: when, how, where, with whom. What cannot be opened is said to be that.

import { calendarEntry } from "../lib/ics.js";
import { button, download, el, facts, icon, note } from "./dom.js";
import { namesOf } from "./sheet.js";

/** Steps that plan something. */
const PLANNING = ["talk-planned", "aftercare-planned"];

/** @returns {boolean} Whether a talk is planned, says the gateway. */
export function isPlanned(question) {
  return PLANNING.includes(question.standing.warm?.stage);
}

/** The plan as it was opened: `{plan, error}`, each `null` where there is none. */
export async function planOf(guardian, question) {
  try {
    return { plan: await guardian.plan(question), error: null };
  } catch (error) {
    return { plan: null, error };
  }
}

/** Day and time in words: "dinsdag 7 september 2027 om 15.00 uur". */
function when({ starts }, speech) {
  return speech.localMoment(starts);
}

/** One line for a card on the overview; `null` where nothing is planned. */
export function planLine({ plan, error }, question, speech) {
  if (plan !== null) {
    return speech.say("plan-line", { when: when(plan, speech), how: speech.sayWord("plan-kind", plan.kind) });
  }
  if (!isPlanned(question)) return null;
  return error === null ? speech.say("plan-line-none") : speech.say("plan-line-unreadable");
}

/**
 * The card on a question's own page.
 *
 * @param {{plan: ?import("../lib/plan.js").Plan, error: ?Error}} opened
 * @param {import("../lib/question.js").Question} question
 * @param {?import("../lib/history.js").Entry[]} history
 * @param {import("./speech.js").Speech} speech
 * @returns {HTMLElement[]}
 */
export function planParts(opened, question, history, speech) {
  const { plan, error } = opened;
  const names = namesOf(question, speech);
  if (plan !== null) return [cardOf(plan, question, names, isOvertaken(plan, history), speech)];
  if (!isPlanned(question)) return [];
  const words = error === null ? note("info", el("p", {}, speech.say("plan-none", names))) : note("warning", el("p", {}, speech.say("plan-unreadable", names)));
  return [el("section.look-card", { id: "plan" }, el("h2", {}, speech.say("plan-title-talk")), words)];
}

/** Whether the history holds a later plan than the one that came: somebody would be at the wrong place. */
function isOvertaken(plan, history) {
  const planned = (history ?? []).flatMap(({ said }) => said).filter(({ kind, body }) => kind === "progress" && PLANNING.includes(body?.step.step));
  return planned.length > 0 && planned.at(-1).digest !== plan.step;
}

function cardOf(plan, question, names, overtaken, speech) {
  const guests = (plan.guests ?? []).map((guest) => speech.sayWord("plan-guest", guest, names));
  return el(
    "section.look-card",
    { id: "plan" },
    el("h2", {}, speech.sayWord("plan-title", plan.meeting)),
    overtaken ? note("warning", el("p", {}, speech.say("plan-overtaken", names))) : null,
    plan.again === true ? note("info", el("p", {}, speech.say("plan-again"))) : null,
    facts([
      [speech.say("plan-when"), el("time", { datetime: plan.starts.slice(0, 16) }, when(plan, speech))],
      [speech.say("plan-how"), speech.sayWord("plan-kind", plan.kind)],
      [speech.say("plan-place"), plan.place ? el("bdi", {}, plan.place) : null],
      [speech.say("plan-guests"), guests.length > 0 ? speech.list(guests) : null],
      [speech.say("plan-message"), plan.message ? el("bdi.look-said", {}, plan.message) : null],
    ]),
    plan.kind === "phone" ? el("p", {}, speech.say("plan-phone", names)) : null,
    plan.left_out === true ? el("p", {}, speech.say("plan-left-out", names)) : null,
    el("p.look-small", {}, speech.say("plan-signed", names)),
    el(
      "div.look-actions.look-screen",
      {},
      button("secondary-action", speech.say("plan-ics"), () => calendar(plan, question, speech)),
      el("button.utrecht-button.utrecht-button--subtle", { type: "button", onclick: () => print() }, icon("print"), " ", speech.say("plan-print")),
    ),
    el("p.look-small.look-screen", {}, speech.say("plan-ics-note")),
  );
}

async function calendar(plan, question, speech) {
  const entry = await calendarEntry(question.handover, plan, speech.say("plan-ics-summary"));
  download("handdruk.ics", new Blob([entry], { type: "text/calendar" }));
}
