// Makes ring.json: a guardian's key ring by another implementation (WebCrypto alone), which our script's tests open. Run with
// Node.js 20:
//
//     node ring.mjs > ring.json

import { readFileSync } from "node:fs";

const { subtle } = crypto;
const [{ code, secret, gateway_half, invitation_id, own_signing_key, own_opening_key }] = JSON.parse(
  readFileSync(new URL("keys.json", import.meta.url), "utf8"),
);
const unhex = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
const utf8 = (text) => new TextEncoder().encode(text);

async function stretch(input, salt) {
  const key = await subtle.importKey("raw", input, "PBKDF2", false, ["deriveBits"]);
  return subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: 600000 }, key, 256);
}

async function derive(material, salt, label) {
  const key = await subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
  return subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: utf8(label) }, key, 256);
}

const root = await stretch(unhex(code), utf8("handdruk invitation code v1"));
const salt = await derive(root, new Uint8Array(0), "handdruk secret salt v1");
const stretched = await stretch(utf8(secret.normalize("NFC")), salt);
const ringKey = await derive(stretched, unhex(gateway_half), "handdruk key ring v1");

// Another child's letter, with keys that only stand for some: a ring is opened here, and nothing is signed with it.
const jwk = (point, d) => ({
  kty: "EC",
  crv: "P-256",
  x: base64url(unhex(point).slice(1, 33)),
  y: base64url(unhex(point).slice(33)),
  d: base64url(new Uint8Array(32).fill(d)),
});
const joined = [
  {
    invitation: "5b7f0000-0000-4000-8000-0000000000aa",
    code_key: `p256:${base64url(unhex(own_signing_key))}`,
    anchor: { kty: "oct", k: base64url(new Uint8Array(32).fill(1)) },
    login_proof: base64url(new Uint8Array(32).fill(2)),
    signing: jwk(own_signing_key, 3),
    opening: jwk(own_opening_key, 4),
    since: "2027-02-01T08:00:00Z",
  },
];

// Padded to a size class: a length of 4 bytes, the content, zeros.
const content = utf8(JSON.stringify({ format: "handdruk-key-ring-1", joined }));
const overhead = 12 + 16;
let size = 256;
while (size < 4 + content.length + overhead) size *= 2;
const padded = new Uint8Array(size - overhead);
new DataView(padded.buffer).setUint32(0, content.length);
padded.set(content, 4);

const version = 7;
const associated = Buffer.concat([utf8("handdruk key ring v1\0"), unhex(invitation_id), Buffer.from([0, 0, 0, version])]);
const nonce = new Uint8Array(12).fill(0x77);
const key = await subtle.importKey("raw", ringKey, "AES-GCM", false, ["encrypt"]);
const sealed = await subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: associated }, key, padded);

console.log(JSON.stringify({ ring_key: hex(ringKey), version, joined, sealed: hex(nonce) + hex(sealed) }, null, 2));
