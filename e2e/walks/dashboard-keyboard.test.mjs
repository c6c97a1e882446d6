import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { lookupServer, openDashboard, ryanId } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";

/** The guide's way with the keyboard alone: everything is reached, one sees where one is, and dialogs give the focus back. */

const key = "k-7Qm2-right";

let demo;
let walk;
let page;
let lookup;

before(async () => {
  demo = await Demo.start();
  lookup = await lookupServer(key);
  walk = await Walk.begin();
  page = await openDashboard(walk, demo, "keyboard-olga", { expected: /\b422\b/ });
});

after(async () => {
  await walk?.close();
  await lookup?.close();
  await demo?.stop();
});

const button = (name, on = page) => on.getByRole("button", { name, exact: true });
const link = (name) => page.getByRole("link", { name, exact: true });
const focused = (locator) => locator.evaluate((element) => element === document.activeElement);

/** Goes on by Tab until something has the focus, and sees at each stop that the focus shows. */
async function tabTo(locator, { back = false } = {}) {
  await locator.waitFor();
  for (let stop = 0; stop < 80; stop++) {
    if (await focused(locator)) return;
    await page.keyboard.press(back ? "Shift+Tab" : "Tab");
    const hidden = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (!element || element === document.body) return "";
      const marked = [element, element.labels?.[0], element.nextElementSibling].filter(Boolean).map((one) => getComputedStyle(one));
      const shows = marked.some((style) => (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none");
      return shows ? "" : element.outerHTML.slice(0, 160);
    });
    assert.equal(hidden, "", "one must see where the focus is");
  }
  assert.fail(`Tab does not lead to ${locator}`);
}

/** Goes to a field and types there. */
async function type(locator, text) {
  await tabTo(locator);
  await page.keyboard.type(text);
}

async function press(locator, how = "Enter") {
  await tabTo(locator);
  await page.keyboard.press(how);
}

test("one signs in, and the first stop of a page leads past its frame", async () => {
  await press(button("Sign in with Discord"));
  await press(page.getByRole("link", { name: /\bOlga\b/ }));
  await press(page.getByRole("button", { name: /^Authori[sz]e/ }));
  await press(page.getByRole("link", { name: "Ryan's Arcade" }));
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await press(link("Integrations"));
  await page.getByRole("tab", { name: /In this server/ }).waitFor();
  await page.reload();
  await page.getByRole("tab", { name: /In this server/ }).waitFor();
  await page.keyboard.press("Tab");
  assert.ok(await focused(link("Skip to the content")));
  await page.keyboard.press("Enter");
  await tabTo(link("Create integration"));
});

test("the tabs of a list are one stop, and the arrows move between them", async () => {
  await tabTo(page.getByRole("tab", { name: /In this server/ }));
  await page.keyboard.press("ArrowRight");
  await page.getByRole("tab", { name: "Mine", selected: true }).waitFor();
  await page.keyboard.press("ArrowLeft");
  await page.getByRole("tab", { name: /In this server/, selected: true }).waitFor();
});

test("an integration is described, tried and created", async () => {
  await tabTo(link("Create integration"), { back: true });
  await page.keyboard.press("Enter");
  await press(page.getByRole("button", { name: /^Start from nothing/ }));
  await type(page.getByLabel("Name", { exact: true }), "Player card");
  await type(page.getByLabel("Description", { exact: true }), "Who a member is in our game.");
  await press(button("Continue"));
  await page.getByLabel("Request URL", { exact: true }).waitFor();
  await type(page.getByLabel("Request URL", { exact: true }), `${lookup.address}/lookup?user=%user_id%`);
  await press(button("Add a secret"));
  await type(page.getByRole("group", { name: "Secret 1" }).getByLabel("Name", { exact: true }), "api_key");
  await type(page.getByLabel(/^Validation URL/), `${lookup.address}/validate`);
  await press(button("Add a header"));
  const header = page.getByRole("group", { name: "Header 1" });
  await type(header.getByLabel("Name", { exact: true }), "Authorization");
  await type(header.getByLabel("Value", { exact: true }), "Bearer %api_key%");
  await type(page.getByLabel("For the Discord user", { exact: true }), ryanId);
  await type(page.getByLabel("api_key", { exact: true }), key);
  await tabTo(button("Send"), { back: true });
  await page.keyboard.press("Enter");
  await press(page.getByRole("button", { name: /high_score: 3000/ }));
  assert.deepEqual(await page.getByLabel("JSON path", { exact: true }).evaluateAll((all) => all.map((one) => one.value)), ["user.scores.high_score"]);
  await press(button("Create"));
  await button("Add to server").waitFor();
});

test("a dialog takes the focus, keeps it, leads to what is wrong, and gives it back", async () => {
  await press(button("Add to server"));
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  await page.waitForFunction(() => document.querySelector("[role=dialog]").contains(document.activeElement));
  for (let stop = 0; stop < 8; stop++) {
    await page.keyboard.press("Tab");
    assert.ok(await dialog.evaluate((element) => element.contains(document.activeElement)), "Tab stays in the dialog");
  }
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.textContent?.includes("Add to server")); // the focus is back
  await page.keyboard.press("Enter");
  await type(dialog.getByLabel("api_key"), "wrong");
  await page.keyboard.press("Enter");
  await dialog.getByText("Your API key is invalid.").first().waitFor();
  await tabTo(dialog.getByLabel("api_key"));
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.type(key);
  await page.keyboard.press("Enter");
  await button("Remove from server").waitFor();
  await dialog.waitFor({ state: "detached" });
});

test("a menu is walked by its arrows and gives the focus back", async () => {
  await tabTo(button("Account"), { back: true });
  await page.keyboard.press("Enter");
  await page.getByRole("menuitem").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Escape");
  await page.getByRole("menuitem").first().waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Account");
});

test("no page complained", () => walk.untroubled());
