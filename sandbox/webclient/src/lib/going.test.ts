import { describe, expect, test } from "vitest";
import { keyAct, nextStation } from "./keys.ts";
import { emptyMarks, markAllRead } from "./marks.ts";
import { pairOf } from "./pair.ts";
import { placesFor } from "./places.ts";
import { parseRoute, routeHash } from "./route.ts";
import { type World, worldOf } from "./world.ts";

const me = { id: "1", username: "ryan", global_name: "Ryan" };
const mia = { id: "2", username: "mia", global_name: "Mia" };
const world: World = worldOf({
  user: me,
  guilds: [
    {
      id: "10", name: "Arcade", roles: [], commands: [],
      channels: [{ id: "19", type: 4, name: "Talk", position: 1 }, { id: "20", type: 0, name: "welcome", position: 0, last_message_id: "50" }, { id: "21", type: 0, name: "general", parent_id: "19", last_message_id: "90" }, { id: "22", type: 2, name: "voice", parent_id: "19" }, { id: "23", type: 0, name: "support", parent_id: "19" }],
      threads: [{ id: "30", type: 11, name: "mirror", parent_id: "21", last_message_id: "70" }],
      members: [{ user: me, roles: [] }, { user: mia, roles: [] }, { user: { id: "3", username: "Usher", bot: true }, roles: [] }],
    },
    { id: "11", name: "Bowling", roles: [], commands: [], channels: [{ id: "40", type: 0, name: "general", last_message_id: "60" }], threads: [], members: [{ user: me, roles: [] }] },
  ],
  direct_messages: [{ id: "60", type: 1, recipients: [mia], last_message_id: "80" }],
  last_event_id: "1",
});
const arcade = world.guilds[0]!;

describe("stations", () => {
  const read = emptyMarks();
  markAllRead(read, [...arcade.channels, ...arcade.threads]);
  test.each([
    ["20", "down", "21"],
    ["21", "down", "30"],
    ["30", "down", "23"],
    ["23", "down", "20"],
    ["20", "up", "23"],
    ["21", "up", "20"],
    [undefined, "down", "20"],
    [undefined, "up", "23"],
  ] as const)("from %s %s is %s", (open, step, want) => expect(nextStation(arcade, [], read, open, step)?.id).toBe(want));
  test("unread ones alone", () => {
    expect(nextStation(arcade, [], read, "20", "down new")).toBeUndefined();
    const marks = { ...read, read: { ...read.read, "30": "60" } };
    expect(nextStation(arcade, [], marks, "20", "down new")?.id).toBe("30");
    expect(nextStation(arcade, [], marks, "23", "up new")?.id).toBe("30");
  });
  test("direct messages have stations, a place alone has none beside it", () => {
    expect(nextStation(undefined, world.directs, read, undefined, "down")?.id).toBe("60");
    expect(nextStation(undefined, world.directs, read, "60", "down")).toBeUndefined();
  });
});

describe("places", () => {
  const labels = (text: string, here = arcade): string[] => placesFor(world, here, emptyMarks(), text, 5).map((place) => `${place.label}, ${place.description}`);
  test("what begins with the text, here first", () => expect(labels("gen")).toEqual(["general, Arcade", "general, Bowling"]));
  test("people and what holds the text", () => expect(labels("mi")).toEqual(["mirror, Arcade", "Mia, Direct message", "Mia, Write to @mia"]));
  test("a hash means channels, case means nothing", () => expect(labels("#MI")).toEqual(["mirror, Arcade", "Mia, Direct message"]));
  test("without a text, where something is new", () => {
    const marks = emptyMarks();
    markAllRead(marks, [...arcade.channels, ...arcade.threads, ...world.directs]);
    expect(placesFor(world, arcade, marks, "", 3).map((place) => place.value)).toEqual(["40", "21", "60"]);
  });
  test("no app is written to", () => expect(labels("usher")).toEqual([]));
});

describe("keys", () => {
  const press = (key: string, part: Partial<KeyboardEvent> = {}): unknown => keyAct({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, defaultPrevented: false, isComposing: false, target: null, ...part } as KeyboardEvent);
  test.each([
    ["k", { ctrlKey: true }, "switcher"],
    ["K", { metaKey: true }, "switcher"],
    ["k", { ctrlKey: true, altKey: true }, undefined],
    ["/", { ctrlKey: true }, "keys"],
    ["/", {}, "command"],
    ["/", { target: { tagName: "TEXTAREA" } as HTMLElement }, undefined],
    ["ArrowUp", { altKey: true }, "up"],
    ["ArrowDown", { altKey: true, shiftKey: true }, "down new"],
    ["ArrowDown", {}, undefined],
    ["Escape", {}, "escape"],
    ["Escape", { defaultPrevented: true }, undefined],
    ["Escape", { isComposing: true }, undefined],
  ])("%s %j", (key, part, want) => expect(press(key, part)).toBe(want));
});

describe("addresses", () => {
  test.each(["#/", "#/open/10/20", "#/gallery", "#/as/1", "#/as/1/10/20", "#/as/1/@me/60", "#/side-by-side", "#/side-by-side/1/2", "#/side-by-side/1/2/10/20"])("%s goes there and back", (hash) => expect(routeHash(parseRoute(hash))).toBe(hash));
  test.each(["", "#/as/ryan", "#/nowhere", "#/as"])("%s asks who one is", (hash) => expect(parseRoute(hash)).toEqual({ page: "choose" }));
});

describe("pairs", () => {
  const people = [{ user: me, note: "Member" }, { user: { id: "5", username: "olga" }, note: "Owner" }, { user: mia, note: "Staff" }];
  test.each([
    [[], ["1", "2"]],
    [["5"], ["5", "2"]],
    [["2"], ["2", "1"]],
    [["1", "5"], ["1", "5"]],
    [["99", "1"], ["5", "1"]],
  ])("%j", (asked, want) => expect(pairOf(people, asked)).toEqual(want));
  test("somebody alone has no other side", () => expect(pairOf(people.slice(0, 1), [])).toEqual(["1"]));
});
