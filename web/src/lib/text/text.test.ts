import { describe, expect, it } from "vitest";
import { ago, list, number, plural } from "./index";

const read = (...languages: string[]) => Object.defineProperty(globalThis, "navigator", { value: { language: languages[0], languages }, configurable: true });

describe("ago", () => {
  const now = Date.UTC(2026, 5, 1, 12);
  it.each([
    [0, "now"], [-59_000, "59 seconds ago"], [-60_000, "1 minute ago"], [-3_599_000, "60 minutes ago"], [-86_400_000, "yesterday"],
    [3 * 86_400_000, "in 3 days"], [-400 * 86_400_000, "last year"],
  ])("%d ms is %s", (difference, want) => {
    read("en-US");
    expect(ago(now + difference, now)).toBe(want);
  });
});

describe("words and numbers", () => {
  it("are the page's words, for whom the browser speaks another language, too", () => {
    read("de-DE", "ar-EG");
    expect(ago(0, 120_000)).toBe("2 minutes ago");
    expect(list(["a", "b"])).toBe("a and b");
    expect(number(1234.5)).toBe("1.234,5");
  });
  it("follow the kind of English that is read", () => {
    read("de-DE", "en-GB");
    expect(list(["a", "b", "c"])).toBe("a, b and c");
  });
});

describe("plural", () => {
  it("knows one from many", () => {
    expect([plural(0, "panel", "panels"), plural(1, "panel", "panels"), plural(2, "panel", "panels")]).toEqual(["0 panels", "1 panel", "2 panels"]);
  });
});
