// Errors in plain words, with what to do. Where the focus goes when something failed.

import { button, buttonLink, el, note, show } from "./dom.js";

/** What the pages have a sentence for, of the reasons that gateway and portal give. */
const KNOWN = [
  "WRONG_CODE_OR_SECRET", "TOO_MANY", "BUSY", "UNANSWERED", "FAULT", "NOT_FOUND", "CODE_ALREADY_USED", "INVITATION_NOT_VALID", "NO_SAY",
  "WRONG_STAGE", "HANDOVER_CLOSED", "TIME_OUT_OF_RANGE", "EVIDENCE_UNAVAILABLE", "TOO_LARGE", "CROSS_SITE",
];

/** An error's sentence. */
export function sentence(error, speech) {
  if (navigator.onLine === false) return speech.say("error-OFFLINE");
  if (error?.name === "NotBelieved") {
    return error.reason === "OWN_KEYS" ? speech.say("error-keys") : speech.say("error-not-believed");
  }
  if (error?.reason === "ALREADY_ACTIVATED") return speech.say("error-CODE_ALREADY_USED");
  if (KNOWN.includes(error?.reason)) return speech.sayWord("error", error.reason);
  return speech.say("error-other");
}

/** A note about an error, with the number to quote where there is one. */
export function errorNote(error, speech, ...more) {
  const believed = error?.name !== "NotBelieved";
  const title = believed ? speech.say("error-title") : speech.say("error-not-believed-title");
  const id = error?.name === "Fault" && error.about !== "" ? speech.say("error-fault-number", { id: error.about }) : null;
  return note(
    "error",
    el("h2", { tabindex: "-1" }, title),
    el("p", {}, sentence(error, speech)),
    id === null ? null : el("p.look-small", {}, id),
    ...more,
  );
}

/** Puts the error in the place of what could not be shown. A session that ended leads back to the start. */
export function showError(place, error, speech) {
  if (error?.name === "SignedOut") return showSignedOut(place, speech);
  const again = button("secondary-action", speech.say("error-again"), () => location.reload());
  return show(place, errorNote(error, speech, el("div.look-actions", {}, again)));
}

/** Puts the error above what stays, for something that can be tried again. */
export function tellError(place, error, speech) {
  if (error?.name === "SignedOut") return showSignedOut(place, speech);
  const told = errorNote(error, speech);
  place.querySelector(".utrecht-alert--error")?.remove();
  place.prepend(told);
  return told.querySelector("h2").focus();
}

/** The session ended, or this tab has no keys: the start asks for code and secret. */
export function showSignedOut(place, speech) {
  return show(
    place,
    note(
      "warning",
      el("h1", {}, speech.say("error-session-ended-title")),
      el("p", {}, speech.say("error-session-ended")),
      el("div.look-actions", {}, buttonLink("primary-action", speech.say("error-log-in-again"), "/")),
    ),
  );
}
