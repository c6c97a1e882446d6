import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person } from "../src/discord.mjs";
import { fromTheFuture, odd } from "../src/odd.mjs";
import { ids, Sandbox } from "../src/sandbox.mjs";

/** Whatever a bot sends, the page stays up, its console silent, and what was said before and after can be read. */

const { guild, general, ryan: ryanId } = ids;

let sandbox;
let bot;
let walk;
let ryan;

before(async () => {
  // Bursts are the point here; how fast a bot may send is tested elsewhere.
  sandbox = await Sandbox.start();
  ({ bot, walk } = sandbox);
  ryan = await sandbox.person("ryan", ryanId);
  await ryan.page.getByTestId("composer").waitFor();
});

after(() => sandbox?.stop());

/** Calls as fast as the sandbox lets it: what fills its limits is emptied by moving the clock. */
async function swiftly(call) {
  try {
    return await call();
  } catch (error) {
    if (!/: 429 /.test(error.message)) throw error;
    await sandbox.control("/clock/advance", { by: "5s" });
    return call();
  }
}

const post = (message) => swiftly(() => bot.post(general, message));

/** The page is up when what is said now is read now. */
async function alive(word) {
  await ryan.say(word);
  await ryan.messages(word).last().waitFor();
}

test("a hundred odd messages are drawn", async () => {
  for (const message of odd) await post(message);
  assert.ok(odd.length >= 90, `${odd.length} odd messages`);
  await alive("after the odd ones");
  await ryan.messages("box 10").waitFor();
  await ryan.messages("Embed 10").waitFor();
  const broken = await ryan.page.getByText("Not shown here").count();
  assert.equal(broken, 0, "all of it is known");
  const wider = await ryan.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wider, 0, "nothing may stand out of the window");
  await walk.picture(ryan.page, "odd-1-newest");
});

test("they are drawn anew from the history, on a phone and in light colours", async () => {
  for (const [name, options] of [["phone", { width: 360, height: 740 }], ["light", { colorScheme: "light" }]]) {
    const person = new Person(await walk.open(name, sandbox.at(), options));
    await person.messages("after the odd ones").waitFor();
    await person.page.getByRole("log").hover();
    for (let turn = 0; turn < 300 && (await person.page.getByText("This is where #general begins.").count()) === 0; turn++) {
      await person.page.mouse.wheel(0, -6000);
      // What the wheel set off is drawn by the second frame.
      await person.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    }
    await person.page.getByText("This is where #general begins.").waitFor();
    assert.ok((await person.messages().count()) > odd.length, "all are here");
    const out = await person.page.evaluate(() => [...document.querySelectorAll("[data-testid=message]")].filter((message) => message.scrollWidth > message.clientWidth + 1).map((message) => message.textContent.slice(0, 60)));
    assert.deepEqual(out, [], "no message is wider than its place");
    await walk.accessible(person.page, `odd messages, ${name}`);
    await walk.picture(person.page, `odd-2-${name}`);
    await person.page.context().close();
  }
});

test("edits that take everything away, and answers to what is gone", async () => {
  const rich = await post({ content: "soon bare", embeds: [{ title: "gone soon" }], components: [{ type: 1, components: [{ type: 2, style: 1, label: "Gone", custom_id: "gone" }] }] });
  await ryan.messages("soon bare").getByTestId("embed").waitFor();
  await bot.call("PATCH", `/channels/${general}/messages/${rich.id}`, { content: "bare", embeds: [], components: [] });
  await ryan.messages("soon bare").waitFor({ state: "detached" });
  await bot.call("PATCH", `/channels/${general}/messages/${rich.id}`, { content: null, embeds: [{ description: "only this" }] });
  await ryan.messages("only this").waitFor();
  const reply = await post({ content: "an answer", message_reference: { message_id: rich.id } });
  await bot.call("DELETE", `/channels/${general}/messages/${rich.id}`);
  await ryan.messages("only this").waitFor({ state: "detached" });
  await bot.call("PATCH", `/channels/${general}/messages/${reply.id}`, { content: "an answer to nothing" });
  await ryan.messages("an answer to nothing").getByText("The message it answers is gone").waitFor();
  await alive("after the edits");
});

test("every way to answer a press, and twenty changes of the answer", async () => {
  const kinds = { update: { type: 7, data: { content: "updated", components: [] } }, quiet: { type: 6 }, whisper: { type: 4, data: { content: "whispered", flags: 64 } }, form: { type: 9, data: { custom_id: "f", title: "Form", components: [{ type: 18, label: "L", component: { type: 4, custom_id: "t", style: 1, required: false } }] } } };
  await post({ content: "Answers", components: [{ type: 1, components: Object.keys(kinds).map((kind) => ({ type: 2, style: 2, label: kind, custom_id: `kind-${kind}` })) }] });
  for (const [kind, answer] of Object.entries(kinds)) bot.on(`kind-${kind}`, () => answer);
  bot.on("f", () => ({ type: 4, data: { content: "sent", flags: 64 } }));
  await ryan.button("quiet").click();
  await ryan.button("whisper").click();
  const whispered = ryan.messages("whispered");
  await whispered.waitFor();
  const sent = await bot.received((interaction) => interaction.data.custom_id === "kind-whisper");
  for (const message of odd.slice(0, 20)) await swiftly(() => bot.amend(sent, { content: message.content }));
  await swiftly(() => bot.amend(sent, { content: "whispered at last", embeds: [], components: [] }));
  await ryan.messages("whispered at last").waitFor();
  await ryan.button("form").click();
  await ryan.page.getByTestId("modal").waitFor();
  await ryan.page.getByTestId("modal-submit").click();
  await ryan.messages("sent").last().waitFor();
  await ryan.button("update").click();
  await ryan.messages("updated").waitFor();
});

test("a modal in answer to a modal is refused, and nothing typed is lost", async () => {
  const modal = { custom_id: "first", title: "First", components: [{ type: 18, label: "Words", component: { type: 4, custom_id: "words", style: 1 } }] };
  await post({ content: "Twice", components: [{ type: 1, components: [{ type: 2, style: 2, label: "Twice", custom_id: "twice" }] }] });
  bot.on("twice", () => ({ type: 9, data: modal }));
  let refusal;
  bot.onRefusal = (error) => (refusal = error.message);
  bot.on("first", () => ({ type: 9, data: modal }));
  await ryan.button("Twice").click();
  const dialog = ryan.page.getByTestId("modal");
  await dialog.getByLabel("Words").fill("kept");
  await dialog.getByTestId("modal-submit").click();
  await sandbox.control("/clock/advance", { by: "4s" });
  await dialog.getByRole("alert").waitFor();
  assert.match(refusal, /: 400 /);
  assert.equal(await dialog.getByLabel("Words").inputValue(), "kept");
  await ryan.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
});

test("a burst of messages, edits, reactions, channels and typing", async () => {
  const burst = [];
  for (let turn = 0; turn < 200; turn++) burst.push(sandbox.act(ryanId, "messages", { channel_id: general, content: `burst ${turn}` }));
  const sent = await Promise.all(burst);
  await Promise.all(sent.flatMap(({ id }, turn) => [
    sandbox.act(ryanId, "react", { channel_id: general, message_id: id, emoji: "👍", remove: false }),
    turn % 2 ? sandbox.act(ryanId, "delete", { channel_id: general, message_id: id }) : sandbox.act(ryanId, "edit", { channel_id: general, message_id: id, content: `burst ${turn} changed` }),
  ].map((call) => call.catch(() => undefined))));
  for (let turn = 0; turn < 10; turn++) {
    const channel = await bot.call("POST", `/guilds/${guild}/channels`, { name: `fleeting-${turn}` });
    await bot.call("DELETE", `/channels/${channel.id}`);
  }
  await alive("after the burst");
  await ryan.messages("burst 198 changed").waitFor();
  assert.equal(await ryan.page.getByTestId(/^channel-fleeting/).count(), 0);
});

test("what a later Discord may send leaves a note and no broken page", async () => {
  const page = await walk.open("future", sandbox.at(), {
    prepare: (context) => context.route("**/messages?**", async (route) => {
      const response = await route.fetch();
      const [newest] = await response.json();
      const strange = fromTheFuture.map((part, at) => ({ ...newest, id: String(BigInt(newest.id) + BigInt(at) + 1n), content: `strange ${at}`, type: 0, ...part })).toReversed();
      await route.fulfill({ response, json: strange });
    }),
  });
  await page.getByTestId("message").first().waitFor();
  assert.equal(await page.getByTestId("message").count(), fromTheFuture.length);
  await page.getByText("Not shown here").first().waitFor();
  await page.getByTestId("composer").fill("still here");
  await page.context().close();
});

test("no page complained", () => walk.untroubled());
