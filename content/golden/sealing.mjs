// Makes sealing.json: content sealed by another implementation of HPKE than the one we use, which our tests open.
// Run with Node.js 20 after `npm install @hpke/core@1.9 @hpke/hybridkem-x-wing@0.7`:
//
//     node sealing.mjs > sealing.json
//
// Encapsulations are random, so a new run makes other, equally good vectors.

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, ExportOnly, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const utf8 = (text) => new TextEncoder().encode(text);
const concat = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));

// The size classes of content/src/seal/padding.rs; `overhead` is what sealing adds.
function pad(content, overhead) {
  let size = 256;
  while (size < content.length + 4 + overhead) size *= 2;
  const padded = new Uint8Array(size - overhead);
  new DataView(padded.buffer).setUint32(0, content.length);
  padded.set(content, 4);
  return padded;
}

const manifest = new Uint8Array(32).fill(0x11);
const slot = new Uint8Array(16).fill(0x22);
const permit = new Uint8Array(32).fill(0x33);
const ikm = new Uint8Array(32).fill(0x07);

async function person(label, text) {
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const keys = await suite.kem.deriveKeyPair(ikm);
  const info = concat(utf8(label), manifest, slot);
  const context = await suite.createSenderContext({ recipientPublicKey: keys.publicKey, info });
  const ciphertext = await context.seal(pad(utf8(text), 65 + 16));
  return {
    content: text,
    private_key: hex(await suite.kem.serializePrivateKey(keys.privateKey)),
    public_key: hex(await suite.kem.serializePublicKey(keys.publicKey)),
    sealed: hex(concat(new Uint8Array(context.enc), new Uint8Array(ciphertext))),
  };
}

async function node(name, text) {
  const suite = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new ExportOnly() });
  const keys = await suite.kem.generateKeyPair();
  const context = await suite.createSenderContext({
    recipientPublicKey: keys.publicKey,
    info: utf8("handdruk envelope v1"),
  });
  const secret = await context.export(utf8(name), 32);
  const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt"]);
  const additionalData = concat(manifest, permit, utf8(name));
  const algorithm = { name: "AES-GCM", iv: new Uint8Array(12), additionalData };
  return {
    compartment: name,
    content: text,
    private_key: hex(await suite.kem.serializePrivateKey(keys.privateKey)),
    public_key: hex(await suite.kem.serializePublicKey(keys.publicKey)),
    encapsulation: hex(new Uint8Array(context.enc)),
    sealed: hex(new Uint8Array(await crypto.subtle.encrypt(algorithm, key, pad(utf8(text), 16)))),
  };
}

const vectors = {
  ikm: hex(ikm),
  manifest: hex(manifest),
  permit: hex(permit),
  slot: hex(slot),
  preview: await person("handdruk preview v1\0", "What helps in class: a quiet place to start."),
  view: await person("handdruk view v1\0", "I do not agree with the second sentence."),
  node: await node("D11", "Works well: one instruction at a time. ".repeat(12)),
};
console.log(JSON.stringify(vectors, null, 2));
