import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { openDashboard, signIn } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";
import { Person } from "../src/discord.mjs";

/**
 * Forms, tags, tickets and one's own account on the dashboard: what is built there is what a member sees at Discord.
 */

let demo;
let walk;
let page;
let ryan;
let mia;
let home;

before(async () => {
  demo = await Demo.start();
  walk = await Walk.begin();
  page = await openDashboard(walk, demo, "forms-olga", { expected: /\b(409|422)\b/ });
  await signIn(page);
  home = new URL(page.url()).pathname.split("/").slice(0, 3).join("/");
  ryan = new Person(await walk.open("forms-ryan", `${demo.discord}/`));
  await ryan.become("Ryan");
  await ryan.enter("support");
  mia = new Person(await walk.open("forms-mia", `${demo.discord}/`));
  await mia.become("Mia");
});

after(async () => {
  await walk?.close();
  await demo?.stop();
});

const field = (label) => page.getByLabel(label, { exact: true });
const go = (part) => page.getByRole("navigation").getByRole("link", { name: part, exact: true }).click();
const order = () => page.locator("[data-item]").evaluateAll((all) => all.map((one) => one.querySelector("[aria-expanded] .truncate").textContent));

test("a form is built, with what is wrong beside its field", async () => {
  await go("Forms");
  await page.getByRole("link", { name: "Report" }).waitFor();
  await page.getByText("Asks 4 questions · Asked by “Report”").waitFor();
  await walk.accessible(page, "the list of forms");
  await walk.picture(page, "dashboard-forms-1-list");
  await page.getByRole("link", { name: "Create form" }).click();
  await field("Name").fill("Bug");
  await field("Title").fill("Tell us about the bug");
  await page.getByRole("button", { name: "Create form" }).click();
  await page.locator("[aria-invalid=true]").waitFor();
  await page.getByText("Give 1 to 45 characters.").waitFor();
  assert.equal(await field("Name").inputValue(), "Bug", "what was typed stays");
  await field("Question").fill("Which platform?");
  await field("Answered by").selectOption("select");
  await field("Option 1").fill("Windows");
  for (const [number, label] of [[2, "Linux"], [3, "A phone"]]) {
    await page.getByRole("button", { name: "Add an option" }).click();
    await field(`Option ${number}`).fill(label);
  }
  for (let number = 4; number <= 11; number++) {
    await page.getByRole("button", { name: "Add an option" }).click();
    await field(`Option ${number}`).fill(`Thing ${number}`);
  }
  await field("Answered by").selectOption("radio");
  await page.getByText("Discord shows at most 10 here. Take 1 out, or choose the list.").waitFor();
  assert.equal(await field("Option 11").inputValue(), "Thing 11", "another kind takes no option away");
  await field("Answered by").selectOption("select");
  for (let number = 11; number >= 4; number--) await page.getByRole("button", { name: `Remove option ${number}` }).click();
  await page.getByRole("button", { name: "Add a question" }).click();
  await field("Question").fill("What happened?");
  await field("Answered by").selectOption("paragraph");
  const preview = page.getByTestId("modal-preview");
  await preview.getByRole("heading", { name: "Tell us about the bug" }).waitFor();
  await preview.getByRole("combobox", { name: "Which platform?" }).click();
  await preview.getByRole("option", { name: "A phone" }).waitFor();
  await page.keyboard.press("Escape");
  await walk.accessible(page, "the builder");
  await walk.picture(page, "dashboard-forms-2-builder", { fullPage: true });
});

test("questions change places by keyboard and by dragging", async () => {
  assert.deepEqual(await order(), ["Which platform?", "What happened?"]);
  await page.getByRole("button", { name: "Move “What happened?” up" }).focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await order(), ["What happened?", "Which platform?"]);
  await page.getByRole("status").filter({ hasText: "“What happened?” is now number 1 of 2." }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Move “What happened?” down", "focus stays with the question");
  const grip = page.locator("[data-item]").last().locator("[title^=Drag]");
  await grip.scrollIntoViewIfNeeded();
  const from = await grip.boundingBox();
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  const to = await page.locator("[data-item]").first().boundingBox();
  await page.mouse.move(from.x, to.y + 4, { steps: 8 });
  await page.mouse.up();
  assert.deepEqual(await order(), ["Which platform?", "What happened?"]);
  await page.getByRole("button", { name: "Create form" }).click();
  await page.getByRole("link", { name: "Bug", exact: true }).waitFor();
});

test("what is changed on the dashboard is what Discord asks", async () => {
  await page.getByRole("link", { name: "Report", exact: true }).click();
  await field("Title").fill("What went wrong?");
  await page.getByRole("button", { name: "Move “Where?” up" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("button:disabled")].some((button) => button.textContent.trim() === "Save")); // nothing is left to save
  await walk.picture(page, "dashboard-forms-3-edit");
  await ryan.page.getByTestId("message").getByRole("button", { name: /Report a problem$/ }).click();
  const modal = ryan.page.getByTestId("modal");
  await modal.getByRole("heading", { name: "What went wrong?" }).waitFor();
  const text = await modal.innerText();
  assert.ok(text.indexOf("Where?") < text.indexOf("What happened?"), `the order is kept:\n${text}`);
  await walk.picture(ryan.page, "dashboard-forms-4-modal");
  await modal.getByLabel("What happened?").fill("The *sword* is gone");
  await modal.getByRole("combobox", { name: "Where?" }).click();
  await ryan.page.getByRole("option", { name: "In the game" }).click();
  await modal.getByTestId("modal-submit").click();
  await modal.waitFor({ state: "detached" });
  await ryan.channelLink("report-ryan-1").waitFor();
});

test("what is typed while it is saved stays, and is not lost on the way out", async () => {
  let go;
  const held = new Promise((release) => (go = release));
  await page.route("**/api/v1/guilds/*/forms/*", async (route) => (await held, route.continue()), { times: 1 });
  await field("Title").fill("Sent");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await field("Title").fill("Typed meanwhile");
  await page.getByRole("link", { name: "Tags", exact: true }).click();
  await page.getByRole("dialog", { name: "Leave without saving?" }).getByRole("button", { name: "Stay" }).click();
  const saved = page.waitForResponse((response) => response.request().method() === "PUT");
  go();
  await saved;
  await page.waitForFunction(() => [...document.querySelectorAll("button:enabled")].some((button) => button.textContent.trim() === "Save"));
  assert.equal(await field("Title").inputValue(), "Typed meanwhile");
  await page.getByText("Unsaved changes").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Nothing to save").waitFor();
});

test("a stale change is told, and a form in use is kept", async () => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByLabel("Title", { exact: true }).fill("Changed in another tab");
  await other.getByRole("button", { name: "Save", exact: true }).click();
  await other.getByText("The form is saved.").waitFor();
  await other.close();
  await field("Title").fill("Mine");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Somebody else changed this form meanwhile").waitFor();
  assert.equal(await field("Title").inputValue(), "Mine");
  await page.getByRole("button", { name: "Load the newer one" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("input")].some((input) => input.value === "Changed in another tab"));
  await go("Forms");
  await page.getByRole("button", { name: "Delete “Report”" }).click();
  await page.getByRole("dialog").getByText("It is asked by “Report”").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("dialog").getByText("This form is asked by these panels").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Delete “Bug”" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByRole("link", { name: "Bug", exact: true }).waitFor({ state: "detached" });
});

test("a tag is written, found, and posted with /tag", async () => {
  await go("Tags");
  await page.getByRole("link", { name: "account", exact: true }).waitFor();
  await walk.accessible(page, "the list of tags");
  await page.getByRole("link", { name: "Create tag" }).click();
  await field("Name").fill("greeting");
  await page.getByLabel("Text above the embed").fill("Hello %nickname%, ticket %ticket_id% is ours.");
  await page.getByText("Hello Ryan, ticket 1 is ours.").waitFor();
  await page.getByLabel("Text above the embed").fill("Hello %nickname%, ticket %ticket_id% is ours. %roblox_username% %form.where% %closed_by%");
  await page.getByText("%closed_by% has no value here; it works in the message when a ticket is closed.").waitFor();
  assert.equal(await page.getByText(/is no placeholder here|has no value here/).count(), 1, "what is built in and answers are known to tags");
  await page.getByRole("searchbox", { name: "Preview as" }).fill("ry");
  await page.getByRole("button", { name: /^Ryan/ }).click();
  await page.getByText("Bloxlink: %roblox_username%: there is no Bloxlink key.").waitFor();
  await page.getByLabel("Text above the embed").fill("Hello again, %nickname%.");
  await page.getByText("Hello again, Ryan.").waitFor(); // the preview goes on
  await page.getByText("You changed the message since it was filled for Ryan").waitFor();
  await page.getByRole("button", { name: "Back to sample values" }).click();
  await page.getByLabel("Text above the embed").fill("Hello %nickname%, ticket %ticket_id% is ours.");
  await walk.accessible(page, "the tag's editor");
  await walk.picture(page, "dashboard-forms-5-tag");
  await page.getByRole("button", { name: "Create tag" }).click();
  await page.getByRole("link", { name: "greeting", exact: true }).waitFor();
  await page.getByLabel("Search tags").fill("greet");
  await page.getByRole("link", { name: "account", exact: true }).waitFor({ state: "detached" });
  await page.waitForURL(/search=greet$/);
  await page.getByRole("link", { name: "greeting", exact: true }).click();
  await field("Name").waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "greeting", exact: true }).waitFor();
  assert.equal(await page.getByLabel("Search tags").inputValue(), "greet", "the way back leads to what was found");
  await mia.enter("report-ryan-1");
  await mia.page.getByTestId("composer").fill("/tag");
  await mia.page.getByRole("option", { name: "/tag" }).waitFor();
  await mia.page.keyboard.press("Enter");
  await mia.page.getByTestId("option-name").pressSequentially("greet");
  await mia.page.getByRole("option", { name: "greeting" }).waitFor();
  await mia.page.keyboard.press("Enter");
  await mia.page.getByTestId("command-run").click();
  await mia.messages("Hello Ryan, ticket 1 is ours.").waitFor();
});

test("the ticket is found with its answers", async () => {
  await go("Tickets");
  await page.getByRole("link", { name: "Ticket #1" }).waitFor();
  await walk.accessible(page, "the list of tickets");
  await field("Opened by").fill("ry");
  await page.getByRole("button", { name: /^Ryan/ }).click();
  await page.getByRole("link", { name: "Ticket #1" }).waitFor();
  await walk.picture(page, "dashboard-forms-6-tickets");
  await field("Number").fill("9");
  await page.getByText("No ticket fits these filters").waitFor();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await page.getByRole("link", { name: "Ticket #1" }).click();
  await page.getByText("The *sword* is gone").waitFor();
  await page.getByText("In the game").waitFor();
  await walk.accessible(page, "a ticket");
  await walk.picture(page, "dashboard-forms-7-ticket");
});

test("an API key is made, shown once and revoked", async () => {
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Account" }).click();
  await page.getByText("This browser").waitFor();
  await page.getByRole("button", { name: "Create API key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  await dialog.locator("[aria-invalid=true]").waitFor();
  await dialog.getByLabel("What will use it").fill("deploy script");
  await dialog.getByLabel("Write", { exact: true }).check();
  await walk.accessible(page, "the form of a new API key");
  await walk.picture(page, "dashboard-forms-8-key");
  await dialog.getByRole("button", { name: "Create", exact: true }).click();
  const token = await dialog.getByLabel("API key").inputValue();
  assert.match(token, /^usk_/);
  await dialog.getByRole("button", { name: "Done" }).click();
  const asked = () => fetch(new URL("/api/v1/me", page.url()), { headers: { Authorization: `Bearer ${token}` } }).then((answer) => answer.status);
  assert.equal(await asked(), 200);
  await walk.accessible(page, "the account");
  await walk.picture(page, "dashboard-forms-9-account");
  await page.getByRole("button", { name: "Revoke deploy script" }).click();
  await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
  await page.getByText("deploy script", { exact: true }).waitFor({ state: "detached" });
  assert.equal(await asked(), 401);
});

test("all of it fits a phone, in the dark", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 740 });
  const origin = new URL(page.url()).origin;
  for (const [name, path, shown] of [["forms", `${home}/forms/new`, "Create form"], ["tags", `${home}/tags`, "account"], ["tickets", `${home}/tickets`, "Ticket #1"], ["account", "/account", "This browser"]]) {
    await page.goto(`${origin}${path}`);
    await page.getByText(shown).or(page.getByRole("link", { name: shown })).first().waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${name} is ${wide} wide`);
    await walk.accessible(page, `${name} on a phone`);
    await walk.picture(page, `dashboard-forms-phone-${name}`, { fullPage: true });
  }
});

test("no page complained", () => walk.untroubled());
