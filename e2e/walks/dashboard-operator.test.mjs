import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Walk } from "../src/browser.mjs";
import { signIn } from "../src/dashboard.mjs";
import { Program } from "../src/program.mjs";

/**
 * The pages of whoever runs the instance: how it is, what holds in it, who changed what; the history of an
 * integration's revisions; and that nobody else learns anything of the instance.
 */

const binary = process.env.USHER_DEMO_BIN ?? fileURLToPath(new URL("../../bin/usher-demo", import.meta.url));

let demo;
let address;
let walk;
let page;

before(async () => {
  const started = await Program.start(binary, ["--ephemeral-ports"], /Usher:\s+(http:\/\/127\.0\.0\.1:\d+)/);
  demo = started.program;
  address = started.match[1];
  walk = await Walk.begin();
});

after(async () => {
  await walk?.close();
  await demo?.stop();
});

/** Looks at the page wide and light, narrow and dark. */
async function looks(name) {
  for (const [width, colorScheme] of [[1440, "light"], [360, "dark"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor();
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} at ${width} must not scroll sideways`);
    await page.evaluate(() => scrollTo(0, 0));
    await walk.accessible(page, `${name}, ${width} ${colorScheme}`);
    await walk.picture(page, `operator-${name}-${width}-${colorScheme}`, { fullPage: true });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}

const row = (name) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

test("Olga, who runs the instance, finds its pages in the account menu and sees how it is", async () => {
  page = await walk.open("olga", `${address}/`, { colorScheme: "light", width: 1440, height: 900, expected: /\b403\b/ });
  await signIn(page);
  await page.getByRole("button", { name: "Account" }).click();
  await page.getByRole("menuitem", { name: "This instance" }).click();
  await page.getByText("Everything works").waitFor();
  for (const [name, says] of [
    ["Discord", /^Connected to Discord, \d+ servers? by 1 connection\.$/], ["Database", /^SQLite, reachable in (less than )?[\d.]+ ms, [\d.]+ [KM]iB; its tables have version \d+, as this program needs\.$/],
    ["Keys that seal secrets", /The key \d+ seals, made on .*; rotate it by .* Everything sealed is under it\.$/], ["Way out of integrations", /^Requests leave from this machine/],
    ["Integrations", /^None is paused/], ["Folder of logos", / can be written\.$/],
  ]) {
    await row(name).getByText("Good", { exact: true }).waitFor();
    assert.match(await row(name).locator("p").first().innerText(), says);
  }
  const shard = page.getByRole("row", { name: /^0 of 1/ });
  assert.match(await shard.innerText(), /Connected/);
  await looks("health");
});

test("what is shown stays in its place while it is asked for anew", async () => {
  await page.evaluate(() => {
    window.marked = document.querySelector("main li");
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shifts += entry.value))).observe({ type: "layout-shift" });
  });
  await page.waitForResponse(/\/operator\/health$/).then((response) => response.finished());
  const [there, shifts] = await page.evaluate(() => [window.marked.isConnected, window.shifts]);
  assert.ok(there, "a row is changed and not drawn anew");
  assert.ok(shifts < 0.001, `${shifts}: nothing but the words of a time may move`);
});

test("what is wrong is told first, with what to do; and when the server does not answer, that what is shown is old", async () => {
  await page.route(/\/v1\/operator\/health$/, async (route) => {
    const report = await (await route.fetch()).json();
    const [gateway, database, keys] = report.findings;
    Object.assign(gateway, { verdict: "wrong", text: "1 of 2 connections to Discord are lost: nobody on their servers can open a ticket.", advice: "Look at https://discordstatus.com and at the log." });
    Object.assign(database, { verdict: "look", text: "PostgreSQL, reachable in 812.4 ms, as this program needs, but it is slow.", advice: "Look at its load, and at the way to it." });
    Object.assign(keys, { verdict: "look", text: "Values that are still under an older key: 12.", advice: "Run \"usher keys reseal\"." });
    report.shards.push({ ...report.shards[0], id: 1, count: 2, state: "resuming", millis: 41.25, guilds: 1204, resumes: 3, losses: 4 });
    await route.fulfill({ json: report });
  });
  await page.reload();
  await page.getByRole("alert").getByText("1 thing is not working").waitFor();
  await page.getByRole("alert").getByText("2 things to look at").waitFor();
  await row("Discord").getByText("Bad", { exact: true }).waitFor();
  await row("Database").getByText("What to do: Look at its load").waitFor();
  await page.getByRole("row", { name: /^1 of 2 Resuming .* 41.3 ms 1,204 3 4$/ }).waitFor();
  await looks("health-wrong");
  await page.unroute(/\/v1\/operator\/health$/);
  await page.route(/\/v1\/operator\/health$/, (route) => route.fulfill({ status: 403, contentType: "application/problem+json", json: { status: 403, code: "not_operator", detail: "No more." } }));
  await page.getByText("This is old").waitFor();
  await row("Database").getByText("Look", { exact: true }).waitFor();
  await page.unroute(/\/v1\/operator\/health$/);
});

test("the limits that hold are listed with what changes them, and no secret is among them", async () => {
  await page.getByRole("navigation").getByRole("link", { name: "Limits" }).click();
  const setting = (text) => page.getByRole("listitem").filter({ hasText: text });
  await setting("USHER_MAX_SECRETS").getByText("5 secrets").waitFor();
  await setting("USHER_EGRESS_ALLOW_NETWORKS").getByText("127.0.0.1/32").waitFor();
  await setting("The application's client secret.").getByText("set", { exact: true }).waitFor();
  await setting("How deep the JSON of an answer may nest.").getByText("Cannot be changed").waitFor();
  const token = setting("The bot's token.");
  assert.match(await token.innerText(), /\bset\b/);
  assert.doesNotMatch(await page.locator("body").innerText(), /[\w-]{20,}\.[\w-]{6,}\.[\w-]{20,}/, "a bot's token has this form");
  await looks("limits");
  await page.getByRole("searchbox", { name: "Search settings" }).fill("welcome waits");
  await setting("USHER_GRACE").getByText("1s").waitFor();
  assert.equal(await page.getByRole("listitem").count(), 1);
  await page.getByRole("searchbox").fill("nothing says that");
  await page.getByText("No setting says that").waitFor();
});

test("the history of an integration tells what each revision changed", async () => {
  await page.getByRole("link", { name: "Your servers" }).click();
  await page.getByRole("link", { name: /Ryan's Arcade/ }).first().click();
  await page.getByRole("navigation").getByRole("link", { name: "Integrations" }).click();
  await page.getByRole("link", { name: "Game lookup" }).click();
  const first = page.getByRole("listitem").filter({ hasText: "Revision 1" });
  await first.getByText("there is nothing to compare it with").waitFor();
  assert.match(await first.innerText(), /Live\s+In 1 server\s/);
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  const url = page.getByLabel("Request URL", { exact: true });
  await url.fill(`${await url.inputValue()}&season=2027`);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const second = page.getByRole("listitem").filter({ hasText: "Revision 2" });
  await second.getByText("What it changed").waitFor();
  assert.deepEqual(await second.locator("dd strong").allInnerTexts(), ["&season=2027"], "only what is new is marked");
  assert.match(await second.locator("summary").innerText(), /Not published[\s\S]*Live[\s\S]*In 1 server[\s\S]*by you/);
  await first.locator("summary").click();
  assert.doesNotMatch(await first.locator("summary").innerText(), /Live|In 1 server/);
  await page.getByRole("button", { name: "Ask for publication" }).click();
  await second.getByText("Waits for approval").waitFor();
  await looks("history");
});

test("what waits is counted in the account menu, and the record tells who asked", async () => {
  await page.getByRole("button", { name: "Account, 1 waiting" }).click();
  await walk.picture(page, "operator-menu");
  await page.getByRole("menuitem", { name: "Review queue 1 waiting" }).click();
  await page.getByRole("heading", { name: "Game lookup" }).waitFor();
  await page.getByRole("navigation").getByRole("link", { name: "Audit log" }).click();
  await page.getByText("asked for the integration Game lookup to be published").waitFor();
  await looks("audit");
  await page.getByRole("navigation").getByRole("link", { name: /^Review queue/ }).click();
  await page.getByRole("button", { name: "Refuse" }).click();
  await page.getByRole("dialog").getByLabel("Reason").fill("Say first what season is.");
  await page.getByRole("dialog").getByRole("button", { name: "Refuse" }).click();
  await page.getByText("Nothing waits for you").waitFor();
  await page.getByRole("button", { name: "Account", exact: true }).waitFor();
});

test("Ryan, who does not run it, is told so, and learns nothing of the instance", async () => {
  const asked = [];
  const ryan = await walk.open("ryan", `${address}/operator/health`, { width: 360, height: 800, expected: /\b403\b/ });
  ryan.on("response", (response) => asked.push(new URL(response.url()).pathname));
  await ryan.getByRole("button", { name: "Sign in with Discord" }).click();
  await ryan.getByText("Ryan", { exact: true }).first().click();
  await ryan.getByRole("button", { name: /^Authori[sz]e/ }).click();
  await ryan.getByRole("heading", { name: "This is not yours" }).waitFor();
  assert.equal(new URL(ryan.url()).pathname, "/operator/health");
  assert.deepEqual(asked.filter((path) => /operator|reviews|v1\/audit/.test(path) && path.startsWith("/api/")), [], "nothing is asked for");
  await walk.accessible(ryan, "what is not Ryan's");
  await walk.picture(ryan, "operator-not-yours");
  await ryan.getByRole("button", { name: "Account" }).click();
  await ryan.getByRole("menuitem", { name: "Sign out" }).waitFor();
  assert.equal(await ryan.getByRole("menuitem", { name: /instance|Review/ }).count(), 0);
  for (const path of ["operator/health", "operator/settings", "operator/waiting", "audit", "reviews"]) {
    const [status, text] = await ryan.evaluate(async (path) => {
      const answer = await fetch(`/api/v1/${path}`);
      return [answer.status, await answer.text()];
    }, path);
    assert.equal(status, 403, path);
    assert.equal(JSON.parse(text).code, "not_operator");
    assert.doesNotMatch(text, /sqlite|shard|version|127\.0\.0\.1|USHER_/i, path);
  }
  walk.untroubled();
});
