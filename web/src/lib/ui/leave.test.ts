import { describe, expect, it } from "vitest";
import { Draft } from "./draft.svelte";
import { leave } from "./leave.svelte";

describe("leaving", () => {
  it("goes on once all is saved, without being sure of what else is not", async () => {
    const sure: boolean[] = [];
    leave.ask(() => sure.push(leave.sure));
    await new Draft({ name: "a" }).save(async () => undefined);
    leave.ask(() => sure.push(leave.sure));
    leave.leave();
    expect([sure, leave.go]).toEqual([[false, true], undefined]);
    leave.sure = false;
  });
  it("waits while something newer is not saved", async () => {
    const draft = new Draft({ name: "a" });
    let went = false;
    leave.ask(() => (went = true));
    await draft.save(async () => void (draft.value.name = "newer"));
    expect(went).toBe(false);
    leave.stay();
  });
});
