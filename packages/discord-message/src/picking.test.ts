import { expect, test } from "vitest";
import { moveIndex, togglePick } from "./picking.ts";

test("one choice replaces, several add up to the limit", () => {
  expect(togglePick(["a"], "b", 1)).toEqual(["b"]);
  expect(togglePick(["a"], "b", 2)).toEqual(["a", "b"]);
  expect(togglePick(["a", "b"], "c", 2)).toEqual(["a", "b"]);
  expect(togglePick(["a", "b"], "a", 2)).toEqual(["b"]);
});

test("arrows go round, other keys are not ours", () => {
  expect(moveIndex("ArrowDown", 2, 3)).toBe(0);
  expect(moveIndex("ArrowUp", 0, 3)).toBe(2);
  expect(moveIndex("End", 0, 3)).toBe(2);
  expect(moveIndex("x", 0, 3)).toBeUndefined();
  expect(moveIndex("ArrowDown", 0, 0)).toBeUndefined();
});
