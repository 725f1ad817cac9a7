// Makes keys.json: a guardian's derivations by another implementation (WebCrypto and @hpke/core), which our tests compare with
// and the browser's module can be tested against. Run with Node.js 20 after `npm install @hpke/core@1.9`:
//
//     node keys.mjs > keys.json

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from "@hpke/core";

const { subtle } = crypto;
const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const utf8 = (text) => new TextEncoder().encode(text);
const concat = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function printed(code) {
  const bits = [...code].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const values = bits.match(/.{5}/g).map((five) => parseInt(five, 2));
  let check = 0;
  for (const value of values) {
    check = (check ^ value) << 1;
    if (check & 32) check ^= 0b100101;
  }
  const text = [...values, check].map((value) => ALPHABET[value]).join("");
  return [text.slice(0, 4), text.slice(4, 8), text.slice(8, 12), text.slice(12)].join("-");
}

async function stretch(input, salt) {
  const key = await subtle.importKey("raw", input, "PBKDF2", false, ["deriveBits"]);
  return subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: 600000 }, key, 256);
}

async function derive(material, salt, label) {
  const key = await subtle.importKey("raw", material, "HKDF", false, ["deriveBits"]);
  return subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: utf8(label) }, key, 256);
}

const none = new Uint8Array(0);

async function publicKey(ikm) {
  const pair = await suite.kem.deriveKeyPair(ikm);
  return hex(await suite.kem.serializePublicKey(pair.publicKey));
}

async function vector({ code, secret, half, inviter, statementKey }) {
  const root = await stretch(code, utf8("handdruk invitation code v1"));
  const id = new Uint8Array(await derive(root, none, "handdruk invitation id v1")).slice(0, 16);
  const anchorKey = await subtle.importKey(
    "raw",
    await derive(root, none, "handdruk anchor v1"),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const stretched = await stretch(utf8(secret.normalize("NFC")), await derive(root, none, "handdruk secret salt v1"));
  const proof = await derive(stretched, none, "handdruk login proof v1");
  return {
    code: hex(code),
    printed: printed(code),
    secret,
    gateway_half: hex(half),
    inviter,
    statement_key_id: hex(statementKey),
    invitation_id: hex(id),
    code_key: await publicKey(await derive(root, none, "handdruk code key v1")),
    anchor: hex(await subtle.sign("HMAC", anchorKey, concat(id, utf8(inviter), statementKey))),
    login_proof: hex(proof),
    login_verifier: hex(await subtle.digest("SHA-256", proof)),
    own_signing_key: await publicKey(await derive(stretched, half, "handdruk own signing key v1")),
    own_opening_key: await publicKey(await derive(stretched, half, "handdruk own opening key v1")),
  };
}

const vectors = [
  await vector({
    code: utf8("0123456789"),
    secret: "a secret with an e\u0301",
    half: new Uint8Array(32).fill(0x44),
    inviter: "00000099000000001000",
    statementKey: new Uint8Array(32).fill(0x55),
  }),
  await vector({
    code: new Uint8Array(10).fill(0xff),
    secret: "another secret",
    half: new Uint8Array(32).map((_, at) => at),
    inviter: "00000099000000002000",
    statementKey: new Uint8Array(32).fill(0x66),
  }),
];
console.log(JSON.stringify(vectors, null, 2));
