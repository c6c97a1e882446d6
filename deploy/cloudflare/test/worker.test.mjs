import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { after, before, test } from "node:test";

import { hasPrivateName } from "../src/names.js";
import { runWorker } from "./run.mjs";

const OLD = `whsec_${randomBytes(32).toString("base64")}`;
const NEW = `whsec_${randomBytes(24).toString("base64")}`;

let worker, address, target;
let output = "";
const received = [];
let reply = (_request, response) => response.end("{}");

before(async () => {
  target = http.createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk)).on("end", () => {
      received.push({ method: request.method, url: request.url, headers: request.headers, body: Buffer.concat(chunks) });
      reply(request, response);
    });
  });
  await new Promise((done) => target.listen(0, "127.0.0.1", done));
  worker = runWorker({ keys: `${NEW} ${OLD}`, outbound: `127.0.0.1:${target.address().port}`, ports: "8443", onOutput: (text) => (output += text) });
  address = await worker.ready;
});

after(async () => {
  await worker?.dispose();
  target?.closeAllConnections();
  target?.close();
});

function mac(key, id, stamp, body) {
  return `v1,${createHmac("sha256", Buffer.from(key.slice(6), "base64")).update(`${id}.${stamp}.`).update(body).digest("base64")}`;
}

function newID() {
  return `msg_${Array.from(randomBytes(26), (b) => "abcdefghijklmnopqrstuvwxyz234567"[b % 32]).join("")}`;
}

function envelope(change = {}, body = "") {
  return Buffer.from(`${JSON.stringify({ v: 1, method: "GET", url: "https://api.customer-name.com/x?key=geheim", headers: [], time_ms: 2000, max_header: 32768, max_body: 1000, ...change })}\n${body}`);
}

/** Sends a signed envelope and gives the answer; what: what to do wrongly. */
async function ask(body, { key = NEW, id = newID(), stamp = String(Math.floor(Date.now() / 1000)), sent = body, drop = [], method = "POST", more = {} } = {}) {
  const headers = { "webhook-id": id, "webhook-timestamp": stamp, "webhook-signature": mac(key, id, stamp, body), ...more };
  for (const name of drop) {
    delete headers[name];
  }
  const response = await fetch(address, { method, headers, body: method === "POST" ? sent : undefined });
  const bytes = Buffer.from(await response.arrayBuffer());
  const end = bytes.indexOf(10);
  return { response, bytes, head: response.status === 200 ? JSON.parse(bytes.subarray(0, end)) : null, body: bytes.subarray(end + 1), id, key };
}

test("I-40 only what is signed, new and whole is sent", async () => {
  const before = received.length;
  const now = Math.floor(Date.now() / 1000);
  const wrong = {
    "another key": [401, { key: `whsec_${randomBytes(32).toString("base64")}` }],
    "a changed body": [401, { sent: envelope({ url: "https://evil.customer-name.com/" }) }],
    "no id": [401, { drop: ["webhook-id"] }],
    "no time": [401, { drop: ["webhook-timestamp"] }],
    "no signature": [401, { drop: ["webhook-signature"] }],
    "a signature of another kind": [401, { more: { "webhook-signature": "v2,AAAA v1,AAAA" } }],
    "an id of an answer": [401, { id: newID().replace("msg_", "ans_") }],
    "two minutes old": [401, { stamp: String(now - 120) }],
    "two minutes ahead": [401, { stamp: String(now + 120) }],
    "a time that is none": [401, { stamp: "1e9" }],
    "another method": [404, { method: "GET" }],
    "too large": [413, { sent: Buffer.alloc((1 << 20) + 1) }],
  };
  for (const [name, [status, how]] of Object.entries(wrong)) {
    const { response } = await ask(envelope(), how);
    assert.equal(response.status, status, name);
    assert.equal(response.headers.get("webhook-signature"), null, name);
  }
  assert.equal(received.length, before);
});

test("I-40 an envelope is sent once", async () => {
  const before = received.length;
  const id = newID();
  assert.equal((await ask(envelope(), { id })).response.status, 200);
  assert.equal((await ask(envelope(), { id })).response.status, 409);
  assert.equal(received.length, before + 1);
});

test("I-40 answers are signed with the key of the envelope, while keys are replaced too", async () => {
  for (const key of [OLD, NEW]) {
    const { response, bytes, id } = await ask(envelope(), { key });
    const answerID = response.headers.get("webhook-id");
    assert.equal(answerID, id.replace("msg_", "ans_"));
    assert.equal(response.headers.get("webhook-signature"), mac(key, answerID, response.headers.get("webhook-timestamp"), bytes));
  }
});

test("secret-19: the outgoing headers are the envelope's alone", async () => {
  const { head, body } = await ask(envelope({ method: "POST", headers: [["Authorization", "Bearer geheim"], ["User-Agent", "Usher/1"], ["webhook-id", "msg_of_the_integration"]] }, "a\nb\0"), {
    more: { "x-forwarded-for": "10.0.0.1", cookie: "a=b", "x-secret": "sesame", authorization: "Bearer sesame", "cf-access-token": "sesame" },
  });
  assert.deepEqual([head.status, String(body)], [200, "{}"]);
  const { method, url, headers, body: sent } = received.at(-1);
  assert.deepEqual([method, url, String(sent)], ["POST", "/x?key=geheim", "a\nb\0"]);
  const { host, connection, "cf-worker": _, "cache-control": __, pragma: ___, ...rest } = headers;
  assert.deepEqual(rest, { authorization: "Bearer geheim", "user-agent": "Usher/1", "webhook-id": "msg_of_the_integration", "accept-encoding": "gzip", "content-length": "4" });
});

test("envelopes that ask for what must not be sent are refused", async () => {
  const before = received.length;
  const wrong = [
    [{ v: 2 }, "url"], [{ method: "DELETE" }, "url"], [{ url: 7 }, "url"], [{ url: "nothing" }, "url"], [{ headers: {} }, "url"], [{ headers: [["a"]] }, "url"],
    [{ headers: [["Host", "evil"]] }, "url"], [{ headers: [["Content-Length", "0"]] }, "url"], [{ headers: [["Proxy-Authorization", "x"]] }, "url"],
    [{ headers: [["CF-Connecting-IP", "127.0.0.1"]] }, "url"], [{ headers: [["X-Forwarded-For", "127.0.0.1"]] }, "url"], [{ headers: [["a", "b\r\nc: d"]] }, "url"],
    [{ headers: [["a b", "c"]] }, "url"], [{ headers: [["Cookie", "c"]] }, "url"], [{ time_ms: 0 }, "url"], [{ max_body: 1.5 }, "url"], [{ max_header: null }, "url"],
    [{ url: "https://user:pass@api.customer-name.com/" }, "url"], [{ url: "https://api.customer-name.com/#x" }, "url"], [{ url: "https://api.customer-name.com/a/../b" }, "url"],
    [{ url: "https://api.customer-name.com/a/%2e%2e/b" }, "url"], [{ url: "https://api.customer-name.com" }, "url"], [{ url: "https:\\\\api.customer-name.com/" }, "url"],
    [{ url: "https://API.customer-name.com/" }, "url"], [{ url: "https://api.customer-name.com:443/" }, "url"],
    [{ url: "ftp://api.customer-name.com/" }, "policy"], [{ url: "https://api.customer-name.com:22/" }, "policy"], [{ url: "https://93.184.216.34/" }, "policy"],
    [{ url: "https://0x7f.1/" }, "url"], [{ url: "https://127.0.0.1/" }, "policy"], [{ url: "https://[::1]/" }, "policy"], [{ url: "https://localhost/" }, "policy"],
    [{ url: "https://router.lan/" }, "policy"], [{ url: "https://metadata.google.internal/" }, "policy"], [{ url: "https://api.customer-name.com./" }, "policy"],
    [{ url: "https://intranet/" }, "policy"], [{ url: `https://${address.hostname}/` }, "policy"],
  ];
  for (const [change, kind] of wrong) {
    const { head } = await ask(envelope(change));
    assert.deepEqual(head, { v: 1, class: kind }, JSON.stringify(change));
  }
  assert.deepEqual((await ask(envelope({}, "a body"))).head, { v: 1, class: "url" });
  assert.deepEqual((await ask(Buffer.from("no JSON"))).head, { v: 1, class: "url" });
  assert.deepEqual((await ask(Buffer.from("null\n"))).head, { v: 1, class: "url" });
  assert.equal(received.length, before);
  assert.equal((await ask(envelope({ url: "https://api.customer-name.com:8443/" }))).head.status, 200, "a port that the operator allows");
});

test("redirects are handed back and not followed", async () => {
  const before = received.length;
  reply = (_request, response) => response.writeHead(307, { location: "https://evil.customer-name.com/", "set-cookie": "a=b" }).end("{}");
  const { head, body } = await ask(envelope({ method: "POST" }, "x"));
  assert.deepEqual(head, { v: 1, status: 307, headers: [], location: "https://evil.customer-name.com/" });
  assert.equal(body.length, 0);
  assert.equal(received.length, before + 1);
});

test("answers are bounded in size, time and kind", async () => {
  const tries = [
    ["exactly", (_q, r) => r.end("a".repeat(1000)), 200],
    ["one more", (_q, r) => r.end("a".repeat(1001)), "too_large"],
    ["declared", (_q, r) => r.writeHead(200, { "content-length": "5000" }).write("a"), "too_large"],
    ["silence", () => {}, "timeout"],
    ["a body that stops", (_q, r) => r.write("a"), "timeout"],
    ["headers", (_q, r) => r.writeHead(200, { "x-a": "b".repeat(9000) }).end(), "too_large"],
    ["zstd", (_q, r) => r.writeHead(200, { "content-encoding": "zstd" }).end("x"), "encoding"],
    ["hung up", (_q, r) => r.socket.destroy(), "connect"],
    ["an error status", (_q, r) => r.writeHead(503, { "retry-after": "7", "x-other": "y", "content-type": "text/plain" }).end("no"), 503],
  ];
  for (const [name, how, want] of tries) {
    reply = how;
    const { head } = await ask(envelope({ time_ms: 300, max_header: 8000 }));
    assert.equal(head.class ?? head.status, want, name);
  }
  reply = (_q, r) => r.writeHead(200, { "set-cookie": "a=b", "cache-control": "max-age=1", "content-type": "application/json" }).end("{}");
  assert.deepEqual((await ask(envelope())).head.headers, [["content-type", "application/json"], ["cache-control", "max-age=1"]]);
});

test("tenant-06: nothing is cached between two requests for one URL", async () => {
  const before = received.length;
  reply = (_q, r) => r.writeHead(200, { "cache-control": "public, max-age=3600" }).end("{}");
  await ask(envelope());
  await ask(envelope());
  assert.equal(received.length, before + 2);
});

test("secret-20: nothing is logged", () => {
  for (const name of ["worker.js", "names.js", "bytes.js", "signature.js"]) {
    assert.doesNotMatch(readFileSync(new URL(`../src/${name}`, import.meta.url), "utf8"), /console|waitUntil|tail\(/, name);
  }
  const settings = readFileSync(new URL("../wrangler.toml", import.meta.url), "utf8");
  assert.match(settings, /^logpush = false$/m);
  assert.match(settings, /^\[observability\]\nenabled = false$/m);
  assert.doesNotMatch(output, /geheim|sesame|customer-name|whsec_/);
});

test("a worker without a key serves nobody", async () => {
  const keyless = runWorker({ keys: "geheim", outbound: "127.0.0.1:9" });
  try {
    assert.equal((await fetch(await keyless.ready, { method: "POST", body: "{}" })).status, 503);
  } finally {
    await keyless.dispose();
  }
});

const cases = process.env.USHER_EGRESS_CASES ?? new URL("../../../../shared/cases/egress-cases.tsv", import.meta.url);

test("every host of the case file that is refused before DNS is refused by name, too", { skip: process.env.CI !== "true" && !existsSync(cases) && "THE EGRESS CASES ARE NOT TESTED: set USHER_EGRESS_CASES" }, () => {
  let held = 0;
  for (const row of readFileSync(cases, "utf8").split("\n").slice(1)) {
    const [id, category, input, expected] = row.split("\t");
    if (expected !== "reject-before-dns" || !["ip4", "ip6", "ip6-zone", "ip-spelling", "name"].includes(category)) {
      continue;
    }
    const url = URL.canParse(input) ? new URL(input) : null;
    assert.ok(url === null || url.href !== input || hasPrivateName(url.hostname), `${id} ${input}`);
    held++;
  }
  assert.ok(held > 80, `${held} rows`);
});
