import { expect, test } from "vitest";
import { EventParser } from "./sse.ts";

const stream = 'id: 1\nevent: typing\ndata: {"a":1}\n\n: a comment\n\nid: 2\r\nevent: ping\r\ndata: one\r\ndata: two\r\n\r\n';
const want = [
  { id: "1", name: "typing", data: '{"a":1}' },
  { id: "2", name: "ping", data: "one\ntwo" },
];

test("a whole stream at once", () => {
  expect(new EventParser().push(stream)).toEqual(want);
});

test("the same events, whatever the pieces", () => {
  for (const size of [1, 2, 3, 7]) {
    const parser = new EventParser();
    const pieces = stream.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
    expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(want);
  }
});

test("an unfinished event is not told", () => {
  expect(new EventParser().push("id: 3\nevent: x\ndata: y\n")).toEqual([]);
});
