// Builds what pages show. Text only ever becomes text: nothing here reads HTML, so nothing that somebody wrote can become part
// of the page.

/**
 * An element: `el("p.look-lead", {id: "x"}, "text", other)`. An attribute that is `true` stands without a value; one that is
 * `false`, `null` or `undefined` is left out; one that is a function listens to the event after its `on`.
 *
 * @param {string} what Name and classes, separated by dots.
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node|string|null|undefined)} children
 * @returns {HTMLElement}
 */
export function el(what, attributes = {}, ...children) {
  const [name, ...classes] = what.split(".");
  const element = document.createElement(name);
  if (classes.length > 0) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** @param {string} id @returns {HTMLElement} An element that the page's template has. */
export function byId(id) {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no ${id}`);
  return element;
}

/** A button. `kind` is `primary-action`, `secondary-action` or `subtle`. */
export function button(kind, text, onclick, attributes = {}) {
  return el(`button.utrecht-button.utrecht-button--${kind}`, { type: "button", onclick, ...attributes }, text);
}

/** A link that looks like a button. */
export function buttonLink(kind, text, href) {
  return el(`a.utrecht-button-link.utrecht-button.utrecht-button--${kind}`, { href }, text);
}

/** An icon beside words, for the eyes only. */
export function icon(name) {
  return el(`span.look-icon.look-icon--${name}`, { "aria-hidden": "true" });
}

/** A mark of state, always in words. */
export function mark(kind, text) {
  return el(kind === "" ? "span.look-mark" : `span.look-mark.look-mark--${kind}`, {}, text);
}

/** A note. `kind` is `info`, `ok`, `warning` or `error`. */
export function note(kind, ...children) {
  return el(`div.utrecht-alert.utrecht-alert--${kind}`, {}, el("div.utrecht-alert__content", {}, ...children));
}

/** Names and values. A pair without a value is left out. */
export function facts(pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const row = ([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value));
  return el("dl.look-facts", {}, ...known.map(row));
}

/** Puts what was being prepared into its place. The reader has done nothing yet: the focus stays where it is. */
export function fill(place, ...children) {
  place.replaceChildren(...children.filter((child) => child !== null));
}

/** Puts the next step into a place, and the focus on its heading, so that it is read out and the keyboard is there. */
export function show(place, ...children) {
  fill(place, ...children);
  const heading = place.querySelector("h1, h2");
  if (heading === null) return;
  heading.setAttribute("tabindex", "-1");
  heading.focus({ preventScroll: true });
  (heading.closest("h1") === null ? place : document.documentElement).scrollIntoView({ block: "start" });
}

/** Says what is wrong with a field beside it, and puts the focus there. With no text, takes that back. */
export function fieldError(input, place, text) {
  place.hidden = text === "";
  place.textContent = text;
  const described = (input.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== "" && id !== place.id);
  if (text === "") input.removeAttribute("aria-invalid");
  else {
    described.push(place.id);
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }
  if (described.length > 0) input.setAttribute("aria-describedby", described.join(" "));
}

/** Names the window, keeping the name of the service. */
export function titleWindow(text) {
  const service = document.title.split(" | ").at(-1);
  document.title = `${text} | ${service}`;
}

/** Hands a file that was made here to the browser's downloads. */
export function download(name, file) {
  const address = URL.createObjectURL(file);
  const link = el("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has read it by then; until then it must stay.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
