// Says words in the reader's language. The messages come from the JSON file that the page names in data-words, made at
// build time from the same Fluent files that the server uses (look/src/script.rs describes the form). Nothing is executed:
// a message is text, values and choices.

const RIGHT_TO_LEFT_ISOLATE = "\u2067";
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";

/** One language's words. */
export class Words {
  #messages;
  #plural;
  #isRightToLeft;

  /** @param {Record<string, unknown>} messages As the build made them. @param {string} language */
  constructor(messages, language) {
    this.#messages = messages;
    this.#plural = new Intl.PluralRules(language);
    this.#isRightToLeft = language === "ar";
  }

  /** The text of a key, with its values. A key that is missing says itself: the build rules it out. */
  say(key, values = {}) {
    return this.#format(Object.hasOwn(this.#messages, key) ? this.#messages[key] : key, values);
  }

  /** The text of a key whose values are all of the reader's own language, as the parts of a date are: one word, not isolated within. */
  sayWhole(key, values) {
    return this.say(key, values).replace(/[\u2067-\u2069]/gu, "");
  }

  /** The text of `family-word`, for a word of a closed vocabulary. */
  sayWord(family, word, values = {}) {
    return this.say(family + "-" + word, values);
  }

  #format(message, values) {
    if (typeof message === "string") return message;
    return message
      .map((part) => {
        if (typeof part === "string") return part;
        if ("v" in part) {
          const value = this.#whole(String(values[part.v]));
          // As the server does: a message that is nothing but its value needs no isolation.
          return message.length === 1 ? value : FIRST_STRONG_ISOLATE + value + POP_DIRECTIONAL_ISOLATE;
        }
        const value = values[part.on];
        const kinds = [String(value), typeof value === "number" ? this.#plural.select(value) : part.else, part.else];
        return this.#format(part.of[kinds.find((kind) => Object.hasOwn(part.of, kind))], values);
      })
      .join("");
  }

  /** Something said in our words runs as the reader's language does: the isolates within hide its letters from the rule that looks
   * for the first of them (UAX #9, P2). */
  #whole(value) {
    if (!this.#isRightToLeft || !value.includes(FIRST_STRONG_ISOLATE)) return value;
    return RIGHT_TO_LEFT_ISOLATE + value + POP_DIRECTIONAL_ISOLATE;
  }
}

/** Fetches the words at an address of the page's own. */
export async function loadWords(address, language) {
  // As a page asks for them ahead: with another mode they would be asked for twice.
  const answer = await fetch(address);
  if (!answer.ok) throw new Error("words: " + answer.status);
  return new Words(await answer.json(), language);
}
