// The session's end: announced in time, with a way to stay. Who does nothing is logged out, and the keys are gone from this tab.

import { button, byId, el } from "./dom.js";
import { showSignedOut } from "./errors.js";
import { Api } from "../lib/api.js";

/** How often the dialog counts, in milliseconds. Once a minute is often enough to hear, and to see. */
const EVERY = 15_000;

/**
 * Watches the session that the page came with. Calls of this page prolong it at the portal; before it warns, it asks.
 *
 * @param {{speech: import("./speech.js").Speech, guardian: () => Promise<any>}} page
 */
export function watchSession({ speech, guardian }) {
  const { ends, idle, warn } = document.documentElement.dataset;
  const watch = new Watch(speech, guardian);
  watch.plan({ ends_in_seconds: Number(ends), idle_seconds: Number(idle), warn_seconds: Number(warn) });
  const out = button("subtle", speech.say("place-log-out"), () => watch.leave(), { id: "log-out" });
  document.querySelector(".look-places ul")?.append(el("li", {}, out));
}

class Watch {
  #api = new Api();
  #timer = 0;
  #dialog = null;

  constructor(speech, guardian) {
    this.speech = speech;
    this.guardian = guardian;
  }

  /** Looks again when a warning would be due. */
  plan(session) {
    clearTimeout(this.#timer);
    const left = Math.min(session.ends_in_seconds, session.idle_seconds);
    const wait = Math.max(left - session.warn_seconds, 0) * 1000;
    this.#timer = setTimeout(() => this.#look(), Math.min(wait, 2 ** 31 - 1));
  }

  async #look() {
    const session = await this.#session();
    if (session === null) return this.#ended();
    const left = Math.min(session.ends_in_seconds, session.idle_seconds);
    if (left > session.warn_seconds + 5) {
      this.#close();
      return this.plan(session);
    }
    this.#warn(left, session.ends_in_seconds <= session.idle_seconds);
    this.#timer = setTimeout(() => this.#look(), Math.min(left * 1000, EVERY));
    return undefined;
  }

  async #session() {
    try {
      return await this.#api.session();
    } catch (error) {
      if (error?.name === "SignedOut") return null;
      // No connection is no reason to lock somebody out; the portal decides when it is reached again.
      return { ends_in_seconds: 60, idle_seconds: 60, warn_seconds: 0 };
    }
  }

  #warn(left, isLast) {
    const { speech } = this;
    const text = speech.say("session-warning", { minutes: Math.max(1, Math.ceil(left / 60)) });
    if (this.#dialog !== null) {
      const said = this.#dialog.querySelector("[role=status]");
      if (said.textContent !== text) said.textContent = text;
      return;
    }
    this.#dialog = el(
      "dialog.look-dialog",
      { "aria-labelledby": "session-title", oncancel: (event) => { event.preventDefault(); this.#stay(); } },
      el("h2", { id: "session-title" }, speech.say("session-warning-title")),
      el("p", { role: "status" }, text),
      isLast ? el("p", {}, speech.say("session-warning-last")) : null,
      el(
        "div.look-actions",
        {},
        isLast ? null : button("primary-action", speech.say("session-stay"), () => this.#stay(), { autofocus: true }),
        button("secondary-action", speech.say("session-leave"), () => this.leave()),
      ),
    );
    document.body.append(this.#dialog);
    this.#dialog.showModal();
  }

  async #stay() {
    this.#close();
    try {
      this.plan(await this.#api.stay());
    } catch (error) {
      if (error?.name === "SignedOut") this.#ended();
      else this.plan({ ends_in_seconds: 60, idle_seconds: 60, warn_seconds: 30 });
    }
  }

  #close() {
    this.#dialog?.close();
    this.#dialog?.remove();
    this.#dialog = null;
  }

  /** Logs out: keys are forgotten here also where the portal cannot be reached. */
  async leave() {
    clearTimeout(this.#timer);
    this.#close();
    const guardian = await this.guardian().catch(() => null);
    if (guardian === null) await this.#api.logOut().catch(() => null);
    else await guardian.leave().catch(() => null);
    location.replace("/");
  }

  async #ended() {
    this.#close();
    const guardian = await this.guardian().catch(() => null);
    await guardian?.leave().catch(() => null);
    showSignedOut(byId("content"), this.speech);
  }
}
