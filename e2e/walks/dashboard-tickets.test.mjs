import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { openDashboard, signIn } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";
import { Person } from "../src/discord.mjs";

/** Staff look back: what integrations gave a ticket, also where one fails; the ticket is closed and found again; the audit log tells who did what. */

const arcade = "1400000000000000001";

let demo;
let walk;
let page;
let ryan;
let orders;

before(async () => {
  demo = await Demo.start();
  orders = createServer((_, response) => response.writeHead(503).end());
  await new Promise((listening) => orders.listen(0, "127.0.0.1", listening));
  await prepare((method, path, body) => demo.api(method, `/api/v1/${path}`, body));
  walk = await Walk.begin();
  page = await openDashboard(walk, demo, "tickets-olga");
  await signIn(page);
});

after(async () => {
  await walk?.close();
  await demo?.stop();
  orders?.close();
});

/** Adds an integration that always fails, and has the panel Support ask it and Bloxlink, too. */
async function prepare(call) {
  const made = await call("POST", "me/integrations", {
    name: "Orders", description: "What a member bought last.", method: "GET", url: `http://127.0.0.1:${orders.address().port}/orders`, placeholders: [{ name: "last_order", path: "last", fallback: "no order" }],
  });
  await call("PUT", `guilds/${arcade}/integrations/${made.id}`, { revision: made.revision.number });
  const panel = (await call("GET", `guilds/${arcade}/panels`)).find(({ name }) => name === "Support");
  const { id, channel: _, message: __, ...draft } = panel;
  draft.welcome.content = "Last order: %last_order%. Roblox: %roblox_username%";
  await call("PUT", `guilds/${arcade}/panels/${id}`, draft);
}

/** Shows the open page at both widths, one light and one dark, and has axe look at each. */
async function looked(name, ways = [["light", 1440, 900], ["dark", 360, 740]]) {
  for (const [colorScheme, width, height] of ways) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height });
    await walk.accessible(page, `${name}, ${width} px, ${colorScheme}`);
    await walk.picture(page, `tickets-${name}-${width}-${colorScheme}`, { fullPage: true });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than ${width} px`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1440, height: 900 });
}

const card = (name) => page.getByRole("region", { name, exact: true });
const menu = (name) => page.getByRole("navigation").getByRole("link", { name, exact: true }).click();

test("Ryan opens a ticket; its page tells what each integration gave, or why it gave nothing", async () => {
  ryan = new Person(await walk.open("tickets-ryan", `${demo.discord}/`));
  await ryan.become("Ryan");
  await ryan.enter("support");
  await ryan.button(/Open a ticket/).first().click();
  await ryan.enter("ticket-1");
  await ryan.messages("Last order: no order").waitFor();

  await menu("Tickets");
  await page.getByRole("link", { name: "Ticket #1" }).click();
  await card("Game lookup").getByText("3000", { exact: true }).waitFor();
  await card("Game lookup").getByText("Good").waitFor();
  await card("Orders").getByText("refused", { exact: true }).waitFor();
  await card("Orders").getByText("No value came. The message shows the fallback.").waitFor();
  await card("Bloxlink").getByText("no Bloxlink key").waitFor();
  await looked("page");
});

test("a failure leads to the integration's latest requests", async () => {
  await card("Orders").getByRole("link", { name: "Latest requests of Orders" }).click();
  const log = card("Latest requests").first();
  await log.getByText("refused · 503").waitFor();
  await page.goBack();
});

test("the channel's link opens it at Discord", async () => {
  const [there] = await Promise.all([page.context().waitForEvent("page"), page.getByRole("link", { name: /#ticket-1/ }).click()]);
  await new Person(there).become("Ryan");
  await there.getByRole("heading", { level: 1, name: "ticket-1" }).waitFor();
  await there.close();
});

test("closed, it is found among the closed ones, with who closed it", async () => {
  await ryan.button("Close with reason").click();
  const modal = ryan.page.getByTestId("modal");
  await modal.getByRole("textbox").first().fill("It works again");
  await modal.getByTestId("modal-submit").click();
  await ryan.channelLink("ticket-1").waitFor({ state: "detached" });
  await menu("Tickets");
  await page.getByRole("tab", { name: "Closed" }).click();
  await page.getByLabel("Number").fill("1");
  await page.getByText("It works again").waitFor();
  await looked("closed", [["dark", 1440, 900], ["light", 360, 740]]);
  await page.getByRole("link", { name: "Ticket #1" }).click();
  await page.getByText("the opener").waitFor();
  await card("Game lookup").getByText("3000", { exact: true }).waitFor();
  await page.goBack();
  await page.getByText("It works again").waitFor();
  assert.equal(await page.getByLabel("Number").inputValue(), "1", "the filter is as it was");
});

test("the audit log tells who changed what, by name, and what was before", async () => {
  await menu("Audit log");
  const entry = (text) => page.getByRole("listitem").filter({ hasText: text });
  await entry("Olga posted the panel Support in #support").waitFor();
  await entry("Olga added the integration Orders to this server").getByText(/with the API key “demo”/).waitFor();
  const changed = entry("Olga changed the panel Support");
  await changed.locator("summary").press("Enter");
  await changed.getByText("Welcome message: text above the embed").waitFor();
  await changed.getByText("Last order: %last_order%. Roblox: %roblox_username%").waitFor();
  await looked("audit");
  await page.getByLabel("What was changed").selectOption("Settings");
  await entry("Olga changed the server's settings").locator("summary").click();
  await page.getByText("Staff", { exact: true }).last().waitFor();
  assert.equal(await entry("panel").count(), 0, "the filter leaves panels out");
  await page.getByRole("textbox", { name: "Changed by" }).fill("ry");
  await page.getByRole("button", { name: /^Ryan/ }).click();
  await page.getByText("No change fits these filters").waitFor();
  await page.getByRole("button", { name: "Clear the filters" }).click();
  await entry("Olga posted the panel Support in #support").waitFor();
});

test("no page complained", () => walk.untroubled());
