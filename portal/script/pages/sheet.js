// The sheet: everything that a guardian is told about one question before deciding, as elements whose lines are what a decision
// signs (lines.js). The same facts as a guardian's command line shows (guardian/src/page.rs).

import { category } from "./content.js";
import { el } from "./dom.js";
import { line, pair } from "./lines.js";

/**
 * @param {import("../lib/question.js").Question} question
 * @param {?import("../lib/preview.js").Preview} preview
 * @param {import("./speech.js").Speech} speech In the language and voice of the reader.
 * @returns {HTMLElement[]}
 */
export function sheet(question, preview, speech) {
  const names = namesOf(question, speech);
  return [
    line("h1", titleOf(question, names, speech), { id: "title" }),
    way(question, names, speech),
    section(speech.say("facts-title"), factsOf(question, names, speech)),
    content(question, preview, names, speech),
    section(speech.say("who-title"), ...who(question, speech)),
    isOver(question)
      ? el("section", {}, line("p", over(question, speech)))
      : section(speech.say("silence-title"), line("p", silence(question, speech))),
    section(speech.say("no-title"), ...no(question, speech)),
    ...calls(question, names, speech),
    section(speech.say("phone-title"), phone(question, names, speech)),
  ];
}

/** The names of both sides, with the desk where there is one. */
export function namesOf(question, speech) {
  const at = (organisation, { desk }) =>
    desk ? speech.say("question-at-desk", { organisation, desk: speech.sayWord("desk", desk) }) : organisation;
  return {
    sender: at(question.sender.name, question.manifest.sender),
    recipient: at(question.recipient.name, question.manifest.recipient),
  };
}

/** What the question is called. */
export function titleOf(question, names, speech) {
  switch (question.rules.basis) {
    case "consent":
      return speech.say("question-title-consent", names);
    case "safety":
      return speech.say("question-title-safety", names);
    default:
      return speech.say("question-title-statutory", names);
  }
}

/** Whether nothing more can come of it by itself. */
export function isOver(question) {
  return ["received", "quarantined", "retracted", "expired"].includes(question.standing.stage);
}

function section(title, ...parts) {
  return el("section", {}, line("h2", title), ...parts);
}

function way(question, names, speech) {
  const stop = (kind, name, words) =>
    el(`li.look-way__stop.look-way__stop--${kind}`, {}, name === null ? null : el("strong", {}, line("bdi", name)), " ", line("span", words));
  return el(
    "section",
    {},
    line("h2", speech.say("flow-title")),
    el(
      question.standing.stage === "blocked" ? "ol.look-way.look-way--stopped" : "ol.look-way",
      {},
      stop("from", names.sender, speech.say("flow-from")),
      stop("sealed", null, speech.say("flow-between")),
      stop("to", names.recipient, speech.say("flow-stops")),
    ),
  );
}

function factsOf(question, names, speech) {
  const { rules, standing } = question;
  const isConsent = rules.basis === "consent";
  const rows = [
    pair(isConsent ? speech.say("fact-from") : speech.say("fact-sends"), names.sender),
    pair(speech.say("fact-to"), names.recipient),
    pair(speech.say("fact-why"), `${speech.sayWord("purpose", rules.id)}. ${speech.say(`purpose-${rules.id}-why`)}`),
    pair(speech.say("fact-ground"), speech.say(`purpose-${rules.id}-ground`)),
    pair(speech.say("fact-law"), rules.sources.map((source) => sourceOf(source, speech)).join("; ")),
    pair(isConsent ? speech.say("fact-until") : speech.say("fact-until-statutory"), speech.date(question.notAfter)),
    pair(speech.say("fact-keep"), keepOf(rules.keep, speech)),
  ];
  if (standing.told_time) rows.push(pair(speech.say("fact-told"), speech.day(standing.told_time)));
  return el("dl.look-facts", {}, ...rows);
}

function sourceOf({ article, mark }, speech) {
  // The catalogue cites in one spelling; here people read the law's own name.
  const law = speech.language === "nl" ? article.replace("GDPR", "AVG") : article;
  return marked(law, mark, speech);
}

function marked(text, mark, speech) {
  return mark === "V" ? text : `${text} (${speech.sayWord("mark", mark)})`;
}

/** How long the recipient may keep it. What no law says stands in the rules, which the registrar signed and the manifest cites. */
export function keepOf(keep, speech) {
  const parts = [termOf(keep, speech)];
  if (keep.declined) parts.push(speech.say("keep-declined-months", { months: keep.declined.months }));
  if (keep.mark !== "V" || (keep.declined && keep.declined.mark !== "V")) parts.push(speech.say("keep-signed"));
  return parts.join(". ");
}

function termOf({ months, from }, speech) {
  if (from === "recipients-own") return speech.say("keep-own");
  const start = { from: speech.sayWord("keep-from", from) };
  if (!months) return speech.say("keep-until", start);
  if (months % 12 === 0) return speech.say("keep-years", { years: months / 12, ...start });
  return speech.say("keep-months", { months, ...start });
}

function content(question, preview, names, speech) {
  if (preview === null) {
    const categories = Object.keys(question.manifest.categories).sort();
    return section(
      speech.say("content-title-names"),
      el("ul", {}, ...categories.map((name) => line("li", speech.sayWord("category", name)))),
      isOver(question) ? null : line("p", speech.say("content-waiting", names)),
    );
  }
  return el(
    "section.look-paper",
    {},
    line("h2", isOver(question) ? speech.say("content-title-sent") : speech.say("content-title")),
    line("p.look-verified", speech.say("content-checked", names)),
    ...preview.categories.map((one) => category(one, speech)),
  );
}

function who(question, speech) {
  const { holder } = question;
  const lines = [line("p", whoDecides(question, speech))];
  if (holder.under_investigation && question.counts()) lines.push(line("p", speech.say("who-investigation")));
  return lines;
}

function whoDecides({ rules, manifest, holder, ageBand }, speech) {
  const isGuardian = holder.holder === "guardian";
  if (rules.basis === "statutory") {
    if (rules.agreement.some((name) => Object.hasOwn(manifest.categories, name))) {
      return isGuardian ? speech.say("who-law-parts") : speech.say("who-law-parts-self");
    }
    return rules.inform === "inspection" ? speech.say("who-law") : speech.say("who-law-notice");
  }
  if (rules.basis !== "consent") return speech.say("who-safety");
  if (rules.all_must_agree) return speech.say("who-all");
  if (ageBand === "0-11") return speech.say("who-parents");
  if (ageBand === "12-15") return speech.say("who-together");
  return isGuardian ? speech.say("who-young") : speech.say("who-self");
}

function over(question, speech) {
  return question.standing.stage === "received" ? speech.say("over-received") : speech.say("over-ended");
}

function silence(question, speech) {
  const { rules, standing } = question;
  const date = standing.silence_time && speech.day(standing.silence_time);
  if (rules.basis === "consent") {
    if (!question.counts()) return speech.say("silence-nothing");
    if (rules.all_must_agree) return speech.say("silence-no-consent");
    if (["16-17", "18+"].includes(question.ageBand)) return speech.say("silence-no-consent");
    return date ? speech.say("silence-others", { date }) : speech.say("silence-no-yes");
  }
  if (rules.basis === "statutory" && rules.inform === "inspection") {
    return date ? speech.say("silence-inspection", { date }) : speech.say("silence-inspection-undated");
  }
  return speech.say("silence-goes-on");
}

function no(question, speech) {
  const onConsent = question.onConsent().sort();
  const isRequired = (name) => question.rules.required.includes(name);
  if (onConsent.length === 0) return [line("p", speech.say("no-effect-law"))];
  if (!question.counts()) return [line("p", speech.say("no-effect-other"))];
  const [needed, others] = [onConsent.filter(isRequired), onConsent.filter((name) => !isRequired(name))];
  const parts = [line("p", speech.say("no-parts"))];
  if (needed.length > 0) parts.push(line("p", speech.say("no-required", { categories: speech.categories(needed) })));
  if (others.length > 0) parts.push(line("p", speech.say("no-optional", { categories: speech.categories(others) })));
  if (["care-access", "care-handover", "dyslexia-referral"].includes(question.rules.id)) parts.push(line("p", speech.say("no-help")));
  return parts;
}

/** Who calls whom, and by when: what the rules promise for this purpose. Nothing where nothing will arrive any more. */
function calls(question, names, speech) {
  const { rules, standing } = question;
  const { received, accepted, "talk-planned": held } = rules.deadlines;
  if (rules.course === null || (isOver(question) && standing.stage !== "received")) return [];
  const within = (term) => ({ ...names, days: speech.sayWord("days", term.unit, { count: term.days }) });
  const lines = [speech.say("call-takes-on", within(received))];
  if (rules.basis === "safety") {
    lines.push(speech.say("call-safety", names));
  } else if (rules.course === "talk") {
    lines.push(isElsewhere(question) ? speech.say("call-talk-young", within(accepted)) : speech.say("call-talk", within(accepted)));
    lines.push(speech.sayWord("call-held", held.from, within(held)));
  } else {
    lines.push(speech.say("call-short", within(accepted)));
  }
  const isTold = rules.escalation.some(({ tell }) => tell === "family");
  lines.push(isTold ? speech.say("call-late-family", names) : speech.say("call-late", names));
  return [section(speech.say("call-title"), ...lines.map((text) => line("p", text)))];
}

/** Whether it is a young person's own affair, which this guardian only looks at. */
export function isElsewhere(question) {
  const isOwn = question.rules.basis === "consent" && ["16-17", "18+"].includes(question.ageBand);
  return isOwn && question.holder.holder === "guardian";
}

/** The organisation's own number, to press; the letter's where its membership has none. */
function phone(question, names, speech) {
  const { telephone } = question.sender;
  if (telephone === undefined) return line("p", speech.say("phone-letter", names));
  const [before, after] = speech.say("phone-number", { ...names, phone: telephone }).split(telephone);
  const link = el("a.utrecht-link.look-phone", { href: `tel:${telephone.replace(/[^0-9+]/gu, "")}`, dir: "ltr" }, telephone);
  const said = line("p", before);
  said.append(link, after);
  return said;
}
