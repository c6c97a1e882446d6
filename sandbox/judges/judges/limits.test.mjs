import assert from "node:assert/strict";
import { test } from "node:test";
import { sit } from "../src/bot.mjs";
import { ids } from "../src/world.mjs";

const route = "/channels/{channel_id}/messages";
const fault = (sandbox, outcome) => sandbox.control("POST", "/faults", { match: { method: "POST", route }, times: 1, do: outcome });

test("the headers alone keep a bot within its limits: it waits and is never refused", async (t) => {
  const { sandbox, hall } = await sit(t);
  const words = ["one", "two", "three", "four", "five", "six", "seven"];
  await Promise.all(words.map((word) => hall.send(word)));
  const calls = await sandbox.calls("POST", route);
  assert.deepEqual(calls.map(({ status }) => status), words.map(() => 200));
  assert.deepEqual((await hall.messages.fetch({ cache: false })).map(({ content }) => content), words.toReversed());
});

for (const scope of ["user", "shared", "global"]) {
  test(`a refusal of scope ${scope} is understood, waited for and tried again`, async (t) => {
    const limits = [];
    const { sandbox, hall } = await sit(t, { rest: { rejectOnRateLimit: (limit) => limits.push(limit) < 0 } });
    await fault(sandbox, { rate_limit: scope });
    assert.equal((await hall.send("At last")).content, "At last");
    const [first] = limits;
    assert.deepEqual([first.global, first.scope, first.majorParameter], [scope === "global", scope, ids.hall]);
    assert.ok(first.retryAfter > 0, `it was told to wait ${first.retryAfter} ms`);
    assert.deepEqual((await sandbox.calls("POST", route)).map(({ status }) => status), [429, 200]);
  });
}

test("a server that fails for a moment is asked again, and the message is there once", async (t) => {
  const { sandbox, hall, ann } = await sit(t);
  await fault(sandbox, { status: 503, message: "Back in a moment" });
  await hall.send("At last");
  assert.deepEqual((await sandbox.calls("POST", route)).map(({ status }) => status), [503, 200]);
  assert.deepEqual((await ann.messages(hall.id)).map(({ content }) => content), ["At last"]);
});

test("renaming a channel a third time within ten minutes has to wait", async (t) => {
  const { sandbox, bot, hall } = await sit(t, { rest: { rejectOnRateLimit: () => true } });
  await hall.setName("first");
  await hall.setName("second");
  await assert.rejects(hall.setName("third"), (error) => error.name === "RateLimitError[/channels/:id]" && error.retryAfter > 500_000, "ten minutes");
  await sandbox.advance("10m");
  assert.equal((await bot.channels.fetch(hall.id, { force: true })).name, "second");
});
