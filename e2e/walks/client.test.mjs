import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Person } from "../src/discord.mjs";
import { commands, embed, form, marks, rows, second } from "../src/kinds.mjs";
import { ids, Sandbox } from "../src/sandbox.mjs";

/** The sandbox's web client with a bot that uses everything: what it sends is drawn, what people do arrives. */

const { guild, general, staffRole, ryan: ryanId, mia: miaId } = ids;

let sandbox;
let bot;
let walk;
let ryan;
let mia;

before(async () => {
  sandbox = await Sandbox.start();
  ({ bot, walk } = sandbox);
  await bot.call("PUT", `/applications/${bot.application}/guilds/${guild}/commands`, commands);
  ryan = await sandbox.person("ryan", ryanId);
  mia = await sandbox.person("mia", miaId, { colorScheme: "light" });
});

after(() => sandbox?.stop());

test("everything a bot sends is drawn", async () => {
  await bot.post(general, { content: marks });
  await bot.post(general, { embeds: [embed] });
  await bot.post(general, second);
  await bot.post(general, { content: "Buttons and selects", components: rows });
  await ryan.button("Style 4").waitFor();
  await ryan.messages("Heading").locator("li", { hasText: "nested" }).first().waitFor();
  assert.equal(await ryan.messages("Heading").locator("b").filter({ hasText: "no html" }).count(), 0);
  assert.equal(await ryan.page.getByTestId("embed").getByText(/^Field \d+$/).count(), 25);
  await ryan.page.getByTestId("container").getByRole("button", { name: "Claim" }).waitFor();
  await walk.accessible(ryan.page, "messages of every kind, dark");
  await walk.accessible(mia.page, "messages of every kind, light");
  await walk.picture(ryan.page, "client-1-kinds");
  await walk.picture(mia.page, "client-1-kinds-light");
});

test("thinking, then the answer, for one's eyes only", async () => {
  bot.on("think", () => ({ type: 5, data: { flags: 64 } }));
  await ryan.button("Think").click();
  await ryan.page.getByText("Usher is thinking…").waitFor();
  const interaction = await bot.received((sent) => sent.data.custom_id === "think");
  await bot.amend(interaction, { content: "I thought about it." });
  const answer = ryan.messages("I thought about it.");
  await answer.waitFor();
  assert.equal(await mia.messages("I thought about it.").count(), 0);
  await answer.getByRole("button", { name: "Dismiss message" }).click();
  await answer.waitFor({ state: "detached" });
});

test("a bot that does not answer is said to have failed", async () => {
  await ryan.button("Silent").click();
  assert.equal(await ryan.button("Silent").getAttribute("aria-busy"), "true");
  await ryan.messages("Buttons and selects").getByRole("alert").waitFor();
  assert.match(await ryan.messages("Buttons and selects").getByRole("alert").innerText(), /interaction failed|did not respond/i);
});

test("selects send what was chosen", async () => {
  bot.on("topic", (sent) => ({ type: 4, data: { flags: 64, content: `Topics: ${sent.data.values.join(" and ")}` } }));
  bot.on("person", (sent) => ({ type: 4, data: { flags: 64, content: `Chosen: <@${sent.data.values[0]}>` } }));
  await ryan.page.getByRole("combobox").filter({ hasText: "Topic" }).click();
  await ryan.page.getByRole("option", { name: "Billing" }).click();
  await ryan.page.keyboard.press("ArrowDown");
  await ryan.page.keyboard.press("Enter");
  await ryan.page.keyboard.press("Escape");
  await ryan.messages("Topics: billing and login").waitFor();
  await ryan.page.getByRole("combobox").filter({ hasText: "Person" }).click();
  await ryan.page.getByRole("option", { name: "Mia" }).click();
  await ryan.messages("Chosen: @Mia").waitFor();
});

test("a modal is checked before it goes, and loses nothing", async () => {
  bot.on("form", (sent) => (sent.type === 3 ? { type: 9, data: form } : { type: 4, data: { flags: 64, content: "Thank you" } }));
  await ryan.button("Form").click();
  const modal = ryan.page.getByTestId("modal");
  await modal.getByLabel("Subject").fill("abc");
  await modal.getByTestId("modal-submit").click();
  await modal.getByText("Must be 5 or more characters.").waitFor();
  assert.equal(await modal.getByLabel("Subject").inputValue(), "abc");
  await modal.getByLabel("Subject").fill("A lost sword");
  await modal.getByRole("combobox", { name: "Topic" }).click();
  await ryan.page.getByRole("option", { name: "Login" }).click();
  await modal.getByText("High").click();
  await walk.accessible(ryan.page, "a modal of labels");
  await walk.picture(ryan.page, "client-2-modal");
  await modal.getByTestId("modal-submit").click();
  await ryan.messages("Thank you").waitFor();
  const sent = await bot.received((interaction) => interaction.type === 5);
  const values = Object.fromEntries(sent.data.components.flatMap((label) => (label.component ? [[label.component.custom_id, label.component.value ?? label.component.values]] : [])));
  assert.deepEqual(values, { subject: "A lost sword", story: "", topic: ["login"], urgency: "high" });
});

test("a slash command with completions", async () => {
  bot.on("price", (sent) => (sent.type === 4 ? { type: 8, data: { choices: ["bitcoin", "ether"].filter((name) => name.startsWith(sent.data.options[0].value)).map((name) => ({ name, value: name })) } } : { type: 4, data: { content: `${sent.data.options[1].value} ${sent.data.options[0].value}` } }));
  const { page } = ryan;
  await page.getByTestId("composer").fill("/pri");
  await page.getByRole("option", { name: "/price" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("option-coin").pressSequentially("bit");
  await page.getByRole("option", { name: "bitcoin" }).waitFor();
  await walk.accessible(page, "a command with completions");
  await walk.picture(page, "client-3-command");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "+ amount" }).click();
  await page.getByTestId("option-amount").fill("12");
  await page.getByTestId("command-run").click();
  await page.getByText("At most 9.").waitFor();
  await page.getByTestId("option-amount").fill("3");
  await page.keyboard.press("Enter");
  await mia.messages("3 bitcoin").waitFor();
  await mia.page.getByText(/used (\/price|a command)/).waitFor();
});

test("a message command reaches the bot with its target", async () => {
  bot.on("Report", () => ({ type: 4, data: { flags: 64, content: "Reported" } }));
  await ryan.messages("3 bitcoin").hover();
  await ryan.page.getByRole("toolbar").getByRole("button", { name: "More" }).click();
  await ryan.page.getByRole("menuitem", { name: "Report" }).click();
  await ryan.messages("Reported").waitFor();
  const sent = await bot.received((interaction) => interaction.data.name === "Report");
  assert.equal(sent.data.resolved.messages[sent.data.target_id].content, "3 bitcoin");
});

test("people reply, react, change and delete", async () => {
  await mia.say("Is anybody here?");
  const question = ryan.messages("Is anybody here?").first();
  await question.hover();
  await ryan.page.getByRole("toolbar").getByRole("button", { name: "Reply" }).click();
  await ryan.say("I am");
  const reply = mia.messages("I am").last();
  await reply.getByRole("button", { name: /Jump to the message of Mia/ }).waitFor();
  await reply.hover();
  await mia.page.getByRole("toolbar").getByRole("button", { name: "Add reaction" }).click();
  await mia.page.getByRole("menuitem", { name: "👍" }).click();
  const reaction = ryan.messages("I am").last().getByRole("group", { name: "Reactions" }).getByRole("button");
  await reaction.waitFor();
  await reaction.click();
  await mia.page.getByRole("button", { name: "👍, 2" }).waitFor();
  await ryan.page.getByTestId("composer").focus();
  await ryan.page.keyboard.press("ArrowUp");
  await ryan.page.getByRole("textbox", { name: "Edit message" }).fill("I am here");
  await ryan.page.keyboard.press("Enter");
  await mia.messages("I am here").getByText("(edited)").waitFor();
  await ryan.messages("I am here").hover();
  await ryan.page.getByRole("toolbar").getByRole("button", { name: "More" }).click();
  await ryan.page.getByRole("menuitem", { name: "Delete message" }).click();
  await mia.messages("I am here").waitFor({ state: "detached" });
});

test("files go up and come back as pictures and cards", async () => {
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAYAAABytg0kAAAAFElEQVR4nGP8z8Dwn4GBgYGJAQoAHxcCAr7pS3sAAAAASUVORK5CYII=", "base64");
  await ryan.page.locator("input[type=file]").setInputFiles([{ name: "dot.png", mimeType: "image/png", buffer: png }, { name: "log.txt", mimeType: "text/plain", buffer: Buffer.from("It broke.") }]);
  await ryan.page.getByRole("button", { name: "Remove log.txt" }).waitFor();
  await ryan.say("Two files");
  const message = mia.messages("Two files");
  const picture = message.locator("img[alt='dot.png']");
  await picture.waitFor();
  await mia.page.waitForFunction((image) => image.complete && image.naturalWidth > 0, await picture.elementHandle());
  const address = await message.getByRole("link", { name: "log.txt" }).getAttribute("href");
  assert.equal(await (await fetch(address)).text(), "It broke.");
});

test("a thread stands under its channel and is talked in", async () => {
  const [last] = await bot.call("GET", `/channels/${general}/messages?limit=1`);
  const thread = await bot.call("POST", `/channels/${general}/messages/${last.id}/threads`, { name: "about-files" });
  await ryan.enter("about-files");
  await ryan.say("In the thread");
  await mia.enter("about-files");
  await mia.messages("In the thread").waitFor();
  await mia.enter("general");
  await mia.messages("Two files").getByRole("button", { name: /about-files/ }).waitFor();
  await bot.call("DELETE", `/channels/${thread.id}`);
  await ryan.channelLink("about-files").waitFor({ state: "detached" });
  await ryan.enter("general");
});

test("a role given changes what is seen at once", async () => {
  const channel = await bot.call("POST", `/guilds/${guild}/channels`, { name: "quiet-room", permission_overwrites: [{ id: guild, type: 0, deny: "1024" }, { id: staffRole, type: 0, allow: "1024" }, { id: bot.application, type: 1, allow: "1024" }] });
  await mia.channelLink("quiet-room").waitFor();
  assert.equal(await ryan.channelLink("quiet-room").count(), 0);
  await ryan.page.getByTestId(`member-${ryanId}`).click();
  await ryan.page.getByRole("button", { name: "Staff" }).click();
  await ryan.channelLink("quiet-room").waitFor();
  await ryan.page.getByRole("button", { name: "Staff" }).click();
  await ryan.channelLink("quiet-room").waitFor({ state: "detached" });
  await ryan.page.keyboard.press("Escape");
  await bot.call("DELETE", `/channels/${channel.id}`);
});

test("a mention is counted where one is not looking", async () => {
  await ryan.enter("support");
  await mia.page.getByTestId("composer").fill("Come here, @ry");
  await mia.page.getByRole("option", { name: "Ryan" }).waitFor();
  await mia.page.keyboard.press("Enter");
  await mia.page.keyboard.press("Enter");
  await ryan.page.getByRole("link", { name: "general, 1 mentions" }).waitFor();
  await walk.picture(ryan.page, "client-4-mention");
  await ryan.enter("general");
  await ryan.messages("Come here, @Ryan").waitFor();
  await ryan.page.getByRole("link", { name: "general", exact: true }).waitFor();
});

test("two write to each other directly", async () => {
  await mia.page.getByTestId(`member-${ryanId}`).click();
  await mia.page.getByRole("button", { name: "Send a message" }).click();
  await mia.page.getByRole("heading", { level: 1, name: "Ryan" }).waitFor();
  await mia.say("Between us");
  await ryan.page.getByRole("button", { name: /^Direct messages/ }).click();
  await ryan.channelLink("Mia").click();
  await ryan.messages("Between us").waitFor();
  await walk.picture(ryan.page, "client-5-direct");
});

test("history comes while scrolling up", async () => {
  for (let count = 1; count <= 120; count++) await sandbox.act(miaId, "messages", { channel_id: general, content: `Line ${count} of a long story` });
  const reader = await sandbox.person("reader", ryanId);
  const { page } = reader;
  await reader.messages("Line 120").waitFor();
  assert.ok((await reader.messages("of a long story").count()) <= 50, "the first page is one page");
  await page.getByRole("log").hover();
  for (let turn = 0; turn < 300 && (await page.getByText("This is where #general begins.").count()) === 0; turn++) {
    await page.mouse.wheel(0, -4000);
    // What the wheel set off is drawn by the second frame.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  }
  await page.getByText("This is where #general begins.").waitFor();
  assert.equal(await reader.messages("of a long story").count(), 120);
  await page.getByRole("button", { name: "Newest messages" }).click();
  await page.context().close();
});

test("what could not be sent is still there", async () => {
  const page = await walk.open("lonely", sandbox.at(ryanId), { expected: /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/ });
  const lonely = new Person(page);
  await lonely.messages("Line 120").waitFor();
  await page.context().setOffline(true);
  await lonely.say("Do not lose me");
  await page.getByRole("alert").filter({ hasText: "The sandbox does not answer" }).waitFor();
  assert.equal(await page.getByTestId("composer").inputValue(), "Do not lose me");
  await page.context().setOffline(false);
  await page.getByTestId("composer").press("Enter");
  await lonely.messages("Do not lose me").waitFor();
  assert.equal(await page.getByTestId("composer").inputValue(), "");
  await page.context().close();
});

test("the keyboard alone is enough", async () => {
  const page = await walk.open("keys", `${sandbox.address}/`);
  await page.getByTestId(`person-${ryanId}`).focus();
  await page.keyboard.press("Enter");
  const link = page.getByTestId("channel-general");
  await link.waitFor();
  await link.focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("message").last().waitFor();
  await page.getByTestId("message").last().focus();
  await page.keyboard.press("ArrowUp");
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("data-testid"));
  assert.equal(focused, "message");
  await page.getByRole("toolbar").waitFor();
  await page.context().close();
});

test("a sandbox set back to its beginning is seen anew", async () => {
  await sandbox.control("/reset");
  await mia.page.getByRole("button", { name: /^Ryan's Arcade/ }).click();
  await mia.enter("general");
  await mia.messages("Line 120").waitFor({ state: "detached" });
  await mia.say("A fresh start");
  await mia.messages("A fresh start").waitFor();
});

test("no page complained", () => walk.untroubled());
