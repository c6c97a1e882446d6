import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { Demo } from "../src/demo.mjs";
import { Person } from "../src/discord.mjs";

/**
 * The first minute of a newcomer, with the real demo: a ticket opened in the local Discord shows live data,
 * only those who may see it do, two windows talk in it, and its buttons work.
 */

const ryanId = "585576154958921739";
/** What the guide's example lookup answers for Ryan. */
const liveLines = ["User online status: Online", "Account created: 2019", "High score: 3000", "Last score: 400"];

let demo;
let walk;
let ryan;
let mia;
let noor;

before(async () => {
  demo = await Demo.start();
  walk = await Walk.begin();
});

after(async () => {
  await walk?.close();
  await demo?.stop();
});

test("Ryan chooses himself and sees the panel", async () => {
  const page = await walk.open("ryan", `${demo.discord}/`);
  ryan = new Person(page);
  await page.getByTestId(`person-${ryanId}`).waitFor();
  await walk.accessible(page, "the choice of a person");
  await walk.picture(page, "1-choose");
  await page.getByTestId(`person-${ryanId}`).click();
  await ryan.enter("support");
  await openButton(ryan).waitFor();
  await walk.picture(page, "2-panel");
});

test("pressing the panel's button opens a ticket that only Ryan is told of", async () => {
  mia = new Person(await walk.open("mia", `${demo.discord}/`, { colorScheme: "light" }));
  await mia.become("Mia");
  await mia.enter("support");
  noor = new Person(await walk.open("noor", `${demo.discord}/`));
  await noor.become("Noor");
  await noor.enter("support");

  await openButton(ryan).click();
  const reply = ryan.messages("ticket-1");
  await reply.waitFor();
  assert.match(await reply.innerText(), /Your ticket:\s*#ticket-1/);
  await reply.getByTestId("ephemeral-note").waitFor();
  await walk.picture(ryan.page, "3-your-ticket");

  await mia.channelLink("ticket-1").waitFor();
  assert.equal(await mia.messages("Your ticket").count(), 0, "Mia must not see the answer to Ryan");
  assert.equal(await noor.messages("Your ticket").count(), 0, "Noor must not see the answer to Ryan");
});

test("the welcome message shows live values", async () => {
  await ryan.messages("Your ticket").getByRole("button", { name: "#ticket-1" }).click();
  await ryan.page.getByRole("heading", { level: 1, name: "ticket-1" }).waitFor();
  const embed = ryan.page.getByTestId("embed");
  await embed.getByText(liveLines[0]).waitFor();
  const text = await embed.innerText();
  for (const line of liveLines) assert.ok(text.includes(line), `${line} in:\n${text}`);
  const price = /\$\s?([\d.,]+)/.exec(text);
  assert.ok(price && Number(price[1].replaceAll(",", "")) > 0, `a price in:\n${text}`);
  assert.ok(!/%[a-z_]+%/.test(text), `no placeholder may be left in:\n${text}`);
  for (const label of ["Close", "Close with reason"]) await ryan.button(label).waitFor();
  await walk.picture(ryan.page, "4-welcome");
});

test("the ticket is private: staff see it, Noor does not", async () => {
  await mia.enter("ticket-1");
  await mia.page.getByTestId("embed").first().waitFor();
  assert.equal(await noor.channelLink("ticket-1").count(), 0);
  await ryan.page.getByTestId("viewers").click();
  const viewers = ryan.page.getByRole("dialog", { name: "Who can see this channel" });
  await viewers.getByText("Mia", { exact: true }).waitFor();
  assert.equal(await viewers.getByText("Noor", { exact: true }).count(), 0, "Noor among those who can see it");
  await ryan.page.keyboard.press("Escape");
});

test("two windows talk to each other", async () => {
  await mia.say("Hello! What can I do for you?");
  await ryan.messages("Hello! What can I do for you?").waitFor();
  await ryan.page.getByTestId("composer").pressSequentially("I lost my **sword**");
  await mia.page.getByText("Ryan is typing…").waitFor();
  await ryan.page.keyboard.press("Enter");
  await mia.messages("I lost my sword").locator("strong", { hasText: "sword" }).waitFor();
  await walk.accessible(mia.page, "a ticket in light colours");
  await walk.accessible(ryan.page, "a ticket in dark colours");
  await walk.picture(ryan.page, "5-member");
  await walk.picture(mia.page, "5-staff");
});

test("it fits on a phone", async () => {
  const phone = new Person(await walk.open("phone", `${demo.discord}/#/as/${ryanId}`, { width: 360, height: 740 }));
  await phone.page.getByRole("button", { name: "Show channels" }).click();
  await phone.enter("ticket-1");
  await phone.page.getByTestId("embed").first().waitFor();
  const wider = await phone.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(wider, 0, "nothing may stand out of the window");
  await walk.accessible(phone.page, "a ticket on a phone");
  await walk.picture(phone.page, "6-phone");
  await phone.page.context().close();
});

test("Close closes", async () => {
  await ryan.button("Close").click();
  await closed(ryan, "ticket-1");
  await closed(mia, "ticket-1");
});

test("Close with reason asks for it, and closes", async () => {
  await ryan.enter("support");
  await openButton(ryan).click();
  await ryan.channelLink("ticket-2").waitFor();
  await ryan.enter("ticket-2");
  await ryan.button("Close with reason").click();
  const modal = ryan.page.getByTestId("modal");
  const field = modal.getByRole("textbox").first();
  await field.fill("The sword was in the other bag.");
  await walk.accessible(ryan.page, "the modal");
  await walk.picture(ryan.page, "7-reason");
  await modal.getByTestId("modal-submit").click();
  await modal.waitFor({ state: "detached" });
  await closed(ryan, "ticket-2");
});

test("no page complained", () => walk.untroubled());

/** The panel's button; its label may carry an emoji. */
function openButton(person) {
  return person.page.getByTestId("message").getByRole("button", { name: /Open a ticket$/ }).last();
}

/** A closed ticket's channel is gone from the person's list. */
async function closed(person, channel) {
  await person.channelLink(channel).waitFor({ state: "detached" });
}
