import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { Demo } from "../src/demo.mjs";
import { Person } from "../src/discord.mjs";

/** The demo's second panel asks before it opens a ticket; staff answer with a tag that shows live data. */

const ticket = "report-ryan-1";

let demo;
let walk;
let ryan;
let mia;

before(async () => {
  demo = await Demo.start();
  walk = await Walk.begin();
  ryan = new Person(await walk.open("form-ryan", `${demo.discord}/`));
  await ryan.become("Ryan");
  await ryan.enter("support");
  mia = new Person(await walk.open("form-mia", `${demo.discord}/`));
  await mia.become("Mia");
});

after(async () => {
  await walk?.close();
  await demo?.stop();
});

test("the panel asks, and the answers stand in the ticket", async () => {
  const { page } = ryan;
  await page.getByTestId("message").getByRole("button", { name: /Report a problem$/ }).click();
  const modal = page.getByTestId("modal");
  await modal.getByLabel("What happened?").fill("The *sword* is gone");
  await modal.getByRole("combobox", { name: "Where?" }).click();
  await page.getByRole("option", { name: "In the game" }).click();
  await modal.getByText("It happens again and again").click();
  await walk.accessible(page, "a panel's form");
  await walk.picture(page, "form-1-modal");
  await modal.getByTestId("modal-submit").click();
  await modal.waitFor({ state: "detached" });

  await ryan.enter(ticket);
  const answers = page.getByTestId("embed").filter({ hasText: "What happened?" });
  await answers.waitFor();
  const text = await answers.innerText();
  for (const part of ["The *sword* is gone", "In the game", "Is it about somebody?", "N/A", "Yes"]) assert.ok(text.includes(part), `${part} in:\n${text}`);
  await page.getByTestId("embed").getByText("(Online)").waitFor();
  await walk.picture(page, "form-2-answers");
});

test("a member with a ticket is not asked again", async () => {
  await ryan.enter("support");
  await ryan.page.getByTestId("message").getByRole("button", { name: /Report a problem$/ }).click();
  await ryan.messages("You already have an open ticket").waitFor();
  assert.equal(await ryan.page.getByTestId("modal").count(), 0, "no form");
});

test("staff answer with a tag that shows live values", async () => {
  const { page } = mia;
  await mia.enter(ticket);
  await page.getByTestId("composer").fill("/tag");
  await page.getByRole("option", { name: "/tag" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("option-name").pressSequentially("acc");
  await page.getByRole("option", { name: "account" }).waitFor();
  await walk.picture(page, "form-3-tag");
  await page.keyboard.press("Enter");
  await page.getByTestId("command-run").click();
  const shown = page.getByTestId("embed").filter({ hasText: "Ryan in the game, just now" });
  await shown.getByText("High score: 3000").waitFor();
  await walk.picture(page, "form-4-account");
});

test("no page complained", () => walk.untroubled());
