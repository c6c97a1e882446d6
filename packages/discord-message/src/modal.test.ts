import { describe, expect, test } from "vitest";
import { boundsOf, fieldsOf, modalFaults, piecesOf, startValues, submitted } from "./modal.ts";
import type { Modal } from "./modal.ts";
import type { Component } from "./types.ts";


function modal(...components: Component[]): Modal {
  return { custom_id: "m", title: "t", components };
}

const row = modal({ type: 1, components: [{ type: 4, custom_id: "reason", label: "Why", style: 2, min_length: 3, max_length: 5 }] });
const labels = modal(
  { type: 10, content: "Hello" },
  { type: 18, label: "Name", description: "Yours", component: { type: 4, custom_id: "name", required: false, value: "x" } },
  { type: 18, label: "Topic", component: { type: 3, custom_id: "topic", max_values: 2, options: [{ label: "A", value: "a" }, { label: "B", value: "b", default: true }] } },
  { type: 18, label: "Sure?", component: { type: 23, custom_id: "sure" } },
  { type: 18, label: "Speed", component: { type: 21, custom_id: "speed", options: [{ label: "1", value: "1" }, { label: "2", value: "2" }] } },
  { type: 18, label: "Pages", component: { type: 22, custom_id: "pages", required: false, options: [{ label: "1", value: "1" }, { label: "2", value: "2" }] } },
);

test("both generations are read", () => {
  expect(fieldsOf(row).map((field) => [field.id, field.label, field.required])).toEqual([["reason", "Why", true]]);
  expect(fieldsOf(labels).map((field) => [field.id, field.required])).toEqual([["name", false], ["topic", true], ["sure", false], ["speed", true], ["pages", false]]);
  expect(piecesOf(labels)[0]).toEqual({ kind: "text", text: "Hello" });
});

test("what is unknown is a note, not a crash", () => {
  expect(piecesOf(modal({ type: 99 }, { type: 18, label: "x" }, { type: 1 }))).toEqual([{ kind: "unknown", type: 99 }]);
});

test("fields start with what the bot put there", () => {
  expect(startValues(labels)).toEqual({ name: "x", topic: ["b"], sure: false, speed: "", pages: [] });
});

describe("faults", () => {
  test.each([
    ["", "This is required."],
    ["ab", "Must be 3 or more characters."],
    ["abcdef", "Must be 5 or fewer characters."],
    ["👍👍👍", undefined],
  ])("text %j", (text, want) => expect(modalFaults(row, { reason: text }).reason).toBe(want));

  test("choices", () => {
    expect(modalFaults(labels, { ...startValues(labels), topic: [] })).toEqual({ topic: "This is required.", speed: "Choose one." });
    expect(modalFaults(labels, { ...startValues(labels), topic: ["a", "b", "c"], speed: "1" })).toEqual({ topic: "Choose at most 2." });
  });
});

test("bounds of a group are its options", () => {
  expect(boundsOf(fieldsOf(labels)[4]!)).toEqual({ min: 0, max: 2 });
});

test("everything is submitted, except a choice not made", () => {
  expect(submitted(labels, startValues(labels))).toEqual({ name: "x", topic: ["b"], sure: false, pages: [] });
});
