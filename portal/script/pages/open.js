// The guardian behind this tab: keys that were kept over a reload, or none yet.

import { isUuid } from "../lib/bytes.js";
import { SignedOut } from "../lib/errors.js";
import { Guardian } from "../lib/guardian.js";

/**
 * @param {boolean} mustBeIn Whether somebody must be logged in, with keys in this tab.
 * @param {?{invitation: string, handover: string}} wanted The question that the page is about.
 * @returns {Promise<Guardian>}
 * @throws {SignedOut} If nobody is.
 */
export async function openGuardian(mustBeIn, wanted) {
  const guardian = new Guardian();
  if (mustBeIn && !(await guardian.restore(wanted))) throw new SignedOut("NO_KEYS");
  return guardian;
}

/** Which question an address names in its fragment, `#invitation/handover`; `null` if none. */
export function wantedIn({ hash }) {
  const [invitation, handover] = hash.slice(1).split("/");
  return isUuid(invitation) && isUuid(handover) ? { invitation, handover } : null;
}
