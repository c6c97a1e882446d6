import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { openDashboard, signIn } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";

/** The dashboard on a bad day: a slow line, answers that do not come, refusals in the middle of an edit. Nothing jumps, nothing typed is lost. */

const guild = "1400000000000000001";
const parts = [`/g/${guild}/integrations`, `/g/${guild}/panels`, `/g/${guild}/forms`, `/g/${guild}/tags`, `/g/${guild}/tickets`, `/g/${guild}/settings`, `/g/${guild}/audit`, "/account", "/operator/reviews", "/guilds"];

let demo;
let walk;
let page;

before(async () => {
  demo = await Demo.start();
  walk = await Walk.begin();
  page = await openDashboard(walk, demo, "slow-olga", { expected: /\b(401|403|404|409|429|500)\b|ERR_FAILED|ERR_INTERNET_DISCONNECTED|Not found: \/nothing/ });
  await signIn(page);
});

after(async () => {
  await walk?.close();
  await demo?.stop();
});

afterEach(async () => {
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.context().setOffline(false);
});

const field = (label, on = page) => on.getByLabel(label, { exact: true });
const save = (on = page) => on.getByRole("button", { name: "Save", exact: true });

/** Nothing is left to save. */
const saved = () => page.waitForFunction(() => [...document.querySelectorAll("button:disabled:not([aria-busy])")].some((button) => button.textContent.trim() === "Save"));

/** Holds requests to an address back until `release`; `arrived` is when the first of them has been sent, `count` how many were. */
async function hold(pattern, method) {
  const held = { count: 0 };
  const gate = new Promise((release) => (held.release = release));
  held.arrived = new Promise((arrived) => (held.arrive = arrived));
  await page.route(pattern, async (route) => {
    if (route.request().method() !== method) return route.fallback();
    held.count++;
    held.arrive();
    await gate;
    await route.fallback();
  });
  return held;
}

/** Answers the next request of a method to an address, or the next few, as the API would when something is wrong. */
function refuse(pattern, method, status, problem, times = 1) {
  let left = times;
  return page.route(pattern, (route) => {
    if (route.request().method() !== method || left-- <= 0) return route.fallback();
    return route.fulfill({ status, headers: { "Content-Type": "application/problem+json" }, body: JSON.stringify({ title: "No", status, ...problem }) });
  });
}

/** The edit page of the tag "account", which the tests below change. */
async function openTag() {
  await page.goto(`${demo.usher}/g/${guild}/tags`);
  await page.getByRole("link", { name: "account", exact: true }).click();
  await page.getByLabel("Text above the embed").waitFor();
}

for (const [width, height] of [[1440, 900], [360, 740]]) {
  test(`on a slow line every page holds its places, ${width} px wide`, async () => {
    await page.setViewportSize({ width, height });
    const line = await page.context().newCDPSession(page);
    await line.send("Network.enable");
    await line.send("Network.emulateNetworkConditions", { offline: false, latency: 100, downloadThroughput: 1_000_000, uploadThroughput: 100_000 });
    for (const path of parts) {
      await page.goto(demo.usher + path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.getByText("Loading…").first().waitFor({ state: "detached" });
      await page.waitForLoadState("networkidle");
    }
    await line.detach();
  });
}

test("what is waited for holds its place, and a button that is busy sends once", async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  const list = await hold("**/api/v1/guilds/*/tags*", "GET");
  await page.goto(`${demo.usher}/g/${guild}/tags`);
  await list.arrived;
  await page.getByText("Loading…").first().waitFor({ state: "attached" });
  await walk.accessible(page, "a list that is loading");
  await walk.picture(page, "slow-1-loading");
  list.release();
  await page.getByRole("link", { name: "account", exact: true }).click();
  const text = page.getByLabel("Text above the embed");
  await text.fill("Slowly");
  const saving = await hold("**/api/v1/guilds/*/tags/*", "PUT");
  await save().click();
  await saving.arrived;
  await page.locator("button[aria-busy=true]").waitFor();
  await page.locator("button[aria-busy=true]").click({ force: true }); // it looks disabled; somebody impatient tries all the same
  await page.locator("button[aria-busy=true]").press("Enter");
  assert.equal(await text.inputValue(), "Slowly");
  await walk.picture(page, "slow-2-saving");
  saving.release();
  await page.locator("button[aria-busy=true]").waitFor({ state: "detached" });
  assert.equal(saving.count, 1, "it was sent once");
});

for (const [name, status, problem, words] of [
  ["the unexpected", 500, { code: "internal", detail: "Something went wrong here.", reference: "K7Q2MX" }, /Something went wrong here\..*K7Q2MX/],
  ["too many requests", 429, { code: "too_many_requests", detail: "Too many requests: wait 7 seconds." }, /Too many requests: wait 7 seconds\./],
  ["rights that were lost", 403, { code: "forbidden", detail: "You may not manage this server." }, /You may not manage this server\./],
  ["what is gone", 404, { code: "tag_not_found", detail: "There is no such tag." }, /There is no such tag\./],
]) {
  test(`${name} (${status}) in answer to a save is told, with all that was typed kept`, async () => {
    await openTag();
    const text = page.getByLabel("Text above the embed");
    await text.fill(`Kept through ${status}`);
    await refuse("**/api/v1/guilds/*/tags/*", "PUT", status, problem);
    await save().click();
    await page.getByText(words).first().waitFor();
    assert.equal(await text.inputValue(), `Kept through ${status}`);
    await walk.picture(page, `slow-3-${status}`);
    await save().click();
    await saved();
  });
}

test("a line that is lost is told, and the same button tries again", async () => {
  await openTag();
  const text = page.getByLabel("Text above the embed");
  await text.fill("Typed on the train");
  await page.context().setOffline(true);
  await save().click();
  await page.getByText("The server does not answer.").first().waitFor();
  assert.equal(await text.inputValue(), "Typed on the train");
  await walk.accessible(page, "an edit without a line");
  await walk.picture(page, "slow-4-offline");
  await page.context().setOffline(false);
  await save().click();
  await saved();
});

test("a list that failed says so, and is asked for again by a button", async () => {
  await refuse("**/api/v1/guilds/*/forms*", "GET", 500, { code: "internal", detail: "Something went wrong here.", reference: "R7QX" }, 3); // it is asked for three times
  await page.goto(`${demo.usher}/g/${guild}/forms`);
  await page.getByText(/Something went wrong here\..*R7QX/).waitFor();
  await walk.accessible(page, "a list that failed");
  await walk.picture(page, "slow-5-failed");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "Report" }).waitFor();
});

test("an address of nothing says so, and so does a server that is not one's own", async () => {
  await page.goto(`${demo.usher}/nothing/of/the/kind`);
  await page.getByText("There is nothing here").waitFor();
  await walk.accessible(page, "an address of nothing");
  await walk.picture(page, "slow-6-nothing");
  await page.getByRole("link", { name: "Back" }).click();
  await page.waitForURL("**/guilds");
  await page.goto(`${demo.usher}/g/1400000000000000002/integrations`); // Sam's
  await page.getByText("You may not manage this server, or Usher is not in it.").waitFor();
  await walk.picture(page, "slow-7-foreign");
  await page.getByRole("link", { name: "Your servers" }).last().click();
  await page.getByRole("link", { name: "Ryan's Arcade" }).waitFor();
  for (const path of ["tags/nothing", "forms/nothing", "panels/nothing", "integrations/nothing", "tickets/999"]) {
    await page.goto(`${demo.usher}/g/${guild}/${path}`);
    await page.getByRole("main").getByRole("heading", { name: /There is (nothing here|no ticket)/ }).or(page.getByRole("main").getByText("That did not work")).first().waitFor().catch(async () => assert.fail(`${path} says: ${await page.getByRole("main").innerText()}`));
  }
});

test("back and forward lead where one was, and what is not saved is asked about", async () => {
  await page.goto(`${demo.usher}/g/${guild}/forms`);
  await page.getByRole("link", { name: "Report" }).click();
  await field("Title").waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "Create form" }).waitFor();
  await page.goForward();
  await field("Title").fill("Not saved yet");
  await page.goBack();
  await page.getByRole("dialog").getByRole("button", { name: "Stay" }).click();
  assert.equal(await field("Title").inputValue(), "Not saved yet", "one stays");
  await page.goBack();
  await page.getByRole("dialog").getByRole("button", { name: "Leave without saving" }).click();
  await page.getByRole("link", { name: "Create form" }).waitFor();
});

test("signed out everywhere from another browser, an edit is told so, and is saved after signing in again", async () => {
  await openTag();
  const text = page.getByLabel("Text above the embed");
  await text.fill("Typed before the session ended");
  const other = await openDashboard(walk, demo, "slow-other");
  await signIn(other);
  await other.goto(`${demo.usher}/account`);
  await other.getByRole("button", { name: "Sign out everywhere" }).click();
  await other.getByRole("dialog").getByRole("button", { name: "Sign out everywhere" }).click();
  await other.getByRole("button", { name: "Sign in with Discord" }).waitFor();
  await other.context().close();
  await save().click();
  await page.getByText("You are not signed in any more.").first().waitFor();
  assert.equal(await text.inputValue(), "Typed before the session ended");
  await walk.accessible(page, "an edit without a session");
  await walk.picture(page, "slow-8-signed-out");
  const tab = await page.context().newPage();
  await tab.goto(`${demo.usher}/`);
  await signIn(tab);
  await tab.close();
  await save().click();
  await saved();
  await page.goto(`${demo.usher}/g/${guild}/tags`);
  await page.getByRole("link", { name: "account", exact: true }).click();
  await page.waitForFunction(() => [...document.querySelectorAll("textarea")].some((area) => area.value === "Typed before the session ended"));
});

test("no page complained", () => walk.untroubled());
