// The guardian behind this tab: keys that were kept over a reload, or none yet.

import { SignedOut } from "../lib/errors.js";
import { Guardian } from "../lib/guardian.js";

/**
 * @param {boolean} mustBeIn Whether somebody must be logged in, with keys in this tab.
 * @returns {Promise<Guardian>}
 * @throws {SignedOut} If nobody is.
 */
export async function openGuardian(mustBeIn) {
  const guardian = new Guardian();
  if (mustBeIn && !(await guardian.restore())) throw new SignedOut("NO_KEYS");
  return guardian;
}
