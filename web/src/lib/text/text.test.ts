import { describe, expect, it } from "vitest";
import { ago, plural } from "./index";

describe("ago", () => {
  const now = Date.UTC(2026, 5, 1, 12);
  it.each([
    [0, "now"], [-59_000, "59 seconds ago"], [-60_000, "1 minute ago"], [-3_599_000, "60 minutes ago"], [-86_400_000, "yesterday"],
    [3 * 86_400_000, "in 3 days"], [-400 * 86_400_000, "last year"],
  ])("%d ms is %s", (difference, want) => {
    Object.defineProperty(globalThis, "navigator", { value: { language: "en-US" }, configurable: true });
    expect(ago(now + difference, now)).toBe(want);
  });
});

describe("plural", () => {
  it("knows one from many", () => {
    expect([plural(0, "panel", "panels"), plural(1, "panel", "panels"), plural(2, "panel", "panels")]).toEqual(["0 panels", "1 panel", "2 panels"]);
  });
});
