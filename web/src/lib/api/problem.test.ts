import { describe, expect, it } from "vitest";
import { Problem, problemText } from "./problem";

describe("Problem", () => {
  const body = { detail: "This cannot be saved.", code: "integration_invalid", errors: [{ location: "body.headers[1].name", message: "Choose another." }, { location: "url", message: "No." }] };
  it("finds the field's sentence wherever the location begins", () => {
    const problem = new Problem(422, body);
    expect([problem.field("headers[1].name"), problem.field("url"), problem.field("name")]).toEqual(["Choose another.", "No.", undefined]);
    expect(problem.code).toBe("integration_invalid");
  });
  it.each([null, undefined, "text", 5, [], { errors: "no list" }])("survives the body %j", (odd) => {
    const problem = new Problem(502, odd);
    expect(problem.fields).toEqual([]);
    expect(problemText(problem).length).toBeGreaterThan(5);
  });
});

describe("problemText", () => {
  it("gives the reference number along", () => {
    expect(problemText(new Problem(500, { detail: "It failed.", reference: "abc" }))).toMatch(/It failed\..*abc/);
  });
  it("says that what was typed is still there when nobody answers", () => {
    expect(problemText(new Problem(0, null))).toMatch(/still here/);
    expect(problemText(new TypeError("fetch failed"))).toMatch(/still here/);
  });
});
