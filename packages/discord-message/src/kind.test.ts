import { describe, expect, test } from "vitest";
import { commandOf, isMentioned, isSystem, systemSentence } from "./kind.ts";
import type { Message } from "./types.ts";

const base: Message = { id: "1", channel_id: "2", author: { id: "3", username: "a" }, timestamp: "2026-01-01T00:00:00Z" };

test.each([
  [undefined, false],
  [0, false],
  [19, false],
  [20, false],
  [7, true],
  [6, true],
  [999, true],
])("type %s is Discord's own: %s", (type, want) => expect(isSystem({ type })).toBe(want));

test("an unknown system message still says something", () => {
  expect(systemSentence({ ...base, type: 999 })).toContain("999");
});

describe("which command a message answers", () => {
  const user = { id: "9", username: "r" };
  test("the older field names it, the newer one alone does not", () => {
    expect(commandOf({ ...base, type: 20, interaction_metadata: { user, type: 2 }, interaction: { user, name: "price", type: 2 } })).toEqual({ user, name: "price" });
    expect(commandOf({ ...base, type: 20, interaction_metadata: { user, type: 2 } })).toEqual({ user, name: undefined });
  });
  test("a press of a button is no command", () => {
    expect(commandOf({ ...base, type: 19, interaction_metadata: { user, type: 3 } })).toBeUndefined();
    expect(commandOf(base)).toBeUndefined();
  });
});

describe("who was mentioned", () => {
  test("by name, role and everyone", () => {
    expect(isMentioned({ ...base, mentions: [{ id: "9", username: "r" }] }, "9")).toBe(true);
    expect(isMentioned({ ...base, mention_roles: ["5"] }, "9", ["5"])).toBe(true);
    expect(isMentioned({ ...base, mention_everyone: true }, "9")).toBe(true);
  });
  test("text alone pings nobody", () => {
    expect(isMentioned({ ...base, content: "<@9> @everyone" }, "9")).toBe(false);
    expect(isMentioned({ ...base, mention_everyone: true }, undefined)).toBe(false);
  });
});
