import { describe, expect, test } from "vitest";
import { callOf, entriesOf, faultsOf, matching } from "./commands.ts";
import type { Command } from "./types.ts";

const commands: Command[] = [
  { id: "1", name: "price", description: "A price", options: [{ type: 3, name: "coin", required: true, autocomplete: true }, { type: 4, name: "amount", min_value: 1, max_value: 9 }] },
  {
    id: "2",
    name: "ticket",
    options: [
      { type: 1, name: "close", description: "Close it", options: [{ type: 5, name: "silent" }] },
      { type: 2, name: "member", options: [{ type: 1, name: "add", options: [{ type: 6, name: "who", required: true }] }] },
    ],
  },
  { id: "3", name: "Report", type: 3 },
];
const entries = entriesOf(commands);
const place = { guild_id: "7", channel_id: "8" };

test("subcommands stand on their own, menu commands are no slash commands", () => {
  expect(entries.map((entry) => entry.name)).toEqual(["price", "ticket close", "ticket member add"]);
});

test("what begins with the typed text comes first", () => {
  expect(matching(entries, "t").map((entry) => entry.name)).toEqual(["ticket close", "ticket member add"]);
  expect(matching(entries, "i").map((entry) => entry.name)).toEqual(["price", "ticket close", "ticket member add"]);
  expect(matching(entries, "memb").map((entry) => entry.name)).toEqual(["ticket member add"]);
  expect(matching(entries, "zzz")).toEqual([]);
});

test("a call nests group and subcommand", () => {
  expect(callOf(entries[2]!, { who: "5" }, place)).toEqual({
    ...place,
    name: "ticket",
    type: 1,
    options: [{ name: "member", type: 2, options: [{ name: "add", type: 1, options: [{ name: "who", type: 6, value: "5" }] }] }],
  });
});

test("values have the type of their option, empty ones are left out", () => {
  expect(callOf(entries[0]!, { coin: "btc", amount: "3" }, place).options).toEqual([{ name: "coin", type: 3, value: "btc" }, { name: "amount", type: 4, value: 3 }]);
  expect(callOf(entries[1]!, { silent: "true" }, place).options[0]?.options).toEqual([{ name: "silent", type: 5, value: true }]);
  expect(callOf(entries[0]!, { coin: "btc", amount: "" }, place).options).toHaveLength(1);
});

test("the option being typed is focused and may be empty", () => {
  expect(callOf(entries[0]!, {}, place, "coin").options).toEqual([{ name: "coin", type: 3, value: "", focused: true }]);
});

describe("faults", () => {
  test.each([
    [{}, { coin: "This option is required." }],
    [{ coin: "x" }, {}],
    [{ coin: "x", amount: "0" }, { amount: "At least 1." }],
    [{ coin: "x", amount: "10" }, { amount: "At most 9." }],
    [{ coin: "x", amount: "1.5" }, { amount: "This must be a whole number." }],
    [{ coin: "x", amount: "many" }, { amount: "This must be a number." }],
  ])("%j", (typed, want) => expect(faultsOf(entries[0]!, typed as Record<string, string>)).toEqual(want));
});
