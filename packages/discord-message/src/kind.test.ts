import { describe, expect, test } from "vitest";
import { isMentioned, isSystem, systemSentence } from "./kind.ts";
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
