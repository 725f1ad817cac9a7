// The way in: code, then a secret that is chosen or known, then the overview. The same form adds one more code.
//
// Nothing typed here leaves the browser: the fields have no names and the form no address. The code is taken out of the address
// bar before anything else happens.

import { codeFromFragment, formatCode, parseCode } from "../lib/code.js";
import { checkSecret } from "../lib/secret.js";
import { button, byId, el, fieldError, note, show, titleWindow } from "./dom.js";
import { errorNote, sentence } from "./errors.js";

/** States of a letter that was replaced, revoked or not used in time: nothing to fill in, and whom to call. */
const ENDED = ["replaced", "revoked", "expired"];

/**
 * @param {{speech: import("./speech.js").Speech, guardian: () => Promise<any>, code: unknown}} page `guardian` loads the keys' part
 *   of the script, when the form is sent.
 * @param {boolean} joining Whether the code joins those that are open.
 */
export function start({ speech, guardian, code: found }, joining) {
  const form = byId("code-form");
  const input = byId("code");
  const wrong = byId("code-error");
  byId("way-in").hidden = false;
  if (found instanceof Error) fieldError(input, wrong, codeSentence(found, speech));
  else if (found !== null) {
    input.value = formatCode(found);
    byId("code-hint").textContent = speech.say("code-from-link");
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    look(input, wrong, { speech, guardian, joining });
  });
}

/** Takes the code out of the address. An address without one, or with something else, is left as it is. */
export function takeCode() {
  try {
    return codeFromFragment(location);
  } catch (error) {
    return error;
  }
}

async function look(input, wrong, page) {
  const { speech } = page;
  if (input.value.trim() === "") return fieldError(input, wrong, speech.say("code-empty"));
  let code;
  try {
    code = parseCode(input.value);
  } catch (error) {
    return fieldError(input, wrong, codeSentence(error, speech));
  }
  fieldError(input, wrong, "");
  const busy = byId("code-busy");
  busy.textContent = speech.say("code-busy");
  const place = byId("way-in");
  const send = place.querySelector("button[type=submit]");
  send.disabled = true;
  try {
    const guardian = await page.guardian();
    const letter = await guardian.lookUp(code);
    next(place, code, letter, guardian, page);
  } catch (error) {
    busy.textContent = "";
    send.disabled = false;
    if (error?.reason === "NOT_FOUND") return fieldError(input, wrong, speech.say("letter-unknown"));
    if (error?.name === "NotBelieved") return show(place, stop(speech.say("letter-not-believed-title"), speech.say("letter-not-believed")));
    return fieldError(input, wrong, sentence(error, speech));
  }
  return undefined;
}

function codeSentence(error, speech) {
  return speech.sayWord("code-wrong", error.reason);
}

/** What the letter's state asks for. */
function next(place, code, letter, guardian, page) {
  const speech = page.speech.for(letter.holder);
  const organisation = letter.inviter.name;
  document.getElementById("introduction")?.remove();
  if (letter.state === "open") return choose(place, code, letter, guardian, { ...page, speech });
  if (letter.state === "activated") return comeBack(place, code, letter, guardian, { ...page, speech });
  const state = ENDED.includes(letter.state) ? letter.state : "expired";
  const parts = [speech.say(`letter-${state}`, { organisation })];
  if (state === "replaced") parts.push(speech.say("letter-replaced-not-me", { organisation }));
  const other = button("secondary-action", speech.say("code-other"), () => location.reload());
  return show(place, stop(speech.say(`letter-${state}-title`), ...parts), el("div.look-actions", {}, other));
}

function stop(title, ...sentences) {
  return note("warning", el("h2", { tabindex: "-1" }, title), ...sentences.map((text) => el("p", {}, text)));
}

/** From whom the letter is, and for whom. */
function from(letter, speech) {
  const sender = speech.say("letter-from", { organisation: letter.inviter.name });
  return [el("p.look-verified", {}, `${sender} ${speech.say("letter-checked")}`), el("p", {}, speech.sayWord("letter-for", letter.holder.holder))];
}

function secretField(id, label, hint, autocomplete) {
  const input = el("input.utrecht-textbox", {
    id,
    type: "password",
    autocomplete,
    autocapitalize: "off",
    autocorrect: "off",
    spellcheck: "false",
    dir: "auto",
    required: true,
    "aria-describedby": hint === null ? null : `${id}-hint`,
  });
  const wrong = el("p.look-error", { id: `${id}-error`, hidden: true });
  const field = el(
    "div.look-field",
    {},
    el("label.utrecht-form-label", { for: id }, label),
    hint === null ? null : el("p.look-hint", { id: `${id}-hint` }, hint),
    wrong,
    input,
  );
  return { field, input, wrong };
}

/** A tick box that shows what is typed. */
function shower(inputs, speech) {
  const box = el("input.look-checkbox", {
    type: "checkbox",
    onchange: () => inputs.forEach((input) => { input.type = box.checked ? "text" : "password"; }),
  });
  return el("label.look-option", {}, box, el("span", {}, speech.say("secret-show")));
}

function choose(place, code, letter, guardian, page) {
  const { speech } = page;
  const first = secretField("secret", speech.say("secret-new-label"), speech.say("secret-new-hint"), "new-password");
  const again = secretField("secret-again", speech.say("secret-again-label"), null, "new-password");
  const submit = () => {
    const secret = checked(first, speech);
    if (secret === null) return;
    if (again.input.value.normalize("NFC") !== secret) {
      fieldError(again.input, again.wrong, speech.say("secret-differs"));
      return;
    }
    fieldError(again.input, again.wrong, "");
    enter(place, () => (page.joining ? guardian.join(code, secret) : guardian.activate(code, secret)), speech.say("secret-busy"), guardian, page);
  };
  titleWindow(speech.say("secret-title"));
  show(
    place,
    el("h2", {}, speech.say("secret-title")),
    ...from(letter, speech),
    el("p", {}, speech.say("secret-why")),
    el("p", {}, speech.say("secret-lost")),
    formOf([userName(code), first.field, again.field, shower([first.input, again.input], speech)], speech.say("secret-activate"), submit),
  );
}

function comeBack(place, code, letter, guardian, page) {
  const { speech } = page;
  const organisation = letter.inviter.name;
  const known = secretField("secret", speech.say("login-secret-label"), null, "current-password");
  const submit = () => {
    const secret = checked(known, speech);
    if (secret === null) return;
    const logIn = () => (page.joining ? guardian.join(code, secret) : guardian.logIn(code, secret));
    enter(place, logIn, speech.say("login-busy"), guardian, page, known);
  };
  titleWindow(speech.say("login-title"));
  show(
    place,
    el("h2", {}, speech.say("login-title")),
    ...from(letter, speech),
    el("p", {}, speech.say("login-used")),
    formOf([userName(code), known.field, shower([known.input], speech)], speech.say("login-send"), submit),
    el("h3", {}, speech.say("login-not-me-title")),
    el("p", {}, speech.say("login-not-me", { organisation })),
    el("h3", {}, speech.say("login-lost-title")),
    el("p", {}, speech.say("login-lost", { organisation })),
  );
}

/** So that a password manager keeps code and secret together. It is in no form that is sent. */
function userName(code) {
  return el("input", { type: "text", autocomplete: "username", value: formatCode(code), hidden: true, readonly: true, tabindex: "-1" });
}

function checked({ input, wrong }, speech) {
  try {
    const secret = checkSecret(input.value);
    fieldError(input, wrong, "");
    return secret;
  } catch (error) {
    fieldError(input, wrong, speech.sayWord("secret-wrong", error.reason));
    return null;
  }
}

function formOf(fields, label, submit) {
  return el(
    "form",
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        submit();
      },
    },
    ...fields,
    el("div.look-actions", {}, el("button.utrecht-button.utrecht-button--primary-action", { type: "submit" }, label)),
    el("p.look-busy", { role: "status" }),
  );
}

/** Makes the keys and goes in. */
async function enter(place, act, busyWords, guardian, page, known = null) {
  const busy = place.querySelector("[role=status]");
  const send = place.querySelector("button[type=submit]");
  busy.textContent = busyWords;
  send.disabled = true;
  place.querySelector(".utrecht-alert--error")?.remove();
  try {
    await act();
    await guardian.keep();
    location.assign("/overview");
  } catch (error) {
    busy.textContent = "";
    send.disabled = false;
    if (known !== null && error?.reason === "WRONG_CODE_OR_SECRET") {
      fieldError(known.input, known.wrong, sentence(error, page.speech));
      return;
    }
    const told = errorNote(error, page.speech);
    place.querySelector("form").prepend(told);
    told.querySelector("h2").focus();
  }
}
