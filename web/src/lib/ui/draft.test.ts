import { describe, expect, it } from "vitest";
import { Draft } from "./draft.svelte";

describe("Draft", () => {
  it("keeps what is typed while it is saved, as not saved yet", async () => {
    const draft = new Draft({ name: " a ", about: "old" });
    let done!: (saved: { name: string; about: string }) => void;
    const saving = draft.save(() => new Promise((saved) => (done = saved)));
    draft.value.about = "newer";
    done({ name: "a", about: "old" });
    expect(await saving).toBe(true);
    expect([draft.value.name, draft.value.about, draft.dirty]).toEqual(["a", "newer", true]);
    draft.value.about = "old";
    expect(draft.dirty).toBe(false);
  });
  it("keeps everything when it is refused", async () => {
    const draft = new Draft({ name: "a" });
    draft.value.name = "b";
    expect(await draft.save(() => Promise.reject(new TypeError("failed")))).toBe(false);
    expect([draft.value.name, draft.dirty, draft.saving]).toEqual(["b", true, false]);
    expect(draft.failed).toBeTruthy();
  });
});
