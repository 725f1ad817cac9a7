// The guardian behind this tab: keys that were kept over a reload, or none yet.

import { Api } from "../lib/api.js";
import { SignedOut } from "../lib/errors.js";
import { Guardian } from "../lib/guardian.js";

let opened = null;

/**
 * @param {boolean} mustBeIn Whether somebody must be logged in, with keys in this tab.
 * @returns {Promise<Guardian>}
 * @throws {SignedOut} If nobody is.
 */
export function openGuardian(mustBeIn) {
  opened ??= open(mustBeIn);
  return opened;
}

async function open(mustBeIn) {
  const api = new Api();
  const { registrar, gateway } = await api.federation();
  const guardian = new Guardian(api, { registrar, gateway });
  if (mustBeIn && !(await guardian.restore())) throw new SignedOut("NO_KEYS");
  return guardian;
}
