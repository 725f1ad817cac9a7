// What every page begins with: the code out of the address, the words, the session, and then the page's own part.

import { byId } from "./dom.js";
import { showError } from "./errors.js";
import { takeCode } from "./start.js";
import { loadSpeech } from "./speech.js";

const { page } = document.documentElement.dataset;
// Before anything that takes time: a code must not stand in the address bar.
const code = page === "start" || page === "join" ? takeCode() : null;

/** Each page's own part. What a page does not need is not loaded. */
const PARTS = {
  start: async (open) => (await import("./start.js")).start(open, false),
  join: async (open) => (await import("./start.js")).start(open, true),
  overview: async (open) => (await import("./overview.js")).overview(open),
  question: async (open) => (await import("./question.js")).question(open),
  holders: async (open) => (await import("./holders.js")).holders(open),
  export: async (open) => (await import("./export.js")).exportAll(open),
};

/** Pages that are nothing without the guardian's keys: they are looked for while the words are still on their way. */
const INSIDE = ["overview", "question", "holders", "export"];

async function begin() {
  let opened = null;
  const guardian = () => {
    opened ??= import("./open.js").then(({ openGuardian, wantedIn }) =>
      openGuardian(page !== "start", page === "question" ? wantedIn(location) : null));
    return opened;
  };
  // Whoever needs the guardian hears of what went wrong.
  if (INSIDE.includes(page)) guardian().catch(() => {});
  const speech = await loadSpeech();
  const open = { speech, guardian, code };
  const place = document.getElementById("live") ?? byId("content");
  try {
    if (document.documentElement.dataset.ends !== undefined) {
      const { watchSession } = await import("./session.js");
      watchSession(open);
    }
    await PARTS[page]?.(open);
  } catch (error) {
    showError(place, error, speech);
  }
}

begin();
