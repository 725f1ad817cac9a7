// The overview: open questions first, then what runs, then what ended. Per joined letter, by the child's first name where a preview
// tells it.

import { isPlanned } from "../lib/plan.js";
import { buttonLink, byId, el, fill, mark, note } from "./dom.js";
import { PAUSES } from "./expected.js";
import { attestedOf } from "./history.js";
import { planLine, planOf } from "./plan.js";
import { isOver, namesOf, titleOf } from "./sheet.js";

/** @param {{speech: import("./speech.js").Speech, guardian: () => Promise<any>}} page */
export async function overview({ speech, guardian: open }) {
  const guardian = await open();
  const listed = await guardian.questions();
  await write(listed, guardian, speech);
  expectContent(listed, guardian, speech, PAUSES);
}

async function write(listed, guardian, speech) {
  const groups = await Promise.all(guardian.accounts.map((account) => groupOf(account, listed, guardian)));
  const you = speech.for(guardian.accounts[0]?.holder);
  const waiting = listed.filter((question) => !question.error && needsAnswer(question)).length;
  const expected = listed.some(isExpected);
  const focused = document.activeElement?.getAttribute("href");
  fill(
    byId("live"),
    el("h1", { id: "title" }, you.say("overview-title")),
    el("p.look-lead", { role: "status" }, waiting === 0 && expected ? you.say("content-expected") : you.say("overview-count", { count: waiting })),
    ...groups.flatMap((group) => groupParts(group, groups.length > 1, speech.for(group.account.holder))),
    ...guardian.unopened.map(() => note("warning", el("p", {}, you.say("overview-joined-unreadable")))),
    el("p", {}, el("a.utrecht-link", { href: "/join" }, you.say("overview-join"))),
  );
  if (focused) document.querySelector(`#live a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  await Promise.all(listed.filter((question) => !question.error && isPlanned(question)).map((question) => addPlan(question, guardian, speech.for(question.holder))));
  await Promise.all(listed.filter(maybeAttested).map((question) => addAttested(question, guardian, speech.for(question.holder))));
}

/** Whether there is something to see that the sender's node is still sealing. */
function isExpected(question) {
  if (question.error || isOver(question) || question.standing.has_preview) return false;
  return question.counts() || question.standing.may_inspect;
}

/** What is still being sealed turns into a question by itself, also for who came here a moment too early. */
function expectContent(listed, guardian, speech, [pause, ...pauses]) {
  const expected = listed.filter(isExpected).map(({ handover }) => handover);
  if (expected.length === 0) return;
  setTimeout(async () => {
    const now = document.hidden ? null : await guardian.questions().catch(() => null);
    const hasCome = now !== null && now.some((question) => expected.includes(question.handover) && !isExpected(question));
    if (hasCome) await write(now, guardian, speech);
    expectContent(hasCome ? now : listed, guardian, speech, pauses.length > 0 ? pauses : [pause]);
  }, pause * 1000);
}

/** Whether professionals may have recorded this guardian's answer: it counts, it is not awaited any more, and no own keys gave it. */
function maybeAttested(question) {
  if (question.error || !question.counts() || question.standing.awaited) return false;
  return Object.keys(question.choices()).length === 0;
}

/** Adds to a card what professionals recorded. The cards are there already: a history is more to fetch. */
async function addAttested(question, guardian, speech) {
  const recorded = attestedOf(await guardian.history(question).catch(() => []), question, speech);
  const card = document.getElementById(cardId(question));
  card?.append(...recorded.map(({ at, words }) => el("p.look-small", {}, `${speech.day(at)}: ${words}`)));
}

/** Adds to a card when the talk is. A history that does not come hides no plan. */
async function addPlan(question, guardian, speech) {
  const [opened, history] = await Promise.all([planOf(guardian, question), guardian.history(question).catch(() => null)]);
  const line = planLine(opened, question, history, speech);
  const card = document.getElementById(cardId(question));
  if (line !== null) card?.append(el("p", {}, line));
}

const cardId = ({ handover }) => `card-${handover}`;

/** Whether something is asked of this guardian that was not answered. */
export function needsAnswer(question) {
  return !isOver(question) && question.standing.awaited && (question.counts() || question.standing.may_inspect);
}

async function groupOf(account, listed, guardian) {
  const own = listed.filter((question) => question.invitation === account.invitation);
  return { account, own, child: await firstName(own, guardian) };
}

/** The child's first name, from any preview that opens and holds it. It is shown here and goes nowhere. */
async function firstName(questions, guardian) {
  for (const question of questions) {
    if (question.error || !question.standing.has_preview || !Object.hasOwn(question.manifest.categories, "D01")) continue;
    const preview = await guardian.preview(question).catch(() => null);
    const fields = preview?.categories.find(({ category }) => category === "D01")?.entries.flatMap((entry) => entry.fields);
    const name = fields?.find((field) => field.name === "first_names")?.value;
    if (typeof name === "string") return name;
  }
  return null;
}

function groupParts({ account, own, child }, isOne, speech) {
  const believed = own.filter((question) => !question.error);
  const open = believed.filter(needsAnswer);
  const over = believed.filter((question) => isOver(question) && !isRunning(question));
  const running = believed.filter((question) => !open.includes(question) && !over.includes(question));
  const level = isOne ? "h3" : "h2";
  const part = (title, questions, none) => {
    if (questions.length === 0 && none === null) return [];
    const cards = questions.map((question) => cardOf(question, level, speech));
    return [el(level, {}, title), questions.length === 0 ? el("p", {}, none) : el("ul.look-cards", {}, ...cards)];
  };
  const strange = own.filter((question) => question.error);
  return [
    isOne ? el("h2", {}, groupTitle(account, child, speech)) : null,
    ...strange.map(() => note("error", el("p", {}, speech.say("overview-not-believed", { organisation: account.inviter.name })))),
    ...part(speech.say("overview-open-title"), open, own.some(isExpected) ? null : speech.say("overview-open-none")),
    ...part(speech.say("overview-running-title"), running, null),
    ...part(speech.say("overview-done-title"), over, null),
  ].filter((element) => element !== null);
}

function groupTitle(account, child, speech) {
  const organisation = account.inviter.name;
  if (account.holder.holder === "young-person") return speech.say("overview-self-at", { organisation });
  return child === null
    ? speech.say("overview-child-unnamed", { organisation })
    : speech.say("overview-child-at", { name: child, organisation });
}

/** What arrived with a yes that can still be taken back runs on, and where a talk is planned. */
function isRunning(question) {
  if (question.standing.stage !== "received") return false;
  if (isPlanned(question)) return true;
  const said = question.choices();
  return question.onConsent().some((category) => said[category] === undefined || said[category] === "agree");
}

function cardOf(question, level, speech) {
  const names = namesOf(question, speech);
  const asks = needsAnswer(question);
  const below = level === "h2" ? "h3" : "h4";
  const kind = asks ? "li.look-card.look-card--ask" : isOver(question) ? "li.look-card.look-card--quiet" : "li.look-card";
  const address = `/question#${question.invitation}/${question.handover}`;
  const name = speech.sayWord("purpose", question.rules.id);
  return el(
    kind,
    { id: cardId(question) },
    el(below, {}, asks ? titleOf(question, names, speech) : el("a.utrecht-link.look-card__link", { href: address }, name)),
    el("p", {}, asks ? name : speech.say("overview-from-to", names)),
    el("p", {}, stateMark(question, asks, speech)),
    ...detail(question, asks, speech).map((text) => el("p.look-small", {}, text)),
    asks ? el("div.look-actions", {}, buttonLink("primary-action", linkWords(question, speech), address)) : null,
  );
}

function linkWords(question, speech) {
  return question.counts() ? speech.say("overview-decide") : speech.say("overview-look");
}

function stateMark(question, asks, speech) {
  const { stage } = question.standing;
  const kind = asks ? "wait" : { received: "yes", permitted: "yes", submitted: "yes", released: "yes", blocked: "no" }[stage] ?? "over";
  return mark(kind, speech.sayWord("stage", stage));
}

function detail(question, asks, speech) {
  const lines = [];
  const { silence_time: silence } = question.standing;
  if (asks && silence) {
    const date = speech.day(silence);
    lines.push(question.counts() ? speech.say("overview-until", { date }) : speech.say("overview-look-until", { date }));
  }
  const said = saidOf(question, speech);
  if (said !== null) lines.push(said);
  return lines;
}

/** What this guardian said, in one word or two. */
function saidOf(question, speech) {
  const choices = Object.values(question.choices());
  if (choices.length === 0) return null;
  const yes = choices.filter((choice) => choice === "agree").length;
  const all = yes === choices.length ? speech.say("overview-said-agree") : speech.say("overview-said-refuse");
  const words = yes > 0 && yes < choices.length ? speech.say("overview-said-mixed") : all;
  return speech.say("overview-said", { choices: words });
}
