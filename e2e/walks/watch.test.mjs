import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { Walk } from "../src/browser.mjs";

/** What watches the pages of every walk sees what it should, and nothing else. */

const pages = {
  "/still": "<p>Still</p>",
  "/jumps": "<p>What jumps</p><script>setTimeout(() => document.body.prepend(Object.assign(document.createElement('div'), { style: 'height: 300px' })), 300)</script>",
  "/answers": "<button>Ask</button><p>What makes room</p><script>document.querySelector('button').onclick = () => setTimeout(() => document.querySelector('p').before(Object.assign(document.createElement('div'), { style: 'height: 300px' }), 'Answered'), 900)</script>",
  "/refused": "<p>Refused</p><img alt='' src='http://127.0.0.1:9/x.png'>",
  "/answered-404": "<script>fetch('/nowhere')</script>",
  "/throws": "<p>Throws</p><script>setTimeout(() => { throw new Error('on purpose') })</script>",
  "/wide": "<p style='width: 2000px'>Wide</p><button style='width: 16px; height: 16px; padding: 0'>x</button>",
};

let server;
let origin;
let walk;

before(async () => {
  server = createServer((request, response) => {
    const body = pages[request.url];
    response.writeHead(body ? 200 : 404, { "Content-Type": "text/html", "Content-Security-Policy": "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'" });
    response.end(body && `<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,"><body>${body}`);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  origin = `http://127.0.0.1:${server.address().port}`;
  walk = await Walk.begin();
});

after(async () => {
  await walk?.close();
  await new Promise((closed) => server.close(closed));
});

/** Visits a page in a window of its own and gives what was complained of meanwhile; waits for a complaint that matches `wanted`. */
async function complaints(path, { wanted, visit } = {}) {
  const before = walk.troubles.length;
  const page = await walk.open("watched", `${origin}${path}`, { steady: origin });
  await visit?.(page);
  const told = () => walk.troubles.slice(before).join("\n");
  for (const end = Date.now() + 30_000; wanted && !wanted.test(told()) && Date.now() < end; ) await new Promise((turn) => setTimeout(turn, 20));
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await page.context().close();
  return told();
}

test("a page that stands still is nothing to complain of", async () => assert.equal(await complaints("/still"), ""));

for (const [path, wanted] of Object.entries({
  "/jumps": /\/jumps moved by 0\.\d+.*What jumps/,
  "/refused": /Content-Security-Policy: img-src forbids/,
  "/answered-404": "<script>fetch('/nowhere')</script>",
  "/throws": /uncaught: .*on purpose/,
  "/answered-404": /404 .*\/nowhere/,
})) {
  test(`a page that ${path.slice(1)} is told`, async () => assert.match(await complaints(path, { wanted }), wanted));
}

test("what makes room for an answer is no jump, however late it comes", async () => {
  const visit = async (page) => {
    await page.getByRole("button").click();
    await page.getByText("Answered").waitFor();
  };
  assert.equal(await complaints("/answers", { visit }), "");
});

test("what does not fit, or is too small to hit, is told", async () => {
  await complaints("/wide", { visit: (page) => assert.rejects(walk.fits(page, "a wide page"), /scrolled sideways.*BUTTON "x" is 16×16/s) });
});
