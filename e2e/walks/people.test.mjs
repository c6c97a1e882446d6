import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ids, Sandbox } from "../src/sandbox.mjs";

/** What people do beside talking: threads, pins, search, forums, servers, files for bots, keys, two windows in one. */

const { guild, general, ryan: ryanId, noor: noorId, olga: olgaId } = ids;

let sandbox;
let bot;
let walk;
let ryan;
let olga;

before(async () => {
  sandbox = await Sandbox.start();
  ({ bot, walk } = sandbox);
  ryan = await sandbox.person("ryan", ryanId);
  olga = await sandbox.person("olga", olgaId, { colorScheme: "light" });
});

after(() => sandbox?.stop());

/** Chooses from the menu of a message. */
async function fromMenu(person, text, item) {
  await person.messages(text).last().hover();
  await person.page.getByRole("toolbar").getByRole("button", { name: "More" }).click();
  await person.page.getByRole("menuitem", { name: item }).click();
}

async function heading(person, name) {
  await person.page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
}

test("a thread grows from a message and shows what it grew from", async () => {
  await olga.say("Shall we buy a pinball table?");
  await fromMenu(ryan, "pinball table", "Start a thread");
  const dialog = ryan.page.getByRole("dialog", { name: "Start a thread" });
  await dialog.getByLabel("Name").fill("");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await dialog.getByText("A thread needs a name.").waitFor();
  await dialog.getByLabel("Name").fill("Pinball");
  await walk.accessible(ryan.page, "the dialog of a thread");
  await dialog.getByRole("button", { name: "Start", exact: true }).click();
  await heading(ryan, "Pinball");
  await ryan.page.getByText("Ryan started this thread in #general.").waitFor();
  await ryan.messages("Shall we buy a pinball table?").waitFor();
  await ryan.say("Yes!");
  await olga.page.getByRole("button", { name: /^Pinball/ }).click();
  await olga.messages("Yes!").waitFor();
  await walk.picture(olga.page, "people-1-thread");
});

test("a thread is put away by its owner, found in the archive, and comes back with the next word", async () => {
  await ryan.page.getByRole("button", { name: "Thread", exact: true }).click();
  await ryan.page.getByRole("menuitem", { name: "Archive thread" }).click();
  await ryan.page.getByText("Archived", { exact: true }).waitFor();
  await olga.channelLink("Pinball").waitFor({ state: "detached" });
  await olga.enter("general");
  await olga.page.getByRole("button", { name: "Threads" }).click();
  await olga.page.getByRole("list", { name: "Archived threads" }).getByRole("button", { name: /Pinball/ }).click();
  await heading(olga, "Pinball");
  await olga.say("Back to this");
  await ryan.channelLink("Pinball").waitFor();
  await ryan.messages("Back to this").waitFor();
});

test("a private thread stays with those in it", async () => {
  await ryan.enter("general");
  await ryan.page.getByRole("button", { name: "Threads" }).click();
  await walk.accessible(ryan.page, "the threads of a channel");
  await ryan.page.getByRole("button", { name: "Start a thread" }).click();
  await ryan.page.getByLabel("Name").fill("A surprise");
  await ryan.page.getByLabel(/Private thread/).check();
  await ryan.page.keyboard.press("Enter");
  await heading(ryan, "A surprise");
  await ryan.page.getByTestId("viewers").filter({ hasText: /^\d+ (people|person)$/ }).waitFor();
  const noor = await sandbox.person("noor", noorId);
  await noor.channelLink("Pinball").waitFor();
  assert.equal(await noor.channelLink("A surprise").count(), 0);
  await noor.page.context().close();
});

test("pins are made by those who may, and lead to their message", async () => {
  await olga.enter("general");
  await ryan.enter("general");
  await fromMenu(olga, "pinball table", "Pin message");
  await ryan.messages("pinned a message").waitFor();
  await ryan.page.getByRole("button", { name: "Pinned messages" }).click();
  const panel = ryan.page.getByRole("dialog", { name: "Pinned messages" });
  await panel.getByText("Shall we buy a pinball table?").waitFor();
  assert.equal(await panel.getByRole("button", { name: "Unpin" }).count(), 0, "Ryan may not unpin");
  await walk.accessible(ryan.page, "the pins");
  await panel.getByRole("button", { name: "Jump" }).click();
  await panel.waitFor({ state: "hidden" });
  await ryan.messages("pinball table").first().hover();
  await ryan.page.getByRole("toolbar").getByRole("button", { name: "More" }).click();
  assert.equal(await ryan.page.getByRole("menuitem", { name: /Pin|Unpin/ }).count(), 0);
  await ryan.page.keyboard.press("Escape");
  await fromMenu(olga, "pinball table", "Unpin message");
  await olga.page.getByRole("button", { name: "Pinned messages" }).click();
  await olga.page.getByText("Nothing is pinned here yet.").waitFor();
  await olga.page.keyboard.press("Escape");
});

test("search finds what was said where one may read it", async () => {
  const hidden = await bot.call("POST", `/guilds/${guild}/channels`, { name: "vault", permission_overwrites: [{ id: guild, type: 0, deny: "1024" }, { id: bot.application, type: 1, allow: "1024" }] });
  await bot.post(hidden.id, { content: "a pinball of gold" });
  await ryan.page.getByRole("button", { name: "Search" }).click();
  const field = ryan.page.getByRole("searchbox", { name: /^Search Ryan/ });
  await field.fill("PINBALL");
  await ryan.page.getByText("1 message", { exact: true }).waitFor();
  await walk.accessible(ryan.page, "found messages");
  await walk.picture(ryan.page, "people-2-search");
  await ryan.enter("rules");
  await ryan.page.getByRole("complementary", { name: "Search" }).getByRole("button", { name: /general/ }).click();
  await heading(ryan, "general");
  await field.fill("nothing of the kind");
  await ryan.page.getByText("Nothing holds “nothing of the kind”.").waitFor();
  await field.press("Escape");
  await field.waitFor({ state: "detached" });
  await bot.call("DELETE", `/channels/${hidden.id}`);
});

test("a forum has posts with titles and tags", async () => {
  const forum = await bot.call("POST", `/guilds/${guild}/channels`, { name: "ideas", type: 15, parent_id: ids.community, available_tags: [{ name: "Game", emoji_name: "🕹️" }, { name: "Web" }] });
  await ryan.enter("ideas");
  await ryan.page.getByText("No posts yet.").waitFor();
  await ryan.page.getByRole("button", { name: "New post" }).click();
  const dialog = ryan.page.getByRole("dialog", { name: "New post" });
  await dialog.getByLabel("Title").fill("A second joystick");
  await dialog.getByLabel("Text").fill("For **two** at once.");
  await dialog.getByRole("button", { name: /Game/ }).click();
  await walk.accessible(ryan.page, "writing a post");
  await dialog.getByRole("button", { name: "Post", exact: true }).click();
  await heading(ryan, "A second joystick");
  await ryan.messages("For two at once.").waitFor();
  await olga.enter("ideas");
  const card = olga.page.getByRole("link", { name: /A second joystick/ });
  await card.getByText("Game").waitFor();
  await card.getByText("For two at once.").waitFor();
  await walk.accessible(olga.page, "a forum");
  await walk.picture(olga.page, "people-3-forum");
  await olga.page.getByRole("button", { name: "Web" }).click();
  await olga.page.getByText("No post has these tags.").waitFor();
  await olga.page.getByRole("button", { name: "Web" }).click();
  await card.click();
  await heading(olga, "A second joystick");
  await olga.say("Why not three?");
  await ryan.messages("Why not three?").waitFor();
  await bot.call("DELETE", `/channels/${forum.id}`);
  await olga.enter("general");
  await ryan.enter("general");
});

test("files reach the bot from a modal and from a command", async () => {
  await bot.call("PUT", `/applications/${bot.application}/guilds/${guild}/commands`, [{ name: "report", description: "Hand over a log", options: [{ type: 11, name: "log", description: "The file", required: true }] }]);
  bot.on("report", () => ({ type: 9, data: { custom_id: "more", title: "More files", components: [{ type: 18, label: "Pictures", component: { type: 19, custom_id: "pictures", min_values: 1, max_values: 2 } }] } }));
  bot.on("more", (sent) => ({ type: 4, data: { flags: 64, content: `Got ${Object.keys(sent.data.resolved.attachments).length}` } }));
  await ryan.page.getByTestId("composer").fill("/report");
  await ryan.page.getByRole("option", { name: "/report" }).waitFor();
  await ryan.page.keyboard.press("Enter");
  await ryan.page.getByTestId("command-run").click();
  await ryan.page.getByText("This option is required.").waitFor();
  await ryan.page.getByTestId("option-log").setInputFiles([file("log.txt", "It broke.")]);
  await ryan.page.getByTestId("command-run").click();
  const ran = await bot.received((sent) => sent.data.name === "report");
  const [log] = Object.values(ran.data.resolved.attachments);
  assert.equal(log.filename, "log.txt");
  assert.equal(await (await fetch(log.url)).text(), "It broke.");
  const modal = ryan.page.getByTestId("modal");
  const input = modal.getByLabel("Pictures");
  await input.setInputFiles([file("a.png"), file("b.png"), file("c.png")]);
  await modal.getByText("At most 2 files.").waitFor();
  await input.setInputFiles([file("a.png", "one"), file("b.png", "two")]);
  await modal.getByTestId("modal-submit").click();
  await ryan.messages("Got 2").waitFor();
  const sent = await bot.received((interaction) => interaction.type === 5);
  const values = sent.data.components[0].component.values;
  assert.deepEqual(await Promise.all(values.map(async (id) => (await fetch(sent.data.resolved.attachments[id].url)).text())), ["one", "two"]);
});

test("a server left is found again by its name", async () => {
  const noor = await sandbox.person("noor", noorId);
  await noor.page.getByRole("button", { name: "Server menu" }).click();
  await noor.page.getByRole("menuitem", { name: "Leave server" }).click();
  await noor.page.getByTestId("channel-general").waitFor({ state: "detached" });
  await noor.page.getByRole("button", { name: "Find a server" }).click();
  await noor.page.getByRole("searchbox", { name: "Name of a server" }).fill("bowling");
  await noor.page.getByText("No server of that name.").waitFor();
  await noor.page.getByRole("searchbox", { name: "Name of a server" }).fill("arcade");
  await walk.accessible(noor.page, "servers to join");
  await noor.page.getByRole("button", { name: "Join Ryan's Arcade" }).click();
  await noor.page.getByTestId("channel-general").waitFor();
  await noor.page.context().close();
});

test("keys go anywhere", async () => {
  const keys = await sandbox.person("keys", ryanId);
  const { page } = keys;
  await heading(keys, "general");
  await page.keyboard.press("Alt+ArrowUp");
  await heading(keys, "rules");
  await page.keyboard.press("Alt+ArrowDown");
  await heading(keys, "general");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Where to?" }).fill("supp");
  await page.getByRole("option", { name: /support/ }).waitFor();
  await walk.accessible(page, "going anywhere");
  await page.keyboard.press("Enter");
  await heading(keys, "support");
  await sandbox.act(olgaId, "messages", { channel_id: ids.rules, content: "A new rule" });
  await page.getByRole("link", { name: "rules, unread" }).waitFor();
  await page.keyboard.press("Alt+Shift+ArrowDown");
  await heading(keys, "rules");
  await page.getByRole("separator").filter({ hasText: "New" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("separator").filter({ hasText: "New" }).waitFor({ state: "detached" });
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("/");
  assert.equal(await page.getByTestId("composer").inputValue(), "/");
  await page.getByTestId("composer").fill("");
  await page.keyboard.press("Control+/");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await walk.accessible(page, "the help about keys");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog", { name: "Keys" }).waitFor({ state: "detached" });
  await keys.channelLink("welcome").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await heading(keys, "rules");
  const members = page.getByRole("complementary", { name: "Members" }).getByRole("button");
  await members.first().focus();
  await page.keyboard.press("End");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent?.includes("Usher")), true, "the last member has the focus");
  await page.context().close();
});

test("two side by side talk in one page", async () => {
  const page = await walk.open("both", `${sandbox.address}/`, { width: 1440, height: 900 });
  await page.getByTestId("side-by-side").click();
  const [left, right] = [1, 2].map((side) => page.frameLocator(`[data-testid=side-${side}]`));
  for (const half of [left, right]) await half.getByTestId("channel-general").click();
  await left.getByTestId("composer").fill("Hello from the left");
  await left.getByTestId("composer").press("Enter");
  await right.getByTestId("message").filter({ hasText: "Hello from the left" }).waitFor();
  await right.getByTestId("composer").fill("And from the right");
  await right.getByTestId("composer").press("Enter");
  await left.getByTestId("message").filter({ hasText: "And from the right" }).waitFor();
  await walk.accessible(page, "two side by side");
  await walk.picture(page, "people-4-side-by-side");
  await page.getByRole("button", { name: "Light colours" }).first().click();
  await left.locator("html[data-theme=light]").waitFor();
  await page.getByLabel("Right").selectOption(olgaId);
  await right.getByText("Olga", { exact: true }).first().waitFor();
  assert.match(page.url(), new RegExp(`side-by-side/${ryanId}/${olgaId}`));
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByRole("button", { name: "Olga", exact: true }).click();
  await right.getByTestId("composer").waitFor();
  await walk.picture(page, "people-5-side-by-side-phone");
  await page.context().close();
});

test("no page complained", () => walk.untroubled());

function file(name, text = "x") {
  return { name, mimeType: name.endsWith(".png") ? "image/png" : "text/plain", buffer: Buffer.from(text) };
}
