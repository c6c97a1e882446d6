import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { lookupServer, openDashboard, signIn } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";

/**
 * The guide's walk through the dashboard: sign in, describe an integration with a secret, try it, make placeholders
 * of its answer, add it to the server against the author's validation, offer it to everybody and approve it.
 */

const key = "k-7Qm2-right";

let demo;
let walk;
let page;
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

const field = (label) => page.getByLabel(label, { exact: true });

/** Looks at where the page is: what axe says, whether it fits a phone, a picture. */
async function look(where, picture, options) {
  await walk.accessible(page, where);
  await walk.picture(page, picture, options);
  const size = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 780 });
  await walk.fits(page, where);
  await page.setViewportSize(size);
}

test("Olga signs in with Discord and sees her server's integrations", async () => {
  page = await openDashboard(walk, demo, "olga", { expected: /\b(409|422)\b/ });
  await page.getByRole("button", { name: "Sign in with Discord" }).waitFor();
  await look("the sign-in", "dashboard-1-sign-in");
  await signIn(page);
  await page.getByRole("link", { name: "Game lookup" }).waitFor();
  const scripts = await page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.endsWith(".js")).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0));
  console.log(`the list of integrations takes ${Math.round(scripts / 1000)} kB of compressed JavaScript`);
  assert.ok(scripts > 10_000 && scripts <= 150_000, `${scripts} bytes of JavaScript for the first page; 150,000 are the budget`);
  await look("the list of integrations", "dashboard-2-integrations");
});

test("a starter fills what is described, says what to change, and replaces nothing that was typed without asking", async () => {
  await page.getByRole("link", { name: "Create integration" }).click();
  await page.getByRole("button", { name: /^FiveM/ }).click();
  await page.getByText("Your server must be listed publicly").waitFor();
  await field("Name").fill("Los Santos");
  await page.getByRole("button", { name: "Continue" }).click();
  assert.match(await field("Request URL").inputValue(), /%server_code%$/);
  assert.deepEqual(await page.getByLabel("Sample", { exact: true }).evaluateAll((all) => all.slice(0, 3).map((one) => one.value)), ["Ryan", "7", "38"]);
  await page.getByRole("button", { name: /hostname: "Los Santos"/ }).waitFor(); // the example answer, to choose from before a request
  await page.getByRole("button", { name: "Start from something else" }).click();
  await page.getByRole("button", { name: /^Steam/ }).click();
  const dialog = page.getByRole("dialog", { name: "Replace what you typed by “Steam”?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Go on with what you typed" }).click();
  assert.equal(await field("Name").inputValue(), "Los Santos");
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("button", { name: /^Steam/ }).click();
  await dialog.getByRole("button", { name: "Replace" }).click();
  await page.getByText("From the starter “Steam”").waitFor();
  assert.equal(await field("Name").inputValue(), "Steam");
  await page.getByRole("link", { name: "Integrations", exact: true }).first().click();
  await page.getByRole("link", { name: "Create integration" }).waitFor(); // nothing was typed since, so nothing is asked
});

test("an integration is described in two steps, with its card beside", async () => {
  await page.getByRole("link", { name: "Create integration" }).click();
  await page.getByRole("button", { name: /^Minecraft/ }).waitFor();
  await look("the starters", "dashboard-2-starters");
  await page.getByRole("button", { name: /^Start from nothing/ }).click();
  await field("Name").waitFor();
  assert.ok(await page.getByRole("button", { name: "Continue" }).isDisabled());
  await field("Name").fill("Player card");
  await field("Description").fill("Who a member is in our game, with scores.");
  await page.getByRole("heading", { name: "Player card" }).waitFor();
  await look("the first step", "dashboard-3-about");
  await page.getByRole("button", { name: "Continue" }).click();
  await field("Request URL").fill(`${lookup.address}/lookup?user=%user_id%`);
  await page.getByRole("button", { name: "Add a secret" }).click();
  const secret = page.getByRole("group", { name: "Secret 1" });
  await secret.getByLabel("Name", { exact: true }).fill("api_key");
  await secret.getByLabel(/What to enter/).fill("The key from your account page");
  await page.getByLabel(/^Validation URL/).fill(`${lookup.address}/validate`);
  await page.getByRole("button", { name: "Add a secret" }).click();
  const second = page.getByRole("group", { name: "Secret 2" });
  await second.getByLabel("Name", { exact: true }).pressSequentially("api_key_2"); // passes through the other's name
  await page.getByLabel("api_key_2", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Remove Secret 2" }).click();
  assert.equal(await page.getByLabel("api_key", { exact: true }).count(), 1);
  await page.getByRole("button", { name: "Remove Secret 1" }).click();
  assert.equal(await page.getByLabel(/^Validation URL/).inputValue(), `${lookup.address}/validate`, "what cannot be saved is in sight");
  await page.getByRole("button", { name: "Add a secret" }).click();
  await secret.getByLabel("Name", { exact: true }).fill("api_key");
  await secret.getByLabel(/What to enter/).fill("The key from your account page");
  await page.getByRole("button", { name: "Add a header" }).click();
  const header = page.getByRole("group", { name: "Header 1" });
  await header.getByLabel("Name", { exact: true }).fill("Host");
  await header.getByLabel("Value", { exact: true }).fill("Bearer %api_key%");
});

test("a test request shows what is wrong beside its field, then the answer, whose values become placeholders", async () => {
  await field("For the Discord user").fill("Ryan");
  await page.getByRole("button", { name: "Add a placeholder" }).click();
  const [blank, named] = ["Placeholder 1", "Placeholder 2"].map((row) => page.getByRole("group", { name: row }).getByLabel("Placeholder", { exact: true }));
  await named.fill("not a name");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
  assert.equal(await field("For the Discord user").getAttribute("aria-invalid"), "true", "the user is marked, too");
  await field("For the Discord user").fill("585576154958921739");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
  assert.deepEqual(await Promise.all([blank, named].map((one) => one.getAttribute("aria-invalid"))), [null, "true"], "it is told beside the row that is wrong");
  assert.equal(await field("For the Discord user").getAttribute("aria-invalid"), null, "what was said before is forgotten");
  await page.getByRole("button", { name: "Remove Placeholder 2" }).click();
  await field("api_key").fill(key);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const name = page.getByRole("group", { name: "Header 1" }).getByLabel("Name", { exact: true });
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-invalid") === "true");
  assert.equal(await name.getAttribute("aria-invalid"), "true", "a header that is refused is marked");
  await name.fill("Authorization");
  await field("api_key").fill("");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.waitForFunction(() => document.activeElement?.type === "password" && document.activeElement.getAttribute("aria-invalid") === "true");
  assert.equal(await name.getAttribute("aria-invalid"), null);
  await field("api_key").fill(key);
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("button", { name: /high_score: 3000/ }).click();
  await page.getByRole("button", { name: /user\.id: 12345678901234567890/ }).click();
  assert.deepEqual(await page.getByLabel("JSON path", { exact: true }).evaluateAll((all) => all.map((one) => one.value)), ["user.scores.high_score", "user.id"]);
  assert.deepEqual(await page.getByLabel("Sample", { exact: true }).evaluateAll((all) => all.map((one) => one.value)), ["3000", "12345678901234567890"], "a value that is clicked is the sample");
  assert.match(await page.locator("pre").last().innerText(), /"high_score"/);
  await page.getByRole("button", { name: /^What was sent/ }).click();
  await page.getByText("Bearer SECRET").waitFor(); // I-34: what went out, with secrets concealed
  await page.getByRole("button", { name: /^The answer/ }).click();
  await page.getByText("application/json").waitFor();
  await look("the second step", "dashboard-4-request", { fullPage: true });
});

test("it is created, and added to the server when its author's server accepts the secret", async () => {
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("button", { name: "Add to server" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("The key from your account page").waitFor();
  await dialog.getByLabel("api_key").fill("wrong");
  await dialog.getByRole("button", { name: "Add to server" }).click();
  await dialog.getByText("Your API key is invalid.").first().waitFor();
  assert.equal(await dialog.getByLabel("api_key").inputValue(), "wrong", "nothing typed is lost");
  await look("the secrets", "dashboard-5-refused");
  await dialog.getByLabel("api_key").fill(key);
  await dialog.getByRole("button", { name: "Add to server" }).click();
  await page.getByRole("button", { name: "Remove from server" }).waitFor();
  await page.getByText("Some names are taken").waitFor();
  assert.ok(lookup.seen.some(({ headers }) => "webhook-signature" in headers), "requests are signed");
  await page.getByText("Validation", { exact: true }).first().waitFor();
  await page.getByText("for example 3000").waitFor();
  await look("an integration's page", "dashboard-6-on", { fullPage: true });
});

test("a change is saved, and one made after it from an older page is told and not lost", async () => {
  const other = await page.context().newPage();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
  const address = page.url();
  const change = async (words) => {
    await other.goto(address);
    await other.getByLabel("Description", { exact: true }).fill(words);
    await other.getByRole("button", { name: "Save", exact: true }).click();
    await other.getByRole("link", { name: "Edit" }).waitFor();
  };
  await change("Changed in the other tab.");
  await page.getByLabel("Name", { exact: true }).first().fill("🎮".repeat(32));
  await page.getByText("32 / 32").waitFor(); // I-1: an emoji is one character
  await page.getByLabel("Name", { exact: true }).first().fill("Player card");
  await field("Description").fill("Changed in the first tab.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Somebody changed this integration").waitFor();
  assert.equal(await field("Description").inputValue(), "Changed in the first tab.");
  await page.getByRole("button", { name: "Load the newer one" }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("textarea")].some((area) => area.value === "Changed in the other tab."));
  await change("Changed once more.");
  await other.close();
  await field("Description").fill("Mine after all.");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Overwrite" }).waitFor();
  await walk.accessible(page, "a stale integration");
  await page.getByRole("button", { name: "Overwrite" }).click();
  await page.getByText("Mine after all.").waitFor();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Save", exact: true }).waitFor();
});

test("it is offered to everybody, and approved by whoever runs the instance", async () => {
  await page.getByRole("link", { name: "Player card" }).first().click();
  await page.getByRole("button", { name: "Ask for publication" }).click();
  await page.getByText("has been asked to look at it").waitFor();
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "Review queue" }).click();
  await page.getByText("Authorization (carries api_key)").waitFor();
  await look("the review queue", "dashboard-7-review", { fullPage: true });
  await page.getByRole("button", { name: "Approve" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await page.getByText("Nothing waits for you").waitFor();
  await page.goto(`${demo.usher}/guilds`);
  await page.getByRole("link", { name: /Ryan's Arcade/ }).click();
  await page.getByRole("link", { name: "Integrations", exact: true }).click();
  await page.getByRole("tab", { name: "Available" }).click();
  await page.getByRole("searchbox", { name: "Search integrations" }).fill("player");
  await page.waitForURL(/search=player/);
  await page.getByRole("link", { name: "Player card" }).click();
  await page.getByRole("button", { name: "Remove from server" }).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "Player card" }).waitFor();
  assert.equal(await page.getByRole("searchbox", { name: "Search integrations" }).inputValue(), "player", "the way back leads to what was found");
});

test("on a phone in the dark everything is there, too", async () => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 360, height: 780 });
  await page.getByRole("link", { name: "Player card" }).click();
  await page.getByRole("button", { name: "Remove from server" }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the window");
  await look("an integration's page on a phone", "dashboard-8-phone", { fullPage: true });
  await page.getByRole("link", { name: "Audit log" }).click();
  await page.getByText("Player card").first().waitFor();
  await look("the audit log", "dashboard-9-audit", { fullPage: true });
  walk.untroubled();
});
