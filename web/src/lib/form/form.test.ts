import { describe, expect, it } from "vitest";
import { blankForm, blankOption, blankQuestion, draftOf, formOf, modalOf } from "./form";

const whole = () => ({
  ...blankQuestion(), key: "k", label: "Where?", placeholder: "p", default: "d", min_length: 3, max_length: 9, min_values: 1, max_values: 2,
  options: [{ ...blankOption(), label: "Web", emoji: "🌐" }, { ...blankOption(), label: "Game", value: "g" }],
});

describe("draftOf", () => {
  it("leaves out what belongs to another kind", () => {
    const sent = (kind: ReturnType<typeof whole>["kind"]) => Object.keys(draftOf({ ...blankForm(), questions: [{ ...whole(), kind }] }).questions[0]!).sort();
    const all = ["description", "kind", "label", "required"];
    expect(sent("short")).toEqual([...all, "default", "max_length", "min_length", "placeholder"].sort());
    expect(sent("select")).toEqual([...all, "max_values", "min_values", "options", "placeholder"].sort());
    expect(sent("radio")).toEqual([...all, "options"].sort());
    expect(sent("checkboxes")).toEqual([...all, "max_values", "min_values", "options"].sort());
    expect(sent("user")).toEqual([...all, "max_values", "min_values", "placeholder"].sort());
    expect(sent("checkbox")).toEqual(all);
  });

  it("never demands a tick, and gives no emoji to boxes", () => {
    const [box, boxes] = draftOf({ ...blankForm(), questions: [{ ...whole(), kind: "checkbox", required: true }, { ...whole(), kind: "checkboxes" }] }).questions;
    expect(box!.required).toBe(false);
    expect(boxes!.options![0]).not.toHaveProperty("emoji");
  });

  it("gives back what was read", () => {
    const questions = [{ id: "where", label: "Where?", kind: "select" as const, required: true, options: [{ label: "Web", value: "Web" }, { label: "Game", value: "g" }] }];
    const back = draftOf(formOf({ id: "f", revision: 1, panels: [], name: "Report", title: "T", questions }));
    expect(back.questions[0]).toMatchObject({ id: "where", required: true, options: [{ label: "Web", value: "" }, { label: "Game", value: "g" }] });
  });
});

describe("modalOf", () => {
  it("shows counts as the program sends them", () => {
    const field = (over: object) => modalOf({ ...blankForm(), questions: [{ ...whole(), ...over }] }, "…").components[0]!.component!;
    expect(field({ kind: "checkboxes", min_values: 0, max_values: 0 })).toMatchObject({ type: 22, min_values: 1, max_values: 2 });
    expect(field({ kind: "select", min_values: 0, max_values: 0 })).toMatchObject({ type: 3, min_values: 1, max_values: 1 });
    expect(field({ kind: "paragraph", max_length: 0 })).toMatchObject({ type: 4, style: 2, max_length: 4000, value: "d" });
    expect(field({ kind: "checkbox" })).not.toHaveProperty("options");
  });
});
