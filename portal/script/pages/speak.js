// Read aloud, by a voice that is on this device. Voices that send the text elsewhere are not used: no third party hears it.

import { el, icon } from "./dom.js";
import { textOf } from "./lines.js";

/** The longest piece that is spoken at once, in characters: some devices stop in the middle of longer ones. */
const PIECE = 180;

/**
 * A button that reads a sheet aloud and stops again. Hidden where the device has no voice of its own for the language.
 *
 * @param {HTMLElement} sheet
 * @param {import("./speech.js").Speech} speech
 */
export function speakButton(sheet, speech) {
  const synthesis = globalThis.speechSynthesis;
  const label = el("span", {}, speech.say("speak-start"));
  const reader = el("button.utrecht-button.utrecht-button--subtle.look-speak.look-screen", { type: "button", hidden: true }, icon("speaker"), " ", label);
  if (synthesis === undefined) return reader;
  let speaking = 0;
  const stop = () => {
    speaking += 1;
    synthesis.cancel();
    label.textContent = speech.say("speak-start");
  };
  const voice = () => synthesis.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(speech.language));
  const offer = () => { reader.hidden = voice() === undefined; };
  reader.addEventListener("click", () => {
    if (synthesis.speaking) return stop();
    label.textContent = speech.say("speak-stop");
    speaking += 1;
    return speak(pieces(ownText(sheet)), voice(), synthesis, { turn: speaking, isTurn: (turn) => turn === speaking, stop });
  });
  addEventListener("pagehide", stop);
  synthesis.addEventListener?.("voiceschanged", offer);
  offer();
  return reader;
}

/** The sheet without the other language beside it. */
function ownText(sheet) {
  const copy = sheet.cloneNode(true);
  copy.querySelector("details.look-dutch")?.remove();
  return textOf(copy);
}

function speak([next, ...rest], voice, synthesis, turn) {
  if (!turn.isTurn(turn.turn)) return;
  if (next === undefined) {
    turn.stop();
    return;
  }
  const said = new SpeechSynthesisUtterance(next);
  said.voice = voice;
  said.lang = voice.lang;
  said.onend = () => speak(rest, voice, synthesis, turn);
  said.onerror = () => turn.isTurn(turn.turn) && turn.stop();
  synthesis.speak(said);
}

/** Sentences, a few at a time. */
function pieces(text) {
  const sentences = text.split(/(?<=[.!?؟:])\s+|\n+/u).filter((sentence) => sentence.trim() !== "");
  const found = [];
  for (const sentence of sentences) {
    const last = found.at(-1);
    if (last !== undefined && last.length + sentence.length < PIECE) found[found.length - 1] = `${last} ${sentence}`;
    else found.push(sentence);
  }
  return found;
}
