// What happened, with whose word it is. What was not verified is said to be that, and not left out.

import { el } from "./dom.js";
import { released } from "../lib/history.js";
import { namesOf } from "./sheet.js";

/** Acts that the evidence log has a word for here. */
const ACTS = [
  "invited", "invitation-revoked", "activated", "code-found-used", "proposed", "renewed", "previewed", "told", "decided", "attested",
  "withdrawn", "view-added", "permitted", "permit-lapsed", "refused", "submitted", "released", "received", "quarantined", "retracted",
  "expired", "withdrawal-answered", "progressed", "read", "erased", "family-alerted", "content-erased",
];

/** The history of one question, newest last, folded away. */
export function historyPart(entries, question, speech) {
  const items = entries.map((entry) => itemOf(entry, question, speech));
  return el(
    "details.look-card",
    { id: "history" },
    el("summary", {}, speech.say("question-history")),
    items.length === 0 ? el("p", {}, speech.say("history-none")) : el("ol.look-timeline", {}, ...items),
  );
}

/** The same as plain lines, for a file. */
export function linesOf(entries, question, speech) {
  return entries.map((entry) => {
    const said = entry.said.map((one) => [wordsOf(one, question, speech), one]).filter(([words]) => words !== null);
    const parts = said.length > 0
      ? said.map(([words, one]) => `${words} ${whose(one, question, speech)}`)
      : [`${actWords(entry.act, speech)} ${speech.say("history-by-gateway")}`];
    return [entry.at === null ? "" : `${speech.moment(entry.at)}: `, parts.join(" ")].join("");
  });
}

function itemOf(entry, question, speech) {
  const { at, act, evidence_index: number, said } = entry;
  const shown = said.map((one) => [wordsOf(one, question, speech), one]).filter(([words]) => words !== null);
  const lines = shown.length > 0
    ? shown.flatMap(([words, one]) => [el("p", {}, words), small(whose(one, question, speech), number, speech)])
    : [el("p", {}, actWords(act, speech)), small(speech.say("history-by-gateway"), number, speech)];
  return el(
    "li",
    {},
    el("p.look-timeline__when", {}, at === null ? null : el("time", { datetime: at }, speech.moment(at))),
    ...lines,
  );
}

/** Whose word it is, and where the evidence log has it. */
function small(words, number, speech) {
  return el("p.look-small", {}, `${words} ${speech.say("history-evidence", { number: String(number) })}.`);
}

function actWords(act, speech) {
  return ACTS.includes(act) ? speech.sayWord("act", act) : speech.say("act-other");
}

/** Whose word it is. */
function whose({ trust, by }, question, speech) {
  if (trust === "own") return speech.say("history-by-you");
  if (trust === "anchored") return speech.say("history-by-sender", { organisation: namesOf(question, speech).sender });
  if (trust === "passed-on" && by === "recipient") {
    return speech.say("history-by-recipient", { organisation: namesOf(question, speech).recipient });
  }
  return speech.say("history-by-gateway");
}

/** What one statement says, in words; `null` where the act itself says it. */
function wordsOf({ kind, trust, by, body }, question, speech) {
  if (body === null) return speech.say("said-unverified");
  const say = SAYS[kind];
  return say === undefined ? null : say(body, { question, speech, trust, by });
}

const SAYS = {
  manifest: (body, { speech }) => speech.say("said-proposed", { categories: speech.categories(Object.keys(body.categories).sort()) }),
  renewal: (body, { speech }) => speech.say("said-renewed", { date: speech.date(body.not_after) }),
  told: (body, { question, speech }) => {
    const who = body.slot === question.slot ? speech.say("said-told") : speech.say("said-told-somebody");
    return `${who} ${speech.sayWord("said-told", body.how)}`;
  },
  decision: (body, { speech, by }) => {
    if (Object.keys(body.choices).length === 0) return speech.say("said-decided-seen");
    const choices = choicesOf(body.choices, speech);
    return by === "earlier" ? speech.say("said-decided-earlier", { choices }) : speech.say("said-decided", { choices });
  },
  attestation: attestationWords,
  release: (body, { speech }) => {
    const { sent, views, dropped } = released(body);
    const parts = [speech.say("said-released", { categories: speech.categories(sent) })];
    if (views > 0) parts.push(speech.say("said-released-views", { count: views }));
    if (dropped.length > 0) parts.push(speech.say("said-released-dropped", { categories: speech.categories(dropped) }));
    return parts.join(". ");
  },
  receipt: ({ result }, { speech }) =>
    result.outcome === "received"
      ? speech.say("said-received", { categories: speech.categories(result.categories) })
      : speech.say("said-quarantined"),
  "withdrawal-answer": ({ result }, { speech }) =>
    result.answer === "erased" ? speech.say("said-erased") : speech.say("said-kept", { ground: speech.sayWord("ground", result.ground) }),
  progress: ({ step, by }, { question, speech }) => {
    if (step.step === "accepted") return speech.say("said-accepted");
    if (step.step === "declined") return speech.say("said-declined", { reason: speech.sayWord("declined", step.reason) });
    if (step.step !== "read") return speech.sayWord("said-step", step.step);
    const organisation = namesOf(question, speech).recipient;
    return speech.say("said-read", { professional: by.actor, organisation, categories: speech.categories([...step.categories].sort()) });
  },
};

/** What professionals recorded, and about whose answer. */
function attestationWords(body, { question, speech }) {
  const { what, slot } = body;
  const choices = what.choices === undefined ? "" : choicesOf(what.choices, speech);
  const words = speech.say(`said-attested-${what.attests}`, { choices });
  if (what.choices === undefined) return words;
  const who = slot === question.slot ? speech.say("said-attested-who-you") : speech.say("said-attested-who-other");
  return `${words}. ${who}`;
}

/** Choices in words, those of one kind together: "ja: A, B en C; nee: D". */
export function choicesOf(choices, speech) {
  const kinds = ["agree", "refuse", "withdraw", "object"];
  const of = (kind) => Object.keys(choices).filter((category) => choices[category] === kind).sort();
  const said = kinds.map((kind) => [kind, of(kind)]).filter(([, categories]) => categories.length > 0);
  return said
    .map(([kind, found]) => speech.say("said-choice", { choice: speech.sayWord("choice", kind), categories: speech.categories(found) }))
    .join("; ");
}

/** What professionals recorded about this guardian's own answer, in words, newest last. */
export function attestedOf(entries, question, speech) {
  const recorded = entries.flatMap(({ at, said }) => said.map((one) => ({ at, ...one })));
  const own = recorded.filter(({ kind, trust, body }) => kind === "attestation" && trust === "anchored" && body.slot === question.slot);
  return own.map(({ at, body }) => ({ at, words: attestationWords(body, { question, speech }) }));
}

/** What the recipient answered to a withdrawal, newest last: `{at, erased, ground}`. */
export function answersOf(entries) {
  const recorded = entries.flatMap(({ said }) => said);
  return recorded
    .filter(({ kind, trust }) => kind === "withdrawal-answer" && trust !== "unchecked")
    .map(({ body }) => ({ at: body.at, erased: body.result.answer === "erased", ground: body.result.ground ?? null }));
}
