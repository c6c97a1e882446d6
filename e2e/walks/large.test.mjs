import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Person } from "../src/discord.mjs";
import { largeSeed } from "../src/large.mjs";
import { Sandbox } from "../src/sandbox.mjs";

/** A server of 10,000 members and 500 channels: only what one looks at is drawn, everybody can be found. */

const large = largeSeed();

let folder;
let sandbox;
let address;
let walk;
let page;
let person;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "large-"));
  const seed = join(folder, "seed.json");
  await writeFile(seed, JSON.stringify(large.seed));
  sandbox = await Sandbox.start({ seed });
  ({ address, walk } = sandbox);
});

after(async () => {
  await sandbox?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Does something and says how long it took. */
async function timed(t, what, act) {
  const begun = performance.now();
  await act();
  t.diagnostic(`${what}: ${Math.round(performance.now() - begun)} ms`);
}

test("the first look", async (t) => {
  await timed(t, "from the address to the messages", async () => {
    page = await walk.open("large", `${address}/#/as/${large.person(5)}/${large.guild}/${large.firstChannel}`, { width: 1440, height: 900 });
    person = new Person(page);
    await person.messages("Line 59").waitFor();
  });
  const painted = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime);
  t.diagnostic(`first contentful paint: ${Math.round(painted)} ms`);
  await page.getByRole("heading", { name: "Staff — 200" }).waitFor();
  await person.messages("Line 59").getByRole("button", { name: /^@/ }).first().waitFor();
  assert.ok((await page.getByTestId(/^member-/).count()) < 60, "few of the members are drawn");
  assert.equal(await page.getByTestId(/^channel-/).count(), 490);
  await walk.accessible(page, "a large server");
  await walk.picture(page, "large-1");
});

test("going from channel to channel", async (t) => {
  for (const name of ["room-7", "room-480"]) await timed(t, `to ${name}`, () => person.enter(name));
  await page.keyboard.press("Control+k");
  await timed(t, "by a few letters", async () => {
    await page.getByRole("combobox", { name: "Where to?" }).fill("room-33");
    await page.getByRole("option", { name: /room-33\b/ }).first().waitFor();
  });
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "room-33" }).waitFor();
});

test("everybody is found", async (t) => {
  const members = page.getByRole("complementary", { name: "Members" });
  await members.getByTestId(/^member-/).first().focus();
  await timed(t, "to the last member", async () => {
    await page.keyboard.press("End");
    await members.getByTestId(`member-${large.seed.applications[0].id}`).waitFor();
  });
  await timed(t, "search among members", async () => {
    await members.getByRole("searchbox").fill("person9876");
    await members.getByTestId(`member-${large.person(9876)}`).waitFor();
  });
  assert.equal(await members.getByTestId(/^member-/).count(), 1);
  await members.getByTestId(`member-${large.person(9876)}`).click();
  await page.getByRole("dialog").getByText("@person9876").waitFor();
  await page.keyboard.press("Escape");
  await timed(t, "a mention", async () => {
    await page.getByTestId("composer").fill("Hello @person77");
    await page.getByRole("option").first().waitFor();
  });
  await page.getByTestId("composer").fill("");
});

test("the choice of a person is searched, too", async () => {
  const chooser = await walk.open("chooser", `${address}/`);
  assert.ok((await chooser.getByTestId(/^person-/).count()) <= 60);
  await chooser.getByRole("searchbox", { name: "Search people" }).fill("person4321");
  await chooser.getByTestId(`person-${large.person(4321)}`).click();
  await chooser.getByRole("heading", { level: 1 }).waitFor();
  await chooser.context().close();
});

test("no page complained", () => walk.untroubled());
