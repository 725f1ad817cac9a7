/**
 * Verifies Ed25519 (RFC 8032), by which organisations, registrar and gateway sign. WebCrypto has it in every current browser;
 * where it is missing, `@noble/ed25519`, vendored, is loaded once. Browsers only verify: nobody signs with Ed25519 here.
 */

let isNative;

/**
 * @param {Uint8Array} publicKey 32 bytes.
 * @param {Uint8Array} message
 * @param {Uint8Array} signature 64 bytes.
 * @returns {Promise<boolean>}
 */
export async function verifyEd25519(publicKey, message, signature) {
  isNative ??= await probe();
  return isNative ? native(publicKey, message, signature) : vendored(publicKey, message, signature);
}

/** Whether this browser can do it at all, asked with the generator's own point, which every implementation takes. */
async function probe() {
  const point = Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 0x58 : 0x66));
  try {
    await crypto.subtle.importKey("raw", point, { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/** By WebCrypto. Exported for the tests, which compare both. */
export async function native(publicKey, message, signature) {
  try {
    const key = await crypto.subtle.importKey("raw", publicKey, { name: "Ed25519" }, false, ["verify"]);
    return await crypto.subtle.verify({ name: "Ed25519" }, key, signature, message);
  } catch {
    return false; // not a key, not a signature
  }
}

/** By the vendored library, strictly as RFC 8032 has it. Exported for the tests. */
export async function vendored(publicKey, message, signature) {
  const { verifyAsync } = await import("../vendor/ed25519.js");
  try {
    return await verifyAsync(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}
