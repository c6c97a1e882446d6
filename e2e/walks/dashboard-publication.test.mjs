import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";
import { lookupServer, openDashboard, playerCard, signIn } from "../src/dashboard.mjs";
import { Demo } from "../src/demo.mjs";
import { Person } from "../src/discord.mjs";

/**
 * From an author to another server: Olga publishes, Sam finds it, switches it on with a key of his and uses it in a ticket; Olga changes
 * the address, Sam's server goes on with the old one until the new one is approved and he agrees to it; then Olga deletes it.
 */

const key = "k-7Qm2-right";
const speedruns = "1400000000000000002";

let demo;
let walk;
let lookup;
let olga;
let sam;
let tess;
let integration;

before(async () => {
  demo = await Demo.start();
  lookup = await lookupServer(key);
  integration = await demo.api("POST", "/api/v1/me/integrations", playerCard(lookup));
  walk = await Walk.begin();
  olga = await openDashboard(walk, demo, "publication-olga");
  await signIn(olga);
  sam = await openDashboard(walk, demo, "publication-sam", { colorScheme: "dark", expected: /\b(404|409)\b/ });
  await signIn(sam, { person: "Sam", guild: "Sam's Speedruns" });
  tess = new Person(await walk.open("publication-tess", `${demo.discord}/`));
  await tess.become("Tess");
});

after(async () => {
  await walk?.close();
  await lookup?.close();
  await demo?.stop();
});

const own = (path = "") => `${demo.usher}/g/1400000000000000001/integrations/${integration.id}${path}`;
const theirs = () => `${demo.usher}/g/${speedruns}/integrations`;

/** Olga, who runs the instance too, approves what waits. */
async function approve(shows) {
  await olga.goto(`${demo.usher}/operator/reviews`);
  await olga.getByText(shows).first().waitFor();
  await walk.accessible(olga, "the review queue");
  await olga.getByRole("button", { name: "Approve" }).click();
  await olga.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await olga.getByText("Nothing waits for you").waitFor();
}

/** Tess asks for help, and the ticket's first message is read. */
async function ask(number) {
  await tess.enter("help");
  await tess.button("Ask a moderator").last().click();
  await tess.enter(`ticket-${number}`);
  const embed = tess.page.getByTestId("embed").filter({ hasText: "Best score" });
  await embed.waitFor();
  return embed.innerText();
}

/** The paths that the author's server was asked for, without what only validates. */
const asked = () => lookup.seen.map(({ url }) => url).filter((url) => !url.startsWith("/validate"));

test("a newcomer sees which servers have no bot yet, and how to add it", async () => {
  await olga.goto(`${demo.usher}/guilds`);
  const club = olga.getByRole("listitem").filter({ hasText: "Pinball Club" });
  const invite = await club.getByRole("link", { name: "Add Usher" }).getAttribute("href");
  await walk.picture(olga, "publication-1-invite");
  const consent = await olga.context().newPage();
  await consent.goto(invite);
  await consent.getByRole("link", { name: /Olga/ }).or(consent.getByRole("button", { name: "Authorize" })).first().waitFor();
  if (await consent.getByRole("link", { name: /Olga/ }).isVisible()) await consent.getByRole("link", { name: /Olga/ }).click();
  await consent.getByRole("button", { name: "Authorize" }).click();
  await consent.waitForLoadState("networkidle");
  await consent.close();
  await olga.reload();
  await olga.getByRole("link", { name: "Pinball Club" }).waitFor();
});

test("what is private is offered to nobody, what is approved is found by everybody", async () => {
  await sam.getByRole("tab", { name: "Available" }).click();
  await sam.getByText("Nobody has published an integration here yet").waitFor();
  await olga.goto(own());
  await olga.getByRole("button", { name: "Ask for publication" }).click();
  await olga.getByText("has been asked to look at it").waitFor();
  await approve("Player card");
  await sam.reload();
  await sam.getByRole("tab", { name: "Available" }).click();
  await sam.getByRole("link", { name: "Player card" }).click();
  await sam.getByRole("button", { name: "Add to server" }).waitFor();
  const shown = await sam.getByRole("main").innerText();
  assert.ok(shown.includes("127.0.0.1"), `the host is told:\n${shown}`);
  for (const hidden of ["/lookup", "Authorization", "Bearer"]) assert.ok(!shown.includes(hidden), `${hidden} is the author's:\n${shown}`);
  assert.equal(await sam.getByRole("link", { name: "Edit" }).count(), 0);
  await walk.accessible(sam, "somebody else's integration");
  await walk.picture(sam, "publication-2-available");
});

test("Sam switches it on with his key, and a ticket in his server shows its values", async () => {
  await sam.getByRole("button", { name: "Add to server" }).click();
  const dialog = sam.getByRole("dialog");
  await dialog.getByLabel("api_key").fill(key);
  await dialog.getByRole("button", { name: "Add to server" }).click();
  await sam.getByRole("button", { name: "Remove from server" }).waitFor();
  await sam.getByRole("link", { name: "Panels", exact: true }).click();
  await sam.getByRole("link", { name: "Help", exact: true }).click();
  await sam.getByRole("region", { name: "Welcome message" }).getByLabel("Description", { exact: false }).first().fill("Best score: %best_score%");
  await sam.getByRole("button", { name: "Save", exact: true }).click();
  await sam.getByText("Panel saved.").waitFor();
  assert.match(await ask(1), /Best score: 3000/);
  assert.ok(asked().every((url) => url.startsWith("/lookup?")));
  await walk.picture(tess.page, "publication-3-ticket");
});

test("the author changes the address: the server goes on with the approved one until the operator and Sam agree", async () => {
  await olga.goto(own("/edit"));
  await olga.getByLabel("Request URL", { exact: true }).fill(`${lookup.address}/second?user=%user_id%&region=%region%`);
  await olga.getByRole("button", { name: "Add a secret" }).click();
  await olga.getByRole("group", { name: "Secret 2" }).getByLabel("Name", { exact: true }).fill("region");
  await olga.getByRole("button", { name: "Save", exact: true }).click();
  await olga.getByRole("link", { name: "Edit" }).waitFor();
  const again = olga.getByRole("button", { name: "Ask for approval of the change" });
  await again.or(olga.getByText("has been asked to look at it")).first().waitFor();
  if (await again.isVisible()) await again.click();
  await tess.button("Close").last().click();
  await tess.channelLink("ticket-1").waitFor({ state: "detached" });
  const before = asked().length;
  assert.match(await ask(2), /Best score: 3000/);
  assert.ok(asked().slice(before).length > 0 && asked().slice(before).every((url) => url.startsWith("/lookup?")), `the approved address alone is asked: ${asked()}`);
  await olga.goto(`${demo.usher}/operator/reviews`);
  await olga.getByText("What is different from the approved one").waitFor();
  await olga.getByText(/second\?user/).first().waitFor();
  await walk.picture(olga, "publication-4-difference", { fullPage: true });
  await approve("Player card");
});

test("Sam is told what changed, and goes on with the new one when he has agreed", async () => {
  await sam.goto(theirs());
  await sam.getByRole("link", { name: "Player card" }).click();
  await sam.getByRole("button", { name: "Remove from server" }).waitFor();
  const look = sam.getByRole("button", { name: "Look at what changed" });
  await walk.picture(sam, "publication-5-changed");
  await look.click();
  const dialog = sam.getByRole("dialog");
  await walk.accessible(sam, "what changed");
  await walk.picture(sam, "publication-6-confirm");
  await dialog.getByLabel("api_key").fill(key);
  await dialog.getByLabel("region").fill("eu");
  await dialog.getByRole("button", { name: "Save" }).click();
  await look.waitFor({ state: "detached" });
  await tess.button("Close").last().click();
  await tess.channelLink("ticket-2").waitFor({ state: "detached" });
  const before = asked().length;
  assert.match(await ask(3), /Best score: 3000/);
  assert.ok(asked().slice(before).length > 0 && asked().slice(before).every((url) => url.startsWith("/second?") && url.endsWith("region=eu")), `the new address is asked: ${asked()}`);
});

test("the author deletes it, and the audit log of the other server says so", async () => {
  await olga.goto(own());
  await olga.getByRole("button", { name: "Delete integration" }).click();
  await olga.getByRole("dialog").getByText(/It ends in 1 server/).waitFor();
  await walk.picture(olga, "publication-7-delete");
  await olga.getByRole("dialog").getByRole("button", { name: "Delete integration" }).click();
  await olga.getByRole("link", { name: "Create integration" }).first().waitFor();
  await sam.goto(theirs());
  await sam.getByRole("tab", { name: /In this server/ }).waitFor();
  await sam.getByText("No integration is switched on yet").waitFor();
  await sam.getByRole("link", { name: "Audit log" }).click();
  await sam.getByText(/deleted/i).first().waitFor();
  await sam.getByText("Player card").first().waitFor();
  await walk.accessible(sam, "the audit log of the other server");
  await walk.picture(sam, "publication-8-audit");
});

test("no page complained", () => walk.untroubled());
