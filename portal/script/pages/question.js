// One question: the sheet, the answer, checking it, and what came of it. One page, one decision.

import { answerParts, recordedParts, standingParts } from "./answer.js";
import { byId, button, el, fill, icon, show, titleWindow } from "./dom.js";
import { PAUSES } from "./expected.js";
import { historyPart } from "./history.js";
import { textOf } from "./lines.js";
import { planOf } from "./plan.js";
import { isOver, sheet } from "./sheet.js";
import { speakButton } from "./speak.js";
import { loadDutch } from "./speech.js";

/**
 * @param {{speech: import("./speech.js").Speech, guardian: () => Promise<any>}} page
 */
export async function question(page) {
  keepFragment();
  const [guardian, dutch] = await Promise.all([page.guardian(), loadDutch()]);
  const found = await guardian.question(location.hash.slice(1).split("/").at(-1)).catch((error) => {
    if (error?.reason === "NOT_FOUND") return null;
    throw error;
  });
  if (found === null) {
    fill(byId("live"), el("h1", { id: "title" }, page.speech.say("question-unknown")), toOverview(page.speech));
    return;
  }
  const desk = new Desk(page, guardian, dutch);
  await desk.open(found);
  addEventListener("popstate", () => desk.back());
}

/** What is needed at every step: the question, what was opened, and the sheet that was shown. */
class Desk {
  constructor(page, guardian, dutch) {
    this.page = page;
    this.guardian = guardian;
    this.dutch = dutch;
    this.place = byId("live");
  }

  /** Shows a question as it stands now. What happened before follows by itself, except where the answer depends on it. */
  async open(question) {
    const history = this.guardian.history(question);
    await this.load(question, isOver(question) ? history : Promise.resolve(null));
    this.start(fill);
    this.#expectContent(question, PAUSES);
    if (this.history === null) this.#recall(await history, question);
  }

  /** Content that is still being sealed comes by itself, and is announced. Who has begun to answer is not interrupted. */
  #expectContent(question, [pause, ...pauses]) {
    if (this.preview !== null || isOver(question)) return;
    setTimeout(async () => {
      if (this.question !== question) return;
      const busy = history.state?.step === true || this.place.querySelector("input:checked, textarea:focus") !== null;
      const now = busy || document.hidden ? null : await this.guardian.question(question.handover).catch(() => null);
      if (this.question !== question) return;
      if (now === null || (!now.standing.has_preview && !isOver(now))) {
        this.#expectContent(question, pauses.length > 0 ? pauses : [pause]);
        return;
      }
      await this.open(now);
      byId("said").textContent = this.speech.say("content-arrived");
    }, pause * 1000);
  }

  /** Puts what happened into its place on the page that is already there. */
  #recall(entries, question) {
    if (this.question !== question) return;
    this.history = entries;
    this.sheet.querySelector("#standing").prepend(...recordedParts(this));
    document.getElementById("history")?.replaceWith(historyPart(entries, question, this.speech));
  }

  /** Fetches and opens what belongs to a question, and writes the sheet. */
  async load(question, history = this.guardian.history(question)) {
    this.question = question;
    this.speech = this.page.speech.for(question.holder);
    const plan = planOf(this.guardian, question);
    [this.preview, this.history, this.plan] = await Promise.all([this.guardian.preview(question), history, plan]);
    byId("said").textContent = this.preview === null && !isOver(question) ? this.speech.say("content-expected") : "";
    const [title, ...rest] = sheet(question, this.preview, this.speech);
    this.sheet = el("article", { id: "sheet" }, title, el("div", { id: "standing" }, ...standingParts(this)), ...rest, this.#beside());
  }

  /** The binding text beside a translation. */
  #beside() {
    if (this.dutch === null) return null;
    const dutch = sheet(this.question, this.preview, this.dutch.for(this.question.holder));
    // One page has one main heading: beside it the same line is a heading below.
    const title = el("h2", { "data-line": true }, dutch[0].textContent);
    return el(
      "details.look-dutch",
      {},
      el("summary", {}, this.speech.say("question-dutch-beside")),
      el("div", { lang: "nl", dir: "ltr" }, title, ...dutch.slice(1)),
    );
  }

  /** The sheet with the answer below it. */
  start(put = show) {
    titleWindow(this.sheet.querySelector("#title").textContent);
    const answers = answerParts(this);
    put(
      this.place,
      toOverview(this.speech),
      el("div.look-actions.look-screen", {}, speakButton(this.sheet, this.speech), this.#shortcut(answers)),
      this.sheet,
      ...answers,
      historyPart(this.history ?? [], this.question, this.speech),
    );
  }

  /** A way past a long sheet, for who has read it before. */
  #shortcut(answers) {
    const target = answers.find(({ id }) => ["answer", "seen"].includes(id));
    if (target === undefined) return null;
    return button("subtle", this.speech.say("question-to-answer"), () => {
      const heading = target.querySelector("h2");
      heading.setAttribute("tabindex", "-1");
      heading.focus();
      heading.scrollIntoView({ block: "start" });
    });
  }

  /** The next step, which Back leads away from. */
  step(title, ...parts) {
    history.pushState({ step: true }, "", location.href);
    titleWindow(title);
    show(this.place, el("h1", { id: "title" }, title), ...parts);
  }

  /** Back to the sheet, as it was. */
  back() {
    this.start();
  }

  /** Exactly what was shown, as it is signed. */
  shown() {
    return { text: textOf(this.sheet), language: this.speech.language };
  }

  /** The question as it stands after an answer, for whoever goes back to it. */
  async refresh() {
    try {
      await this.load(await this.guardian.question(this.question.handover));
    } catch {
      // The answer was given and taken; that the page behind it is older matters less than its receipt.
    }
  }

  /** The last step: Back leads to the question as it stands now. */
  finish(title, ...parts) {
    history.replaceState({ step: true }, "", location.href);
    titleWindow(title);
    show(this.place, el("h1", { id: "title" }, title), ...parts);
  }

  /** A row of the two ways on: equal in size, the one that signs first. */
  actions(primary, onclick, back) {
    return el(
      "div.look-actions.look-screen",
      {},
      button("primary-action", primary, onclick),
      button("secondary-action", back, () => history.back()),
    );
  }

  /** A printer's button. */
  printer(text) {
    return el("button.utrecht-button.utrecht-button--secondary-action", { type: "button", onclick: () => print() }, icon("print"), " ", text);
  }
}

function toOverview(speech) {
  return el("p.look-screen", {}, el("a.utrecht-link", { href: "/overview" }, speech.say("receipt-overview")));
}

/** The languages lead to the same question: which one is in the fragment, which no server sees. */
function keepFragment() {
  for (const link of document.querySelectorAll("a[hreflang]")) link.hash = location.hash;
}
