// What a tab keeps: over a reload, not over its closing, not for another tab. In a small stand-in for a browser's stores; the
// browser tests do the same in a real one.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../lib/api.js";
import { gather, jsonFile, page } from "../lib/export.js";
import { Guardian } from "../lib/guardian.js";
import { Keep } from "../lib/keep.js";
import { SECRET, World } from "./world.mjs";

/** IndexedDB as far as it is used: one store, transactions that finish by themselves. Values are cloned as a browser does. */
class Database {
  rows = new Map();
  open() {
    return request(() => ({ close() {}, transaction: () => this.#transaction() }));
  }
  #transaction() {
    const transaction = { objectStore: () => store, oncomplete: null };
    let pending = 0;
    const settle = () => { if (pending === 0) transaction.oncomplete?.(); };
    const act = (result) => {
      pending += 1;
      const one = request(result);
      one.addEventListener("success", () => setTimeout(() => { pending -= 1; settle(); }));
      return one;
    };
    const store = {
      put: (row) => act(() => void this.rows.set(row.token, structuredClone(row))),
      get: (token) => act(() => structuredClone(this.rows.get(token))),
      getAll: () => act(() => [...this.rows.values()].map((row) => structuredClone(row))),
      delete: (token) => act(() => void this.rows.delete(token)),
    };
    return transaction;
  }
}

function request(result) {
  const target = new EventTarget();
  const asked = Object.assign(target, { onsuccess: null, onupgradeneeded: null, result: undefined });
  setTimeout(() => {
    asked.result = result();
    asked.onsuccess?.();
    target.dispatchEvent(new Event("success"));
  });
  return asked;
}

/** One browser: its stores, its locks, its clock. */
class Browser {
  indexedDB = new Database();
  held = new Set();
  time = 1_000_000_000_000;
  tab(sessionStorage = new Map()) {
    const own = new Set();
    const locks = {
      request: (name, _, whenHeld) => {
        own.add(name);
        this.held.add(name);
        return whenHeld().then(() => this.held.delete(name));
      },
      query: async () => ({ held: [...this.held].map((name) => ({ name })) }),
    };
    const storage = {
      getItem: (name) => sessionStorage.get(name) ?? null,
      setItem: (name, value) => sessionStorage.set(name, value),
      removeItem: (name) => sessionStorage.delete(name),
    };
    const open = () => new Keep({ indexedDB: this.indexedDB, sessionStorage: storage, locks, now: () => this.time });
    const close = () => own.forEach((name) => this.held.delete(name));
    return { open, close };
  }
}

test("keys survive a reload of the tab that kept them, and cannot be read out", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt"]);
  assert.equal(await tab.open().save({ key }, 3600), true);
  tab.close();
  const kept = await tab.open().load();
  assert.equal(kept.key.extractable, false);
  assert.equal(await browser.tab().open().load(), null, "another tab finds nothing");
});

test("a closed tab's keys are gone when any page loads again, a living tab's are not", async () => {
  const browser = new Browser();
  const [one, two] = [browser.tab(), browser.tab()];
  await one.open().save("one", 3600);
  await two.open().save("two", 3600);
  one.close();
  await browser.tab().open().load();
  assert.equal(browser.indexedDB.rows.size, 2, "a reload lets go of its lock for a moment");
  browser.time += 61_000;
  await browser.tab().open().load();
  assert.deepEqual([...browser.indexedDB.rows.values()].map(({ kept }) => kept), ["two"]);
});

test("keys end with the session's longest time, and at once on leaving", async () => {
  const browser = new Browser();
  const tab = browser.tab();
  const keep = tab.open();
  await keep.save("kept", 60);
  browser.time += 60_000;
  assert.equal(await tab.open().load(), null);
  assert.equal(browser.indexedDB.rows.size, 0);
  await keep.save("kept", 60);
  await keep.forget();
  assert.equal(browser.indexedDB.rows.size, 0);
  assert.equal(await tab.open().load(), null);
});

test("where nothing can be kept it says so", async () => {
  const refuses = { getItem: () => { throw new Error("blocked"); }, setItem: () => { throw new Error("blocked"); }, removeItem: () => {} };
  const keep = new Keep({ sessionStorage: refuses, indexedDB: new Database() });
  assert.equal(await keep.save("kept", 60), false);
  assert.equal(await keep.load(), null);
});

test("a guardian goes on after a reload with the same keys, and not without a session", async () => {
  const world = await World.make();
  const relay = world.relay();
  const tab = new Browser().tab();
  const open = () => new Guardian(new Api({ fetch: relay.fetch, pause: 0 }), tab.open());
  const guardian = open();
  await guardian.activate(world.code, SECRET);
  assert.equal(await guardian.keep(), true);
  const reloaded = open();
  assert.equal(await reloaded.restore(), true);
  const [question] = await reloaded.questions();
  const preview = await reloaded.preview(question);
  const shown = { text: "Wat er staat.", language: "nl" };
  await reloaded.decide(question, preview, shown, { D16: "agree" });
  assert.deepEqual((await reloaded.question(question.handover)).choices(), { D16: "agree" });

  const gathered = await gather(reloaded);
  const file = await jsonFile(gathered).text();
  assert.ok(file.includes("Hulp bij boosheid") && !file.includes("0698765432"));
  assert.equal(JSON.parse(file).handovers[0].history.length, 3);
  const html = page({ language: "nl", direction: "ltr", title: "<b>&\"", sections: [{ heading: "'", lines: ["<script>alert(1)</script>"] }] });
  assert.ok(!html.includes("<script") && html.includes("&lt;b&gt;&amp;&quot;"));

  await reloaded.leave();
  assert.equal(await open().restore(), false, "leaving forgets");
  const again = open();
  await again.logIn(world.code, SECRET);
  await again.keep();
  const { refusal } = await import("./world.mjs");
  relay.answers.session = () => refusal(401, "WRONG_CODE_OR_SECRET", "session");
  assert.equal(await open().restore(), false, "no session, no keys");
});
