import { describe, expect, it } from "vitest";
import { parts } from "./difference";

describe("parts", () => {
  it.each([
    ["https://a.example/v1?x=1", "https://a.example/v2?x=1", { start: "https://a.example/v", before: "1", after: "2", end: "?x=1" }],
    ["aa", "aaa", { start: "aa", before: "", after: "a", end: "" }],
    ["aba", "aa", { start: "a", before: "b", after: "", end: "a" }],
    ["", "new", { start: "", before: "", after: "new", end: "" }],
    ["same", "same", { start: "same", before: "", after: "", end: "" }],
    ["GET", "POST", { start: "", before: "GET", after: "POST", end: "" }],
    ["x🎫y", "x🎟y", { start: "x", before: "🎫", after: "🎟", end: "y" }],
  ])("of %j and %j", (before, after, want) => {
    const got = parts(before, after);
    expect(got).toEqual(want);
    expect(got.start + got.before + got.end).toBe(before);
    expect(got.start + got.after + got.end).toBe(after);
  });
});
