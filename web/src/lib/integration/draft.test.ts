import { describe, expect, it } from "vitest";
import { blank, draftOf, formOf, formOfStarter, hostOf, limits, nameFor, pathSent, row, rowsOf, sampleOf } from "./draft";

describe("draftOf", () => {
  it("drops rows in which nothing was typed, and keeps half-typed ones for the API to complain of", () => {
    const form = { ...blank(), headers: [{ name: "", value: "", kept: false }, { name: "X-Key", value: "", kept: false }] };
    const draft = draftOf(form);
    expect([draft.placeholders, draft.headers]).toEqual([[], [{ name: "X-Key", value: "" }]]);
  });
  it("sends no value for a header that was not touched", () => {
    const draft = draftOf(formOf({ name: "n", description: "d", method: "GET", url: "u", headers: [{ name: "A" }], placeholders: [] }));
    expect(draft.headers).toEqual([{ name: "A" }]);
  });
});

describe("pathSent", () => {
  const form = { ...blank(), placeholders: [row(), row("a.b", "b"), row(), row("c", "c")] };
  it("counts as the API does, which was sent no empty rows", () => {
    const sent = rowsOf(form);
    const paths = [0, 1, 2, 3].map((at) => pathSent(`placeholders[${at}].name`, form, sent));
    expect(paths).toEqual([undefined, "placeholders[0].name", undefined, "placeholders[1].name"]);
    expect([pathSent("url", form, sent), pathSent("placeholders", form, sent)]).toEqual(["url", "placeholders"]);
  });
  it("follows a row when another is taken away after it was sent", () => {
    const now = { ...form, placeholders: [...form.placeholders] };
    const sent = rowsOf(now);
    now.placeholders.splice(0, 2);
    expect([0, 1].map((at) => pathSent(`placeholders[${at}].path`, now, sent))).toEqual([undefined, "placeholders[1].path"]);
  });
});

describe("formOfStarter", () => {
  it("keeps samples, and gives headers the values that a saved integration would hide (I-36)", () => {
    const draft = { name: "n", description: "d", method: "GET" as const, url: "u", headers: [{ name: "A" }], placeholders: [{ name: "p", path: "p", sample: "3000" }] };
    const form = formOfStarter({ id: "s", draft, headers: [{ name: "A", value: "Bearer %k%" }], fill: [], example: "{}" });
    expect(form.headers).toEqual([{ name: "A", value: "Bearer %k%", kept: false }]);
    expect(draftOf(form).placeholders[0]?.sample).toBe("3000");
  });
});

describe("sampleOf", () => {
  it("makes one line of at most as many characters as the API takes", () => {
    expect(sampleOf("  a\n b\t c ")).toBe("a b c");
    expect([...sampleOf("🎫".repeat(200))].length).toBe(limits.sample);
  });
});

describe("nameFor", () => {
  it.each([
    [["user", "scores", "high_score"], [], "high_score"], [["items", 0, "Näme!"], [], "n_me"], [["items", 0], [], "items"], [["a"], ["A", "a_2"], "a_3"], [["🎫"], [], "value"],
  ] as const)("%j beside %j is %s", (segments, taken, want) => {
    expect(nameFor([...segments], [...taken])).toBe(want);
  });
});

describe("hostOf", () => {
  it.each([["https://api.example.com/x?y", "api.example.com"], ["http://127.0.0.1:8080/", "127.0.0.1:8080"], ["api.example.com", ""], ["", ""]])("%s", (url, want) => {
    expect(hostOf(url)).toBe(want);
  });
});
