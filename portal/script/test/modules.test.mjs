// What loads what: the first page stays light, the rest is asked for at once, and nothing is done that the pages' policy forbids.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../lib/", import.meta.url);
const read = (name) => readFileSync(new URL(name, folder), "utf8");
const modules = readdirSync(folder).filter((name) => name.endsWith(".js"));

/** What a module imports before it runs. */
function imports(name) {
  const found = [...read(name).matchAll(/^import (?:[^;"]*? from )?"([^"]+)";$/gms)].map(([, from]) => from);
  for (const from of found) assert.match(from, /^\.\/[\w-]+\.js$/, `${name} imports ${from}`);
  return found.map((from) => from.slice(2));
}

function closure(name, seen = new Set()) {
  for (const one of imports(name)) {
    if (!seen.has(one)) closure(one, seen.add(one));
  }
  return seen;
}

test("the first page needs no more of the library than codes and errors", () => {
  assert.deepEqual([...closure("code.js")], ["errors.js"]);
  assert.deepEqual([...closure("secret.js")], ["errors.js"]);
});

test("whatever a guardian needs is asked for at once", () => {
  const direct = new Set(imports("guardian.js"));
  for (const needed of closure("guardian.js")) assert.ok(direct.has(needed), `guardian.js does not name ${needed}`);
});

test("no module imports itself by a detour", () => {
  for (const name of modules) assert.ok(!closure(name).has(name), name);
});

test("every reason that is documented is thrown somewhere", () => {
  const code = modules.map((name) => read(name).replace(/\/\*[\s\S]*?\*\//g, "")).join("\n");
  const documented = new Set([...read("errors.js").matchAll(/`([A-Z]{2,}(?:_[A-Z]+)*)`/g)].map(([, reason]) => reason));
  assert.ok(documented.size > 30, "where do they stand?");
  for (const reason of documented) assert.ok(code.includes(`"${reason}"`), `nobody throws ${reason}`);
});

test("every word for an error or a letter is one that a page can say", () => {
  const pages = new URL("../pages/", import.meta.url);
  const code = readdirSync(pages).map((name) => readFileSync(new URL(name, pages), "utf8")).join("\n");
  // Two families of keys are asked for by a word of the gateway's: reasons that are known, and states of a letter.
  const [, known] = /const KNOWN = \[([^\]]+)\]/.exec(code);
  const reasons = [...known.matchAll(/"(\w+)"/g)].map(([, reason]) => `error-${reason}`);
  const states = ["replaced", "revoked", "expired"].flatMap((state) => [`letter-${state}`, `letter-${state}-title`]);
  const holders = ["guardian", "young-person", "representative"].map((holder) => `letter-for-${holder}`);
  const asked = new Set([...code.matchAll(/"([\w-]+)"/g)].map(([, text]) => text).concat(reasons, states, holders));
  for (const file of ["errors", "way-in"]) {
    const text = readFileSync(new URL(`../../locales/nl/${file}.ftl`, import.meta.url), "utf8");
    const keys = [...text.matchAll(/^((?:error|letter)-[\w-]+) = /gm)].map(([, key]) => key);
    assert.ok(keys.length > 5, `${file} has keys of these families`);
    for (const key of keys) assert.ok(asked.has(key), `no page says ${key}`);
  }
});

test("nothing is evaluated, written into a page, stored or sent but where it belongs", () => {
  const only = { "keep.js": ["indexedDB", "sessionStorage"], "api.js": ["fetch"], "code.js": ["history"] };
  for (const name of modules) {
    const code = read(name).replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, "");
    for (const forbidden of ["eval(", "new Function", "innerHTML", "document.", "localStorage", "new Worker", "XMLHttpRequest", "WebSocket", "sendBeacon"]) {
      assert.ok(!code.includes(forbidden), `${name} uses ${forbidden}`);
    }
    for (const global of ["indexedDB", "sessionStorage", "fetch", "history"]) {
      const uses = new RegExp(`globalThis\\.${global}\\b`).test(code);
      if (uses) assert.ok(only[name]?.includes(global), `${name} uses ${global}`);
    }
  }
});

test("what is vendored is what was vendored, and has its licence", async () => {
  const vendor = new URL("../vendor/", import.meta.url);
  const sums = readFileSync(new URL("SHA256SUMS", vendor), "utf8").trim().split("\n");
  const listed = new Map(sums.map((line) => line.split(/ [ *]/).reverse()));
  const present = readdirSync(vendor).filter((name) => /\.(js|LICENSE)$/.test(name));
  assert.deepEqual([...listed.keys()].sort(), present.sort());
  for (const [name, sum] of listed) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", readFileSync(new URL(name, vendor))));
    assert.equal(Buffer.from(digest).toString("hex"), sum, name);
    if (name.endsWith(".js")) assert.ok(listed.has(name.replace(".js", ".LICENSE")), `${name} has no licence`);
  }
});
