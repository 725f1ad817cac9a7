// Who has the data: per organisation, what it received and when, what it said after a withdrawal, and whose word each is.

import { released } from "../lib/history.js";
import { byId, el, fill, note } from "./dom.js";
import { answersOf } from "./history.js";
import { keepOf, namesOf } from "./sheet.js";

/** @param {{speech: import("./speech.js").Speech, guardian: () => Promise<any>}} page */
export async function holders({ speech: plain, guardian: open }) {
  const guardian = await open();
  const speech = plain.for(guardian.accounts[0]?.holder);
  const listed = await guardian.questions();
  const questions = listed.filter((question) => !question.error);
  const held = await Promise.all(questions.map((question) => heldOf(question, guardian)));
  const byOrganisation = new Map();
  for (const one of held.flat()) {
    const name = one.question.recipient.name;
    byOrganisation.set(name, [...(byOrganisation.get(name) ?? []), one]);
  }
  const names = [...byOrganisation.keys()].sort((one, other) => one.localeCompare(other, speech.language));
  fill(
    byId("live"),
    el("h1", { id: "title" }, speech.say("holders-title")),
    el("p.look-lead", {}, speech.say("holders-lead")),
    names.length === 0 ? note("info", el("p", {}, speech.say("holders-none"))) : null,
    ...names.map((name) => organisationPart(name, byOrganisation.get(name), speech)),
  );
}

/** What left under one question. */
async function heldOf(question, guardian) {
  const history = await guardian.history(question);
  const said = history.flatMap((entry) => entry.said).filter(({ trust, body }) => trust !== "unchecked" && body !== null);
  const releases = said.filter(({ kind }) => kind === "release");
  return releases.map(({ body, digest }) => ({
    question,
    at: body.at,
    sent: released(body).sent,
    receipt: said.find(({ kind, body: receipt }) => kind === "receipt" && receipt.release === digest)?.body ?? null,
    isWithdrawn: history.some(({ act }) => act === "withdrawn"),
    answers: answersOf(history),
    steps: said.filter(({ kind }) => kind === "progress").map(({ body: progress }) => progress),
  }));
}

function organisationPart(name, items, speech) {
  return el(
    "section",
    {},
    el("h2", {}, el("bdi", {}, name)),
    el("ul.look-cards", {}, ...items.map((item) => itemCard(item, speech))),
  );
}

function itemCard({ question, at, sent, receipt, isWithdrawn, answers, steps }, speech) {
  const { recipient: organisation } = namesOf(question, speech);
  const arrived = receipt?.result.outcome === "received";
  const categories = arrived ? receipt.result.categories : sent;
  const last = answers.at(-1);
  return el(
    "li.look-card",
    {},
    el("h3", {}, speech.sayWord("purpose", question.rules.id)),
    el("p", {}, speech.say("holders-has", { organisation })),
    el("ul", {}, ...categories.map((category) => el("li", {}, speech.sayWord("category", category)))),
    el("p", {}, receiptWords(receipt, at, speech)),
    ...steps.map((progress) => stepWords(progress, speech)).map((words) => (words === null ? null : el("p", {}, words))),
    answerWords(last, isWithdrawn, organisation, speech),
    last?.erased ? null : el("p", {}, speech.say("holders-keep", { keep: keepOf(question.rules.keep, speech) })),
    el("p.look-small", {}, speech.say("holders-source")),
    el("p", {}, el("a.utrecht-link", { href: `/question#${question.invitation}/${question.handover}` }, speech.say("holders-question"))),
  );
}

function receiptWords(receipt, at, speech) {
  if (receipt === null) return speech.say("holders-not-confirmed", { date: speech.day(at) });
  return receipt.result.outcome === "received" ? speech.say("holders-at", { date: speech.day(receipt.at) }) : speech.say("said-quarantined");
}

/** Whether somebody there took it on, and who read it. */
function stepWords({ step, at, by }, speech) {
  if (step.step === "read") return speech.say("holders-read", { date: speech.moment(at), professional: by.actor });
  if (step.step === "accepted") return speech.say("holders-accepted", { date: speech.day(at) });
  return step.step === "declined" ? speech.say("holders-declined", { date: speech.day(at) }) : null;
}

function answerWords(answer, isWithdrawn, organisation, speech) {
  if (answer !== undefined) {
    const text = answer.erased
      ? speech.say("holders-erased", { date: speech.day(answer.at), organisation })
      : speech.say("holders-kept", { organisation, ground: speech.sayWord("ground", answer.ground) });
    return note(answer.erased ? "ok" : "info", el("p", {}, text));
  }
  return isWithdrawn ? note("warning", el("p", {}, speech.say("holders-asked", { organisation }))) : null;
}
