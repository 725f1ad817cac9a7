// A small federation for tests: registrar, school, provider, gateway, a printed code, one handover with its preview, and a relay
// that answers as the portal does. Everything is made and signed here, with keys of this run; a test alters what it likes.

import { readFileSync } from "node:fs";

import { concat, fromBase64url, fromUuid, sha256, toBase64url, utf8 } from "../lib/bytes.js";
import { InvitationCode } from "../lib/code.js";
import { codeKeys, credentials } from "../lib/credentials.js";
import { commitment } from "../lib/content.js";
import { deriveKeyPair, seal } from "../lib/hpke.js";
import { canonical } from "../lib/json.js";
import { PublicKey, Signer } from "../lib/key.js";

export const SCHOOL = "00000099000000001000";
export const PROVIDER = "00000099000000006000";
export const GATEWAY = "00000099000000000100";
export const SECRET = "een goed geheim";
export const NOW = "2026-11-23T09:00:00Z";

export const HANDOVER = "019ab000-0000-7000-8000-000000000001";
export const CHILD = "5b7f0000-0000-4000-8000-00000000000c";
export const SLOT = "5b7f0000-0000-4000-8000-000000000001";
export const OTHER_SLOT = "5b7f0000-0000-4000-8000-000000000002";
/** The step that planned a talk, by its digest. */
export const STEP = toBase64url(new Uint8Array(32).fill(7));

/** A parent with joint authority. */
export const JOINT = Object.freeze({ holder: "guardian", authority: "joint", under_investigation: false });

const TOML = readFileSync(new URL("../../../domain/catalogue/default.toml", import.meta.url), "utf8");

/** Random bytes. */
export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
/** A digest of nothing in particular. */
export const someDigest = () => toBase64url(random(32));

/** An organisation's Ed25519 signer: the library itself only verifies these. */
export async function ed25519() {
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const publicKey = await PublicKey.parse(`ed25519:${toBase64url(raw)}`);
  const sign = async (message) => new Uint8Array(await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, message));
  return { publicKey, sign };
}

/** A P-256 signer, as certificates and guardians have. */
export const p256 = async () => Signer.fromJwk(await deriveKeyPair(random(32)));

/** Signs whatever it is given, also what the library would never sign. */
export async function signed(kind, body, signers) {
  const written = typeof body === "string" ? body : JSON.stringify(body);
  const signatures = [];
  for (const signer of signers) {
    const key = signer.publicKey.id;
    const message = concat(utf8("handdruk statement v1\0"), utf8(`${kind}\0`), fromBase64url(key), utf8(written));
    signatures.push({ key, signature: toBase64url(await signer.sign(message)) });
  }
  return { kind, body: written, signatures };
}

/** What others cite. */
export const digestOf = async ({ kind, body }) => toBase64url(await sha256(utf8(`${kind}\0`), utf8(body)));

/** An organisation with its certificate's key and statement keys, one bundle per key. */
async function organisation(registrar, oin, name, roles, keys) {
  const membership = await signed("membership", {
    oin, name, roles, desks: [], sites: [], serial: 1, status: "active", at: "2026-01-01T00:00:00Z", not_after: "2027-01-01T00:00:00Z",
  }, [registrar]);
  const certificate = await p256();
  const bundles = [];
  for (const [at, key] of keys.entries()) {
    // One every four weeks; the last is in force.
    const start = Date.parse(NOW) - (keys.length - at) * 28 * 86_400_000 + 20 * 86_400_000;
    const body = {
      oin, serial: at + 1, statement_key: key.publicKey.toString(), opening_key: toBase64url(random(32)),
      not_before: new Date(start).toISOString(), not_after: new Date(start + 30 * 86_400_000).toISOString(), chain: [toBase64url(random(40))],
    };
    bundles.push(await signed("key-bundle", body, at === 0 ? [certificate] : [certificate, keys[at - 1]]));
  }
  return { oin, membership, bundles, keys, key: keys.at(-1), certificate };
}

/** A category's document out of pairs of path and value; `null` as value withholds the entry. */
export async function content(category, pairs) {
  const { entryCommitment } = await import("../lib/content.js");
  const entries = [];
  for (const [path, value, withheld = false] of pairs) {
    const shown = { path, salt: toBase64url(random(16)), value: canonical(value) };
    entries.push(withheld ? { path, withheld: toBase64url(await entryCommitment(category, shown)) } : shown);
  }
  return JSON.stringify({ category, entries });
}

const father = { name: "A. Aydin", phone: "0612345678", relation: "father" };
const mother = { name: "B. Bakker", relation: "mother", residence: "secret" };

/** The whole of it. */
export class World {
  static async make({ keys = 1, code = new InvitationCode(random(10)) } = {}) {
    const world = new World();
    world.registrar = await ed25519();
    const several = () => Promise.all(Array.from({ length: keys }, ed25519));
    world.school = await organisation(world.registrar, SCHOOL, "Basisschool De Linde", ["po"], await several());
    world.provider = await organisation(world.registrar, PROVIDER, "Jeugdhulp Noord", ["jh"], [await ed25519()]);
    world.gateway = await organisation(world.registrar, GATEWAY, "Gateway", ["gateway"], [await ed25519()]);
    world.catalogue = await signed("catalogue", TOML, [world.registrar]);
    world.code = code;
    world.codeKeys = await codeKeys(code);
    world.half = random(32);
    world.viewKey = await deriveKeyPair(random(32));
    world.contents = [
      await content("D01", [["date_of_birth", "2015-03-14"], ["first_names", "Noor Elif"], ["surname", "Bakker"]]),
      await content("D03", [[SLOT, father], [OTHER_SLOT, mother, true]]),
      await content("D11", [["needs", ["een rustige plek"]], ["works_well", ["één opdracht tegelijk"]]]),
      await content("D16", [["question", "Hulp bij boosheid.\nGraag snel."]]),
    ];
    world.invitation = await world.invite();
    world.manifest = await world.propose();
    return world;
  }

  /** The inviter's anchor for one of its keys. */
  async anchor(inviter, keyId, keys = this.codeKeys) {
    const message = concat(fromUuid(keys.invitation), utf8(inviter), fromBase64url(keyId));
    return toBase64url(new Uint8Array(await crypto.subtle.sign({ name: "HMAC", hash: "SHA-256" }, keys.anchor.key(), message)));
  }

  async invite({ by = this.school, keys = this.codeKeys, ...changed } = {}) {
    const body = {
      invitation: keys.invitation, inviter: by.oin, child: CHILD, slot: SLOT,
      holder: { holder: "guardian", authority: "joint", under_investigation: false },
      code_key: keys.signer.publicKey.toString(), anchor: await this.anchor(by.oin, by.key.publicKey.id, keys),
      language: "nl", at: "2026-11-22T09:00:00Z", not_after: "2026-12-22T09:00:00Z", ...changed,
    };
    return signed("invitation", body, [by.key]);
  }

  async propose({ key = this.school.key, contents = this.contents, ...changed } = {}) {
    const commitments = await Promise.all(contents.map(async (document) => {
      const parsed = JSON.parse(document);
      return [parsed.category, await commitment(parsed)];
    }));
    const body = {
      handover: HANDOVER, child: CHILD, sender: { oin: SCHOOL }, recipient: { oin: PROVIDER }, purpose: "care-handover",
      categories: Object.fromEntries(commitments), catalogue: await digestOf(this.catalogue), transition: { month: "2026-12-01" },
      age_band: "0-11", not_after: "2027-02-01",
      guardians: [
        { slot: SLOT, holder: { holder: "guardian", authority: "joint", under_investigation: false } },
        { slot: OTHER_SLOT, holder: { holder: "guardian", authority: "joint", under_investigation: false } },
      ],
      inspection: { inspection: "open" }, application: { application: "none" }, supervision_order: false,
      by: { actor: "ib-3", on_behalf_of: SCHOOL }, at: "2026-11-22T10:00:00Z", ...changed,
    };
    return signed("manifest", body, [key]);
  }

  /** The own keys, as the guardian derives them. */
  async own() {
    this.owned ??= await (await credentials(this.codeKeys, SECRET)).ownKeys(this.half);
    return this.owned;
  }

  /** A preview sealed to the guardian. */
  async preview({ contents = this.contents, manifest = this.manifest, viewKey = this.viewKey, slot = SLOT, to } = {}) {
    const key = (await PublicKey.p256(viewKey)).toString();
    const document = JSON.stringify({ view_key: key, categories: contents });
    const point = to ?? (await this.own()).openingKey.bytes;
    return seal(point, "preview", await digestOf(manifest), slot, utf8(document));
  }

  /** The plan of a talk: signed by the school, sealed to the guardian. `under` is what the gateway files it under. */
  async plan({ key = this.school.key, sealedTo = SLOT, under = STEP, to, text, ...changed } = {}) {
    const manifest = await digestOf(this.manifest);
    const body = {
      handover: HANDOVER, manifest, step: STEP, slot: SLOT, invitation: this.codeKeys.invitation, meeting: "talk",
      starts: "2026-12-08T15:00:00", kind: "in-person", place: "Lokaal 4", guests: ["parents", "care"], message: "Tot dan.\nGroet",
      at: NOW, ...changed,
    };
    const document = text ?? JSON.stringify(await signed("plan", body, [key]));
    const point = to ?? (await this.own()).openingKey.bytes;
    return { step: under, sealed: toBase64url(await seal(point, "plan", manifest, sealedTo, utf8(document), under)) };
  }

  told({ key = this.school.key, ...changed } = {}) {
    return (async () => signed("told", {
      handover: HANDOVER, manifest: await digestOf(this.manifest), slot: SLOT, how: "preview", at: "2026-11-22T11:00:00Z", ...changed,
    }, [key]))();
  }

  /** The school's word that somebody's authority changed. */
  changed({ key = this.school.key, what = { attests: "authority-changed", holder: JOINT }, ...changed } = {}) {
    return signed("attestation", { child: CHILD, slot: SLOT, what, professionals: ["ib-3"], at: "2026-11-22T10:30:00Z", ...changed }, [key]);
  }

  /** The school's word that the handover goes on, in the next age band. */
  async renewed({ key = this.school.key, of = this.manifest, ...changed } = {}) {
    const body = { handover: HANDOVER, manifest: await digestOf(of), not_after: "2027-04-01", age_band: "12-15", at: "2026-11-22T10:30:00Z" };
    return signed("renewal", { ...body, ...changed }, [key]);
  }

  /** What the portal answers, call by call. A test puts its own function in place of one. */
  relay() {
    return new Relay(this);
  }
}

/** Answers as the portal does, over `fetch`. `relay.answers[name]` is a function from the request's body to the answer. */
export class Relay {
  constructor(world) {
    this.world = world;
    this.seen = [];
    this.activated = null;
    this.decisions = [];
    this.views = [];
    this.rings = new Map();
    const { school, provider, gateway } = world;
    const members = { [SCHOOL]: school, [PROVIDER]: provider, [GATEWAY]: gateway };
    const session = { ends_in_seconds: 7200, idle_seconds: 900, warn_seconds: 120, invitations: [world.codeKeys.invitation] };
    this.answers = {
      federation: () => ({ gateway: GATEWAY, registrar: world.registrar.publicKey.toString(), now: NOW, controlled_clock: true }),
      members: (oin) => ({ membership: members[oin].membership, key_bundles: members[oin].bundles }),
      catalogues: () => ({ catalogue: world.catalogue }),
      invitation: () => ({ state: this.activated ? "activated" : "open", invitation: world.invitation }),
      "begin-activation": () => (this.activated
        ? refusal(409, "CODE_ALREADY_USED") : { gateway_half: toBase64url(world.half) }),
      activate: ({ guardian_keys, login_verifier }) => {
        this.activated = { guardian_keys, login_verifier };
        return { session };
      },
      "log-in": async ({ login_proof }) => {
        const verifier = toBase64url(await sha256(fromBase64url(login_proof)));
        if (this.activated?.login_verifier !== verifier) return refusal(401, "WRONG_CODE_OR_SECRET");
        const { guardian_keys } = this.activated;
        return { gateway_half: toBase64url(world.half), guardian_keys, invitation: world.invitation, session };
      },
      session: () => ({ session }),
      stay: () => ({ session }),
      "log-out": () => ({}),
      questions: () => ({ accounts: [{ invitation_id: world.codeKeys.invitation, questions: [this.question()], refused: null }] }),
      preview: async () => ({ sealed: toBase64url(await world.preview()), manifest: world.manifest }),
      decide: ({ decision }) => {
        this.decisions.push(decision);
        return { handover: { handover_id: HANDOVER, stage: "awaiting", awaited: [], decide_again: null, blocked: [] }, releases: [], evidence_index: 41 };
      },
      "add-view": (view) => {
        this.views.push(view);
        return {};
      },
      history: async () => ({ entries: [
        { at: NOW, event: "proposed", evidence_index: 7, statements: [world.manifest] },
        { at: NOW, event: "told", evidence_index: 9, statements: [await world.told()] },
        ...this.decisions.map((decision, at) => ({ at: NOW, event: "decided", evidence_index: 41 + at, statements: [decision] })),
      ] }),
      "key-ring": ({ invitation_id }) => this.rings.get(invitation_id) ?? { version: 0, sealed: "" },
      "put-key-ring": ({ invitation_id, expected_version, sealed }) => {
        if ((this.rings.get(invitation_id)?.version ?? 0) !== expected_version) return refusal(409, "WRONG_STAGE", "expected_version");
        this.rings.set(invitation_id, { version: expected_version + 1, sealed });
        return { version: expected_version + 1 };
      },
    };
    this.fetch = async (url, { method, body }) => {
      const [name, argument] = url.replace("/api/", "").split("/");
      this.seen.push({ method, url, body });
      const answered = await this.answers[name](body === undefined ? argument : JSON.parse(body));
      const { status = 200, json = answered } = answered instanceof Refusal ? answered : {};
      return new Response(JSON.stringify(json), { status });
    };
  }

  question(changed = {}) {
    const { world } = this;
    return {
      handover: { handover_id: HANDOVER, stage: "awaiting", awaited: [{ slot_id: SLOT, what: "decision", until: null }], decide_again: null, blocked: [] },
      manifest: world.manifest, basis: "consent", asked: true, awaited: true, may_inspect: true, has_preview: true,
      told: NOW, silence: null, own_decisions: this.decisions, sender: world.school.membership, recipient: world.provider.membership,
      authority: null, renewal: null, plan: null, ...changed,
    };
  }
}

/** A refusal of the portal's. */
export class Refusal {
  constructor(status, reason, about) {
    this.status = status;
    this.json = { reason, about: about ?? null, text: "" };
  }
}

export const refusal = (status, reason, about) => new Refusal(status, reason, about);

