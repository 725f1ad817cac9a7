// Content in words: the preview of a question as lines that people read (content/src/label.rs says the same).

import { el } from "./dom.js";
import { line, pair } from "./lines.js";

/** In which order people read the parts of a field that has parts. */
const PARTS = ["street", "number", "postcode", "town", "contact_person", "phone", "from", "to"];
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/u;

/**
 * One category of a preview, as a section. Entries that are withheld stand there as that, so that nobody takes them for absent.
 *
 * @param {import("../lib/preview.js").ReadableCategory} content
 * @param {import("./speech.js").Speech} speech
 */
export function category(content, speech) {
  const name = speech.sayWord("category", content.category);
  const parts = content.shape === "record" ? recordOf(content, speech) : entriesOf(content, speech);
  return el("div.look-paper__part", {}, line("h3", name), ...parts);
}

function recordOf({ category, entries }, speech) {
  const fields = entries.flatMap((entry) => entry.fields);
  return [el("dl.look-facts", {}, ...fields.map((field) => fieldOf(category, field, speech)))];
}

function entriesOf({ category, shape, entries }, speech) {
  return entries.flatMap((entry) => {
    const number = { number: String(entry.number) };
    const heading = shape === "people" ? speech.say("content-person", number) : speech.say("content-item", number);
    if (entry.withheld) {
      return [line("h4", heading), line("p.look-withheld", `${speech.say("content-withheld")} ${speech.say("content-withheld-more")}`)];
    }
    const rows = entry.fields.map((field) => fieldOf(category, field, speech));
    return [entries.length > 1 ? line("h4", heading) : null, el("dl.look-facts", {}, ...rows)].filter((part) => part !== null);
  });
}

function fieldOf(category, field, speech) {
  return pair(speech.say(`field-${category}-${field.name}`), valueOf(category, field, speech));
}

/** A value in words. */
function valueOf(category, { name, value, word }, speech) {
  if (word && typeof value === "string") return speech.say(`word-${category}-${name}-${value}`);
  if (name === "residence" && value === "secret") return speech.say("value-secret");
  return plain(value, speech, name === "language");
}

function plain(value, speech, isLanguage) {
  if (value === true) return speech.say("value-yes");
  if (value === false) return speech.say("value-no");
  if (typeof value === "string") {
    if (ISO_DATE.test(value)) return speech.date(value);
    return isLanguage ? languageName(value, speech) : value;
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, speech, false)).join("\n");
  if (value !== null && typeof value === "object") {
    const parts = Object.keys(value).sort((one, other) => rank(one) - rank(other));
    return parts.map((part) => plain(value[part], speech, false)).join(", ");
  }
  return value === null ? "" : String(value);
}

function rank(part) {
  const at = PARTS.indexOf(part);
  return at < 0 ? PARTS.length : at;
}

function languageName(code, speech) {
  try {
    return new Intl.DisplayNames([speech.language], { type: "language" }).of(code) ?? code;
  } catch {
    // An old browser, or a code that is none: the code itself says it.
    return code;
  }
}
