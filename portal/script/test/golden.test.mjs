// The vectors of guardian/golden and content/golden, which other implementations made or checked: the same here.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fromBase64url, text, toBase64url, toUuid } from "../lib/bytes.js";
import { InvitationCode, formatCode, parseCode } from "../lib/code.js";
import { codeKeys, credentials } from "../lib/credentials.js";
import { openRing } from "../lib/keyring.js";
import { deriveKeyPair, open, openingKeyPair, pointOf, seal } from "../lib/hpke.js";

const read = (path) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8"));
const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const hex = (array) => Buffer.from(array).toString("hex");

const vectors = read("guardian/golden/keys.json");

for (const vector of vectors) {
  test(`everything derived from ${vector.printed} is what the golden vector says`, async () => {
    const code = new InvitationCode(bytes(vector.code));
    assert.equal(formatCode(code), vector.printed);
    assert.deepEqual(parseCode(vector.printed).bytes(), code.bytes());
    const keys = await codeKeys(code);
    assert.equal(keys.invitation, toUuid(bytes(vector.invitation_id)));
    assert.equal(hex(keys.signer.publicKey.bytes), vector.code_key);
    const keyId = toBase64url(bytes(vector.statement_key_id));
    assert.equal(await keys.anchor.vouches(toBase64url(bytes(vector.anchor)), vector.inviter, keyId), true);
    assert.equal(await keys.anchor.vouches(toBase64url(bytes(vector.anchor)), "00000099000000009999", keyId), false);
    const both = await credentials(keys, vector.secret);
    assert.equal(hex(await both.loginProof()), vector.login_proof);
    assert.equal(hex(fromBase64url(await both.loginVerifier())), vector.login_verifier);
    const own = await both.ownKeys(bytes(vector.gateway_half));
    assert.equal(hex(own.signing.publicKey.bytes), vector.own_signing_key);
    assert.equal(hex(own.openingKey.bytes), vector.own_opening_key);
    await assert.rejects(crypto.subtle.exportKey("jwk", own.opening.privateKey), "own keys cannot be read out");
    await assert.rejects(crypto.subtle.exportKey("jwk", own.signing.key()), "own keys cannot be read out");
  });
}

test("the key pair of RFC 9180 appendix A.3.1 is derived", async () => {
  const ikm = bytes("668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550");
  const { d } = await deriveKeyPair(ikm);
  assert.equal(hex(fromBase64url(d)), "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2");
});

test("keys are derived as the library derives them where a browser lets it", async () => {
  const { CipherSuite, DhkemP256HkdfSha256, HkdfSha256, Aes256Gcm } = await import("../vendor/hpke.js");
  const { kem } = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  for (let round = 0; round < 20; round += 1) {
    const material = crypto.getRandomValues(new Uint8Array(32));
    const [ours, { publicKey }] = [await deriveKeyPair(material), await kem.deriveKeyPair(material)];
    assert.equal(hex(pointOf(ours)), hex(new Uint8Array(await kem.serializePublicKey(publicKey))));
  }
});

test("nothing asks a browser for what Safari and Firefox lack: a private key without its public half", async () => {
  const { importKey } = crypto.subtle;
  const asked = [];
  crypto.subtle.importKey = function ask(form, ...rest) {
    asked.push(form);
    if (form === "pkcs8") throw new DOMException("not here", "DataError");
    return importKey.call(this, form, ...rest);
  };
  try {
    const code = new InvitationCode(bytes(vectors[0].code));
    const own = await (await credentials(await codeKeys(code), vectors[0].secret)).ownKeys(bytes(vectors[0].gateway_half));
    assert.equal(hex(own.openingKey.bytes), vectors[0].own_opening_key);
    const golden = read("content/golden/sealing.json");
    const keys = await openingKeyPair(await deriveKeyPair(bytes(golden.ikm)));
    const [manifest, slot] = [toBase64url(bytes(golden.manifest)), toUuid(bytes(golden.slot))];
    const sealed = await seal(own.openingKey.bytes, "view", manifest, slot, new Uint8Array(3));
    assert.equal(sealed.length, 256);
    assert.equal(text(await open(keys, "preview", manifest, slot, bytes(golden.preview.sealed))), golden.preview.content);
  } finally {
    delete crypto.subtle.importKey;
  }
  assert.ok(asked.length > 10 && !asked.includes("pkcs8"));
});

test("what was sealed as preview and as view opens, and only as that", async () => {
  const golden = read("content/golden/sealing.json");
  const jwk = await deriveKeyPair(bytes(golden.ikm));
  const keys = await openingKeyPair(jwk);
  const [manifest, slot] = [toBase64url(bytes(golden.manifest)), toUuid(bytes(golden.slot))];
  for (const what of ["preview", "view"]) {
    const vector = golden[what];
    assert.equal(hex(pointOf(jwk)), vector.public_key);
    const sealed = bytes(vector.sealed);
    assert.equal(text(await open(keys, what, manifest, slot, sealed)), vector.content);
    const other = what === "view" ? "preview" : "view";
    await assert.rejects(open(keys, other, manifest, slot, sealed), { reason: "DOES_NOT_OPEN" });
    const again = await seal(pointOf(jwk), what, manifest, slot, new TextEncoder().encode(vector.content));
    assert.equal(again.length, sealed.length);
    assert.equal(text(await open(keys, what, manifest, slot, again)), vector.content);
  }
});

test("a key ring that another implementation sealed opens for its account and version, and only for those", async () => {
  const golden = read("guardian/golden/ring.json");
  const [{ code, secret, gateway_half: half, invitation_id: id }] = vectors;
  const keys = await credentials(await codeKeys(new InvitationCode(bytes(code))), secret);
  const { ring: raw } = await keys.ownSecrets(bytes(half));
  assert.equal(hex(raw), golden.ring_key);
  const { ring } = await keys.ownKeys(bytes(half));
  const [invitation, sealed] = [toUuid(bytes(id)), bytes(golden.sealed)];
  assert.deepEqual(JSON.parse(JSON.stringify(await openRing(ring, invitation, golden.version, sealed))), golden.joined);
  await assert.rejects(openRing(ring, invitation, golden.version - 1, sealed), { reason: "DOES_NOT_OPEN" });
  await assert.rejects(openRing(ring, golden.joined[0].invitation, golden.version, sealed), { reason: "DOES_NOT_OPEN" });
  sealed[sealed.length - 1] ^= 1;
  await assert.rejects(openRing(ring, invitation, golden.version, sealed), { reason: "DOES_NOT_OPEN" });
});
