import { describe, expect, it } from "vitest";
import { example, pathOf, read, split } from "./path";

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
