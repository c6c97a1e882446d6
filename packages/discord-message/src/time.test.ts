import { describe, expect, test } from "vitest";
import { formatDay, formatMessageTime, formatTimestamp, sameDay } from "./time.ts";

const place = { locale: "en-GB", timeZone: "UTC" };
const now = Date.parse("2026-11-22T12:00:00Z");

describe("styles of <t:…>", () => {
  test.each([
    ["t", "22:13"],
    ["T", "22:13:20"],
    ["d", "14/11/2023"],
    ["D", "14 November 2023"],
    ["f", "14 November 2023 at 22:13"],
    ["F", "Tuesday, 14 November 2023 at 22:13"],
    ["R", "3 years ago"],
    ["?", "14 November 2023 at 22:13"],
  ])("%s", (style, want) => expect(formatTimestamp(1_700_000_000, style, now, place)).toBe(want));

  test("the reader's language decides", () => {
    expect(formatTimestamp(1_700_000_000, "D", now, { locale: "de", timeZone: "UTC" })).toBe("14. November 2023");
    expect(formatTimestamp(now / 1000 + 7200, "R", now, { locale: "fr" })).toBe("dans 2 heures");
  });

  test("a moment beyond all calendars is said to be one", () => {
    expect(formatTimestamp(9e15, "R", now, place)).toBe("Invalid Date");
    expect(formatTimestamp(Number.NaN, "f", now, place)).toBe("Invalid Date");
  });
});

test.each([
  ["2026-11-22T09:05:00Z", "09:05"],
  ["2026-11-21T23:59:00Z", "Yesterday at 23:59"],
  ["2026-11-20T10:00:00Z", "20/11/2026 10:00"],
  ["nonsense", ""],
])("the time of a message sent %s", (iso, want) => expect(formatMessageTime(iso, now, place)).toBe(want));

test("days are the reader's, not UTC's", () => {
  expect(sameDay("2026-11-21T23:30:00Z", "2026-11-22T00:30:00Z", place)).toBe(false);
  expect(sameDay("2026-11-21T23:30:00Z", "2026-11-22T00:30:00Z", { timeZone: "Europe/Berlin" })).toBe(true);
  expect(formatDay("2026-11-21T23:30:00Z", { locale: "en-GB", timeZone: "Europe/Berlin" })).toBe("22 November 2026");
});
