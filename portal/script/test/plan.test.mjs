// The plan of a talk: what is believed of it, and the entry for a calendar.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../lib/api.js";
import { gather } from "../lib/export.js";
import { Guardian } from "../lib/guardian.js";
import { deriveKeyPair, pointOf } from "../lib/hpke.js";
import { calendarEntry, instantInNetherlands } from "../lib/ics.js";
import { standingOf } from "../lib/plan.js";
import { HANDOVER, OTHER_SLOT, SECRET, STEP, World, ed25519, random, someDigest } from "./world.mjs";

const nothingKept = { save: async () => true, load: async () => null, forget: async () => {} };

/** A guardian who has come in and asks about a handover with this plan. */
async function asking(makePlan) {
  const world = await World.make();
  const relay = world.relay();
  const plan = await makePlan(world);
  const question = relay.question.bind(relay);
  relay.question = () => question({ plan });
  const guardian = new Guardian(new Api({ fetch: relay.fetch, pause: 0 }), nothingKept);
  await guardian.activate(world.code, SECRET);
  return guardian.plan(await guardian.question(HANDOVER));
}

test("a plan that the school signed for this guardian is read", async () => {
  const plan = await asking((world) => world.plan());
  assert.equal(plan.starts, "2026-12-08T15:00:00");
  assert.equal(plan.place, "Lokaal 4");
  assert.deepEqual(plan.guests, ["parents", "care"]);
  assert.equal(await asking(() => null), null, "none came");
});

test("what anybody else sealed, or sealed for anything else, is refused", async () => {
  const elsewhere = pointOf(await deriveKeyPair(random(32)));
  const refused = {
    "another guardian's": [(world) => world.plan({ to: elsewhere }), "DOES_NOT_OPEN"],
    "sealed to another slot": [(world) => world.plan({ sealedTo: OTHER_SLOT }), "DOES_NOT_OPEN"],
    "filed under another step": [async (world) => ({ ...await world.plan(), step: someDigest() }), "DOES_NOT_OPEN"],
    "of another step, sealed anew": [(world) => world.plan({ under: someDigest() }), "ANOTHER"],
    "of another handover": [(world) => world.plan({ handover: HANDOVER.replace(/1$/, "2") }), "ANOTHER"],
    "for somebody else": [(world) => world.plan({ slot: OTHER_SLOT }), "ANOTHER"],
    "signed by the recipient": [(world) => world.plan({ key: world.provider.key }), "WRONG_KEY"],
    "signed by nobody known": [async (world) => world.plan({ key: await ed25519() }), "WRONG_KEY"],
    "a number where none belongs": [(world) => world.plan({ extra: 1 }), "MALFORMED"],
    "text that reads otherwise": [(world) => world.plan({ place: "Lokaal \u202e4" }), "MALFORMED"],
    "seconds": [(world) => world.plan({ starts: "2026-12-08T15:00:07" }), "MALFORMED"],
    "no statement": [(world) => world.plan({ text: "{}" }), "MALFORMED"],
  };
  for (const [what, [make, reason]] of Object.entries(refused)) {
    await assert.rejects(asking(make), (error) => error.reason === reason || assert.fail(`${what}: ${error.reason ?? error}`), what);
  }
});

test("a time in the Netherlands is an instant, in summer and in winter", () => {
  const instants = {
    "2026-12-08T15:00:00": "2026-12-08T14:00:00.000Z",
    "2027-07-01T09:30:00": "2027-07-01T07:30:00.000Z",
    "2027-03-28T02:30:00": "2027-03-28T01:30:00.000Z",
    "2027-10-31T02:30:00": "2027-10-31T00:30:00.000Z",
  };
  for (const [local, utc] of Object.entries(instants)) assert.equal(instantInNetherlands(local).toISOString(), utc, local);
});

test("an entry for a calendar holds no name, place, message or number of anything", async () => {
  const plan = {
    step: STEP, meeting: "talk", starts: "2026-12-08T15:00:00", kind: "in-person", place: "Lokaal 4", guests: ["care"],
    message: "Tot dan", at: "2026-11-23T09:00:00Z",
  };
  const entry = await calendarEntry(HANDOVER, plan, "Gesprek; met, van alles \\ (Handdruk)\n" + "\u00e9".repeat(60));
  for (const canary of ["Lokaal", "Tot dan", "care", HANDOVER, HANDOVER.replaceAll("-", ""), STEP]) assert.ok(!entry.includes(canary), canary);
  assert.ok(entry.includes("DTSTART:20261208T140000Z\r\n"));
  assert.ok(entry.includes("DTEND:20261208T150000Z\r\n"));
  assert.ok(entry.replaceAll("\r\n ", "").includes("SUMMARY:Gesprek\\; met\\, van alles \\\\ (Handdruk)\\n"));
  assert.ok(entry.split("\r\n").every((line) => Buffer.byteLength(line) <= 75));
  const name = (text) => /UID:(\S+)/.exec(text)[1];
  const again = await calendarEntry(HANDOVER, { ...plan, starts: "2026-12-09T15:00:00", at: "2026-11-24T09:00:00Z" }, "Gesprek");
  assert.equal(name(again), name(entry), "planned anew, it takes the place of the first");
  const sequence = (text) => Number(/SEQUENCE:(\d+)/.exec(text)[1]);
  assert.ok(sequence(again) > sequence(entry));
  assert.notEqual(name(await calendarEntry(HANDOVER, { ...plan, meeting: "aftercare" }, "Gesprek")), name(entry));
});

const planned = (stage) => ({ standing: { warm: stage === null ? null : { stage, last_day: "2026-12-10", is_late: false } } });
const step = (word, digest = someDigest(), body = { step: { step: word } }) => ({ said: [{ kind: "progress", digest, body }] });

test("a plan is over once the talk was held, and overtaken once another was made", () => {
  const plan = { step: STEP };
  const cases = [
    ["holds", "talk-planned", [step("accepted"), step("talk-planned", STEP)]],
    ["holds", "talk-planned", [step("talk-planned"), step("talk-planned", STEP), step("read"), step("confirmed")]],
    ["holds", "talk-planned", null],
    ["holds", "talk-planned", [step("talk-planned", STEP), step("talk-planned", someDigest(), null)]],
    ["overtaken", "talk-planned", [step("talk-planned", STEP), step("talk-planned")]],
    ["overtaken", "aftercare-planned", [step("talk-planned", STEP), step("talk-held"), step("aftercare-planned")]],
    ["over", "talk-held", [step("talk-planned", STEP), step("talk-held")]],
    ["over", "talk-held", [step("talk-planned", STEP), step("talk-planned"), step("talk-held")]],
    ["over", "talk-planned", [step("talk-planned", STEP), step("not-started")]],
    ["over", "started", null],
    ["over", null, [step("talk-planned", STEP)]],
  ];
  for (const [expected, stage, history] of cases) {
    assert.equal(standingOf(plan, planned(stage), history), expected, `${stage}: ${JSON.stringify(history)}`);
  }
});

test("the export holds the whole plan, and whether it still counts", async () => {
  const world = await World.make();
  const relay = world.relay();
  const sealed = await world.plan();
  const { handover } = relay.question();
  const question = relay.question.bind(relay);
  relay.question = () => question({ plan: sealed, handover: { ...handover, warm: { stage: "talk-planned", last_day: "2026-12-10", is_late: false } } });
  const guardian = new Guardian(new Api({ fetch: relay.fetch, pause: 0 }), nothingKept);
  await guardian.activate(world.code, SECRET);
  const [{ plan }] = (await gather(guardian)).handovers;
  assert.equal(plan.standing, "holds");
  assert.equal(plan.said.place, "Lokaal 4");
  assert.deepEqual(plan.said.guests, ["parents", "care"]);
  relay.question = () => question({ plan: { ...sealed, step: someDigest() } });
  const [strange] = (await gather(guardian)).handovers;
  assert.deepEqual(strange.plan, { not_shown_because: "DOES_NOT_OPEN" });
});

test("a withdrawal without an answer comes with its day", async () => {
  const world = await World.make();
  const relay = world.relay();
  const question = relay.question.bind(relay);
  const unanswered = [{ last_day: "2027-07-05", is_late: true }];
  relay.question = () => question({ handover: { ...question().handover, unanswered } });
  const guardian = new Guardian(new Api({ fetch: relay.fetch, pause: 0 }), nothingKept);
  await guardian.activate(world.code, SECRET);
  assert.deepEqual((await guardian.question(HANDOVER)).standing.unanswered, unanswered);
});
