import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { openDashboard, signIn } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";
import { Person } from "../src/discord.mjs";

/** A panel's welcome message is changed on the dashboard, against a mistake and somebody else's change, and is what the next ticket says. */

let demo;
let walk;
let page;

before(async () => {
  demo = await Demo.start();
  walk = await Walk.begin();
  page = await openDashboard(walk, demo, "panels-olga", { expected: /\b(409|422)\b/ });
  await signIn(page);
});

after(async () => {
  await walk?.close();
  await demo?.stop();
});

const welcome = (on = page) => on.getByRole("region", { name: "Welcome message" });
const save = (on = page) => on.getByRole("button", { name: "Save", exact: true }).click();

test("the panels are listed, and one opens with its messages as Discord shows them", async () => {
  await page.getByRole("link", { name: "Panels", exact: true }).click();
  await page.getByText("Posted in #support").first().waitFor();
  await walk.accessible(page, "the list of panels");
  await walk.picture(page, "panels-1-list");
  await page.getByRole("link", { name: "Support", exact: true }).click();
  await welcome().waitFor();
  await page.getByRole("region", { name: "Tickets from this panel" }).getByText("Staff", { exact: true }).first().waitFor();
  await walk.accessible(page, "a panel's editor");
  await walk.picture(page, "panels-2-editor", { fullPage: true });
});

test("placeholders are offered while one types, and a member's real values shown", async () => {
  const text = welcome().getByLabel("Text above the embed");
  await text.fill("Welcome to the arcade, %high");
  const offers = page.getByRole("listbox", { name: "Placeholders" });
  await offers.getByRole("option").first().waitFor();
  await walk.picture(page, "panels-3-offers");
  await page.keyboard.press("Enter");
  await page.getByRole("searchbox", { name: "Preview as" }).fill("ry");
  await page.getByRole("button", { name: /^Ryan/ }).click();
  await page.getByText("As Ryan would see it, with real values.").waitFor();
  await page.getByText("Welcome to the arcade, 3000").waitFor();
  await walk.accessible(page, "a preview as a member");
  await walk.picture(page, "panels-4-as-ryan");
});

test("a preview goes on with what is written, and a long one stays within the window", async () => {
  const text = welcome().getByLabel("Text above the embed");
  await text.fill("Welcome back, %high_score%");
  await page.getByText("Welcome back, 3000").waitFor();
  await page.getByText("You changed the message since it was filled for Ryan").waitFor();
  const description = welcome().getByLabel("Description");
  const before = await description.inputValue();
  await description.fill("Rules\n".repeat(120));
  await page.getByText("Rules").last().waitFor();
  const tall = await page.evaluate(() => Math.max(...[...document.querySelectorAll("*")].filter((one) => getComputedStyle(one).position === "sticky").map((one) => one.getBoundingClientRect().height / innerHeight)));
  assert.ok(tall > 0.5 && tall < 1, `what follows takes ${tall} of the window's height`);
  await walk.accessible(page, "a long preview");
  await walk.picture(page, "panels-4-long");
  await description.fill(before);
});

test("two integrations of one name are offered side by side", async () => {
  const twin = await page.evaluate(async (home) => {
    const ask = async (method, path, body) => (await fetch(`/api/v1${path}`, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) })).text();
    const made = JSON.parse(await ask("POST", "/me/integrations", { name: "Game lookup", description: "A twin", method: "GET", url: "http://127.0.0.1:9/", placeholders: [{ name: "high_score", path: "score" }] }));
    await ask("PUT", `${home}/integrations/${made.id}`, { revision: made.revision.number, secrets: {} });
    return made.id;
  }, new URL(page.url()).pathname.replace(/^\/g\/(\d+)\/.*/, "/guilds/$1"));
  const reload = async () => {
    page.once("dialog", (asked) => asked.accept());
    await page.reload();
  };
  await reload();
  const text = welcome().getByLabel("Text above the embed");
  await text.fill("%high");
  const offers = page.getByRole("listbox", { name: "Placeholders" });
  await offers.getByRole("option").nth(1).waitFor();
  assert.deepEqual((await offers.getByRole("option").allInnerTexts()).slice(0, 2).map((words) => words.split("\n")[0]), ["%high_score%", "%game-lookup-2.high_score%"]);
  await page.evaluate((path) => fetch(path, { method: "DELETE" }), `/api/v1/me/integrations/${twin}`);
  await reload();
});

test("a name that is none is underlined, with what may have been meant one press away", async () => {
  const text = welcome().getByLabel("Text above the embed");
  await text.fill("Welcome to the arcade, %high_scroe|none% of %nickname%");
  await page.getByText("%high_scroe% is no placeholder here").waitFor();
  const described = await text.evaluate((area) => area.getAttribute("aria-describedby").split(" ").map((id) => document.getElementById(id)?.textContent).join(" "));
  assert.match(described, /%high_scroe% is no placeholder here/, "the reason is read with the field");
  await text.fill("%closed_by%");
  await page.getByText("%closed_by% has no value here; it works in the message when a ticket is closed.").waitFor();
  await text.fill("Welcome to the arcade, %high_scroe|none% of %nickname%");
  await walk.accessible(page, "an unknown placeholder");
  await welcome().getByRole("button", { name: "Write %high_score% of Game lookup instead" }).click();
  assert.equal(await text.inputValue(), "Welcome to the arcade, %high_score|none% of %nickname%");
  await text.fill("Welcome to the arcade, %high_score%");
  const name = page.getByLabel("Name of tickets' channels");
  await name.fill("ticket-%us");
  await page.getByRole("listbox", { name: "Placeholders" }).getByRole("option", { name: /^%username%/ }).click();
  assert.equal(await name.inputValue(), "ticket-%username%");
  await name.fill("ticket-%high_score%");
  await page.getByText("the channel is made before any integration has answered").waitFor();
  await name.fill("");
});

test("a colour is typed, chosen or none, and fields are folded and counted", async () => {
  const colour = welcome().getByLabel("Colour", { exact: true });
  await colour.fill("red");
  await page.getByText("Give six digits such as #5865f2, or nothing.").waitFor();
  await welcome().getByRole("button", { name: "No colour" }).click();
  assert.equal(await colour.inputValue(), "");
  await colour.fill("#57f287");
  const field = welcome().locator("[data-item]").nth(1);
  await field.locator("[aria-expanded]").click();
  await field.getByLabel("Name", { exact: true }).fill("x".repeat(257));
  await field.getByText("257 / 256").waitFor();
  await field.getByLabel("Name", { exact: true }).fill("Name in the game");
  await walk.accessible(page, "a field that is open");
});

test("a page with changes is left only on purpose", async () => {
  const address = page.url();
  for (const leave of [() => page.getByRole("link", { name: "Tags", exact: true }).click(), () => page.goBack()]) {
    await leave();
    await page.getByRole("dialog", { name: "Leave without saving?" }).waitFor();
    await walk.accessible(page, "leaving with changes");
    await page.getByRole("button", { name: "Stay" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(page.url(), address);
  }
  const asked = page.waitForEvent("dialog"); // the browser's own, for a reload
  const reloaded = page.reload().catch(() => undefined);
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  await reloaded;
  assert.equal(await welcome().getByLabel("Text above the embed").inputValue(), "Welcome to the arcade, %high_score%", "nothing is lost");
  const other = await page.context().newPage();
  const server = address.replace(/\/panels\/.*/, "");
  await other.goto(`${server}/integrations/new`);
  await other.getByRole("button", { name: /^Start from nothing/ }).click();
  for (const [part, label] of [["", "Name"], ["/panels/new", "Name"], ["/forms/new", "Name"], ["/tags/new", "Name"], ["/settings", "Text above the embed"], ["/settings", "Bloxlink key"]]) {
    if (part) await other.goto(`${server}${part}`);
    await other.getByLabel(label).first().fill("Something");
    await other.getByRole("link", { name: "Tickets", exact: true }).click();
    await other.getByRole("dialog").getByRole("button", { name: "Leave without saving" }).click();
    await other.getByRole("heading", { name: "Tickets", level: 1 }).waitFor();
  }
  await other.close();
});

test("a mistake is told beside its field, and nothing typed is lost", async () => {
  const about = page.getByRole("region", { name: "About" });
  const name = about.getByLabel("Name");
  await name.fill("🎫".repeat(80));
  await about.getByText("80 / 80").waitFor(); // an emoji is one character
  assert.equal(await name.getAttribute("aria-invalid"), null);
  await name.fill("");
  await save();
  await page.getByText("Give a name of 1 to 80 characters.").waitFor();
  await walk.picture(page, "panels-5-mistake");
  await name.fill("Support");
});

test("a stale edit from a second tab is told, and can be overwritten", async () => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await welcome(other).getByLabel("Text above the embed").fill("From the other tab");
  await save(other);
  await other.getByText("Panel saved.").waitFor();
  await other.close();
  await save();
  await page.getByText("Somebody else changed this panel in the meantime").waitFor();
  await walk.accessible(page, "a stale edit");
  await walk.picture(page, "panels-6-stale");
  await page.getByRole("button", { name: "Overwrite" }).click();
  await page.getByText("Panel saved.").waitFor();
});

test("saved and posted, it is what the next ticket says", async () => {
  await page.getByRole("button", { name: "Save and post" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Channel").waitFor();
  await walk.accessible(page, "posting a panel");
  await walk.picture(page, "panels-7-post");
  await dialog.getByRole("button", { name: "Post", exact: true }).click();
  await page.getByText("Posted in #support.").waitFor();

  const ryan = new Person(await walk.open("panels-ryan", `${demo.discord}/`));
  await ryan.become("Ryan");
  await ryan.enter("support");
  await ryan.button(/Open a ticket/).first().click();
  await ryan.enter("ticket-1");
  await ryan.messages("Welcome to the arcade, 3000").waitFor();
  await walk.picture(ryan.page, "panels-8-ticket");
});

test("the server's settings, and all of it at phone width in the dark", async () => {
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await page.getByRole("region", { name: "Roblox values by Bloxlink" }).getByLabel("Bloxlink key").waitFor();
  await walk.accessible(page, "the settings");
  await walk.picture(page, "panels-9-settings", { fullPage: true });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 740 });
  await walk.accessible(page, "the settings on a phone");
  await walk.picture(page, "panels-10-settings-phone", { fullPage: true });
  await page.getByRole("link", { name: "Panels", exact: true }).click();
  await page.getByRole("link", { name: "Support", exact: true }).click();
  await welcome().waitFor();
  await walk.accessible(page, "a panel's editor on a phone");
  await page.getByRole("button", { name: "Preview", exact: true }).click();
  await page.getByText("Welcome to the arcade, 3000").waitFor();
  assert.ok(!(await welcome().isVisible()), "a phone shows one of the two");
  await walk.accessible(page, "a panel's preview on a phone");
  await walk.picture(page, "panels-12-preview-phone");
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the window");
  await walk.picture(page, "panels-11-editor-phone", { fullPage: true });
});

test("no page complained", () => walk.untroubled());
