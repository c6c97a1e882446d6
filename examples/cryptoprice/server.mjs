// An example of an integration server that needs to know nothing about the user, without dependencies: node server.mjs
// PORT (default 8092, 0 picks a free one) and SEED (default 1) come from the environment.
// GET /price?coin=bitcoin answers with a made-up price that moves every five seconds: replace quote() by a real source.
import { createServer } from "node:http";

const STEP = 5;
const DAY = 24 * 60 * 60;
const seed = Number(process.env.SEED ?? 1);

const coins = new Map([
  ["bitcoin", { level: 64000, decimals: 2 }],
  ["ethereum", { level: 3100, decimals: 2 }],
  ["solana", { level: 145, decimals: 2 }],
  ["dogecoin", { level: 0.125, decimals: 4 }],
]);

// A hash (FNV-1a with murmur's last mix) read as a number from -1 to 1.
function height(name, period, k) {
  let h = 2166136261;
  for (const byte of Buffer.from(`${seed}/${name}/${period}/${k}`)) {
    h = Math.imul(h ^ byte, 16777619);
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h = (h ^ (h >>> 16)) >>> 0;
  return h / 2147483648 - 1;
}

// Smooth noise between -1 and 1: a random height at each multiple of period, and an S-curve between neighbours.
function wave(name, period, second) {
  const k = Math.floor(second / period);
  const part = (second % period) / period;
  const smooth = part * part * (3 - 2 * part);
  const from = height(name, period, k);
  return from + (height(name, period, k + 1) - from) * smooth;
}

// The price in a second: the coin's level, moved by waves from ten seconds to two days long, the long ones stronger.
function at(name, level, second) {
  const waves = [[2 * DAY, 0.06], [6 * 3600, 0.02], [2400, 0.006], [300, 0.002], [10, 0.0008]];
  let factor = 1;
  for (const [period, strength] of waves) factor += strength * wave(name, period, second);
  return level * factor;
}

function quote(name, { level, decimals }, now) {
  const second = now - (now % STEP);
  const price = at(name, level, second);
  const change = Math.floor((price / at(name, level, second - DAY) - 1) * 1000 + 0.5) / 10;
  return {
    coin: name,
    currency: "USD",
    price: price.toFixed(decimals),
    change_24h: change + 0,
    updated_at: new Date(second * 1000).toISOString().replace(".000Z", "Z"),
  };
}

function reply(res, status, value) {
  res.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  res.end(JSON.stringify(value));
}

const server = createServer((req, res) => {
  let url;
  try {
    url = new URL(req.url, "http://localhost");
  } catch {
    reply(res, 400, { error: "That is not a URL." });
    return;
  }
  if (req.method !== "GET" || url.pathname !== "/price") {
    reply(res, 404, { error: "There is nothing here; try GET /price?coin=bitcoin." });
    return;
  }
  const name = url.searchParams.get("coin");
  const coin = coins.get(name);
  if (coin === undefined) {
    reply(res, 404, { error: `There is no such coin here; try one of ${[...coins.keys()].join(", ")}.` });
    return;
  }
  reply(res, 200, quote(name, coin, Math.floor(Date.now() / 1000)));
});

server.listen(Number(process.env.PORT ?? 8092), process.env.HOST ?? "127.0.0.1", () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/price?coin=bitcoin`);
});
