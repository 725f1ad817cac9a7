// The browser's guardian against a portal that is honest, and against portals that are not: each lie is refused by name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Api } from "../lib/api.js";
import { fromBase64url, text, toBase64url } from "../lib/bytes.js";
import { Guardian } from "../lib/guardian.js";
import { deriveKeyPair, open, openingKeyPair } from "../lib/hpke.js";
import { PublicKey } from "../lib/key.js";
import { checkReceipt } from "../lib/receipt.js";
import { verify } from "../lib/statement.js";
import {
  content, digestOf, ed25519, GATEWAY, HANDOVER, JOINT, OTHER_SLOT, PROVIDER, random, refusal, SCHOOL, SECRET, signed, SLOT, World,
} from "./world.mjs";

const nothingKept = { save: async () => false, load: async () => null, forget: async () => {} };
const SHOWN = { text: "Basisschool De Linde vraagt toestemming.\nHulpvraag: Hulp bij boosheid.", language: "nl" };

const world = await World.make();
const older = await World.make({ keys: 3 });

function visitor(relay) {
  return new Guardian(new Api({ fetch: relay.fetch, pause: 0 }), nothingKept);
}

/** A guardian who has activated, with the relay that answered. */
async function activated(of = world) {
  const relay = of.relay();
  const guardian = visitor(relay);
  await guardian.activate(of.code, SECRET);
  return { relay, guardian };
}

const first = async (guardian) => (await guardian.questions())[0];

test("a code is found, activated, and logs in again with the same keys", async () => {
  const relay = world.relay();
  const found = await visitor(relay).lookUp(world.code);
  assert.equal(found.state, "open");
  assert.equal(found.inviter.name, "Basisschool De Linde");
  await visitor(relay).activate(world.code, SECRET);
  const again = visitor(relay);
  await again.logIn(world.code, SECRET);
  assert.equal((await first(again)).handover, HANDOVER);
  // The answer to the activation may have been lost: doing it again is the same as logging in.
  await visitor(relay).activate(world.code, SECRET);
  await assert.rejects(visitor(relay).activate(world.code, "een ander geheim"), { name: "InvitationError", reason: "ALREADY_ACTIVATED" });
  await assert.rejects(visitor(relay).logIn(world.code, "een ander geheim"), { name: "Refused", reason: "WRONG_CODE_OR_SECRET" });
});

test("neither the code nor the secret nor a key of the guardian's is in anything that is sent", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  const preview = await guardian.preview(question);
  await guardian.decide(question, preview, SHOWN, { D16: "agree" });
  await guardian.addView(question, preview, { agreement: "no", text: "Te veel over thuis." });
  const { formatCode } = await import("../lib/code.js");
  const written = formatCode(world.code);
  const bytes = world.code.bytes();
  const secrets = [written, written.replaceAll("-", ""), written.toLowerCase(), toBase64url(bytes), Buffer.from(bytes).toString("hex"),
    SECRET, encodeURIComponent(SECRET), "Te veel over thuis", "boosheid", "Noor"];
  for (const { url, body = "" } of relay.seen) {
    for (const secret of secrets) assert.ok(!`${url} ${body}`.includes(secret), url);
  }
  assert.ok(relay.seen.every(({ url }) => !url.includes(world.codeKeys.invitation)), "no invitation stands in a URL");
});

test("a preview shows exactly what is committed to, and names what is withheld", async () => {
  const { guardian } = await activated();
  const question = await first(guardian);
  assert.equal(question.vouched, "anchor");
  assert.equal(question.recipient.name, "Jeugdhulp Noord");
  assert.deepEqual(question.onConsent(), ["D01", "D03", "D11", "D16"]);
  assert.equal(question.counts(), true);
  const preview = await guardian.preview(question);
  assert.deepEqual(preview.categories.map(({ category }) => category), ["D01", "D03", "D11", "D16"]);
  const [identity, contact] = preview.categories;
  assert.deepEqual(identity.entries.map(({ path }) => path), ["first_names", "surname", "date_of_birth"], "in reading order");
  assert.deepEqual(contact.entries[0].fields, [
    { name: "name", value: "A. Aydin", word: false },
    { name: "relation", value: "father", word: true },
    { name: "phone", value: "0612345678", word: false },
  ]);
  assert.deepEqual(contact.entries[1], { path: OTHER_SLOT, number: 2, withheld: true, fields: [] });
});

test("a decision is signed over exactly what was shown, and its receipt can be checked again", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  const preview = await guardian.preview(question);
  const decided = await guardian.decide(question, preview, SHOWN, { D16: "refuse", D11: "agree" });
  const own = (await world.own()).signing.publicKey;
  const { body } = await verify(relay.decisions[0], "decision", [own]);
  assert.deepEqual(Object.entries(body.choices), [["D11", "agree"], ["D16", "refuse"]]);
  assert.equal(body.manifest, await digestOf(world.manifest));
  assert.equal(decided.evidenceIndex, 41);
  assert.equal((await checkReceipt(JSON.parse(JSON.stringify(decided.receipt)))).handover, HANDOVER);
  for (const spoil of [
    (receipt) => { receipt.shown.text += " "; },
    (receipt) => { receipt.choices.D16 = "agree"; },
    (receipt) => { receipt.statements.decision.body = receipt.statements.decision.body.replace("refuse", "agree"); },
    (receipt) => { receipt.format = "handdruk-receipt-2"; },
  ]) {
    const receipt = JSON.parse(JSON.stringify(decided.receipt));
    spoil(receipt);
    await assert.rejects(checkReceipt(receipt), { name: "NotBelieved" });
  }
  assert.deepEqual((await guardian.question(HANDOVER)).choices(), { D11: "agree", D16: "refuse" });
});

test("what must not be signed is not signed", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  const preview = await guardian.preview(question);
  const refused = (choices, reason, shown = SHOWN, with_ = preview) =>
    assert.rejects(guardian.decide(question, with_, shown, choices), { name: "ChoiceError", reason });
  await refused({}, "NOTHING");
  await refused({ D14: "agree" }, "NOT_IN_HANDOVER");
  await refused({ D16: "maybe" }, "UNKNOWN_CHOICE");
  await refused({ D16: "agree" }, "NOT_INSPECTED", SHOWN, null);
  await refused({ D16: "agree" }, "OTHER_PREVIEW", SHOWN, { manifest: question.digest, categories: [] });
  await refused({ D16: "agree" }, "TEXT", { text: "x", language: "de" });
  await guardian.decide(question, null, SHOWN, { D16: "refuse" });
  assert.equal(relay.decisions.length, 1, "a no needs no preview");
});

test("remarks reach only the sender, signed", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  const preview = await guardian.preview(question);
  await guardian.addView(question, preview, { agreement: "no", text: " Te veel over thuis.\r\nDat hoeft niet. " });
  const keys = await openingKeyPair(world.viewKey);
  const sealed = fromBase64url(relay.views[0].sealed);
  const raw = JSON.parse(text(await open(keys, "view", question.digest, SLOT, sealed)));
  const { body } = await verify(raw, "view", [(await world.own()).signing.publicKey]);
  assert.equal(body.text, "Te veel over thuis.\nDat hoeft niet.");
  for (const wrong of ["a\u202eb", "x".repeat(4001), "a\u0000b"]) {
    await assert.rejects(guardian.addView(question, preview, { agreement: "no", text: wrong }), { reason: "TEXT" });
  }
  await assert.rejects(guardian.addView(question, null, { agreement: "no" }), { reason: "NO_VIEW_KEY" });
});

test("history is believed statement by statement, under the key of whoever must have signed", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  await guardian.decide(question, null, SHOWN, { D16: "refuse" });
  const release = await signed("release", {
    handover: HANDOVER, recipient: PROVIDER, manifest: question.digest, permit: question.digest, envelope: question.digest,
    sent: ["D01", `view/${SLOT}`], dropped: [{ name: "D16", because: question.digest }], at: "2026-11-23T08:00:00Z",
  }, [world.gateway.key]);
  const forged = await signed("receipt", {
    handover: HANDOVER, release: question.digest, result: { outcome: "received", categories: ["D01"] }, at: "2026-11-23T08:00:00Z",
  }, [world.gateway.key]);
  const elsewhere = await world.told({ handover: "019ab000-0000-7000-8000-00000000ffff" });
  const honest = relay.answers.history;
  relay.answers.history = async (body) => ({ entries: [...(await honest(body)).entries,
    { at: null, event: "released", evidence_index: 50, statements: [world.manifest, release] },
    { at: null, event: "received", evidence_index: 51, statements: [forged] },
    { at: null, event: "told", evidence_index: 52, statements: [elsewhere] }] });
  const history = await guardian.history(question);
  const trust = history.map(({ act, said }) => [act, said.map((one) => one.trust)]);
  assert.deepEqual(trust, [["proposed", ["anchored"]], ["told", ["anchored"]], ["decided", ["own"]],
    ["released", ["passed-on"]], ["received", ["unchecked"]], ["told", ["unchecked"]]]);
  assert.equal(history[4].said[0].body, null, "nothing of what is not believed is shown");
});

// --- A portal that lies

/** What a lie leads to: the reason under which the question is refused. */
async function refusedBecause(lie, of = world) {
  const { relay, guardian } = await activated(of);
  await lie(relay, of);
  const listed = await first(guardian);
  return listed.error?.reason;
}

const asked = (relay, changed) => {
  relay.answers.questions = () => ({ accounts: [{ invitation_id: relay.world.codeKeys.invitation, questions: [relay.question(changed)], refused: null }] });
};

test("another's invitation, or one that was not printed with the code, is refused", async () => {
  const stranger = await ed25519();
  const evil = { ...world.school, key: stranger };
  const cases = [
    // Signed by a key that is not the school's.
    [await world.invite({ by: evil }), "WRONG_KEY"],
    // Another organisation of the federation invites, with a code that the school printed.
    [await world.invite({ by: world.provider, anchor: toBase64url(random(32)) }), "NOT_ANCHORED"],
    [await world.invite({ anchor: toBase64url(random(32)) }), "NOT_ANCHORED"],
    [await world.invite({ invitation: "5b7f0000-0000-4000-8000-0000000000ff" }), "ANOTHER"],
    [await world.invite({ code_key: (await ed25519()).publicKey.toString() }), "ANOTHER"],
    [await world.invite({ extra: 1 }), "MALFORMED"],
    [{ ...world.invitation, body: world.invitation.body.replace('"nl"', '"en"') }, "BAD_SIGNATURE"],
    [{ ...world.invitation, signatures: [] }, "WRONG_KEY"],
    [world.manifest, "ANOTHER"],
  ];
  for (const [invitation, reason] of cases) {
    const relay = world.relay();
    relay.answers.invitation = () => ({ state: "open", invitation });
    await assert.rejects(visitor(relay).lookUp(world.code), { name: "NotBelieved", reason });
  }
});

test("an inviter with another key, or another registrar's members, is refused", async () => {
  // The whole school replaced, by a portal that also announces another registrar: only the anchor gives it away.
  const evil = await World.make({ code: world.code });
  const relay = evil.relay();
  relay.answers.invitation = async () => ({ state: "open", invitation: await evil.invite({ anchor: JSON.parse(world.invitation.body).anchor }) });
  await assert.rejects(visitor(relay).lookUp(world.code), { reason: "NOT_ANCHORED" });
  const mixed = world.relay();
  mixed.answers.members = (oin) => ({ membership: evil.school.membership, key_bundles: oin === SCHOOL ? world.school.bundles : [] });
  await assert.rejects(visitor(mixed).lookUp(world.code), { reason: "NOT_REGISTERED" });
  const swapped = world.relay();
  swapped.answers.members = () => ({ membership: world.provider.membership, key_bundles: world.school.bundles });
  await assert.rejects(visitor(swapped).lookUp(world.code), { reason: "ANOTHER" });
});

test("keys on record that are not the guardian's own are refused", async () => {
  const { relay } = await activated();
  const own = await world.own();
  const other = await (await import("./world.mjs")).p256();
  const { body } = relay.activated.guardian_keys;
  const forged = JSON.parse(body);
  forged.opening = other.publicKey.toString();
  relay.activated.guardian_keys = await signed("guardian-keys", forged, [world.codeKeys.signer, own.signing]);
  await assert.rejects(visitor(relay).logIn(world.code, SECRET), { reason: "OWN_KEYS" });
  const other_half = world.relay();
  other_half.activated = { ...relay.activated, guardian_keys: (await activated()).relay.activated.guardian_keys };
  const honest = other_half.answers["log-in"];
  other_half.answers["log-in"] = async (body_) => ({ ...(await honest(body_)), gateway_half: toBase64url(random(32)) });
  await assert.rejects(visitor(other_half).logIn(world.code, SECRET), { reason: "OWN_KEYS" });
});

test("a swapped or altered manifest is refused by name", async () => {
  const cases = {
    WRONG_KEY: async (relay) => asked(relay, { manifest: await world.propose({ key: await ed25519() }) }),
    BAD_SIGNATURE: async (relay) => asked(relay, { manifest: { ...world.manifest, body: world.manifest.body.replace(PROVIDER, SCHOOL) } }),
    OTHER_HANDOVER: async (relay) => asked(relay, { manifest: await world.propose({ handover: "019ab000-0000-7000-8000-00000000ffff" }) }),
    OTHER_CHILD: async (relay) => asked(relay, { manifest: await world.propose({ child: "5b7f0000-0000-4000-8000-0000000000dd" }) }),
    OTHER_SENDER: async (relay) => asked(relay, { manifest: await world.propose({ sender: { oin: PROVIDER } }) }),
    NO_SLOT: async (relay) => asked(relay, { manifest: await world.propose({ guardians: [] }) }),
    UNKNOWN_PURPOSE: async (relay) => {
      const toml = "version = \"1\"\ndated = \"2026-11-22\"\npurpose = []\n[periods]\ninspection_days = 1\nobjection_days = 1\n[deadlines]\n";
      const catalogue = await signed("catalogue", toml, [world.registrar]);
      relay.answers.catalogues = () => ({ catalogue });
      asked(relay, { manifest: await world.propose({ catalogue: await digestOf(catalogue) }) });
    },
    NOT_REGISTERED: async (relay) => {
      const catalogue = await signed("catalogue", world.catalogue.body, [await ed25519()]);
      relay.answers.catalogues = () => ({ catalogue });
    },
    ANOTHER: async (relay) => asked(relay, { recipient: world.school.membership }),
    KEY_NOT_IN_FORCE: async (relay) => asked(relay, { manifest: await world.propose({ at: "2026-01-02T00:00:00Z" }) }),
    MALFORMED: async (relay) => asked(relay, { manifest: await world.propose({ purpose: "gossip" }) }),
  };
  for (const [reason, lie] of Object.entries(cases)) assert.equal(await refusedBecause(lie), reason);
});

test("a manifest from before the letter is believed only when the inviter has told of it since", async () => {
  older.manifest = await older.propose({ key: older.school.keys[1], at: "2026-10-20T10:00:00Z" });
  const { guardian } = await activated(older);
  assert.equal((await first(guardian)).vouched, "told");
  const lies = [
    async (relay) => { relay.answers.history = () => ({ entries: [] }); },
    async (relay) => {
      const told = await older.told({ key: older.school.keys[1], at: "2026-10-20T11:00:00Z" });
      relay.answers.history = () => ({ entries: [{ at: null, event: "told", evidence_index: 1, statements: [told] }] });
    },
    async (relay) => {
      const told = await older.told({ slot: OTHER_SLOT });
      relay.answers.history = () => ({ entries: [{ at: null, event: "told", evidence_index: 1, statements: [told] }] });
    },
    async (relay) => asked(relay, { manifest: await older.propose({ key: older.school.keys[1], at: "2026-10-20T10:00:01Z" }) }),
  ];
  for (const lie of lies) assert.equal(await refusedBecause(lie, older), "KEY_NOT_ANCHORED");
});

test("somebody who was given authority after the manifest can answer: the inviter says so, nobody else", async () => {
  const manifest = await world.propose({ guardians: [{ slot: OTHER_SLOT, holder: JOINT }] });
  const { relay, guardian } = await activated();
  asked(relay, { manifest, has_preview: false, authority: await world.changed() });
  const question = await first(guardian);
  assert.deepEqual([question.slot, question.counts(), question.holder], [SLOT, true, JOINT]);
  await guardian.decide(question, null, SHOWN, { D16: "refuse" });
  assert.equal(JSON.parse(relay.decisions[0].body).slot, SLOT);
  const child = { attests: "authority-changed", holder: { holder: "young-person" } };
  asked(relay, { authority: await world.changed({ what: child }) });
  assert.equal((await first(guardian)).counts(), false, "below 12 the child is not asked");
  const spoken = { attests: "spoken-withdrawal", manifest: await digestOf(manifest), choices: { D16: "withdraw" } };
  const lies = [
    [null, "NO_SLOT"],
    [await world.changed({ key: await ed25519() }), "WRONG_KEY"],
    [await world.changed({ key: world.provider.key }), "WRONG_KEY"],
    [await world.changed({ slot: OTHER_SLOT }), "ANOTHER"],
    [await world.changed({ child: "5b7f0000-0000-4000-8000-0000000000dd" }), "ANOTHER"],
    [await world.changed({ at: "2026-11-22T09:59:59Z" }), "ANOTHER"],
    [await world.changed({ what: spoken, handover: HANDOVER }), "ANOTHER"],
  ];
  for (const [authority, reason] of lies) {
    assert.equal(await refusedBecause(async (lying) => asked(lying, { manifest, authority })), reason);
  }
});

test("where authority changed before the letter, under a key of then, the letter says in which capacity", async () => {
  older.manifest = await older.propose({ key: older.school.keys[1], at: "2026-10-20T10:00:00Z", guardians: [] });
  const { relay, guardian } = await activated(older);
  asked(relay, { authority: await older.changed({ key: older.school.keys[1], at: "2026-10-20T10:30:00Z" }) });
  const question = await first(guardian);
  assert.deepEqual([question.vouched, question.holder], ["told", JOINT]);
});

test("after a birthday the renewal says who decides and until when, and the receipt keeps it", async () => {
  const young = { holder: "young-person" };
  const manifest = await world.propose({ guardians: [{ slot: SLOT, holder: young }, { slot: OTHER_SLOT, holder: JOINT }] });
  const { relay, guardian } = await activated();
  asked(relay, { manifest, has_preview: false });
  const before = await first(guardian);
  assert.deepEqual([before.counts(), before.ageBand, before.notAfter], [false, "0-11", "2027-02-01"]);
  asked(relay, { manifest, has_preview: false, renewal: await world.renewed({ of: manifest }) });
  const question = await first(guardian);
  assert.deepEqual([question.counts(), question.ageBand, question.notAfter], [true, "12-15", "2027-04-01"]);
  const { receipt } = await guardian.decide(question, null, SHOWN, { D16: "refuse" });
  assert.deepEqual([receipt.until, receipt.statements.renewal], ["2027-04-01", question.renewal.raw]);
  asked(relay, { manifest, renewal: await world.renewed({ of: manifest, age_band: "16-17" }) });
  assert.equal((await first(guardian)).ageBand, "16-17");
  const older_ = await world.propose({ age_band: "16-17" });
  asked(relay, { manifest: older_, renewal: await world.renewed({ of: older_, age_band: "12-15" }) });
  assert.equal((await first(guardian)).ageBand, "16-17", "nobody grows younger");
  const lies = [
    [await world.renewed({ of: manifest, key: await ed25519() }), "WRONG_KEY"],
    [await world.renewed({ of: manifest, key: world.provider.key }), "WRONG_KEY"],
    [await world.renewed({ of: world.manifest }), "ANOTHER"],
    [await world.renewed({ of: manifest, handover: "019ab000-0000-7000-8000-00000000ffff" }), "ANOTHER"],
    [await world.told(), "ANOTHER"],
  ];
  for (const [renewal, reason] of lies) {
    assert.equal(await refusedBecause(async (lying) => asked(lying, { manifest, renewal })), reason);
  }
});

test("a renewal from before the letter is believed only when the inviter has told of it since", async () => {
  const key = older.school.keys[1];
  older.manifest = await older.propose({ key, at: "2026-10-20T10:00:00Z" });
  const renewal = await older.renewed({ key, at: "2026-10-20T10:30:00Z" });
  const renewed = async (relay, told) => {
    asked(relay, { renewal });
    relay.answers.history = async () => ({ entries: [{ at: null, event: "told", evidence_index: 1, statements: [await told] }] });
  };
  const { relay, guardian } = await activated(older);
  await renewed(relay, older.told({ renewal: await digestOf(renewal) }));
  const question = await first(guardian);
  assert.deepEqual([question.vouched, question.ageBand, question.notAfter], ["told", "12-15", "2027-04-01"]);
  const lies = [older.told(), older.told({ renewal: await digestOf(older.manifest) })];
  for (const told of lies) assert.equal(await refusedBecause((lying) => renewed(lying, told), older), "KEY_NOT_ANCHORED");
});

test("key bundles that do not follow from one another are refused", async () => {
  const [one, two, three] = older.school.bundles;
  const chains = [[two, three], [one, three], [one, two, two], [three, two, one], [one, { ...two, signatures: two.signatures.slice(0, 1) }]];
  for (const key_bundles of chains) {
    const relay = older.relay();
    relay.answers.members = () => ({ membership: older.school.membership, key_bundles });
    await assert.rejects(visitor(relay).lookUp(older.code), { name: "NotBelieved", reason: "KEYS" });
  }
  const relay = older.relay();
  relay.answers.members = () => ({ membership: older.school.membership, key_bundles: [] });
  await assert.rejects(visitor(relay).lookUp(older.code), { name: "NotBelieved", reason: "NO_KEYS" });
});

test("a preview that is not the sender's is refused as a whole", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  const refused = async (sealed, reason) => {
    relay.answers.preview = () => ({ sealed: toBase64url(sealed), manifest: world.manifest });
    await assert.rejects(guardian.preview(question), { name: "NotBelieved", reason });
  };
  const honest = await world.preview();
  const flipped = honest.slice();
  flipped[100] ^= 1;
  await refused(flipped, "DOES_NOT_OPEN");
  await refused(honest.slice(0, 512), "DOES_NOT_OPEN");
  await refused(random(4096), "DOES_NOT_OPEN");
  await refused(await world.preview({ slot: OTHER_SLOT }), "DOES_NOT_OPEN");
  await refused(await world.preview({ manifest: await world.propose({ at: "2026-11-22T10:00:01Z" }) }), "DOES_NOT_OPEN");
  await refused(await world.preview({ to: (await PublicKey.p256(await deriveKeyPair(random(32)))).bytes }), "DOES_NOT_OPEN");
  // One that a gateway could seal itself: it knows the guardian's opening key, and wants remarks sealed to a key of its own.
  const own = await deriveKeyPair(random(32));
  const [identity, contact, support, care] = world.contents;
  await refused(await world.preview({ viewKey: own, contents: [] }), "NOT_COMMITTED");
  const other = await content("D16", [["question", "Iets heel anders."]]);
  await refused(await world.preview({ viewKey: own, contents: [identity, contact, support, other] }), "NOT_COMMITTED");
  await refused(await world.preview({ contents: [identity, contact, support] }), "NOT_COMMITTED");
  await refused(await world.preview({ contents: [...world.contents, await content("D09", [["advice", "vmbo"]])] }), "NOT_COMMITTED");
  await refused(await world.preview({ contents: [...world.contents, care] }), "MALFORMED");
  await refused(await world.preview({ contents: [identity, contact, support, care.replace("{", "{ ")] }), "MALFORMED");
  relay.answers.preview = async () => ({ sealed: toBase64url(await world.preview()), manifest: await world.propose({ not_after: "2027-01-01" }) });
  await assert.rejects(guardian.preview(question), { reason: "ANOTHER" });
});

test("a portal whose clock is days off is not believed outside a federation of test organisations", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  const now = new Date(Date.now() + 2 * 86_400_000).toISOString();
  relay.answers.federation = () => ({ gateway: GATEWAY, registrar: world.registrar.publicKey.toString(), now, controlled_clock: true });
  await guardian.decide(question, null, SHOWN, { D16: "refuse" });
  assert.equal(JSON.parse(relay.decisions[0].body).at, now, "test organisations move their clock");
  const real = Object.create(question, { sender: { value: { ...question.sender, oin: "00000007123400000000" } } });
  await assert.rejects(guardian.decide(real, null, SHOWN, { D16: "refuse" }), { name: "NotBelieved", reason: "TIME" });
});

test("one lie does not hide the other questions", async () => {
  const { relay, guardian } = await activated();
  const lie = relay.question({ manifest: world.catalogue });
  relay.answers.questions = () => ({ accounts: [
    { invitation_id: world.codeKeys.invitation, questions: [lie, relay.question()], refused: null },
    { invitation_id: "5b7f0000-0000-4000-8000-0000000000ff", questions: [relay.question()], refused: null },
  ] });
  const listed = await guardian.questions();
  assert.deepEqual(listed.map(({ error }) => error?.reason), [undefined, "ANOTHER"]);
});

test("a second code joins, and the first code and secret open both; a ring that was altered does not open", async () => {
  const relay = world.relay();
  const guardian = visitor(relay);
  await guardian.activate(world.code, SECRET);
  const other = await World.make();
  // The same portal, where another organisation of another registrar could not be: so the second code is one of this school's.
  other.registrar = world.registrar;
  other.school = world.school;
  other.invitation = await world.invite({ keys: other.codeKeys, child: "5b7f0000-0000-4000-8000-0000000000ee" });
  const second = other.relay();
  const byInvitation = (name) => {
    const [one, two] = [relay.answers[name], second.answers[name]];
    relay.answers[name] = (body) => {
      const keys = body.guardian_keys ? JSON.parse(body.guardian_keys.body).invitation : body.invitation_id;
      return keys === other.codeKeys.invitation ? two(body) : one(body);
    };
  };
  for (const name of ["invitation", "begin-activation", "activate", "log-in"]) byInvitation(name);
  assert.equal(await guardian.join(other.code, "nog een geheim"), other.codeKeys.invitation);
  assert.equal(guardian.accounts.length, 2);
  const again = visitor(relay);
  await again.logIn(world.code, SECRET);
  assert.deepEqual(again.unopened, []);
  assert.deepEqual(again.accounts.map(({ invitation }) => invitation), [world.codeKeys.invitation, other.codeKeys.invitation]);
  const { version, sealed } = relay.rings.get(world.codeKeys.invitation);
  assert.ok(!sealed.includes(other.codeKeys.invitation));
  const altered = fromBase64url(sealed);
  altered[40] ^= 1;
  for (const ring of [{ version, sealed: toBase64url(altered) }, { version: version + 1, sealed }]) {
    relay.rings.set(world.codeKeys.invitation, ring);
    await assert.rejects(visitor(relay).logIn(world.code, SECRET), { reason: "DOES_NOT_OPEN" });
  }
  relay.rings.set(world.codeKeys.invitation, { version, sealed });
  await again.part(other.codeKeys.invitation);
  assert.equal(again.accounts.length, 1);
  await assert.rejects(again.part(world.codeKeys.invitation), TypeError);
});

test("a gateway that is too busy is asked again after as long as it says, for a while, with the same request id", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  const honest = relay.fetch;
  const busy = (seconds) =>
    new Response(JSON.stringify({ reason: "BUSY", about: null, text: "" }), { status: 503, headers: { "retry-after": String(seconds) } });
  const sent = [];
  const answers = [busy(2), busy(3), null];
  const patient = new Guardian(new Api({ second: 1, fetch: async (url, init) => {
    if (url !== "/api/decide") return honest(url, init);
    sent.push(JSON.parse(init.body).request_id);
    return answers.shift() ?? honest(url, init);
  } }), nothingKept);
  await patient.logIn(world.code, SECRET);
  await patient.decide(question, null, SHOWN, { D16: "refuse" });
  assert.equal(sent.length, 3);
  assert.equal(new Set(sent).size, 1);
  answers.push(busy(15), busy(15), null);
  await assert.rejects(patient.decide(question, null, SHOWN, { D16: "refuse" }), { name: "Busy", reason: "BUSY", retryAfter: 15 });
  assert.equal(sent.length, 5, "not asked again before it may be");
});

test("what is not answered is asked again with the same request id; what is refused is not", async () => {
  const { relay, guardian } = await activated();
  const question = await first(guardian);
  const honest = relay.fetch;
  let lost = 2;
  const flaky = new Guardian(new Api({ pause: 0, fetch: async (url, init) => {
    if (url === "/api/decide" && lost-- > 0) {
      await honest(url, init);
      throw new TypeError("network");
    }
    return honest(url, init);
  } }), nothingKept);
  await flaky.logIn(world.code, SECRET);
  await flaky.decide(question, null, SHOWN, { D16: "refuse" });
  const ids = relay.seen.filter(({ url }) => url === "/api/decide").map(({ body }) => JSON.parse(body).request_id);
  assert.equal(ids.length, 3);
  assert.equal(new Set(ids).size, 1);
  relay.answers.decide = () => refusal(409, "HANDOVER_CLOSED");
  await assert.rejects(guardian.decide(question, null, SHOWN, { D16: "refuse" }), { name: "Refused", reason: "HANDOVER_CLOSED", status: 409 });
  relay.answers.decide = () => refusal(401, "WRONG_CODE_OR_SECRET", "session");
  await assert.rejects(guardian.decide(question, null, SHOWN, { D16: "refuse" }), { name: "SignedOut", reason: "NO_SESSION" });
});
