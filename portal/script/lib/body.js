/**
 * The closed shapes of what statements say, as domain/src/statement reads them. One table, so that a kind that changes there is
 * changed in one place here; `tests/` reads statements of every kind with both. A catalogue's body is TOML and stands in
 * catalogue.js; of kinds that no guardian is shown (envelopes, applications) nothing stands here.
 */

import { bytes, count, date, digest, flag, form, id, list, map, optional, struct, tagged, text, time, word } from "./shape.js";

/** Every category, D01 to D20. */
export const CATEGORIES = Object.freeze(Array.from({ length: 20 }, (_, at) => `D${String(at + 1).padStart(2, "0")}`));

/** What somebody may say about one category. */
export const CHOICES = Object.freeze(["agree", "refuse", "withdraw", "object"]);

/** The age bands, youngest first. */
export const AGE_BANDS = Object.freeze(["0-11", "12-15", "16-17", "18+"]);

/** The languages in which a text may have been shown (BCP 47). */
export const LANGUAGES = Object.freeze(["nl", "en", "tr", "ar"]);

const category = word(...CATEGORIES);
const choices = map(category, word(...CHOICES));
const language = word(...LANGUAGES);
const oin = form(/^[0-9]{20}$/, "oin");
const municipality = form(/^[0-9]{4}$/, "municipality");
const site = form(/^[0-9A-Z]{4}[0-9]{2}$/, "site");
const professional = form(/^[a-z0-9.-]{1,64}$/, "professional");
const desk = word("lpa", "loket", "neighbourhood-team", "school-support-team", "early-leavers");
const role = word("po", "vo", "so", "mbo", "kdv", "swv", "gem", "jh", "vt", "gi", "gateway", "portal");
const anyKey = form(/^(ed25519|p256):[A-Za-z0-9_-]+$/, "key");
const ageBand = word(...AGE_BANDS);
const purpose = word(
  "transfer-report-primary", "transfer-report-secondary", "mbo-arrival", "preschool-handover", "swv-support", "attendance",
  "early-leaver", "care-access", "care-handover", "dyslexia-referral", "pupil-transport", "care-feedback", "case-conference",
  "care-status", "safety", "steering-figures",
);
const transition = word(
  "VSPO", "VSWEC", "POPO", "POWEC", "POVO", "VOVO", "VOMBO", "WECWEC", "WECVO", "WECMBO", "POSWV", "VOSWV",
);
const holder = tagged("holder", {
  "young-person": {},
  guardian: {
    authority: word("joint", "single", "joint-with-non-parent", "guardianship", "temporarily-none", "undetermined"),
    under_investigation: flag,
  },
  representative: { kind: word("curator", "mentor") },
});
const address = struct({ oin, site: optional(site), desk: optional(desk) });
const actor = struct({ actor: professional, on_behalf_of: oin });
const compartment = form(/^(D(0[1-9]|1[0-9]|20)|view\/[0-9a-f-]{36})$/, "compartment");

/** What each kind of statement says. @type {Readonly<Record<string, import("./shape.js").Shape<any>>>} */
export const BODIES = Object.freeze({
  membership: struct({
    oin,
    name: text,
    roles: list(role),
    desks: optional(list(desk)),
    sites: optional(list(site)),
    municipality: optional(municipality),
    region: optional(list(municipality)),
    holiday_region: optional(word("noord", "midden", "zuid")),
    telephone: optional(form(/^[0-9 ()+-]{3,24}$/, "telephone")),
    serial: count,
    status: word("active", "ended"),
    at: time,
    not_after: time,
  }),
  "key-bundle": struct({
    oin,
    serial: count,
    statement_key: anyKey,
    opening_key: bytes(),
    not_before: time,
    not_after: time,
    chain: list(bytes()),
  }),
  invitation: struct({
    invitation: id,
    inviter: oin,
    child: id,
    slot: id,
    holder,
    code_key: anyKey,
    anchor: bytes(32),
    replaces: optional(id),
    language,
    at: time,
    not_after: time,
  }),
  "guardian-keys": struct({ invitation: id, slot: id, signing: anyKey, opening: anyKey, at: time }),
  manifest: struct({
    handover: id,
    child: id,
    sender: address,
    recipient: address,
    purpose,
    categories: map(category, digest),
    catalogue: digest,
    transition: struct({ code: optional(transition), month: date }),
    municipality: optional(municipality),
    age_band: ageBand,
    not_after: date,
    guardians: list(struct({ slot: id, holder })),
    inspection: tagged("inspection", { open: {}, attested: { on: date } }),
    application: tagged("application", { none: {}, cited: { digest }, attested: { by: professional, on: date } }),
    justification: optional(digest),
    supervision_order: optional(flag),
    by: actor,
    at: time,
  }),
  renewal: struct({ handover: id, manifest: digest, not_after: date, age_band: ageBand, at: time }),
  told: struct({
    handover: id,
    manifest: digest,
    slot: id,
    how: word("preview", "letter", "conversation"),
    renewal: optional(digest),
    at: time,
  }),
  decision: struct({
    handover: id,
    manifest: digest,
    slot: id,
    invitation: id,
    choices,
    shown: digest,
    language,
    until: optional(date),
    at: time,
  }),
  attestation: struct({
    handover: optional(id),
    child: id,
    slot: optional(id),
    what: tagged("attests", {
      "paper-decision": { manifest: digest, choices },
      "assisted-decision": { manifest: digest, choices },
      "spoken-withdrawal": { manifest: digest, choices },
      "authority-changed": { holder },
      "safety-report": { manifest: digest },
    }),
    professionals: list(professional),
    at: time,
  }),
  view: struct({
    handover: id,
    manifest: digest,
    slot: id,
    invitation: id,
    agreement: word("yes", "no", "unknown"),
    text: optional(text),
    at: time,
  }),
  permit: struct({
    permit: id,
    gateway: oin,
    handover: id,
    manifest: digest,
    catalogue: digest,
    basis: word("statutory", "consent", "safety"),
    categories: list(category),
    blocked: map(category, digest),
    rests_on: list(digest),
    at: time,
    not_after: time,
  }),
  release: struct({
    handover: id,
    recipient: oin,
    manifest: digest,
    permit: digest,
    envelope: digest,
    sent: list(compartment),
    dropped: list(struct({ name: compartment, because: digest })),
    at: time,
  }),
  receipt: struct({
    handover: id,
    release: digest,
    result: tagged("outcome", {
      received: { categories: list(category) },
      quarantined: {
        category: optional(category),
        reason: word("extra-field", "extra-category", "commitment-mismatch", "cannot-open", "missing-required"),
      },
    }),
    at: time,
  }),
  "withdrawal-answer": struct({
    handover: id,
    withdrawal: digest,
    result: tagged("answer", {
      erased: {},
      kept: { ground: word("care-dossier", "statutory-duty", "legal-claim") },
    }),
    by: actor,
    at: time,
  }),
  progress: struct({
    handover: id,
    step: tagged("step", {
      accepted: {},
      declined: { reason: word("no-place", "wrong-address", "waiting-list", "not-suitable") },
      confirmed: {},
      "no-recipient": {},
      "talk-planned": {},
      "talk-held": {},
      started: {},
      "not-started": {},
      "aftercare-planned": {},
      "aftercare-held": {},
      closed: {},
      read: { categories: list(category) },
      erased: { why: word("term", "request") },
    }),
    sealed: optional(bytes()),
    by: actor,
    at: time,
  }),
  plan: struct({
    handover: id,
    manifest: digest,
    step: digest,
    slot: id,
    invitation: id,
    meeting: word("talk", "aftercare"),
    again: optional(flag),
    starts: form(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:00$/, "starts"),
    kind: word("in-person", "phone", "video"),
    place: optional(text),
    guests: optional(list(word("mentor", "parents", "child", "care", "own-mentor"))),
    message: optional(text),
    left_out: optional(flag),
    at: time,
  }),
});
