import { expect, test } from "vitest";
import { emptyDirectory } from "discord-message";
import { entriesOf } from "./commands.ts";
import { suggest } from "./suggest.ts";

const directory = {
  ...emptyDirectory(),
  people: () => [{ id: "1", name: "Ryan", username: "ryan" }, { id: "2", name: "Mia", username: "mia" }],
  roles: () => [{ id: "3", name: "Staff" }],
  channels: () => [{ id: "4", name: "support", type: 0 }, { id: "5", name: "Help", type: 4 }],
};
const entries = entriesOf([{ id: "1", name: "ticket" }, { id: "2", name: "price" }]);
const values = (text: string) => suggest(text, text.length, directory, entries)?.lines.map((line) => line.value);

test.each([
  ["/", ["ticket", "price"]],
  ["/pr", ["price"]],
  ["/nothing", undefined],
  ["hi @ry", ["<@1>"]],
  ["@sta", ["<@&3>"]],
  ["@every", ["@everyone"]],
  ["#", ["<#4>"]],
  ["plain", undefined],
  ["a /ticket", undefined],
])("%j offers %j", (text, want) => expect(values(text)).toEqual(want));
