import { expect, test } from "vitest";
import { offsetsOf, partOf } from "./virtual.ts";

const offsets = offsetsOf(Array.from({ length: 10_000 }, () => 40));

test("only what is looked at is drawn", () => {
  expect(partOf(offsets, 0, 400, 80)).toEqual({ from: 0, to: 13, above: 0, height: 400_000 });
  expect(partOf(offsets, 200_000, 400, 80)).toEqual({ from: 4998, to: 5013, above: 199_920, height: 400_000 });
});

test("the end of the list is its end", () => {
  const part = partOf(offsets, 399_700, 400, 80);
  expect(part.to).toBe(10_000);
  expect(part.from).toBeLessThan(9_993);
});

test("an empty list, and a window far below a list that became short, draw nothing outside of it", () => {
  expect(partOf(offsetsOf([]), 0, 400, 80)).toEqual({ from: 0, to: 0, above: 0, height: 0 });
  const part = partOf(offsetsOf([40, 40]), 90_000, 400, 80);
  expect(part.from).toBeLessThanOrEqual(2);
  expect(part.to).toBe(2);
});

test("lines of different heights", () => {
  expect(partOf(offsetsOf([30, 44, 44, 30, 44]), 75, 40, 0)).toEqual({ from: 2, to: 3, above: 74, height: 192 });
});
