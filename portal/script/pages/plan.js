// The talk that is planned: when, how, where, with whom. What cannot be opened is said to be that.

import { calendarEntry } from "../lib/ics.js";
import { isPlanned, standingOf } from "../lib/plan.js";
import { button, download, el, facts, icon, note } from "./dom.js";
import { namesOf } from "./sheet.js";

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

/** One line for a card on the overview; `null` where nothing is planned any more. */
export function planLine({ plan, error }, question, history, speech) {
  if (!isPlanned(question)) return null;
  if (plan === null) return error === null ? speech.say("plan-line-none") : speech.say("plan-line-unreadable");
  const standing = standingOf(plan, question, history);
  if (standing === "over") return null;
  if (standing === "overtaken") return speech.say("plan-line-overtaken");
  return speech.say("plan-line", { when: when(plan, speech), how: speech.sayWord("plan-kind", plan.kind) });
}

/** The same with all that the plan says, as plain lines for a file. */
export function planLines(opened, question, history, speech) {
  const line = planLine(opened, question, history, speech);
  if (line === null) return [];
  const { plan } = opened;
  const holds = plan !== null && standingOf(plan, question, history) === "holds";
  const more = holds ? factsOf(plan, namesOf(question, speech), speech).filter(([, value]) => value !== null) : [];
  return [line, ...more.map(([name, value]) => `${name}: ${value.replaceAll("\n", "\n  | ")}`)];
}

/** Where, with whom, and what is said with it. */
function factsOf(plan, names, speech) {
  const guests = (plan.guests ?? []).map((guest) => speech.sayWord("plan-guest", guest, names));
  return [
    [speech.say("plan-place"), plan.place ?? null],
    [speech.say("plan-guests"), guests.length > 0 ? speech.list(guests) : null],
    [speech.say("plan-message"), plan.message ?? null],
  ];
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
  const standing = plan === null ? null : standingOf(plan, question, history);
  if (!isPlanned(question) || standing === "over") return [];
  if (plan !== null) return [cardOf(plan, question, names, standing === "overtaken", speech)];
  const words = error === null ? note("info", el("p", {}, speech.say("plan-none", names))) : note("warning", el("p", {}, speech.say("plan-unreadable", names)));
  return [el("section.look-card", { id: "plan" }, el("h2", {}, speech.say("plan-title-talk")), words)];
}

function cardOf(plan, question, names, overtaken, speech) {
  const [place, guests, message] = factsOf(plan, names, speech);
  return el(
    "section.look-card",
    { id: "plan" },
    el("h2", {}, speech.sayWord("plan-title", plan.meeting)),
    overtaken ? note("warning", el("p", {}, speech.say("plan-overtaken", names))) : null,
    plan.again === true ? note("info", el("p", {}, speech.say("plan-again"))) : null,
    facts([
      [speech.say("plan-when"), el("time", { datetime: plan.starts.slice(0, 16) }, when(plan, speech))],
      [speech.say("plan-how"), speech.sayWord("plan-kind", plan.kind)],
      [place[0], place[1] === null ? null : el("bdi", {}, place[1])],
      guests,
      [message[0], message[1] === null ? null : el("bdi.look-said", {}, message[1])],
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
