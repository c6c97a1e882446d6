import type { Message } from "discord-message";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Acts } from "./acts.svelte.ts";
import { api, ApiError } from "./api.ts";
import type { Interaction, Modal } from "./types.ts";

vi.mock("./api.ts", async (original) => ({
  ...(await original<typeof import("./api.ts")>()),
  api: { press: vi.fn(), select: vi.fn(), submit: vi.fn(), command: vi.fn() },
}));

const message: Message = { id: "5", channel_id: "20", author: { id: "9", username: "bot" }, timestamp: "2026-11-22T10:00:00Z" };
const button = { type: 2, custom_id: "open" };
const modal: Modal = { id: "m1", custom_id: "form", title: "t", components: [{ type: 18, label: "l", component: { type: 4, custom_id: "reason" } }] };

let acts: Acts;
/** Lets everything that was promised happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

function answers(call: keyof typeof api, ...interactions: (Interaction | Error)[]): void {
  for (const one of interactions) vi.mocked(api[call] as () => Promise<Interaction>).mockImplementationOnce(() => (one instanceof Error ? Promise.reject(one) : Promise.resolve(one)));
}

beforeEach(() => {
  vi.resetAllMocks();
  acts = new Acts("1");
});

describe("pressing", () => {
  test("a button waits until its bot has answered", async () => {
    answers("press", { id: "i1", state: "pending" });
    acts.press(message, button);
    expect(acts.stateOf("5", "open")?.pending).toBe(true);
    await settle();
    expect(acts.stateOf("5", "open")?.pending).toBe(true);
    acts.hear({ id: "i1", state: "answered" });
    await settle();
    expect(acts.stateOf("5", "open")?.pending).toBe(false);
    expect(acts.failures["5"]).toBeUndefined();
  });
  test("an answer the stream told too early counts", async () => {
    acts.hear({ id: "i1", state: "failed", failure: "No." });
    answers("press", { id: "i1", state: "pending" });
    acts.press(message, button);
    await settle();
    expect(acts.failures["5"]).toBe("No.");
  });
  test("a second press while the first waits does nothing", () => {
    answers("press", { id: "i1", state: "pending" });
    acts.press(message, button);
    acts.press(message, button);
    expect(api.press).toHaveBeenCalledTimes(1);
  });
  test.each<[Interaction | Error, string]>([
    [{ id: "i1", state: "failed" }, "This interaction failed"],
    [{ id: "i1", state: "failed", failure: "The application did not respond" }, "The application did not respond"],
    [new ApiError(403, "You cannot see this channel."), "You cannot see this channel."],
  ])("a failure is a sentence at the message: %o", async (answer, want) => {
    answers("press", answer, { id: "i2", state: "answered" });
    acts.press(message, button);
    await settle();
    expect(acts.failures["5"]).toBe(want);
    acts.press(message, button);
    await settle();
    expect(acts.failures["5"]).toBeUndefined();
  });
  test("another window's modal stays in the other window", async () => {
    acts.hear({ id: "elsewhere", state: "modal", modal });
    await settle();
    expect(acts.modal).toBeUndefined();
    answers("press", { id: "i1", state: "modal", modal });
    acts.press(message, button);
    await settle();
    expect(acts.modal?.id).toBe("m1");
  });
});

test("a select keeps what was chosen", async () => {
  answers("select", { id: "i1", state: "answered" });
  acts.select(message, { type: 3, custom_id: "topic" }, ["a"]);
  await settle();
  expect(acts.stateOf("5", "topic")).toEqual({ pending: false, values: ["a"] });
});

describe("a modal", () => {
  beforeEach(async () => {
    answers("press", { id: "i1", state: "modal", modal });
    acts.press(message, button);
    await settle();
  });
  test("closes once it is answered", async () => {
    answers("submit", { id: "i2", state: "deferred" });
    await acts.submit({ reason: "x" });
    expect(acts.modal).toBeUndefined();
  });
  test("stays open where it failed, and says at which field", async () => {
    answers("submit", new ApiError(400, "must have at most 5 characters", "values.reason"), { id: "i3", state: "failed" });
    await acts.submit({ reason: "too long" });
    expect(acts.modal?.id).toBe("m1");
    expect(acts.modalError).toEqual({ text: "must have at most 5 characters", field: "reason" });
    await acts.submit({ reason: "x" });
    expect(acts.modalError).toEqual({ text: "Something went wrong. Try again." });
    acts.closeModal();
    expect(acts.modalError).toBeUndefined();
  });
});

test("a command leaves a notice until it is answered, and for good where it failed", async () => {
  answers("command", { id: "i1", state: "pending" }, { id: "i2", state: "failed", failure: "No." });
  const call = { channel_id: "20", name: "price", type: 1, options: [] };
  const first = acts.command(call, "/price");
  expect(acts.notices.map((notice) => [notice.text, notice.failure])).toEqual([["/price", undefined]]);
  await settle();
  acts.hear({ id: "i1", state: "answered" });
  await first;
  expect(acts.notices).toEqual([]);
  await acts.command(call, "/price");
  expect(acts.notices.map((notice) => notice.failure)).toEqual(["No."]);
  acts.forget(acts.notices[0]!.key);
  expect(acts.notices).toEqual([]);
});
