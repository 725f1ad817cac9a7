// The browser's guardian under Node.js, driven from outside: one JSON command per line in, one JSON answer per line out. `tests/`
// runs it against a real portal, gateway and nodes. Between the guardian and the portal stands `Between`, which records everything
// that passes and, when told to, alters answers: a portal under an attacker's control, as the browser meets it.

import http from "node:http";
import { createInterface } from "node:readline";

import { Api } from "../lib/api.js";
import { BODIES } from "../lib/body.js";
import { fromBase64url, toBase64url, utf8 } from "../lib/bytes.js";
import { parseCode } from "../lib/code.js";
import { FIELDS } from "../lib/fields.js";
import { Guardian } from "../lib/guardian.js";
import { deriveKeyPair, seal } from "../lib/hpke.js";
import { canonical, parse } from "../lib/json.js";
import { PublicKey } from "../lib/key.js";
import { checkReceipt } from "../lib/receipt.js";
import { textOfPreview } from "./shown.mjs";
import { content, digestOf, ed25519, p256, random, signed } from "./world.mjs";

/** One request over plain HTTP, with the session's cookie; browsers do the same by themselves. */
function send(url, { method, body, headers }) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers: { ...headers, "sec-fetch-site": "same-origin" } }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString("utf8") }));
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** What a portal could answer instead. Each takes the honest answer and whatever passed so far, and gives another. */
const LIES = {
  "alter the manifest": { questions: everyQuestion((question) => alterBody(question.manifest, /"not_after":"[^"]*"/, '"not_after":"2099-01-01"')) },
  "swap two manifests": { questions: ({ answer }) => {
    const [one, two] = answer.accounts[0].questions;
    [one.manifest, two.manifest] = [two.manifest, one.manifest];
  } },
  "sign another manifest": { questions: everyQuestion(async (question) => {
    const body = question.manifest.body.replace(/"purpose":"[^"]*"/, '"purpose":"pupil-transport"');
    question.manifest = await signed("manifest", body, [await ed25519()]);
  }) },
  "name another recipient": { questions: everyQuestion((question) => { question.recipient = question.sender; }) },
  "rename the recipient": { questions: everyQuestion((question) => alterBody(question.recipient, /"name":"[^"]*"/, '"name":"Huisarts"')) },
  "loosen the rules": { catalogues: ({ answer }) => alterBody(answer.catalogue, /required = \["D01", "D11", "D16"\]/, "required = []") },
  "alter the preview": { preview: ({ answer }) => {
    const sealed = fromBase64url(answer.sealed);
    sealed[sealed.length >> 1] ^= 1;
    answer.sealed = toBase64url(sealed);
  } },
  "show another's preview": { preview: ({ answer, passed }) => {
    answer.sealed = passed.find((one) => one.name === "preview" && one.answer.sealed !== answer.sealed).answer.sealed;
  } },
  "make up a preview": { preview: async ({ answer, passed }) => {
    // The portal knows the guardian's opening key and what is committed to; it lacks the salts.
    const { slot, opening } = JSON.parse(passed.find(({ sent }) => sent?.guardian_keys).sent.guardian_keys.body);
    const categories = await Promise.all(Object.keys(JSON.parse(answer.manifest.body).categories).map(madeUp));
    const view_key = (await PublicKey.p256(await deriveKeyPair(random(32)))).toString();
    const point = (await PublicKey.parse(opening)).bytes;
    const sealed = await seal(point, "preview", await digestOf(answer.manifest), slot, utf8(JSON.stringify({ view_key, categories })));
    answer.sealed = toBase64url(sealed);
  } },
  "swap the view key": { preview: async ({ answer, passed }) => {
    // The best that can be made without content: none of it, around a key that the portal holds.
    const { slot, opening } = JSON.parse(passed.find(({ sent }) => sent?.guardian_keys).sent.guardian_keys.body);
    const view_key = (await PublicKey.p256(await deriveKeyPair(random(32)))).toString();
    const point = (await PublicKey.parse(opening)).bytes;
    const document = utf8(JSON.stringify({ view_key, categories: [] }));
    answer.sealed = toBase64url(await seal(point, "preview", await digestOf(answer.manifest), slot, document));
  } },
  "invite in another's name": { invitation: async ({ answer }) => resign(answer.invitation, await ed25519()), members: () => {} },
  "give somebody else's invitation": { invitation: ({ answer, told }) => { answer.invitation = told.invitation; } },
  "be the inviter": await impostor(),
  "give another half": { "log-in": ({ answer }) => { answer.gateway_half = toBase64url(random(32)); } },
  "give other keys": { "log-in": async ({ answer }) => {
    const body = JSON.parse(answer.guardian_keys.body);
    const own = await p256();
    answer.guardian_keys = await signed("guardian-keys", { ...body, signing: own.publicKey.toString() }, [own, own]);
  } },
  "forge a release": { decide: async ({ answer, sent }) => {
    const { handover, manifest } = JSON.parse(sent.decision.body);
    const body = { handover, recipient: "00000099000000006000", manifest, permit: manifest, envelope: manifest, sent: ["D11"], dropped: [], at: "2027-02-01T08:00:00Z" };
    answer.releases.push({ release: await signed("release", body, [await ed25519()]), arrived: true });
  } },
  "forge a receipt": { history: async ({ answer, sent, passed }) => {
    const { handover_id: handover } = sent;
    const release = await digestOf(passed.find(({ name }) => name === "members").answer.membership);
    const body = { handover, release, result: { outcome: "received", categories: ["D11"] }, at: "2027-02-01T08:00:00Z" };
    answer.entries.push({ at: null, event: "received", evidence_index: 1, statements: [await signed("receipt", body, [await ed25519()])] });
  } },
};

function everyQuestion(change) {
  return async ({ answer }) => {
    for (const account of answer.accounts) await Promise.all(account.questions.map(change));
  };
}

function alterBody(statement, from, to) {
  const altered = statement.body.replace(from, to);
  if (altered === statement.body) throw new Error(`this lie changes nothing: ${from}`);
  statement.body = altered;
}

async function resign(statement, by) {
  Object.assign(statement, await signed(statement.kind, statement.body, [by]));
}

/** An impostor with a registrar, a membership and keys of its own, who shows the real letter's anchor. */
async function impostor() {
  const [registrar, key, certificate] = [await ed25519(), await ed25519(), await p256()];
  return {
    federation: ({ answer }) => { answer.registrar = registrar.publicKey.toString(); },
    invitation: ({ answer }) => resign(answer.invitation, key),
    members: async ({ answer }) => {
      await resign(answer.membership, registrar);
      const body = { ...JSON.parse(answer.key_bundles[0].body), statement_key: key.publicKey.toString() };
      answer.key_bundles = [await signed("key-bundle", body, [certificate])];
    },
  };
}

/** A document of a category with content of the liar's own. */
function madeUp(category) {
  const value = (name, words) => words?.[0] ?? (name === "date_of_birth" ? "2015-01-01" : "verzonnen");
  const { shape, fields } = FIELDS[category];
  const record = fields.map(({ name, words }) => [name, value(name, words)]).sort(([one], [other]) => (one < other ? -1 : 1));
  if (shape === "record") return content(category, record);
  return content(category, [[shape === "list" ? "001" : crypto.randomUUID(), Object.fromEntries(record)]]);
}

/** Stands between guardian and portal. */
class Between {
  constructor(portal) {
    this.portal = portal;
    this.passed = [];
    this.lie = {};
    this.told = {};
    this.cookie = "";
  }

  fetch = async (path, { method, body, headers }) => {
    const cookie = this.cookie ? { cookie: this.cookie } : {};
    const { status, headers: more, text } = await send(this.portal + path, { method, body, headers: { ...headers, ...cookie } });
    for (const set of more["set-cookie"] ?? []) this.cookie = set.split(";")[0];
    const [, name] = path.slice(1).split("/");
    const sent = body === undefined ? null : JSON.parse(body);
    const answer = JSON.parse(text);
    this.passed.push({ name, path, sent, answer: structuredClone(answer), cookie: this.cookie });
    if (status === 200) await this.lie[name]?.({ answer, sent, passed: this.passed, told: this.told });
    return new Response(JSON.stringify(answer), { status, headers: more["retry-after"] ? { "retry-after": more["retry-after"] } : {} });
  };
}

const forgetful = { save: async () => false, load: async () => null, forget: async () => {} };

/** One guardian in one browser. */
class Visit {
  constructor(portal) {
    this.between = new Between(portal);
    this.guardian = new Guardian(new Api({ fetch: this.between.fetch, pause: 50 }), forgetful);
  }

  /** Begins anew in the same browser, as after closing the tab. */
  again() {
    this.guardian = new Guardian(new Api({ fetch: this.between.fetch, pause: 50 }), forgetful);
  }
}

const visits = new Map();
const visit = ({ who }) => visits.get(who);
const asked = async (command) => {
  const { guardian } = visit(command);
  const question = await guardian.question(command.handover);
  return { guardian, question };
};

/** What can be asked of it. */
const COMMANDS = {
  open: ({ who, portal }) => { visits.set(who, new Visit(portal)); },
  lie: ({ lie, told = {}, ...command }) => {
    if (lie !== "" && LIES[lie] === undefined) throw new Error(`no such lie: ${lie}`);
    Object.assign(visit(command).between, { lie: LIES[lie] ?? {}, told });
  },
  "look up": ({ code, ...command }) => visit(command).guardian.lookUp(parseCode(code)),
  activate: ({ code, secret, ...command }) => visit(command).guardian.activate(parseCode(code), secret),
  "log in": ({ code, secret, ...command }) => {
    visit(command).again();
    return visit(command).guardian.logIn(parseCode(code), secret);
  },
  join: ({ code, secret, ...command }) => visit(command).guardian.join(parseCode(code), secret),
  accounts: (command) => ({ accounts: visit(command).guardian.accounts, unopened: visit(command).guardian.unopened.map(({ error }) => failure(error)) }),
  questions: async (command) => (await visit(command).guardian.questions()).map((question) => (question.error
    ? { handover: question.handover, error: failure(question.error) }
    : { handover: question.handover, digest: question.digest, vouched: question.vouched, manifest: question.manifest, standing: question.standing,
      on_consent: question.onConsent(), counts: question.counts(), choices: question.choices(), recipient: question.recipient.name })),
  preview: async (command) => {
    const { guardian, question } = await asked(command);
    const preview = await guardian.preview(question);
    return preview && { categories: preview.categories, view_key: preview.viewKey.toString() };
  },
  decide: async (command) => {
    const { guardian, question } = await asked(command);
    const preview = await guardian.preview(question);
    const shown = { text: textOfPreview(question, preview), language: "nl" };
    const decided = await guardian.decide(question, preview, shown, command.choices);
    await checkReceipt(decided.receipt);
    return decided;
  },
  inspected: async (command) => {
    const { guardian, question } = await asked(command);
    const preview = await guardian.preview(question);
    return guardian.inspected(question, preview, { text: textOfPreview(question, preview), language: "nl" });
  },
  "add view": async ({ agreement, text, ...command }) => {
    const { guardian, question } = await asked(command);
    return guardian.addView(question, await guardian.preview(question), { agreement, text });
  },
  history: async (command) => {
    const { guardian, question } = await asked(command);
    return guardian.history(question);
  },
  passed: (command) => visit(command).between.passed,
  fields: () => FIELDS,
  lies: () => Object.keys(LIES),
  // Reads bodies without their signatures, as `statement.peek` does: whether both implementations know the same forms.
  bodies: ({ bodies }) => bodies.map(({ kind, body }) => {
    try {
      return canonical(BODIES[kind](parse(body)));
    } catch (error) {
      return failure(error);
    }
  }),
};

function failure(error) {
  const { name, reason = null, about = null, message } = error;
  return { name, reason, about, message };
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    const command = JSON.parse(line);
    answer = { ok: (await COMMANDS[command.do](command)) ?? null };
  } catch (error) {
    if (error.reason === undefined) process.stderr.write(`${error.stack}\n`);
    answer = { error: failure(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

