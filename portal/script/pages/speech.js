// What pages say, to whom: words in the reader's language, "je" to young people and "u" to others, dates as people write them.

import { loadWords } from "../look/words.js";

/** One language, for one kind of reader. */
export class Speech {
  #words;
  #you = "u";
  #own = "own";

  /** @param {import("../look/words.js").Words} words @param {string} language */
  constructor(words, language) {
    this.#words = words;
    this.language = language;
  }

  /** The same language for the holder of a slot: a young person, a guardian, or who stands in for somebody. */
  for(holder) {
    const speech = new Speech(this.#words, this.language);
    if (holder?.holder === "young-person") speech.#you = "je";
    if (holder?.holder === "representative") speech.#own = "other";
    return speech;
  }

  /** The text of a key. */
  say(key, values = {}) {
    const child = this.#words.sayWord("child", this.#own);
    return this.#words.say(key, { you: this.#you, child, ...values });
  }

  /** The text of `family-word`. */
  sayWord(family, word, values = {}) {
    return this.say(`${family}-${word}`, values);
  }

  /** A day, from an ISO date: "3 maart 2026". */
  date(iso) {
    const [year, month, day] = iso.split("-").map(Number);
    return this.#words.sayWhole("date", { day: String(day), month: this.sayWord("month", month), year: String(year) });
  }

  /** The day in the Netherlands on which something happened. */
  day(timestamp) {
    return this.date(inTheNetherlands(timestamp).date);
  }

  /** Day and time in the Netherlands: "3 maart 2026 om 14.05 uur". */
  moment(timestamp) {
    const { date, hour, minute } = inTheNetherlands(timestamp);
    return this.#words.sayWhole("moment", { date: this.date(date), hour, minute });
  }

  /** A local time in the Netherlands, with its weekday: "dinsdag 7 september 2027 om 15.00 uur". */
  localMoment(local) {
    const [day, time] = local.split("T");
    const [hour, minute] = time.split(":");
    const number = new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
    const date = this.#words.sayWhole("date-with-weekday", { weekday: this.sayWord("weekday", number), date: this.date(day) });
    return this.#words.sayWhole("moment", { date, hour: String(Number(hour)), minute });
  }

  /** Several things in a row. */
  list(items) {
    const words = items.map((item) => String(item));
    if (typeof Intl.ListFormat !== "function") return words.join(", ");
    return new Intl.ListFormat(this.language, { type: "conjunction" }).format(words);
  }

  /** The names of categories in a row; a word for none. */
  categories(categories) {
    if (categories.length === 0) return this.say("said-nothing");
    return this.list(categories.map((category) => this.sayWord("category", category)));
  }
}

/** The page's own words, loaded. */
export async function loadSpeech() {
  const { lang, dataset } = document.documentElement;
  return new Speech(await loadWords(dataset.words, lang), lang);
}

/** The binding words beside a translation; `null` on a page that is in Dutch. */
export async function loadDutch() {
  const { dutch } = document.documentElement.dataset;
  return dutch === undefined ? null : new Speech(await loadWords(dutch, "nl"), "nl");
}

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/Amsterdam",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

function inTheNetherlands(timestamp) {
  const parts = Object.fromEntries(CLOCK.formatToParts(new Date(timestamp)).map(({ type, value }) => [type, value]));
  return { date: `${parts.year}-${parts.month}-${parts.day}`, hour: String(Number(parts.hour)), minute: parts.minute };
}
