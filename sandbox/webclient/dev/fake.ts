import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import { Guildhall } from "./guildhall.ts";

/**
 * Answers the control API inside the development server, so that the pages can be worked on without the
 * sandbox. It keeps no rules: whoever wants Discord's behaviour sets SANDBOX to the address of a real one.
 */
export function fakeSandbox(): Plugin {
  const hall = new Guildhall();
  return {
    name: "fake-sandbox",
    apply: "serve",
    configureServer(server) {
      server.middlewares.use("/_sandbox", (request, response) => void answer(hall, request, response));
    },
  };
}

async function answer(hall: Guildhall, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://fake");
  const [, users, user = "", ...rest] = url.pathname.split("/");
  if (users !== "users") return send(response, 404, { error: `The fake does not know ${url.pathname}.` });
  if (user === "") return send(response, 200, hall.personas());
  if (!hall.knows(user)) return send(response, 404, { error: "There is no such user.", field: "user" });
  if (rest[0] === "stream") return stream(hall, user, request, response);
  const body = request.method === "POST" ? (JSON.parse(await text(request)) as Record<string, unknown>) : Object.fromEntries(url.searchParams);
  try {
    const result = await hall.call(user, rest, body);
    if (result === undefined) response.writeHead(204).end();
    else send(response, 200, result);
  } catch (error) {
    send(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function stream(hall: Guildhall, user: string, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(": hello\n\n");
  const leave = hall.listen(user, (id, name, data) => response.write(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`));
  request.on("close", leave);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  let all = "";
  for await (const piece of request) all += String(piece);
  return all;
}
