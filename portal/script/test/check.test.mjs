// What the last page before signing says will happen: what goes all the same must not be called nothing.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Question } from "../lib/question.js";
import { means } from "../pages/check.js";

/** Says which text it is, and about which categories. */
const speech = {
  say: (key, { categories } = {}) => (categories ? `${key} ${categories}` : key),
  sayWord: (family, word) => `${family}-${word}`,
  categories: (categories) => categories.join(" "),
};

const CONSENT = { basis: "consent", required: ["D01", "D11", "D16"], agreement: [] };
const LAW = { basis: "statutory", required: [], agreement: ["D14", "D16"] };

function question({ rules = CONSENT, categories = ["D01", "D09", "D11", "D16"], said = {}, stage = "awaiting" } = {}) {
  const manifest = { handover: "", categories: Object.fromEntries(categories.map((name) => [name, ""])), sender: {}, recipient: {} };
  return new Question({
    manifest: { body: manifest, digest: "", raw: {} },
    anchored: { invitation: { invitation: "", slot: "" }, inviter: { membership: { name: "De Linde" } } },
    recipient: { name: "Jeugdhulp Noord" },
    rules,
    standing: { stage },
    decisions: [{ body: { choices: said } }],
  });
}

const every = (choice, categories = ["D01", "D09", "D11", "D16"]) => Object.fromEntries(categories.map((name) => [name, choice]));
const first = (of, choices) => means(question(of), choices, speech)[0];

test("a part taken back before it went leaves the rest to go", () => {
  assert.equal(first({ said: every("agree") }, { D09: "withdraw" }), "check-means-part D09");
  assert.equal(first({ said: { ...every("agree"), D09: "refuse" } }, { D09: "agree" }), "check-means-all");
});

test("a no to what a law leaves to agreement does not stop what the law orders", () => {
  const of = { rules: LAW, categories: ["D01", "D05", "D14", "D16"] };
  assert.equal(first(of, { D14: "refuse", D16: "refuse" }), "check-means-part-law D14 D16");
  assert.equal(first(of, { D14: "agree", D16: "refuse" }), "check-means-part-law D16");
  assert.equal(first(of, { D14: "agree", D16: "agree" }), "check-means-all");
});

test("an objection to one part says nothing of the others", () => {
  assert.equal(first({}, { D09: "object" }), "check-means-part D09");
});

test("a no to a needed part stops everything, now or said before", () => {
  assert.equal(first({ said: every("agree") }, { D11: "withdraw" }), "check-means-required D11");
  assert.equal(first({ said: { D16: "refuse" } }, { D09: "refuse" }), "check-means-required D16");
});

test("nothing goes only where nothing is left", () => {
  const of = { rules: { ...CONSENT, required: [] } };
  assert.equal(first(of, every("refuse")), "check-means-none");
  assert.equal(first(of, every("agree")), "check-means-all");
});

test("what was sent already can only be stopped and answered for", () => {
  for (const stage of ["released", "received"]) {
    assert.deepEqual(means(question({ stage }), { D09: "withdraw" }, speech), ["check-means-stop", "check-means-answer"]);
  }
});
