import { beforeEach, describe, expect, test } from "vitest";
import { holds, Permission, whyNotWrite } from "./permissions.ts";
import { layOut } from "./grouping.ts";
import { countMention, emptyMarks, isUnread, markAllRead, markRead, parseMarks } from "./marks.ts";
import { parseRoute, routeHash } from "./route.ts";
import { emptyTimeline, putPage } from "./timeline.ts";
import type { Channel, Message } from "./types.ts";
import { applyEvent, findChannel, timelineOf, typists, type World, worldOf } from "./world.ts";

const me = { id: "1", username: "ryan" };
const other = { id: "2", username: "mia" };

function message(id: string, part: Partial<Message> = {}): Message {
  return { id, channel_id: "20", author: other, content: id, timestamp: "2026-11-22T10:00:00Z", ...part };
}

let world: World;
let step = 0;
function event(name: string, data: unknown, now = 0): void {
  applyEvent(world, { id: String(++step), name, data }, now);
}

beforeEach(() => {
  world = worldOf({
    user: me,
    guilds: [{ id: "10", name: "g", channels: [{ id: "20", type: 0, name: "support", guild_id: "10", last_message_id: "100" }], threads: [], members: [{ user: me, roles: [] }], roles: [], commands: [] }],
    direct_messages: [{ id: "30", type: 1, recipients: [other] }],
    last_event_id: "5",
  });
});

const shown = (): string[] => timelineOf(world, "20").messages.map((entry) => entry.id);

describe("messages", () => {
  test("arrive in the order of their ids, whatever the order of events", () => {
    for (const id of ["103", "101", "102", "1000"]) event("message_create", message(id));
    expect(shown()).toEqual(["101", "102", "103", "1000"]);
  });
  test("told twice are there once", () => {
    event("message_create", message("101"));
    event("message_create", message("101", { content: "again" }));
    expect(shown()).toEqual(["101"]);
    expect(timelineOf(world, "20").messages[0]?.content).toBe("again");
  });
  test("are changed and deleted", () => {
    event("message_create", message("101"));
    event("message_update", message("101", { content: "new" }));
    expect(timelineOf(world, "20").messages[0]?.content).toBe("new");
    event("message_delete", { id: "101", channel_id: "20" });
    expect(shown()).toEqual([]);
  });
  test("an update of an unknown message adds nothing", () => {
    event("message_update", message("999"));
    expect(shown()).toEqual([]);
  });
  test("an ephemeral message is no news of the channel", () => {
    event("message_create", message("101", { flags: 64 }));
    expect(findChannel(world, "20")?.last_message_id).toBe("100");
  });
  test("pages are added above, without doubles, and a short one ends", () => {
    const timeline = emptyTimeline();
    putPage(timeline, [message("104"), message("103")], 2);
    putPage(timeline, [message("103"), message("102")], 2);
    expect(timeline.messages.map((entry) => entry.id)).toEqual(["102", "103", "104"]);
    expect(timeline.complete).toBe(false);
    putPage(timeline, [message("101")], 2);
    expect(timeline.complete).toBe(true);
  });
});

describe("reactions", () => {
  const reacted = (user: string) => ({ channel_id: "20", message_id: "101", user_id: user, emoji: { name: "👍" } });
  beforeEach(() => event("message_create", message("101")));
  const reactions = () => timelineOf(world, "20").messages[0]?.reactions;

  test("are counted, one's own once", () => {
    event("reaction_add", reacted("2"));
    event("reaction_add", reacted("1"));
    event("reaction_add", reacted("1"));
    expect(reactions()).toEqual([{ emoji: { name: "👍" }, count: 2, me: true }]);
  });
  test("vanish with the last one", () => {
    event("reaction_add", reacted("2"));
    event("reaction_remove", reacted("2"));
    event("reaction_remove", reacted("2"));
    expect(reactions()).toEqual([]);
  });
});

describe("channels, members, guilds", () => {
  test("a channel appears, changes and disappears", () => {
    event("channel_create", { id: "21", type: 0, name: "ticket-1", guild_id: "10", private: true });
    expect(findChannel(world, "21")?.private).toBe(true);
    event("channel_update", { id: "21", type: 0, name: "closed-1", guild_id: "10" });
    expect(findChannel(world, "21")?.name).toBe("closed-1");
    event("channel_delete", { id: "21", guild_id: "10" });
    expect(findChannel(world, "21")).toBeUndefined();
  });
  test("a direct message and a thread have their own lists", () => {
    event("channel_create", { id: "31", type: 1, recipients: [{ id: "3", username: "noor" }] });
    expect(world.directs.map((channel) => channel.id)).toEqual(["30", "31"]);
    event("thread_create", { id: "22", type: 11, parent_id: "20", name: "t" });
    expect(world.guilds[0]?.threads.map((thread) => thread.id)).toEqual(["22"]);
    event("channel_delete", { id: "20", guild_id: "10" });
    expect(world.guilds[0]?.threads).toEqual([]);
  });
  test("members join, change and leave", () => {
    event("member_join", { guild_id: "10", member: { user: other, roles: [] } });
    event("member_update", { guild_id: "10", member: { user: other, roles: ["9"] } });
    expect(world.guilds[0]?.members.get("2")?.roles).toEqual(["9"]);
    event("member_leave", { guild_id: "10", member: { user: other } });
    expect(world.guilds[0]?.members.size).toBe(1);
  });
  test("a guild is joined and left", () => {
    event("guild_update", { id: "11", name: "h" });
    expect(world.guilds[1]).toMatchObject({ name: "h", channels: [] });
    expect(world.guilds[1]?.members.size).toBe(0);
    event("guild_delete", { id: "11" });
    expect(world.guilds).toHaveLength(1);
  });
  test("unknown events and events without data change nothing", () => {
    const before = JSON.stringify(world);
    event("from_the_future", { id: "1" });
    event("message_create", undefined);
    expect(JSON.stringify(world)).toBe(before);
  });
});

test("typing ends by itself and with the message", () => {
  event("typing", { channel_id: "20", user_id: "2" }, 1000);
  event("typing", { channel_id: "20", user_id: "1" }, 1000);
  expect(typists(world, "20", 1001)).toEqual(["2"]);
  expect(typists(world, "20", 60_000)).toEqual([]);
  event("message_create", message("101"));
  expect(typists(world, "20", 1001)).toEqual([]);
});

describe("what is unread", () => {
  const channel: Channel = { id: "20", type: 0, last_message_id: "100" };
  test("nothing on the first visit, then what is newer", () => {
    const marks = emptyMarks();
    markAllRead(marks, [channel]);
    expect(isUnread(marks, channel)).toBe(false);
    expect(isUnread(marks, { ...channel, last_message_id: "1000" })).toBe(true);
  });
  test("a channel never seen is unread", () => {
    expect(isUnread(emptyMarks(), channel)).toBe(true);
    expect(isUnread(emptyMarks(), { id: "21", type: 0 })).toBe(false);
  });
  test("reading takes the mentions away", () => {
    const marks = emptyMarks();
    countMention(marks, "20");
    countMention(marks, "20");
    expect(marks.mentions["20"]).toBe(2);
    markRead(marks, channel);
    expect(marks).toEqual({ read: { 20: "100" }, mentions: {} });
  });
  test.each([null, "", "{", "[]", '{"read":1}'])("unreadable marks %j start anew", (text) => expect(parseMarks(text)).toBeUndefined());
});

describe("permissions", () => {
  test("bits beyond 32 are read exactly", () => {
    expect(holds(String(1n << 38n), Permission.SendInThreads)).toBe(true);
    expect(holds(String(1n << 38n), Permission.SendMessages)).toBe(false);
    expect(holds("8", Permission.ManageMessages)).toBe(true);
    expect(holds("many", Permission.SendMessages)).toBe(false);
  });
  test("why one cannot write", () => {
    expect(whyNotWrite({ id: "1", type: 0, permissions: "1024" }, undefined)).toContain("permission");
    expect(whyNotWrite({ id: "1", type: 0, permissions: "3072" }, undefined)).toBeUndefined();
    expect(whyNotWrite({ id: "1", type: 1 }, undefined)).toBeUndefined();
    const guild = { ...world.guilds[0]!, channels: [{ id: "20", type: 0, permissions: String(1n << 38n) }] };
    expect(whyNotWrite({ id: "2", type: 11, parent_id: "20" }, guild)).toBeUndefined();
    expect(whyNotWrite({ id: "2", type: 11, parent_id: "20", thread_metadata: { locked: true } }, guild)).toContain("locked");
  });
});

describe("how a conversation is laid out", () => {
  const at = (id: string, time: string, part: Partial<Message> = {}) => message(id, { timestamp: `2026-11-${time}Z`, ...part });
  const rows = (messages: Message[], read?: string) => layOut(messages, read, "1", { timeZone: "UTC" });

  test("a close message of the same author joins, a late or foreign one does not", () => {
    const out = rows([at("1", "22T10:00:00"), at("2", "22T10:01:00"), at("3", "22T10:20:00"), at("4", "22T10:20:30", { author: me }), at("5", "22T10:20:40", { author: me, type: 19 })]);
    expect(out.map((row) => row.grouped)).toEqual([false, true, false, false, false]);
  });
  test("days are parted", () => {
    expect(rows([at("1", "21T23:59:00"), at("2", "22T00:01:00")]).map((row) => row.newDay)).toEqual([true, true]);
  });
  test("one line marks what is new, never above one's own", () => {
    const out = rows([at("1", "22T10:00:00"), at("2", "22T10:01:00", { author: me }), at("3", "22T10:02:00"), at("4", "22T10:03:00")], "1");
    expect(out.map((row) => row.firstUnread)).toEqual([false, false, true, false]);
  });
});

describe("addresses", () => {
  test.each(["#/", "#/gallery", "#/as/5", "#/as/5/10/20", "#/as/5/@me/30"])("%s comes back as it was", (hash) => {
    expect(routeHash(parseRoute(hash))).toBe(hash);
  });
  test.each(["", "#", "#/as", "#/as/ryan", "#/%E0%A4%A", "#/nowhere/1"])("%s is the choice of a person", (hash) => {
    expect(parseRoute(hash)).toEqual({ page: "choose" });
  });
});
