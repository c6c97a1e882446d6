import { beforeAll, describe, expect, it } from "vitest";
import { shownValue } from "./ticket";

beforeAll(() => void Object.defineProperty(globalThis, "navigator", { value: { language: "en-GB" }, configurable: true }));

describe("a kept value", () => {
  const of = (text: string, more = {}) => shownValue({ name: "a", cut: false, text, ...more });
  it("stands as it came", () => expect([of("3000"), of("<b>"), of("")]).toEqual(["3000", "<b>", ""]));
  it.each(["1767225600", "1767225600000", "2026-01-01T00:00:00Z"])("that is a moment reads as one: %s", (text) =>
    expect(of(text, { format: "timestamp" })).toMatch(/^(1 Jan 2026|31 Dec 2025)/));
  it("that should be a moment and is none stands as it came", () => expect([of("soon", { format: "timestamp" }), of("2", { format: "timestamp", cut: true })]).toEqual(["soon", "2"]));
});
