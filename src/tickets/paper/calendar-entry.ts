// A calendar entry (RFC 5545) for a performance, in one language with the other beside it. The time
// zone's rules around the date are written into the entry, found by asking Intl, so that a calendar
// that does not know the zone's name shows the right hour.
//
// Keeps: no ticket code and no link to one. Calendars are shared and synchronised; whoever reads the
// entry must not be able to enter with it. Nobody told us when the show ends, so no end is claimed.

import { dateFormat, remembered } from "../../foundation/kept/remembered.ts";
import type { Locale, Words } from "../../wire/contract.ts";

export type CalendarFacts = {
  /** Stays the same when it is sent again, so that a calendar replaces the entry. */
  uid: string;
  locale: Locale;
  name: Words;
  venue: Words;
  /** Seats in words, one line each, in both languages. */
  seats: { ko: string[]; en: string[] };
  startsAt: number;
  timeZone: string;
  issuedAt: number;
};

const day = 86_400_000;

export function calendarEntry(facts: CalendarFacts): Uint8Array {
  const { locale, name, venue, seats, startsAt, timeZone } = facts;
  const other = locale === "ko" ? "en" : "ko";
  const description = [...seats[locale], "", name[other], venue[other], ...seats[other]];
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Usher//Tickets//EN",
    "CALSCALE:GREGORIAN",
    "METHOD:PUBLISH",
    ...zoneLines(timeZone, startsAt),
    "BEGIN:VEVENT",
    `UID:${text(facts.uid)}`,
    `DTSTAMP:${utc(facts.issuedAt)}`,
    `DTSTART;TZID=${timeZone}:${local(startsAt, offsetMinutes(timeZone, startsAt))}`,
    `SUMMARY;LANGUAGE=${locale}:${text(name[locale])}`,
    `LOCATION;LANGUAGE=${locale}:${text(venue[locale])}`,
    `DESCRIPTION;LANGUAGE=${locale}:${text(description.join("\n"))}`,
    "STATUS:CONFIRMED",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return new TextEncoder().encode(`${lines.map(folded).join("\r\n")}\r\n`);
}

/** All who go to a performance are sent the same lines, and finding them takes milliseconds. */
const zoneLines = remembered(64, timeZoneLines);

/** What the zone's clocks did last before the start, and what they do next within a year. */
function timeZoneLines(timeZone: string, startsAt: number): string[] {
  const before = changeBefore(timeZone, startsAt);
  const after = changeAfter(timeZone, startsAt);
  const usual = Math.min(
    offsetMinutes(timeZone, startsAt),
    offsetMinutes(timeZone, after ?? startsAt),
    offsetMinutes(timeZone, (before ?? startsAt) - 1),
  );
  const observance = (at: number | undefined) => {
    const to = offsetMinutes(timeZone, at ?? startsAt);
    const from = at === undefined ? to : offsetMinutes(timeZone, at - 1);
    const kind = to > usual ? "DAYLIGHT" : "STANDARD";
    return [
      `BEGIN:${kind}`,
      `DTSTART:${at === undefined ? "19700101T000000" : local(at, from)}`,
      `TZOFFSETFROM:${offset(from)}`,
      `TZOFFSETTO:${offset(to)}`,
      `END:${kind}`,
    ];
  };
  return [
    "BEGIN:VTIMEZONE",
    `TZID:${timeZone}`,
    ...observance(before),
    ...(after === undefined ? [] : observance(after)),
    "END:VTIMEZONE",
  ];
}

function changeBefore(timeZone: string, at: number): number | undefined {
  for (let to = at; to > at - 366 * day; to -= day)
    if (offsetMinutes(timeZone, to - day) !== offsetMinutes(timeZone, to))
      return changeBetween(timeZone, to - day, to);
  return undefined;
}

function changeAfter(timeZone: string, at: number): number | undefined {
  for (let from = at; from < at + 366 * day; from += day)
    if (offsetMinutes(timeZone, from) !== offsetMinutes(timeZone, from + day))
      return changeBetween(timeZone, from, from + day);
  return undefined;
}

/** The first moment with the later offset, by halving. */
function changeBetween(timeZone: string, from: number, to: number): number {
  const old = offsetMinutes(timeZone, from);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMinutes(timeZone, middle) === old) low = middle;
    else high = middle;
  }
  return high;
}

function offsetMinutes(timeZone: string, at: number): number {
  const parts = dateFormat("en", { timeZone, timeZoneName: "longOffset" })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName");
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(parts?.value ?? "") ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

function offset(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const whole = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(whole / 60))}${two(whole % 60)}`;
}

const utc = (at: number) => `${local(at, 0)}Z`;

function local(at: number, minutes: number): string {
  return new Date(at + minutes * 60_000).toISOString().slice(0, 19).replace(/[-:]/g, "");
}

function text(value: string): string {
  return value.replace(/[\\;,]/g, "\\$&").replace(/\r?\n/g, "\\n");
}

/** Lines of at most 75 bytes, never cut inside a character (RFC 5545, 3.1). */
function folded(line: string): string {
  const pieces: string[] = [];
  let piece = "";
  let bytes = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (bytes + size > (pieces.length === 0 ? 75 : 74)) {
      pieces.push(piece);
      piece = "";
      bytes = 0;
    }
    piece += character;
    bytes += size;
  }
  return [...pieces, piece].join("\r\n ");
}
