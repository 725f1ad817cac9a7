/**
 * The secret that a guardian chooses when activating, as guardian/src/secret.rs takes it: in Unicode's normalisation form C, so
 * that `é` is the same secret from every keyboard; 8 to 256 characters; one line. Spaces count, also at the ends. No other rules.
 */

import { SecretError } from "./errors.js";

/** The fewest characters of a secret. */
export const SHORTEST = 8;

/** The most characters of a secret. */
export const LONGEST = 256;

/**
 * @param {string} typed
 * @returns {string} The same, normalised.
 * @throws {SecretError}
 */
export function checkSecret(typed) {
  const secret = typed.normalize("NFC");
  if (/[\p{Cc}\p{Surrogate}]/u.test(secret)) throw new SecretError("CONTROL");
  const characters = Array.from(secret).length;
  if (characters < SHORTEST) throw new SecretError("TOO_SHORT");
  if (characters > LONGEST) throw new SecretError("TOO_LONG");
  return secret;
}
