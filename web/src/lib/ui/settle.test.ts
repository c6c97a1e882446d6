import { describe, expect, it } from "vitest";
import { canonical, settle } from "./settle";

function settled<T extends object>(now: T, sent: T, saved: T): T {
  settle(now, sent, saved);
  return now;
}

describe("settle", () => {
  it("takes what was saved where nothing was typed since, and keeps the rest", () => {
    expect(settled({ name: " Ryan ", about: "newer" }, { name: " Ryan ", about: "old" }, { name: "Ryan", about: "old" })).toEqual({ name: "Ryan", about: "newer" });
  });
  it("keeps the objects themselves, so that what stands on a page stays", () => {
    const row = { name: "a", value: "b" };
    const now = settled({ rows: [row] }, { rows: [{ name: "a", value: "b" }] }, { rows: [{ name: "a", value: "" }] });
    expect(now.rows[0]).toBe(row);
    expect(row.value).toBe("");
  });
  it("gives a question its id where another was put before it meanwhile", () => {
    const now = [{ key: "2", id: "", label: "new" }, { key: "1", id: "", label: "What?" }];
    expect(settled(now, [{ key: "1", id: "", label: "What" }], [{ key: "1", id: "what", label: "What" }])).toEqual([
      { key: "2", id: "", label: "new" }, { key: "1", id: "what", label: "What?" },
    ]);
  });
  it("takes a list of another length as a whole, or not at all", () => {
    expect(settled({ rows: ["a", ""] }, { rows: ["a", ""] }, { rows: ["a"] })).toEqual({ rows: ["a"] });
    expect(settled({ rows: ["a", "b"] }, { rows: ["a", ""] }, { rows: ["a"] })).toEqual({ rows: ["a", "b"] });
  });
  it("takes away what was not saved, and puts nothing back that was taken away since", () => {
    type Message = { content: string; embed?: { title: string; url?: string } };
    expect(settled<Message>({ content: "c", embed: { title: "t", url: "" } }, { content: "c", embed: { title: "t", url: "" } }, { content: "c", embed: { title: "t" } })).toEqual({ content: "c", embed: { title: "t" } });
    expect(settled<Message>({ content: "c" }, { content: "c", embed: { title: "t" } }, { content: "c", embed: { title: "t" } })).toEqual({ content: "c" });
  });
});

describe("canonical", () => {
  it("does not look at the order of keys", () => {
    expect(canonical({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(canonical({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]));
  });
});
