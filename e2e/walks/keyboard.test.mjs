import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person } from "../src/discord.mjs";
import { form } from "../src/kinds.mjs";
import { ids, Sandbox } from "../src/sandbox.mjs";

/** Without a mouse: every list is one stop of the Tab key, and whatever opens gives the focus back where it was. */

const { guild, general, ryan: ryanId, mia: miaId } = ids;

let sandbox;
let bot;
let walk;
let ryan;

before(async () => {
  sandbox = await Sandbox.start();
  ({ bot, walk } = sandbox);
  await bot.call("PUT", `/applications/${bot.application}/guilds/${guild}/commands`, [{ name: "ask", description: "Asks" }]);
  bot.on("form", () => ({ type: 9, data: form }));
  bot.on("ask", () => ({ type: 9, data: form }));
  await bot.post(general, { content: "A form", components: [{ type: 1, components: [{ type: 2, style: 1, label: "Form", custom_id: "form" }] }] });
  ryan = await sandbox.person("ryan", ryanId);
  await ryan.messages("A form").waitFor();
});

after(() => sandbox?.stop());

/** Waits until the focus is on what a screen reader would call so. */
async function focusIs(wanted, why = "") {
  const named = () => {
    const { activeElement: element } = document;
    return element === document.body ? "nothing" : (element.dataset.testid ?? element.getAttribute("aria-label") ?? element.textContent.trim());
  };
  await ryan.page.waitForFunction(`(${named})() === ${JSON.stringify(wanted)}`).catch(async () => assert.equal(await ryan.page.evaluate(named), wanted, why));
}

test("the lists beside the conversation are one stop each, and the arrows move in them", async () => {
  const { page } = ryan;
  await ryan.channelLink("general").focus();
  await page.keyboard.press("Tab");
  await focusIs("Be somebody else", "after the open channel comes what stands below the list");
  await page.keyboard.press("Shift+Tab");
  await focusIs("channel-general");
  await page.keyboard.press("ArrowDown");
  await focusIs("channel-support");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Shift+Tab");
  await focusIs("channel-support", "the list remembers where one was");
  await page.keyboard.press("Home");
  await focusIs("Information", "categories are entries, too");
  const stops = await page.evaluate(() => [...document.querySelectorAll("nav")].map((list) => [...list.querySelectorAll("a, button")].filter((entry) => entry.tabIndex === 0).length));
  assert.deepEqual(stops, [1, 1], "one stop in the servers, one in the channels");
});

test("a channel made or deleted meanwhile leaves one stop", async () => {
  const made = await bot.call("POST", `/guilds/${guild}/channels`, { name: "passing" });
  await ryan.channelLink("passing").focus();
  await bot.call("DELETE", `/channels/${made.id}`);
  await ryan.channelLink("passing").waitFor({ state: "detached" });
  await ryan.page.waitForFunction(() => document.querySelector("[data-testid=channel-general]").tabIndex === 0);
});

test("the tools of a message are reached from it and used", async () => {
  const { page } = ryan;
  const message = ryan.messages("A form");
  await message.focus();
  await page.keyboard.press("Tab");
  await focusIs("Form");
  await page.keyboard.press("Tab");
  await focusIs("Add reaction");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await focusIs("More");
  await page.keyboard.press("Enter");
  await focusIs("Start a thread");
  await page.keyboard.press("Escape");
  await focusIs("More");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await focusIs("composer", "Reply leads to where one writes");
  await page.keyboard.press("Escape");
});

test("a modal gives the focus back to the button that opened it", async () => {
  const { page } = ryan;
  await ryan.button("Form").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("modal").waitFor();
  await page.getByLabel("Subject").waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === "INPUT"); // the first field has the focus
  await page.keyboard.press("Escape");
  await page.getByTestId("modal").waitFor({ state: "detached" });
  await focusIs("Form");
});

test("a command, and the modal that answers it, lead back to where one writes", async () => {
  const { page } = ryan;
  await page.getByTestId("composer").fill("/ask");
  await page.getByRole("option", { name: "/ask" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("command-run").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("composer").waitFor();
  await focusIs("composer");
  await page.keyboard.type("/ask");
  await page.getByRole("option", { name: "/ask" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("command-run").press("Enter");
  await page.getByTestId("modal").waitFor();
  await page.keyboard.press("Escape");
  await page.getByTestId("modal").waitFor({ state: "detached" });
  await focusIs("composer");
});

test("dialogs and panels give it back, too", async () => {
  const { page } = ryan;
  for (const name of ["Threads", "Pinned messages", "Who can see this channel: Everyone"]) {
    await page.getByRole("button", { name }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction((label) => document.activeElement.getAttribute("aria-label") === label, name);
  }
  await page.getByRole("button", { name: "Find a server" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await focusIs("Find a server");
});

test("an archived thread is opened by its address, and an address of nothing leads to the first channel", async () => {
  const thread = await sandbox.act(ryanId, "threads", { channel_id: general, name: "Old talk" });
  await sandbox.act(ryanId, "messages", { channel_id: thread.id, content: "long ago" });
  await sandbox.act(ryanId, "thread", { channel_id: thread.id, archived: true });
  const mia = new Person(await walk.open("mia", sandbox.at(miaId, thread.id)));
  await mia.page.getByRole("heading", { level: 1, name: "Old talk" }).waitFor();
  await mia.messages("long ago").waitFor();
  await mia.page.getByText("Archived", { exact: true }).waitFor();
  assert.equal(await mia.page.getByText("New", { exact: true }).count(), 0, "what was put away is no news");
  await mia.page.evaluate((hash) => (location.hash = hash), `#/as/${miaId}/${guild}/1`);
  await mia.page.getByRole("heading", { level: 1, name: "welcome" }).waitFor();
  await mia.page.context().close();
});

test("no page complained", () => walk.untroubled());
