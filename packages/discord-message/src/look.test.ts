import { expect, test } from "vitest";
import { cssColor, defaultsOf, fileSize, initials, sourceOf } from "./look.ts";
import { emptyDirectory } from "./scene.ts";
import { compareIds } from "./types.ts";

test.each([
  [0xff8800, "#ff8800"],
  [0x1, "#000001"],
  [0, undefined],
  [null, undefined],
  [-1, undefined],
  [0x1000000, undefined],
  [1.5, undefined],
])("colour %s", (color, want) => expect(cssColor(color)).toBe(want));

test.each([
  ["Ryan", "R"],
  ["Mia Sand", "MS"],
  ["mia.sand", "MS"],
  ["", "?"],
  ["😀 x", "😀X"],
])("initials of %j", (name, want) => expect(initials(name)).toBe(want));

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1500, "1.5 kB"],
  [26_214_400, "26 MB"],
  [undefined, ""],
])("size %s", (bytes, want) => expect(fileSize(bytes)).toBe(want));

test("ids are ordered by age, not by text", () => {
  expect(["10", "9", "100"].sort(compareIds)).toEqual(["9", "10", "100"]);
});

test("a channel select offers the types it names", () => {
  const channels = [
    { id: "1", name: "general", type: 0 },
    { id: "2", name: "Tickets", type: 4 },
  ];
  const directory = { ...emptyDirectory(), channels: () => channels };
  expect(sourceOf({ type: 8, channel_types: [4] }, directory).find("", 10).map((option) => option.value)).toEqual(["2"]);
  expect(sourceOf({ type: 8 }, directory).find("", 10)).toHaveLength(2);
});

test("a select of people and roles is searched, not listed", () => {
  const people = Array.from({ length: 500 }, (_, at) => ({ id: String(at), name: `Person ${at}` }));
  const directory = { ...emptyDirectory(), people: () => people, person: (id: string) => people[Number(id)], roles: () => [{ id: "r", name: "Personnel" }] };
  const source = sourceOf({ type: 7 }, directory);
  expect(source.find("person 49", 5).map((option) => option.value)).toEqual(["49", "490", "491", "492", "493"]);
  expect(source.find("personnel", 5).map((option) => option.value)).toEqual(["r"]);
  expect(source.line("7")?.label).toBe("Person 7");
  expect(source.line("r")?.sign).toBe("@");
  expect(source.line("gone")).toBeUndefined();
});

test("defaults come from options or from default_values", () => {
  expect(defaultsOf({ type: 3, options: [{ label: "a", value: "a", default: true }, { label: "b", value: "b" }] })).toEqual(["a"]);
  expect(defaultsOf({ type: 5, default_values: [{ id: "7", type: "user" }] })).toEqual(["7"]);
});
