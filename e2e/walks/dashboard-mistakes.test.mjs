import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { lookupServer, openDashboard, playerCard, ryanId, signIn } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";

/** What can go wrong on the guide's way, and what the page says of it: beside the field, in words to act on, and with nothing lost. */

const key = "k-7Qm2-right";

let demo;
let walk;
let page;
let lookup;
let home;

before(async () => {
  demo = await Demo.start();
  lookup = await lookupServer(key);
  walk = await Walk.begin();
  page = await openDashboard(walk, demo, "mistakes-olga", { expected: /\b(409|422|503)\b/ });
  await signIn(page);
  home = new URL(page.url()).pathname;
});

after(async () => {
  await walk?.close();
  await lookup?.close();
  await demo?.stop();
});

const field = (label) => page.getByLabel(label, { exact: true });
const send = () => page.getByRole("button", { name: /^Send( again)?$/ }).click();

test("an address that may not be asked is refused beside its field, which keeps it", async () => {
  await page.getByRole("link", { name: "Create integration" }).click();
  await page.getByRole("button", { name: /^Start from nothing/ }).click();
  await field("Name").fill("Player card");
  await field("Description").fill("Who a member is in our game.");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByRole("group", { name: "Secret 1" }).getByLabel("Name", { exact: true }).fill("api_key");
  await field("For the Discord user").fill(ryanId);
  await field("api_key").fill(key);
  for (const [url, words] of Object.entries({
    "http://10.0.0.7/lookup?user=%user_id%": "The address is not a public one",
    "http://169.254.169.254/latest/meta-data/": "The address is not a public one",
    "http://8.8.8.8/lookup?key=%api_key%": "must use https://",
    "https://discord.com/api/v10/users/%user_id%": "discord.com belongs to Discord",
    "ftp://example.com/lookup": "The URL must begin with https://",
    "https://%user_id%.example.com/": "%user_id% stands in the host",
    "https://api.example.com/%nobody_knows_this%": "nobody_knows_this",
  })) {
    await field("Request URL").fill(url);
    await send();
    await page.locator("p", { hasText: words }).first().waitFor();
    assert.equal(await field("Request URL").getAttribute("aria-invalid"), "true", url);
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
    assert.equal(await field("Request URL").inputValue(), url);
    assert.equal(await field("api_key").inputValue(), key, "the secret stays, too");
  }
  await walk.accessible(page, "a URL that is refused");
  await walk.picture(page, "mistakes-1-url", { fullPage: true });
  assert.equal(lookup.seen.length, 0);
});

test("a test request tells what came back when it is not what was hoped for", async () => {
  await field("Request URL").fill(`${lookup.address}/lookup?user=%user_id%`);
  for (const [trouble, words] of Object.entries({ failing: "500", html: "Bad gateway", text: "Online, since 2019", moved: "new.example.com", silent: "did not answer in time" })) {
    lookup.trouble = trouble;
    await send();
    await page.getByText(words).first().waitFor();
    await page.getByText("lookup?user=585576154958921739 →").waitFor();
    assert.equal(await page.locator("[aria-invalid=true]").count(), 0, "what was refused before is not said of what was sent now");
    await walk.picture(page, `mistakes-2-${trouble}`, { fullPage: true });
  }
  lookup.trouble = undefined;
  await page.getByRole("button", { name: "Add a header" }).click();
  const header = page.getByRole("group", { name: "Header 1" });
  await header.getByLabel("Name", { exact: true }).fill("Authorization");
  await header.getByLabel("Value", { exact: true }).fill("Bearer %api_key%");
  const placeholder = page.getByRole("group", { name: "Placeholder 1" });
  await placeholder.getByLabel("Placeholder", { exact: true }).fill("best_score");
  await placeholder.getByLabel("JSON path", { exact: true }).fill("user.scores.best");
  await send();
  await page.getByText("What each placeholder gives").waitFor();
  const yields = page.getByRole("definition").filter({ hasText: "N/A" });
  await yields.waitFor();
  await walk.accessible(page, "a placeholder without a value");
  await walk.picture(page, "mistakes-3-path", { fullPage: true });
  await placeholder.getByLabel("JSON path", { exact: true }).fill("$.user..[");
  await send();
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
  assert.equal(await placeholder.getByLabel("JSON path", { exact: true }).getAttribute("aria-invalid"), "true");
});

test("a sixth integration is refused with what to do, and what was described is kept", async () => {
  await page.getByRole("group", { name: "Placeholder 1" }).getByLabel("JSON path", { exact: true }).fill("user.scores.high_score");
  const { integrations } = await demo.api("GET", "/api/v1/me/integrations");
  const names = ["One more", "Another", "Yet another", "The last"].slice(0, 5 - integrations.length);
  for (const name of names) await demo.api("POST", "/api/v1/me/integrations", playerCard(lookup, { name, placeholders: [{ name: "high_score", path: "user.scores.high_score" }] }));
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText("You have as many integrations as one person may have. Delete one first.").waitFor();
  assert.equal(await field("Request URL").inputValue(), `${lookup.address}/lookup?user=%user_id%`);
  await walk.picture(page, "mistakes-4-limit");
  await page.getByRole("link", { name: "Integrations", exact: true }).first().click();
  await page.getByRole("dialog").getByRole("button", { name: "Leave without saving" }).click();
  await page.waitForURL(`**${home}`);
});

test("the author's server that cannot judge secrets is told, and nothing is saved", async () => {
  await page.getByRole("tab", { name: "Mine" }).click();
  await page.getByRole("link", { name: "One more" }).click();
  await page.getByRole("button", { name: "Add to server" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("api_key").fill(key);
  for (const [trouble, words] of Object.entries({ html: "(status 502). It gave no reason", failing: "“out of order”", moved: "answers with a redirect, which is never followed", silent: "did not answer in time" })) {
    lookup.trouble = trouble;
    const add = dialog.getByRole("button", { name: "Add to server" });
    await add.click();
    if (trouble === "silent") {
      await page.waitForFunction(() => document.querySelector("[role=dialog] [type=submit][aria-busy=true]"));
      await page.keyboard.press("Escape");
      assert.ok(await dialog.isVisible(), "it stays while it is under way");
    }
    await dialog.getByText(words).last().waitFor();
    await dialog.getByText("Nothing was saved.").waitFor();
    assert.equal(await dialog.getByLabel("api_key").inputValue(), key);
    await walk.picture(page, `mistakes-5-${trouble}`);
  }
  await walk.accessible(page, "a validation that failed");
  assert.equal((await demo.api("GET", home.replace("/g/", "/api/v1/guilds/"))).some(({ name }) => name === "One more"), false);
  lookup.trouble = undefined;
  await dialog.getByRole("button", { name: "Add to server" }).click();
  await page.getByRole("button", { name: "Remove from server" }).waitFor();
});

test("names that two integrations give are told, with who gets them", async () => {
  await page.getByText("Some names are taken").waitFor();
  await page.getByText("%high_score% shows Game lookup's value. Write %one-more.high_score% for this one's.").waitFor();
  await walk.picture(page, "mistakes-6-collision");
});

test("no page complained", () => walk.untroubled());
