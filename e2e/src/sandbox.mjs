import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Bot } from "./bot.mjs";
import { Walk } from "./browser.mjs";
import { Person } from "./discord.mjs";
import { Program } from "./program.mjs";

const binary = process.env.DISCORD_SANDBOX_BIN ?? fileURLToPath(new URL("../../bin/discord-sandbox", import.meta.url));

/** Ids of the world that the sandbox begins with, see sandbox.DefaultSeed. */
export const ids = {
  guild: "1400000000000000001",
  staffRole: "1400000000000000011",
  rules: "1400000000000000023",
  community: "1400000000000000024",
  general: "1400000000000000025",
  ryan: "585576154958921739",
  mia: "1400000000000000102",
  noor: "1400000000000000103",
  olga: "1400000000000000104",
};

/** The local Discord alone, with a bot in it and a browser before it: what the walks through its web client begin with. */
export class Sandbox {
  #program;

  constructor(program, address, bot, walk) {
    this.#program = program;
    this.address = address;
    this.bot = bot;
    this.walk = walk;
  }

  /** Starts it on a free port; `seed` names a file with another world, which may have no bot that logs in. */
  static async start({ seed } = {}) {
    const { program, match } = await Program.start(binary, ["-addr", "127.0.0.1:0", "-log-level", "error", ...(seed ? ["-seed", seed] : [])], /Discord sandbox:\s+(\S+)/);
    try {
      const { applications } = seed ? { applications: [] } : await (await fetch(`${match[1]}/_sandbox/seed`)).json();
      const bot = applications[0] && (await Bot.login(match[1], applications[0].bot_token));
      return new Sandbox(program, match[1], bot, await Walk.begin());
    } catch (cause) {
      await program.stop();
      throw cause;
    }
  }

  /** The address of a channel as somebody sees it. */
  at(user = ids.ryan, channel = ids.general) {
    return `${this.address}/#/as/${user}/${ids.guild}/${channel}`;
  }

  /** A window in which somebody has #general open. */
  async person(name, user, options) {
    return new Person(await this.walk.open(name, this.at(user), options));
  }

  /** A call of the control API; quicker than by hand. */
  async control(path, body) {
    const response = await fetch(`${this.address}/_sandbox${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const text = await response.text();
    assert.ok(response.ok, `${path}: ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  }

  /** Somebody does something, by the control API. */
  act(user, what, body) {
    return this.control(`/users/${user}/${what}`, body);
  }

  async stop() {
    await this.walk.close();
    this.bot?.logout();
    await this.#program.stop();
  }
}
