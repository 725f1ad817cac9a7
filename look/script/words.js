// Says words in the reader's language. The messages come from the JSON file that the page names in data-words, made at
// build time from the same Fluent files that the server uses (look/src/script.rs describes the form). Nothing is executed:
// a message is text, values and choices.

const RIGHT_TO_LEFT_ISOLATE = "\u2067";
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";

let messages = {};
let plural = new Intl.PluralRules("nl");
let isRightToLeft = false;

/** Loads the page's words. Call once, before anything is said. */
export async function loadWords(root = document.documentElement) {
  const answer = await fetch(root.dataset.words, { credentials: "omit" });
  if (!answer.ok) throw new Error("words: " + answer.status);
  useWords(await answer.json(), root.lang);
}

/** Takes words that are already there: for tests, and for scripts without a page. */
export function useWords(words, language) {
  messages = words;
  plural = new Intl.PluralRules(language);
  isRightToLeft = language === "ar";
}

/** The text of a key, with its values. A key that is missing says itself: the build rules it out. */
export function say(key, values = {}) {
  const message = Object.hasOwn(messages, key) ? messages[key] : key;
  return format(message, values);
}

/** The text of a key whose values are all of the reader's own language, as the parts of a date are: one word, not isolated within. */
export function sayWhole(key, values) {
  return say(key, values).replace(/[\u2067-\u2069]/gu, "");
}

/** The text of `family-word`, for a word of a closed vocabulary. */
export function sayWord(family, word, values = {}) {
  return say(family + "-" + word, values);
}

function format(message, values) {
  if (typeof message === "string") return message;
  return message
    .map((part) => {
      if (typeof part === "string") return part;
      if ("v" in part) {
        const value = whole(String(values[part.v]));
        // As the server does: a message that is nothing but its value needs no isolation.
        return message.length === 1 ? value : FIRST_STRONG_ISOLATE + value + POP_DIRECTIONAL_ISOLATE;
      }
      const value = values[part.on];
      const kinds = [String(value), typeof value === "number" ? plural.select(value) : part.else, part.else];
      return format(part.of[kinds.find((kind) => Object.hasOwn(part.of, kind))], values);
    })
    .join("");
}

/** Something said in our words runs as the reader's language does: the isolates within hide its letters from the rule that looks
 * for the first of them (UAX #9, P2). */
function whole(value) {
  if (!isRightToLeft || !value.includes(FIRST_STRONG_ISOLATE)) return value;
  return RIGHT_TO_LEFT_ISOLATE + value + POP_DIRECTIONAL_ISOLATE;
}
