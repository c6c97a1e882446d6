import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Walk } from "../src/browser.mjs";
import { Program } from "../src/program.mjs";

/**
 * The first minutes of somebody who has just put Usher on a machine: the real program without any setting, the
 * local Discord as Discord, and the page that it opens, up to the dashboard.
 */

const bin = (name) => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));
const usherBinary = process.env.USHER_BIN ?? bin("usher");
const sandboxBinary = process.env.DISCORD_SANDBOX_BIN ?? bin("discord-sandbox");
const appId = "1400000000000000201";
const token = `${Buffer.from(appId).toString("base64").replace(/=+$/, "")}.sandbx.of-the-walk-through-the-set-up`;
const secret = "client-secret-of-the-walk";
const miaId = "1400000000000000102";
const printed = /(http:\/\/127\.0\.0\.1:\d+)\/setup#code=(\S+)/;

let folder;
let sandbox;
let usher;
let base;
let code;
let walk;
let page;

/** A port that nobody has just now: Discord knows the redirect before Usher runs. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The world: Olga's server and her application, whose bot is in no server yet. */
const world = (redirect) => ({
  users: [
    { id: "1400000000000000104", username: "olga", global_name: "Olga", note: "Owner" },
    { id: miaId, username: "mia", global_name: "Mia" },
  ],
  applications: [{ id: appId, name: "Arcade Tickets", bot_token: token, client_secret: secret, redirect_uris: [redirect], owner: "Olga" }],
  guilds: [{ id: "1400000000000000001", name: "Ryan's Arcade", owner: "Olga", members: [{ user: "Olga" }, { user: "Mia" }], channels: [{ id: "1400000000000000026", name: "support" }] }],
});

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "usher-setup-"));
  const port = await freePort();
  await writeFile(join(folder, "world.json"), JSON.stringify(world(`http://127.0.0.1:${port}/auth/callback`)));
  const discord = await Program.start(sandboxBinary, ["-addr", "127.0.0.1:0", "-log-level", "error", "-seed", join(folder, "world.json")], /Discord sandbox:\s+(\S+)/);
  sandbox = discord.program;
  const started = await Program.start(usherBinary, ["serve"], printed, {
    PATH: process.env.PATH, HOME: folder, DISCORD_API_URL: `${discord.match[1]}/api/v10`, DATABASE_URL: `sqlite:${join(folder, "usher.sqlite")}`,
    USHER_KEYS_FILE: join(folder, "usher.keys"), USHER_FILES: join(folder, "files"), USHER_LISTEN: `127.0.0.1:${port}`,
  });
  usher = started.program;
  [, base, code] = started.match;
  walk = await Walk.begin();
});

after(async () => {
  await walk?.close();
  await usher?.stop();
  await sandbox?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const step = (name) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });
const next = () => page.getByRole("button", { name: "Continue" });

/** Pictures of where the page is, in both themes and at both widths. */
async function pictures(name) {
  for (const [width, height] of [[1440, 900], [360, 740]]) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await walk.picture(page, `setup-${name}-${width}-${colorScheme}`, { fullPage: true });
      await walk.accessible(page, `${name} at ${width} px, ${colorScheme}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${name} at ${width} px: nothing may be scrolled sideways (${wide} px)`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test("without the code, and with a wrong one, nothing can be set up", async () => {
  const without = await walk.open("without", `${base}/setup`);
  await without.getByText("This page needs its code").waitFor();
  await walk.picture(without, "setup-0-without");
  await walk.accessible(without, "the page without a code");
  const wrong = await walk.open("wrong", `${base}/setup#code=AAAAAAAAAAAAAAAAAAAAAAAAAA`);
  await wrong.getByText("This is not the code.").waitFor();
});

test("a wrong token is told beside the field, the right one shows the bot", async () => {
  page = await walk.open("olga", `${base}/setup#code=${code}`, { height: 900, expected: /\b401\b/ }); // nobody is signed in at the end
  await step("The bot").getByLabel("Bot token").waitFor();
  assert.equal(new URL(page.url()).hash, "", "the code must not stay in the address");
  const field = page.getByLabel("Bot token");
  await field.fill("this is no token");
  await page.getByText("This is not a bot token").waitFor();
  await field.fill(`${token}x`);
  await page.getByText("Discord does not take this token.").waitFor();
  assert.ok(await next().isDisabled(), "nobody goes on with a wrong token");
  await pictures("1-wrong-token");
  await field.fill(token);
  await page.getByTestId("bot").getByText("Arcade Tickets").waitFor();
  assert.equal(await page.getByText("Discord does not take this token.").count(), 0);
  await pictures("2-bot");
  await next().click();
});

test("the address is checked and the redirect is the one that Discord knows", async () => {
  const field = page.getByLabel("Address", { exact: true });
  await field.fill("http://tickets.example.org");
  await page.getByText("in the clear").waitFor();
  await field.fill("https://tickets.example.org/usher");
  await page.getByText("without a path").waitFor();
  await field.fill("https://tickets.example.org");
  await page.getByText("without a path").waitFor({ state: "detached" });
  await next().click();
  await page.getByTestId("redirect").getByText("https://tickets.example.org/auth/callback", { exact: true }).waitFor();
  await page.getByText("Not registered yet").waitFor();
  await pictures("3-unregistered");
  await page.getByRole("button", { name: "Change: The public address" }).click();
  await page.getByLabel("Address", { exact: true }).fill(base);
  await page.getByText("Only this machine can open this address").waitFor();
  await next().click();
  await page.getByText("Discord knows this redirect").waitFor();
});

test("a wrong secret is told beside the field", async () => {
  const link = page.getByRole("link", { name: "Open the page OAuth2 of Arcade Tickets" });
  assert.equal(await link.getAttribute("href"), `https://discord.com/developers/applications/${appId}/oauth2`);
  await page.getByLabel("Client secret").fill("wrong");
  await page.getByText("Discord does not take this as the client secret").waitFor();
  await page.getByLabel("Client secret").fill(secret);
  await page.getByText("Correct", { exact: true }).waitFor();
  await pictures("4-client");
  await next().click();
});

test("a page that is opened anew goes on where it was, and shows no value", async () => {
  await page.getByTestId("operator").getByText("Olga", { exact: true }).waitFor();
  await page.reload();
  await page.getByTestId("operator").getByText("Olga", { exact: true }).waitFor();
  const html = await page.content();
  assert.ok(!html.includes(token) && !html.includes(secret), "no secret may come back");
  await page.getByRole("button", { name: "Somebody else" }).click();
  await page.getByLabel("Discord user id").fill("1400000000000099999");
  await page.getByText("Discord knows nobody with this id.").waitFor();
  await page.getByLabel("Discord user id").fill(miaId);
  await page.getByTestId("operator").getByText("Mia", { exact: true }).waitFor();
  await page.getByTestId("operator").getByText("will be the operator").waitFor();
  await pictures("5-operator");
});

test("the settings are written and Usher serves, in the same process", async () => {
  await page.getByRole("button", { name: "Save and start Usher" }).click();
  await page.getByText("Waiting for the bot to arrive").waitFor();
  await pictures("6-invite");
  const file = join(folder, "usher.env");
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const kept = await readFile(file, "utf8");
  for (const line of [`DISCORD_TOKEN=${token}`, `DISCORD_CLIENT_SECRET=${secret}`, `USHER_PUBLIC_URL=${base}`, `USHER_OPERATORS=${miaId}`]) assert.ok(kept.includes(`${line}\n`), line.split("=")[0]);
  assert.equal((await fetch(`${base}/readyz`)).status, 200);
});

test("the page tells when the bot arrives, and what it lacks there", async () => {
  const popup = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "Add Arcade Tickets to a server" }).click();
  const consent = await popup;
  await consent.getByRole("link", { name: /Olga/ }).click();
  await consent.getByLabel("Add to server").selectOption({ label: "Ryan's Arcade" });
  await consent.getByLabel("Manage Channels").uncheck();
  await consent.getByRole("button", { name: "Authorize" }).click();
  await page.getByText("The bot is in this server").waitFor();
  await step("Add the bot to your server").getByText("Ryan's Arcade").waitFor();
  await page.getByText("Missing permissions: Manage Channels.").waitFor();
  await pictures("7-arrived");
  await next().click();
  await pictures("8-ready");
});

test("the dashboard opens, and the set-up is over", async () => {
  await page.getByRole("button", { name: "Open the dashboard" }).click();
  await page.getByRole("button", { name: /Sign in with Discord/ }).or(page.getByRole("link", { name: /Sign in with Discord/ })).waitFor();
  assert.equal(new URL(page.url()).pathname.startsWith("/setup"), false);
  assert.equal((await fetch(`${base}/api/setup`)).status, 404);
  for (const value of [token, secret]) assert.ok(!usher.said.includes(value), "no secret in what the program says");
});

test("no page complained", () => walk.untroubled());
