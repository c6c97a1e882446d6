import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { missing, startPostgres } from "./postgres.mjs";
import { Program } from "./program.mjs";

const binary = process.env.USHER_DEMO_BIN ?? fileURLToPath(new URL("../../bin/usher-demo", import.meta.url));

/** The whole demo on free ports: the local Discord, Usher and two example servers. */
export class Demo {
  #program;
  #postgres;

  constructor(program, postgres) {
    this.#program = program;
    this.#postgres = postgres;
    const at = (name) => new RegExp(`${name}:\\s+(http://127\\.0\\.0\\.1:\\d+)`).exec(program.said)[1];
    /** The address of the local Discord's web client. */
    this.discord = at("Discord sandbox");
    /** The address of the dashboard. */
    this.usher = at("Usher");
    /** An API key of Olga's that may everything. */
    this.key = /USHER_KEY=(\S+)/.exec(program.said)[1];
  }

  /** Starts it on a temporary SQLite file, or on PostgreSQL in a walk `onPostgreSQL`. */
  static async start() {
    const postgres = process.env.WALK_DATABASE === "PostgreSQL" ? await startPostgres() : undefined;
    const flags = postgres ? ["--database-url", postgres.url] : [];
    try {
      const { program } = await Program.start(binary, ["--ephemeral-ports", ...flags], /USHER_KEY=/);
      return new Demo(program, postgres);
    } catch (cause) {
      await postgres?.stop();
      throw cause;
    }
  }

  /** Asks the HTTP API as Olga, as a program of hers would; answers with what it says, and throws where it is refused. */
  async api(method, path, body) {
    const response = await fetch(this.usher + path, { method, headers: { Authorization: `Bearer ${this.key}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  async stop() {
    try {
      await this.#program.stop();
    } finally {
      await this.#postgres?.stop();
    }
  }
}

/**
 * Walks once more through a file of walks, on PostgreSQL. Where none is installed it is left out and says so; CI=true makes that a
 * failure. How the pages look is not looked at again: they are the same.
 */
export async function onPostgreSQL(walk) {
  const why = process.env.CI === "true" ? undefined : missing();
  if (why) return test("on PostgreSQL", { skip: why });
  process.env.WALK_DATABASE = "PostgreSQL";
  return import(new URL(`../walks/${walk}`, import.meta.url).href);
}
