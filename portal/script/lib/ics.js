/**
 * A talk as an entry for a calendar (RFC 5545), made here, without anything about a person: calendars are shared, mailed and searched.
 * No child, no organisation, no place, nobody invited; its name says nothing and is the same when the talk is planned anew.
 */

import { sha256, utf8 } from "./bytes.js";

/** How long a talk stands in the calendar, in milliseconds. A choice of ours: nobody says so beforehand. */
const LENGTH = 60 * 60 * 1000;

const CLOCK = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Amsterdam", dateStyle: "short", timeStyle: "medium" });

/**
 * The instant of a local time in the Netherlands. An hour that the clock skips counts as the one after it, one that comes twice as the
 * first.
 *
 * @param {string} local Such as 2027-06-01T14:30:00.
 * @returns {Date}
 */
export function instantInNetherlands(local) {
  const wall = Date.parse(`${local}Z`);
  const summerAndWinter = [2, 1].map((hours) => new Date(wall - hours * 3_600_000));
  const found = summerAndWinter.find((at) => CLOCK.format(at).replace(" ", "T") === local);
  return found ?? summerAndWinter[1];
}

/** Date and time in UTC (section 3.3.5, form 2). */
const utc = (at) => at.toISOString().replace(/[-:]|\.\d+/g, "");

/** Text with what means something in it escaped (section 3.3.11). */
const escaped = (written) => written.replace(/[\\;,]/g, "\\$&").replaceAll("\n", "\\n");

/** One content line, folded between characters at 75 octets (section 3.1). */
function fold(line) {
  let [out, width] = ["", 0];
  for (const character of line) {
    const octets = utf8(character).length;
    if (width + octets > 75) [out, width] = [`${out}\r\n `, 1];
    out += character;
    width += octets;
  }
  return `${out}\r\n`;
}

/**
 * @param {string} handover Names the entry, but cannot be read from it.
 * @param {import("./plan.js").Plan} plan
 * @param {string} summary Our own sentence, without a name.
 * @returns {Promise<string>}
 */
export async function calendarEntry(handover, plan, summary) {
  const name = await sha256(utf8("handdruk calendar v1\0"), utf8(handover), utf8(`\0${plan.meeting}`));
  const uid = Array.from(name.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const starts = instantInNetherlands(plan.starts);
  const written = new Date(plan.at);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Handdruk//portal//NL",
    "METHOD:PUBLISH",
    "BEGIN:VEVENT",
    `UID:${uid}@handdruk`,
    // A talk that is planned anew has the same name and a later sequence: seconds since 2026 will do.
    `SEQUENCE:${Math.max(0, Math.floor((written.getTime() - Date.UTC(2026, 0, 1)) / 1000))}`,
    `DTSTAMP:${utc(written)}`,
    `DTSTART:${utc(starts)}`,
    `DTEND:${utc(new Date(starts.getTime() + LENGTH))}`,
    `SUMMARY:${escaped(summary)}`,
    "CLASS:CONFIDENTIAL",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map(fold).join("");
}
