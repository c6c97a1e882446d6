import { expect, test } from "vitest";
import { askingAt, complete, outgoing } from "./compose.ts";

test.each([
  ["@ry", 3, { sign: "@", query: "ry", start: 0 }],
  ["hi #sup", 7, { sign: "#", query: "sup", start: 3 }],
  ["a@b", 3, undefined],
  ["@ry there", 9, undefined],
  ["@ry there", 3, { sign: "@", query: "ry", start: 0 }],
  ["@", 1, { sign: "@", query: "", start: 0 }],
])("%j at %i", (text, caret, want) => expect(askingAt(text, caret)).toEqual(want));

test("a chosen name takes the place of what was typed", () => {
  expect(complete("hi @ry there", { sign: "@", query: "ry", start: 3 }, "@Ryan")).toEqual({ text: "hi @Ryan there", caret: 9 });
});

test("longer names win over shorter ones", () => {
  const tokens = [{ text: "@Ryan", value: "<@1>" }, { text: "@Ryan B", value: "<@2>" }];
  expect(outgoing("@Ryan B and @Ryan", tokens)).toBe("<@2> and <@1>");
});
