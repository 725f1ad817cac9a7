// Lines: what stands on the screen and what is signed are the same words, because the signed text is read off the screen.
//
// An element that carries `data-line` is one line of the text, in the order of the page. A name and its value (`dt` and `dd`)
// are one line, with a colon between. Where a value has several lines, each further one begins with two spaces and a bar, so
// that no content can pass for a line of the page. Direction marks (U+2066 to U+2069) are not words and are left out. Every line
// ends with a line feed. docs/PROTOCOL.md, "The text that was shown".

import { el } from "./dom.js";

/** A line: an element with a text of its own. */
export function line(what, text, attributes = {}) {
  return el(what, { "data-line": true, ...attributes }, text);
}

/** A line with a name and a value, for a list of facts. The value may be in another script than the page. */
export function pair(name, value) {
  return el("div", { "data-line": true }, el("dt", {}, name), el("dd", {}, el("bdi", {}, value)));
}

/** The text that stands in `root`, as it is signed. */
export function textOf(root) {
  return [...root.querySelectorAll("[data-line]")].map((element) => `${lineOf(element)}\n`).join("");
}

function lineOf(element) {
  const pieces = element.querySelector("dt") === null ? [element] : [...element.children];
  const words = pieces.map((piece) => piece.textContent.replace(/[\u2066-\u2069]/gu, "").trim());
  return words.join(": ").replaceAll("\n", "\n  | ");
}
