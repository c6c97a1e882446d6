import { describe, expect, it } from "vitest";
import { moved } from "./order";

describe("moved", () => {
  it.each([[0, 2, "bca"], [2, 0, "cab"], [1, 1, "abc"]])("from %i to %i", (from, to, want) => expect(moved([..."abc"], from, to).join("")).toBe(want));
});
