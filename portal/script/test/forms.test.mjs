// What is read and written byte for byte: codes, secrets, base64url, canonical JSON, padding, statements, categories. With random
// input where that pays; a failure prints what it failed on.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fromBase64url, fromUuid, isUuid, toBase64url, toUuid, utf8 } from "../lib/bytes.js";
import { CodeError } from "../lib/errors.js";
import { codeFromFragment, formatCode, groupTyped, InvitationCode, parseCode } from "../lib/code.js";
import { commitment, parseContent } from "../lib/content.js";
import { native, vendored } from "../lib/ed25519.js";
import { byCodePoint, canonical, parse } from "../lib/json.js";
import { PublicKey } from "../lib/key.js";
import { isSizeClass, pad, unpad } from "../lib/padding.js";
import { isProse } from "../lib/prose.js";
import { checkSecret } from "../lib/secret.js";
import { date, instant, time } from "../lib/shape.js";
import { Verified, digest, verify, verifyCited } from "../lib/statement.js";
import { content, ed25519, random, signed, SLOT, OTHER_SLOT } from "./world.mjs";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const reason = (why) => ({ reason: why });

test("a code is printed in groups and read forgivingly", () => {
  const code = new InvitationCode(utf8("0123456789"));
  assert.equal(formatCode(code), "60RK-4CSM-6MV3-EE1SY");
  for (const typed of ["60RK4CSM6MV3EE1SY", "60rk-4csm-6mv3-ee1sy", " 6ORK 4CSM 6MV3 EEISY ", "6oRK\u20134CSM\u20116MV3.EElSY\n"]) {
    assert.deepEqual(parseCode(typed).bytes(), code.bytes(), typed);
  }
  assert.equal(groupTyped("60rk4c"), "60RK-4C");
  assert.equal(`${code} ${JSON.stringify(code)} ${Object.keys(code)}`, 'InvitationCode "InvitationCode" ');
});

test("what is no code is refused with the reason", () => {
  const found = (typed) => {
    try {
      return parseCode(typed);
    } catch (error) {
      assert.ok(error instanceof CodeError);
      return [error.reason, error.found];
    }
  };
  assert.deepEqual(found(""), ["LENGTH", 0]);
  assert.deepEqual(found("60RK-4CSM-6MV3-EE1S"), ["LENGTH", 16]);
  assert.deepEqual(found("60RK-4CSM-6MV3-EE1SY0"), ["LENGTH", 18]);
  for (const strange of ["60RK-4CSM-6MV3-EE1SU", "60RK-4CSM-6MV3-EE1S\u00e9", "60RK/4CSM-6MV3-EE1SY", "60RK-4CSM-6MV3-EE\u01311SY", "60RK-4CSM-6MV3-EE1\u017fY"]) {
    assert.deepEqual(found(strange), ["UNKNOWN_SYMBOL", null], strange);
  }
});

test("every wrong symbol and every swap is a typing error; every code reads back as printed", () => {
  for (let round = 0; round < 50; round += 1) {
    const code = new InvitationCode(random(10));
    const printed = formatCode(code).replaceAll("-", "");
    assert.deepEqual(parseCode(printed).bytes(), code.bytes());
    for (let at = 0; at < printed.length; at += 1) {
      const symbol = ALPHABET[Math.floor(Math.random() * 32)];
      if (symbol !== printed[at]) {
        assert.throws(() => parseCode(printed.slice(0, at) + symbol + printed.slice(at + 1)), reason("MISTYPED"), printed);
      }
      const other = (at + 1 + round) % printed.length;
      if (printed[at] !== printed[other]) {
        const swapped = Array.from(printed);
        [swapped[at], swapped[other]] = [swapped[other], swapped[at]];
        assert.throws(() => parseCode(swapped.join("")), reason("MISTYPED"), printed);
      }
    }
  }
});

test("a code in the fragment is taken out of the address", () => {
  const seen = [];
  const history = { replaceState: (...args) => seen.push(args) };
  const at = (hash) => ({ hash, pathname: "/", search: "?taal=tr" });
  assert.deepEqual(codeFromFragment(at("#60RK-4CSM-6MV3-EE1SY"), history).bytes(), utf8("0123456789"));
  assert.deepEqual(seen, [[null, "", "/?taal=tr"]]);
  assert.equal(codeFromFragment(at(""), history), null);
  assert.throws(() => codeFromFragment(at("#%ff"), history), reason("UNKNOWN_SYMBOL"));
  assert.equal(seen.length, 2, "also when it is no code");
});

test("a secret is the same from every keyboard, and neither short, endless nor untypable", () => {
  assert.equal(checkSecret("cafe\u0301 au lait"), checkSecret("caf\u00e9 au lait"));
  assert.throws(() => checkSecret("seven77"), reason("TOO_SHORT"));
  assert.throws(() => checkSecret("e\u0301e\u0301e\u0301e\u0301"), reason("TOO_SHORT"));
  assert.throws(() => checkSecret("x".repeat(257)), reason("TOO_LONG"));
  assert.throws(() => checkSecret("eight or\nmore"), reason("CONTROL"));
  assert.ok(checkSecret("\u{1f980}".repeat(256)));
});

test("base64url and ids have one spelling", () => {
  for (let round = 0; round < 200; round += 1) {
    const bytes = random(round % 70);
    assert.deepEqual(fromBase64url(toBase64url(bytes)), bytes);
    assert.equal(toBase64url(bytes), Buffer.from(bytes).toString("base64url"));
  }
  for (const wrong of ["A", "AB==", "A+", "A/", "AB", "AAB", "A A", null, 1]) assert.throws(() => fromBase64url(wrong), reason("MALFORMED"), String(wrong));
  const id = toUuid(random(16));
  assert.equal(toUuid(fromUuid(id)), id);
  for (const wrong of [id.toUpperCase().replace(/^./, "A"), id.replaceAll("-", ""), `{${id}}`, `urn:uuid:${id}`]) assert.equal(isUuid(wrong), false);
});

test("text that UTF-8 cannot hold is refused, so that no other bytes are signed than were shown", () => {
  assert.throws(() => utf8("a\ud800"), reason("MALFORMED"));
  assert.equal(utf8("\ud83d\ude00").length, 4);
});

test("JSON with a key twice is refused, however it is written", () => {
  for (const twice of ['{"a":1,"a":1}', '{"a":1,"\\u0061":1}', '[{"b":{"a":1,"c":2,"a" : 3}}]']) {
    assert.throws(() => parse(twice), reason("MALFORMED"), twice);
  }
  for (const fine of ['{"a":{"a":1},"b":["a","a","a:"]}', '{"a":"\\"a\\":1,\\"a\\":"}', '[{"a":1},{"a":1}]']) assert.ok(parse(fine), fine);
  assert.throws(() => parse("[".repeat(40) + "]".repeat(40)), reason("MALFORMED"));
});

test("canonical JSON has one spelling: keys by their bytes, integers, no null", () => {
  assert.equal(canonical({ b: [1, true], a: "\u0001\n\u2028é" }), '{"a":"\\u0001\\n\u2028é","b":[1,true]}');
  // U+FF5E comes before U+1F600 in UTF-8, and after it in UTF-16.
  assert.ok(byCodePoint("\uff5e", "\u{1f600}") < 0);
  assert.ok(["\uff5e", "\u{1f600}"].sort()[0] === "\u{1f600}");
  for (const wrong of [null, 1.5, -0, undefined, Number.NaN, { a: null }]) assert.throws(() => canonical(wrong), reason("MALFORMED"));
});

test("whatever is padded comes back, and no other padding is taken", () => {
  for (let round = 0; round < 300; round += 1) {
    const content = random(Math.floor(Math.random() * 3000));
    const overhead = 16 + Math.floor(Math.random() * 84);
    const padded = pad(content, overhead);
    assert.ok(isSizeClass(padded.length + overhead));
    assert.deepEqual(unpad(padded, overhead), content);
    const spoiled = padded.slice();
    spoiled[Math.floor(Math.random() * 4)] ^= 1 << (round % 8);
    const other = unpad(spoiled, overhead);
    if (other !== null) assert.deepEqual(pad(other, overhead), spoiled, "one content has one padding");
  }
  const padded = pad(utf8("a long division"), 16);
  padded[padded.length - 1] = 1;
  assert.equal(unpad(padded, 16), null, "something hides in the padding");
  assert.throws(() => pad(new Uint8Array((1 << 20) - 16 - 3), 16), reason("TOO_LARGE"));
});

test("dates and times are those that exist", () => {
  for (const day of ["2026-02-28", "2028-02-29", "0099-12-31"]) assert.equal(date(day), day);
  for (const wrong of ["2026-02-29", "2026-13-01", "2026-1-01", "2026-02-28T00:00:00Z"]) assert.throws(() => date(wrong), reason("MALFORMED"), wrong);
  for (const at of ["2026-11-23T09:00:00Z", "2026-11-23T09:00:00.123456789Z"]) assert.equal(time(at), at);
  for (const wrong of ["2026-11-23", "2026-11-23T09:00:00+01:00", "2026-11-23T25:00:00Z", "x"]) assert.throws(() => time(wrong), reason("MALFORMED"), wrong);
  assert.ok(instant("2026-11-23T09:00:00.1Z") > instant("2026-11-23T09:00:00Z"));
});

test("free text is free of characters that mislead", () => {
  for (const fine of ["a\nb", "\u200fمرحبا", "x".repeat(10)]) assert.equal(isProse(fine, 10), true, fine);
  for (const wrong of ["", " ", " a", "a\u00a0", "a\u202eb", "a\u2066b", "a\u2028b", "\ufeffa", "a\u0000b", "a\u007fb", "a\u0085b", "a\r\nb", "x".repeat(11)]) {
    assert.equal(isProse(wrong, 10), false, escape(wrong));
  }
});

test("both ways of verifying Ed25519 agree", async () => {
  for (let round = 0; round < 20; round += 1) {
    const key = await ed25519();
    const message = random(round * 7);
    const signature = await key.sign(message);
    const spoiled = signature.slice();
    spoiled[round % 64] ^= 1;
    const other = (await ed25519()).publicKey.bytes;
    for (const [publicKey, given, expected] of [[key.publicKey.bytes, signature, true], [key.publicKey.bytes, spoiled, false], [other, signature, false], [new Uint8Array(32).fill(255), signature, false]]) {
      assert.equal(await native(publicKey, message, given), expected);
      assert.equal(await vendored(publicKey, message, given), expected);
    }
  }
});

test("a signature holds for its kind, its key and every byte, and for nothing else", async () => {
  const [one, two] = [await ed25519(), await ed25519()];
  const body = { handover: SLOT, manifest: toBase64url(random(32)), not_after: "2027-02-01", age_band: "0-11", at: "2026-11-23T09:00:00Z" };
  const renewal = await signed("renewal", body, [one]);
  const verified = await verify(renewal, "renewal", [one.publicKey]);
  assert.deepEqual({ ...verified.body }, body);
  assert.equal(verified.digest, await digest(renewal));
  await assert.rejects(verify(renewal, "told", [one.publicKey]), reason("ANOTHER"));
  await assert.rejects(verify(renewal, "renewal", [two.publicKey]), reason("WRONG_KEY"));
  await assert.rejects(verify(renewal, "renewal", [one.publicKey, two.publicKey]), reason("BAD_SIGNATURE"));
  await assert.rejects(verify(renewal, "renewal", []), reason("BAD_SIGNATURE"));
  const claimed = { ...renewal, signatures: [{ ...renewal.signatures[0], key: two.publicKey.id }] };
  await assert.rejects(verify(claimed, "renewal", [two.publicKey]), reason("BAD_SIGNATURE"));
  const doubled = { ...renewal, signatures: [renewal.signatures[0], renewal.signatures[0]] };
  await assert.rejects(verify(doubled, "renewal", [one.publicKey, one.publicKey]), reason("WRONG_KEY"));
  // The same bytes as another kind.
  await assert.rejects(verify({ ...renewal, kind: "decision" }, "decision", [one.publicKey]), reason("BAD_SIGNATURE"));
  for (let round = 0; round < 100; round += 1) {
    const at = Math.floor(Math.random() * renewal.body.length);
    const other = String.fromCharCode(33 + ((renewal.body.charCodeAt(at) + round) % 90));
    const spoiled = { ...renewal, body: renewal.body.slice(0, at) + other + renewal.body.slice(at + 1) };
    if (spoiled.body !== renewal.body) await assert.rejects(verify(spoiled, "renewal", [one.publicKey]), reason("BAD_SIGNATURE"), spoiled.body);
  }
});

test("a signed body that is not of its kind's form is refused", async () => {
  const key = await ed25519();
  const good = { handover: SLOT, manifest: toBase64url(random(32)), not_after: "2027-02-01", age_band: "0-11", at: "2026-11-23T09:00:00Z" };
  const bad = [
    { ...good, extra: 1 }, { ...good, age_band: "0-12" }, { ...good, handover: SLOT.toUpperCase() }, { ...good, at: "now" },
    { ...good, manifest: "AA" }, { ...good, not_after: undefined }, { ...good, not_after: "2027-02-30" }, [good], "null", "", "{",
    `{"handover":"${SLOT}",${JSON.stringify(good).slice(1)}`,
  ];
  for (const body of bad) {
    const statement = await signed("renewal", body, [key]);
    await assert.rejects(verify(statement, "renewal", [key.publicKey]), reason("MALFORMED"), JSON.stringify(body));
  }
  const large = await signed("renewal", `${JSON.stringify(good)}${" ".repeat(256 * 1024)}`, [key]);
  await assert.rejects(verify(large, "renewal", [key.publicKey]), reason("TOO_LARGE"));
  for (const raw of [null, [], {}, { kind: "gossip", body: "", signatures: [] }, { ...large, more: 1 }]) {
    await assert.rejects(verify(raw, "renewal", [key.publicKey]), reason("MALFORMED"));
  }
});

test("nobody makes a verified statement but by verifying one", async () => {
  const raw = { kind: "renewal", body: "{}", signatures: [] };
  assert.throws(() => new Verified(Symbol("statement.js"), raw, {}, "", ""), TypeError);
  await assert.rejects(verifyCited(raw, "renewal", { body: {}, key: "" }, await digest(raw)), reason("ANOTHER"));
});

test("the commitments are those of the first version", async () => {
  // The snapshot that content/src/commitment_tests.rs keeps.
  const { readFileSync } = await import("node:fs");
  const path = new URL("../../../content/src/snapshots/handdruk_content__commitment__tests__the_bytes_and_commitments_are_those_of_the_first_version.snap", import.meta.url);
  const lines = readFileSync(path, "utf8").trim().split("\n").slice(4);
  assert.equal(lines.length, 6);
  for (let at = 0; at < lines.length; at += 2) {
    assert.equal(await commitment(parseContent(lines[at])), lines[at + 1]);
  }
});

test("a category's document has one spelling and no field that is not shown", async () => {
  const good = await content("D11", [["needs", ["rust"]], ["works_well", ["uitleg"]]]);
  assert.equal(parseContent(good).category, "D11");
  const bad = [
    good.replace("{", "{ "), good.replace('"D11"', '"D21"'), good.replace('"D11"', '"D16"'), good.replace("needs", "zzz"), good.replace("needs", "x"),
    good.replace('\\"rust\\"', 'null'), good.replace('\\"rust\\"', '1.5'), good.replace('\\"rust\\"', ' \\"rust\\"'), good.replace("rust", "r\u202eust"),
    good.replace('"value"', '"values"'), good.replace(/"salt":"[^"]*"/, '"salt":"AAAA"'), good.replace(/,"value":"[^"]*(\\"[^"]*)*"/, ""),
    JSON.stringify({ category: "D11", entries: [] }), `${good} `, good.replace('"entries"', '"category":"D11","entries"'),
    await content("D11", [["works_well", ["uitleg"]], ["needs", ["rust"]]]), await content("D11", [["needs", ["rust"]], ["needs", ["rust"]]]),
    await content("D11", [["needs", ["rust"], true]]), await content("D08", [["002", { subject: "reading" }]]), await content("D08", [["001", { subject: "running" }]]),
    await content("D08", [["001", { test: "M7" }]]), await content("D08", [["001", ["reading"]]]), await content("D03", [["001", { name: "A" }]]),
    await content("D01", [["surname", "Bakker"]]),
  ];
  for (const document of bad) assert.throws(() => parseContent(document), reason("MALFORMED"), document);
  const withheld = await content("D03", [[SLOT, { name: "A" }], [OTHER_SLOT, { name: "B" }, true]]);
  assert.equal(parseContent(withheld).entries[1].value, undefined);
});

test("a key that is none is refused", async () => {
  for (const wrong of ["", "ed25519:AA", "p256:AA", `rsa:${toBase64url(random(32))}`, `p256:${toBase64url(random(65).fill(2, 0, 1))}`, null]) {
    await assert.rejects(PublicKey.parse(wrong), reason("MALFORMED"));
  }
  const off = await PublicKey.parse(`p256:${toBase64url(Uint8Array.from({ length: 65 }, (_, at) => (at === 0 ? 4 : 1)))}`);
  assert.equal(await off.verifies(random(4), random(64)), false, "a point that is not on the curve");
});
