import assert from "node:assert/strict";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Program } from "e2e/src/program.mjs";
import { Person } from "./person.mjs";

const fromRoot = (path) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

const binary = process.env.DISCORD_SANDBOX_BIN ?? fromRoot("bin/discord-sandbox");
const description = process.env.USHER_DISCORD_OPENAPI ?? fromRoot("../shared/discord/openapi.json");

/** The flags that have Discord's own description judge all calls and answers (S-9), where it is at hand. */
async function described() {
  try {
    await access(description);
    return ["--openapi", description];
  } catch {
    const words = `NOT CHECKED against Discord's description: there is no ${description}; set USHER_DISCORD_OPENAPI`;
    assert.notEqual(process.env.CI, "true", words);
    console.error(words);
    return [];
  }
}

/** A sandbox of its own for one test: a process on a free port, ended with the test. */
export class Sandbox {
  #url;
  #expected = [];
  #endings = [];

  constructor(url, token) {
    this.#url = url;
    this.token = token;
  }

  /** Starts one with this seed and further flags. When the test ends it is asked for findings, of which none may be left unexplained. */
  static async start(t, seed, flags = []) {
    const folder = await mkdtemp(join(tmpdir(), "judge-"));
    const file = join(folder, "seed.json");
    await writeFile(file, JSON.stringify(seed));
    const { program, match } = await Program.start(binary, ["--addr", "127.0.0.1:0", "--log-level", "warn", "--seed", file, ...flags, ...(await described())], /^Discord sandbox: (\S+)/);
    await rm(folder, { recursive: true });
    const sandbox = new Sandbox(match[1], seed.applications[0].bot_token);
    sandbox.atEnd(() => program.stop());
    sandbox.atEnd(() => sandbox.#blameless());
    t.after(() => sandbox.#end());
    return sandbox;
  }

  /** Has something ended with the test, before all that was begun earlier. */
  atEnd(end) {
    this.#endings.unshift(end);
  }

  /** Ends everything even where something fails to; the first failure counts. */
  async #end() {
    const results = [];
    for (const end of this.#endings) results.push(await Promise.resolve().then(end).then(() => undefined, (cause) => cause));
    const failure = results.find((cause) => cause !== undefined);
    if (failure) throw failure;
  }

  /** The address for `rest.api` of a discord.js client. */
  get api() {
    return `${this.#url}/api`;
  }

  /** One call of the control API; throws with its sentence where it is refused. */
  async control(method, path, body) {
    const response = await fetch(`${this.#url}/_sandbox${path}`, {
      method,
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /_sandbox${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  person(id) {
    return new Person(this, id);
  }

  /** Does something to the bot's gateway sessions (S-10). */
  disturb(fault) {
    return this.control("POST", "/gateway/faults", fault);
  }

  advance(by) {
    return this.control("POST", "/clock/advance", { by });
  }

  sessions() {
    return this.control("GET", "/witness/gateway");
  }

  calls(method, route) {
    return this.control("GET", `/witness/calls?${new URLSearchParams({ method, route })}`);
  }

  /** Announces findings that the test provokes: at its end exactly as many must match the text. */
  expectFinding(text, times = 1) {
    this.#expected.push({ text, times });
  }

  async #blameless() {
    let left = await this.control("GET", "/witness/findings");
    for (const { text, times } of this.#expected) {
      const others = left.filter((finding) => !text.test(finding.text));
      assert.equal(left.length - others.length, times, `findings that match ${text}: ${JSON.stringify(left)}`);
      left = others;
    }
    assert.deepEqual(left, [], "the witness may have found nothing else");
  }
}
