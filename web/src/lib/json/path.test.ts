import { describe, expect, it } from "vitest";
import { example, pathOf, read, sampleIn, split } from "./path";

describe("pathOf and split", () => {
  it.each([
    [["user", "scores", "high_score"], "user.scores.high_score"], [["a.b", "c\\d"], "a\\.b.c\\\\d"], [["items", 0, "name"], "items.0.name"],
    [["pay", "$"], "pay.$"],
  ] as const)("%j is %j", (segments, path) => {
    expect(pathOf([...segments])).toBe(path);
    expect(split(path)).toEqual(segments.map(String));
  });
  it.each([[["$id", "a"], "$['$id']['a']"], [["", 3, "o'%"], "$[''][3]['o\\'\\u0025']"], [["$\n"], "$['$\\u000a']"]] as const)("%j needs a JSONPath: %j", (segments, path) => {
    expect(pathOf([...segments])).toBe(path);
    expect(split(path)).toBeUndefined();
  });
  it.each(["", "a..b", ".a", "a.", "a\\b", "a\\", "$.a"])("%j is not a finished plain path", (path) => {
    expect(split(path)).toBeUndefined();
  });
});

describe("example", () => {
  it("forms the answer of the guide", () => {
    const { json, left } = example([
      { name: "online_status", path: "online_status" }, { name: "username", path: "user.username" }, { name: "high", path: "user.scores.high_score" },
    ]);
    expect(JSON.parse(json)).toEqual({ online_status: "online_status", user: { username: "username", scores: { high_score: "high" } } });
    expect(left).toEqual([]);
  });
  it("shows samples as JSON would have them (I-33)", () => {
    const { json } = example([
      { name: "score", path: "score", sample: "3000" }, { name: "id", path: "id", sample: "76561197960287930" }, { name: "on", path: "on", sample: "true" },
      { name: "price", path: "price", sample: "0.10" }, { name: "who", path: "who", sample: "Ryan" }, { name: "bare", path: "bare", sample: "" },
    ]);
    expect(JSON.parse(json)).toEqual({ score: 3000, id: "76561197960287930", on: true, price: "0.10", who: "Ryan", bare: "bare" });
  });
  it("makes lists, and names what it cannot show", () => {
    const { json, left } = example([
      { name: "first", path: "items.0.name" }, { name: "second", path: "items.1.name" }, { name: "deep", path: "items.0.name.more" }, { name: "q", path: "$.x" }, { name: "", path: "" },
    ]);
    expect(JSON.parse(json)).toEqual({ items: [{ name: "first" }, { name: "second" }] });
    expect(left).toEqual(["items.0.name.more", "$.x"]);
  });
  it("takes odd keys as keys", () => {
    expect(JSON.parse(example([{ name: "p", path: "__proto__.x" }]).json)).toEqual(JSON.parse('{"__proto__":{"x":"p"}}'));
  });
});

describe("sampleIn", () => {
  it("is what the placeholder shows", () => {
    const root = read('{"a":"x \\"y","n":3000,"l":["p",null,2],"o":{},"z":null}');
    const of = (at: number) => (root?.kind === "object" ? sampleIn(root.entries[at]![1]) : "?");
    expect([of(0), of(1), of(2), of(3), of(4)]).toEqual(['x "y', "3000", "p, 2", "", ""]);
  });
});

describe("read", () => {
  it("keeps keys in order and texts as they are", () => {
    expect(read('{"b":"1","a":[true,null]}')).toEqual({
      kind: "object", entries: [["b", { kind: "string", text: "1" }], ["a", { kind: "array", items: [{ kind: "boolean", text: "true" }, { kind: "null", text: "null" }] }]],
    });
  });
  it("is nothing for what is no JSON", () => {
    expect([read(""), read("{"), read("<html>")]).toEqual([undefined, undefined, undefined]);
  });
});
