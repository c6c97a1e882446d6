import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { lookupServer, openDashboard, ryanId } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";
import { Person } from "../src/discord.mjs";

/** I-33: the guide in one go, by the pages alone, from signing in to the values in a ticket; and how many clicks that is. */

const key = "k-7Qm2-right";

let demo;
let walk;
let lookup;

before(async () => {
  demo = await Demo.start();
  lookup = await lookupServer(key);
  walk = await Walk.begin();
});

after(async () => {
  await walk?.close();
  await lookup?.close();
  await demo?.stop();
});

/** Counts in every page of a window what a person presses with the mouse; a press on a label is one, and not one more on its input. */
async function counting(context) {
  let clicks = 0;
  await context.exposeBinding("pressed", () => clicks++);
  await context.addInitScript(() => addEventListener("pointerdown", () => globalThis.pressed(), true));
  return () => clicks;
}

test("I-33 from signing in to the values in a ticket", async () => {
  let clicks;
  const page = await openDashboard(walk, demo, "guide-olga", { prepare: async (context) => (clicks = await counting(context)) });
  const begun = performance.now();
  const field = (label) => page.getByLabel(label, { exact: true });

  await page.getByRole("button", { name: "Sign in with Discord" }).click();
  await page.getByRole("link", { name: /\bOlga\b/ }).click();
  await page.getByRole("button", { name: /^Authori[sz]e/ }).click();
  await page.getByRole("link", { name: "Ryan's Arcade" }).click();
  await page.getByRole("link", { name: "Integrations", exact: true }).click();
  await page.getByRole("link", { name: "Create integration" }).click();
  await page.getByRole("button", { name: /^Start from nothing/ }).click();
  await field("Name").fill("Player card");
  await field("Description").fill("Who a member is in our game, with scores.");
  await page.getByRole("button", { name: "Continue" }).click();

  await field("Request URL").fill(`${lookup.address}/lookup?user=%user_id%`);
  await page.getByRole("button", { name: "Add a secret" }).click();
  await page.getByRole("group", { name: "Secret 1" }).getByLabel("Name", { exact: true }).fill("api_key");
  await page.getByLabel(/^Validation URL/).fill(`${lookup.address}/validate`);
  await page.getByRole("button", { name: "Add a header" }).click();
  const header = page.getByRole("group", { name: "Header 1" });
  await header.getByLabel("Name", { exact: true }).fill("Authorization");
  await header.getByLabel("Value", { exact: true }).fill("Bearer %api_key%");
  await field("For the Discord user").fill(ryanId);
  await field("api_key").fill(key);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("button", { name: /high_score: 3000/ }).click();
  const placeholder = page.getByRole("region", { name: "Placeholders" }).getByLabel("Placeholder", { exact: true }).first();
  await placeholder.fill("best_score");
  await page.getByRole("button", { name: "Create", exact: true }).click();

  await page.getByRole("button", { name: "Add to server" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("api_key").fill(key);
  await dialog.getByRole("button", { name: "Add to server" }).click();
  await page.getByRole("button", { name: "Remove from server" }).waitFor();

  await page.getByRole("link", { name: "Panels", exact: true }).click();
  await page.getByRole("link", { name: "Support", exact: true }).click();
  const welcome = page.getByRole("region", { name: "Welcome message" }).getByLabel("Text above the embed");
  await welcome.click();
  await welcome.pressSequentially("Best score: %best");
  await page.getByRole("option", { name: /best_score/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Panel saved.").waitFor();
  const dashboard = clicks();

  const ryan = new Person(await walk.open("guide-ryan", `${demo.discord}/`));
  await ryan.become("Ryan");
  await ryan.enter("support");
  await ryan.button(/Open a ticket/).first().click();
  await ryan.enter("ticket-1");
  await ryan.messages("Best score: 3000").waitFor();
  console.log(`the guide's walk took ${((performance.now() - begun) / 1000).toFixed(1)} seconds, with ${dashboard} clicks on the dashboard`);
  await walk.picture(ryan.page, "guide-ticket");

  const asked = lookup.seen.find(({ url, headers }) => url === `/lookup?user=${ryanId}` && headers.authorization === `Bearer ${key}`);
  assert.ok(asked?.headers["webhook-signature"], "the request is the described one, and signed");
  assert.ok(dashboard <= 24, `${dashboard} clicks; the guide's own page takes as many for less`);
  walk.untroubled();
});
