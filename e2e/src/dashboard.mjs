import { createServer } from "node:http";

/** Opens the dashboard of a demo in a window of its own, whose pages may not move by themselves. */
export function openDashboard(walk, demo, name, options = {}) {
  return walk.open(name, `${demo.usher}/`, { colorScheme: "light", width: 1440, height: 900, ...options, steady: new URL(demo.usher).origin });
}

/** Signs in to the dashboard as one of the sandbox's people, and opens the integrations of a server of theirs. */
export async function signIn(page, { person = "Olga", guild = "Ryan's Arcade" } = {}) {
  await page.getByRole("button", { name: "Sign in with Discord" }).click();
  const who = page.getByRole("link", { name: new RegExp(`\\b${person}\\b`) });
  const consent = page.getByRole("button", { name: /^Authori[sz]e/ });
  const server = page.getByRole("link", { name: guild });
  // Who chose before, or agreed before, is not asked again.
  await who.or(consent).or(server).first().waitFor();
  if (await who.isVisible()) await who.click();
  await consent.or(server).first().waitFor();
  if (await consent.isVisible()) await consent.click();
  await server.click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByRole("link", { name: "Integrations", exact: true }).click();
  await page.getByRole("tab", { name: /In this server/ }).waitFor();
}

/** An id of Ryan's, whom the lookup server knows. */
export const ryanId = "585576154958921739";

/** How a server may go wrong, by the name of the trouble. */
const troubles = {
  html: (response) => response.writeHead(502, { "Content-Type": "text/html" }).end("<!doctype html><h1>Bad gateway</h1>"),
  text: (response) => response.writeHead(200, { "Content-Type": "text/plain" }).end("Online, since 2019"),
  failing: (response) => response.writeHead(500, { "Content-Type": "application/json" }).end('{"error":"out of order"}'),
  moved: (response) => response.writeHead(302, { Location: "https://new.example.com/lookup" }).end(),
  silent: () => undefined,
};

/**
 * Somebody's system, as the guide describes one: it wants a key, and judges keys before they are saved. Its `trouble`, one of those
 * above, is what it answers with instead.
 */
export async function lookupServer(key) {
  const seen = [];
  const known = { online_status: "Online", user: { username: "Ryan", scores: { high_score: 3000, last_score: 400 } } };
  const lookup = { seen, trouble: undefined };
  const answer = (request, response, body) => {
    if (lookup.trouble) return troubles[lookup.trouble](response);
    response.setHeader("Content-Type", "application/json");
    if (request.url.startsWith("/validate")) {
      const good = JSON.parse(body).api_key === key;
      return response.writeHead(good ? 204 : 400).end(good ? undefined : '{"error":"Your API key is invalid."}');
    }
    if (request.headers.authorization !== `Bearer ${key}`) return response.writeHead(401).end("{}");
    // A number that JavaScript's own would not hold.
    return response.end(JSON.stringify(known).replace('"username"', '"id":12345678901234567890,"username"'));
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      answer(request, response, body);
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  lookup.address = `http://127.0.0.1:${server.address().port}`;
  lookup.close = () => {
    server.closeAllConnections();
    return new Promise((closed) => server.close(closed));
  };
  return lookup;
}

/** An integration as the API takes it: the guide's, for a lookup server, with what differs. */
export function playerCard(lookup, differs = {}) {
  return {
    name: "Player card", description: "Who a member is in our game, with scores.", method: "GET", url: `${lookup.address}/lookup?user=%user_id%`,
    validation: `${lookup.address}/validate`, headers: [{ name: "Authorization", value: "Bearer %api_key%" }],
    secrets: [{ name: "api_key", description: "The key from your account page" }], placeholders: [{ name: "best_score", path: "user.scores.high_score" }], ...differs,
  };
}
