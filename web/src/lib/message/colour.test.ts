import { describe, expect, it } from "vitest";
import { colourOf, hexOf } from "./colour";

describe("colourOf", () => {
  it.each([["#5865F2", 0x5865f2], ["57f287", 0x57f287], ["#abc", 0xaabbcc], [" #000000 ", 0], ["red", undefined], ["#12345", undefined], ["", undefined]])("%j", (typed, want) => {
    expect(colourOf(typed)).toBe(want);
  });
  it("reads what hexOf writes", () => expect(colourOf(hexOf(0x00beef))).toBe(0x00beef));
});
