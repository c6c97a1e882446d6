import { describe, expect, it } from "vitest";
import { Problem } from "$lib/api/problem";
import { Refusal } from "./refusal.svelte";

const refused = () => new Problem(422, {
  detail: "This cannot be saved.", code: "invalid", errors: [
    { location: "body.name", message: "Choose another name." }, { location: "body.validation", message: "Remove it." }, { location: "body.rows[1].path", message: "No path." },
  ],
});

describe("Refusal", () => {
  it("tells what was said of fields that nothing asked for", async () => {
    const refusal = new Refusal();
    refusal.error("validation"); // a page that is gone when it is refused
    const told = refusal.refuse(refused());
    expect([refusal.failed, refusal.error("name"), refusal.errors("rows[")]).toEqual(["This cannot be saved.", "Choose another name.", ["No path."]]);
    await told;
    expect(refusal.rest).toEqual(["Remove it."]);
    refusal.forget();
    expect([refusal.failed, refusal.rest, refusal.error("name")]).toEqual([undefined, [], undefined]);
  });
  it("opens what is wrong without taking it for shown", async () => {
    const refusal = new Refusal();
    const told = refusal.refuse(refused());
    expect([refusal.wrong("rows"), refusal.wrong("other")]).toEqual([true, false]);
    await told;
    expect(refusal.rest).toEqual(["Choose another name.", "Remove it.", "No path."]);
  });
});
