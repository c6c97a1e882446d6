// An example of an integration server, without dependencies: node server.mjs
// PORT (default 8091, 0 picks a free one) and API_KEY (empty: no key asked) come from the environment.
// GET /lookup?user=585576154958921739 answers with what the game knows of that user, and with {} for anybody else.
import { createServer } from "node:http";
import { createHash, timingSafeEqual } from "node:crypto";

// Replace this with your own database.
const players = new Map([
  [
    "585576154958921739",
    {
      online_status: "Online",
      user: {
        username: "Ryan",
        account_created_year: 2019,
        scores: { high_score: 3000, last_score: 400 },
      },
    },
  ],
]);

const key = process.env.API_KEY ?? "";

function reply(res, status, value) {
  res.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  res.end(JSON.stringify(value));
}

// Compares in constant time, so that the key cannot be guessed byte by byte.
function same(a, b) {
  const digest = (text) => createHash("sha256").update(String(text)).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function lookup(req, res, url) {
  if (key !== "" && !same(req.headers.authorization ?? "", key)) {
    reply(res, 401, { error: "Send your API key in the Authorization header." });
    return;
  }
  reply(res, 200, players.get(url.searchParams.get("user")) ?? {});
}

// The validation URL: called when somebody adds the integration to a server and enters a key.
function validate(req, res) {
  let body = "";
  req.setEncoding("utf8");
  req.on("data", (chunk) => {
    body += chunk;
    if (body.length > 16384) req.destroy();
  });
  req.on("end", () => {
    let secrets;
    try {
      secrets = JSON.parse(body);
    } catch {
      secrets = {};
    }
    if (same(secrets?.api_key ?? "", key)) {
      res.writeHead(204).end();
    } else {
      reply(res, 400, { error: "Your API key is invalid." });
    }
  });
}

const server = createServer((req, res) => {
  let url;
  try {
    url = new URL(req.url, "http://localhost");
  } catch {
    reply(res, 400, { error: "That is not a URL." });
    return;
  }
  if (req.method === "GET" && url.pathname === "/lookup") lookup(req, res, url);
  else if (req.method === "POST" && url.pathname === "/validate" && key !== "") validate(req, res);
  else reply(res, 404, { error: "There is nothing here; try GET /lookup?user=ID." });
});

server.listen(Number(process.env.PORT ?? 8091), process.env.HOST ?? "127.0.0.1", () => {
  const { address, port } = server.address();
  console.log(`Listening on http://${address}:${port}/lookup?user=585576154958921739`);
});
