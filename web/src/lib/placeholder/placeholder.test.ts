import { describe, expect, it } from "vitest";
import cases from "./cases.json";
import { escapeMarkdown, fill, parse, typing } from "./placeholder";

const lookup = (name: string) => {
  const values: Record<string, string> = cases.values;
  const missing: Record<string, string> = cases.missing;
  if (Object.hasOwn(values, name)) return { text: values[name]! };
  return Object.hasOwn(missing, name) ? { missing: true, fallback: missing[name]! } : undefined;
};

describe("fill does as the program does", () => {
  it.each(cases.fills as [string, string][])("%j gives %j", (template, want) => {
    expect(fill(template, lookup)).toBe(want);
  });

  it("takes a fallback of 200 bytes and none that is longer", () => {
    expect(fill(`%gone|${"é".repeat(100)}%`, lookup)).toBe("é".repeat(100));
    expect(fill(`%gone|${"é".repeat(100)}x%`, lookup)).toMatch(/^%gone/);
  });
});

describe("parse", () => {
  it("tells where each placeholder stands", () => {
    expect(parse("a %b% \\% %c|d%").filter((piece) => piece.name)).toEqual([
      { at: 2, text: "%b%", name: "b" },
      { at: 9, text: "%c|d%", name: "c", fallback: "d" },
    ]);
  });
});

describe("typing", () => {
  it.each([
    ["hello %", { from: 6, prefix: "" }], ["hello %us", { from: 6, prefix: "us" }], ["%a% %b", { from: 4, prefix: "b" }],
    ["%a%", undefined], ["%a% x", undefined], ["\\%us", undefined], ["no sign", undefined], ["% us", undefined], ["%a%%", { from: 3, prefix: "" }],
  ])("%j", (text, want) => {
    expect(typing(text, text.length)).toEqual(want);
  });
});

describe("escapeMarkdown", () => {
  it.each([["a_b*c", "a\\_b\\*c"], ["# big", "\\# big"], ["[x](https://y)", "\\[x\\](https\\://y)"], ["plain 10:30", "plain 10:30"]])("%j", (value, want) => {
    expect(escapeMarkdown(value)).toBe(want);
  });
});
