import { createServer } from "node:http";

/** Signs in to the dashboard at an address as one of the sandbox's people, and opens the integrations of the demo's server. */
export async function signIn(page, person = "Olga") {
  await page.getByRole("button", { name: "Sign in with Discord" }).click();
  await page.getByText(person, { exact: true }).first().click();
  await page.getByRole("button", { name: /^Authori[sz]e/ }).click();
  await page.getByRole("link", { name: /Ryan's Arcade/ }).first().click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByRole("link", { name: "Integrations", exact: true }).click();
  await page.getByRole("tab", { name: /In this server/ }).waitFor();
}

/** Somebody's system, as the guide describes one: it wants a key, and judges keys before they are saved. */
export async function lookupServer(key) {
  const seen = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => (body += part));
    request.on("end", () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body });
      response.setHeader("Content-Type", "application/json");
      if (request.url.startsWith("/validate")) {
        const good = JSON.parse(body).api_key === key;
        response.writeHead(good ? 204 : 400).end(good ? undefined : '{"error":"Your API key is invalid."}');
      } else if (request.headers.authorization !== `Bearer ${key}`) response.writeHead(401).end("{}");
      else response.end('{"online_status":"Online","user":{"username":"Ryan","id":12345678901234567890,"scores":{"high_score":3000,"last_score":400}}}');
    });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { address: `http://127.0.0.1:${server.address().port}`, seen, close: () => new Promise((closed) => server.close(closed)) };
}
