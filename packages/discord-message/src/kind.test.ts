import { describe, expect, test } from "vitest";
import { commandOf, isMentioned, isSystem, systemPieces } from "./kind.ts";
import { emptyDirectory } from "./scene.ts";
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

/** The line as it is read, in a thread where `type` says so. */
function said(message: Partial<Message>, channelType = 0): string {
  const directory = { ...emptyDirectory(), channel: (id: string) => ({ id, name: "x", type: channelType }) };
  return systemPieces({ ...base, ...message }, directory).map((piece) => ("text" in piece ? piece.text : "strong" in piece ? piece.strong : piece.person.username)).join("");
}

describe("lines of threads", () => {
  const other = { id: "4", username: "b" };
  test.each<[Partial<Message>, number, string]>([
    [{ type: 1, mentions: [other] }, 11, "added b to the thread."],
    [{ type: 1, mentions: [base.author] }, 11, "joined the thread."],
    [{ type: 1 }, 3, "joined the group."],
    [{ type: 2, mentions: [other] }, 12, "removed b from the thread."],
    [{ type: 2, mentions: [base.author] }, 11, "left the thread."],
    [{ type: 4, content: "New" }, 11, "changed the thread's name to New."],
    [{ type: 4, content: "new" }, 0, "changed the channel's name to new."],
    [{ type: 18, content: "Login" }, 0, "started a thread: Login."],
    [{ type: 18, content: "" }, 0, "started a thread: without a name."],
  ])("%j in a channel of type %i: %s", (message, type, want) => expect(said(message, type)).toBe(want));
});

test("an unknown system message still says something", () => {
  expect(said({ type: 999 })).toContain("999");
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
