/**
 * What can go wrong, by whose fault. Every error has a `reason`, a stable word in UPPER_SNAKE, and where it helps `about`, the
 * element concerned. No error ever holds a value that somebody typed or that is about a person. Texts for people are the pages'.
 */

/** What all of them share. Nothing was signed or sent when one is thrown, unless it is `Unanswered`. */
export class PortalError extends Error {
  /**
   * @param {string} reason Stable word in UPPER_SNAKE.
   * @param {string} [about] The element concerned, never a value.
   * @param {unknown} [cause] What went wrong one layer below.
   */
  constructor(reason, about = "", cause = undefined) {
    super(about ? `${reason}: ${about}` : reason, { cause });
    this.name = new.target.name;
    this.reason = reason;
    this.about = about;
  }
}

/** A text is not a code: `UNKNOWN_SYMBOL`, `LENGTH` (with `found`, how many symbols there are) or `MISTYPED`. */
export class CodeError extends PortalError {
  /** How many symbols were found; `null` but for `LENGTH`. @type {?number} */
  found = null;
}

/** A text is not accepted as a secret: `TOO_SHORT`, `TOO_LONG` or `CONTROL` (a character that nobody types twice). */
export class SecretError extends PortalError {}

/**
 * What gateway or portal passed on does not hold. Nothing of it may be shown or signed.
 *
 * - `MALFORMED`: not of the form that the protocol says
 * - `NOT_REGISTERED`: the pinned registrar did not sign it
 * - `ANOTHER`: it is about something else than was asked for
 * - `BAD_SIGNATURE`, `WRONG_KEY`: not signed by whom it claims to come from
 * - `NO_KEYS`: an organisation that signs has published no keys; `KEYS`: its keys do not follow from one another
 * - `KEY_NOT_IN_FORCE`: signed with a key that was not in force at the time it says
 * - `KEY_NOT_ANCHORED`: signed with a key that nothing on the letter vouches for
 * - `NOT_ANCHORED`: the invitation does not come from whoever printed the code
 * - `OWN_KEYS`: the keys on record are not those of this code and secret
 * - `OTHER_SENDER`, `OTHER_CHILD`, `NO_SLOT`, `OTHER_HANDOVER`, `UNKNOWN_PURPOSE`: the handover is not this guardian's affair
 * - `DOES_NOT_OPEN`: sealed to somebody else or for something else, or altered
 * - `NOT_COMMITTED`: the content is not what the sender committed to
 * - `CATALOGUE`: the rules cannot be read
 */
export class NotBelieved extends PortalError {}

/** The invitation cannot be used for this: `ALREADY_ACTIVATED`, `REPLACED`, `REVOKED` or `EXPIRED`. */
export class InvitationError extends PortalError {}

/**
 * Choices or remarks were not signed: `NOTHING` chosen; `NOT_IN_HANDOVER`, `NOT_ON_CONSENT`, `NOT_INSPECTED` (a category in
 * `about`); `OTHER_PREVIEW`; `UNKNOWN_CHOICE`; `NO_VIEW_KEY`; `TEXT` (remarks that are empty, too long or misleading).
 */
export class ChoiceError extends PortalError {}

/** The gateway or the portal refused; `reason` as in docs/errors, with the status of the answer. */
export class Refused extends PortalError {
  /** HTTP status. @type {number} */
  status = 0;
  /** What the server says about it, in the page's language; may be empty. @type {string} */
  text = "";
}

/** The other side has a fault of its own: `FAULT`, with the id to quote in `about`. */
export class Fault extends PortalError {}

/** No answer, also when asked again: `UNANSWERED`. Whether it took effect is unknown: look before deciding anew. */
export class Unanswered extends PortalError {}

/** The gateway has too much to do, also after a while: `BUSY`. Nothing was changed. */
export class Busy extends Unanswered {
  /** After how many seconds to try again. @type {number} */
  retryAfter = 1;
}

/** There is no session, or no keys in this tab: `NO_KEYS` or `NO_SESSION`. Ask for code and secret. */
export class SignedOut extends PortalError {}
