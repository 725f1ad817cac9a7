// The session's end: announced in time, with a way to stay. Without this script a page that was open too long leads to the way
// in, and what was typed is asked again.

const page = document.documentElement.dataset;
const warn = Number(page.warn);
let timer = 0;
let dialog = null;

/** Looks again when a warning is due, or at once when it is. @param {{ends: number, idle: number}} left In seconds. */
function plan(left) {
  clearTimeout(timer);
  const seconds = Math.min(left.ends, left.idle);
  if (seconds <= warn) {
    show(left);
    timer = setTimeout(look, seconds * 1000 + 500);
  } else {
    timer = setTimeout(look, Math.min((seconds - warn) * 1000, 2 ** 31 - 1));
  }
}

/** Asks how long the session lasts: another tab may have prolonged it. */
async function look() {
  const left = await ask("GET");
  if (left === null) return leave();
  if (Math.min(left.ends, left.idle) > warn) close();
  return plan(left);
}

async function stay() {
  close();
  const left = await ask("POST");
  return left === null ? leave() : plan(left);
}

/** @returns {Promise<?{ends: number, idle: number}>} `null` where nobody is logged in any more. */
async function ask(method) {
  try {
    const answer = await fetch("/session", { method, redirect: "manual", headers: { accept: "application/json" } });
    if (answer.ok) return await answer.json();
    return null;
  } catch {
    // No connection is no reason to lock somebody out; the workdesk decides when it is reached again.
    return { ends: warn + 60, idle: warn + 60 };
  }
}

function leave() {
  location.replace("/login");
}

function element(name, attributes, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

function button(kind, text, act) {
  const made = element("button", { type: "button", class: `utrecht-button utrecht-button--${kind}` }, text);
  made.addEventListener("click", act);
  return made;
}

function show(left) {
  if (dialog !== null) return;
  const last = left.ends <= left.idle;
  const actions = element("div", { class: "look-actions" });
  if (!last) actions.append(button("primary-action", page.warningStay, stay));
  const out = element("form", { method: "post", action: "/logout" });
  out.append(element("button", { class: "utrecht-button utrecht-button--secondary-action" }, page.warningLeave));
  actions.append(out);
  dialog = element(
    "dialog",
    { class: "look-dialog", "aria-labelledby": "session-title" },
    element("h2", { id: "session-title" }, page.warningTitle),
    element("p", { role: "status" }, last ? page.warningLast : page.warningText),
    actions,
  );
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    if (!last) stay();
  });
  document.body.append(dialog);
  dialog.showModal();
}

function close() {
  dialog?.close();
  dialog?.remove();
  dialog = null;
}

plan({ ends: Number(page.ends), idle: Number(page.idle) });
