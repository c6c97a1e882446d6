import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Longest wait for a program to say that it is ready, and to end, in milliseconds. */
const patience = 60_000;

/** A program of ours under test: started by a walk, watched, and ended by its own process id. */
export class Program {
  #child;
  #said = [];

  constructor(child) {
    this.#child = child;
  }

  /** Starts the program and waits for the line that `ready` matches; answers with the program and the match. `env` replaces the environment. */
  static async start(path, args, ready, env = process.env) {
    const child = spawn(path, args, { stdio: ["ignore", "pipe", "pipe"], env });
    const program = new Program(child);
    const lines = createInterface({ input: child.stdout });
    child.stderr.on("data", (piece) => program.#said.push(String(piece)));
    const match = await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Error(`${path} did not get ready:\n${program.said}`));
      }, patience);
      child.once("error", (cause) => reject(new Error(`starting ${path}: ${cause.message}`)));
      child.once("exit", (code) => reject(new Error(`${path} ended with ${code} before it was ready:\n${program.said}`)));
      lines.on("line", (line) => {
        program.#said.push(`${line}\n`);
        const found = ready.exec(line);
        if (!found) return;
        clearTimeout(timer);
        resolve(found);
      });
    });
    return { program, match };
  }

  /** Everything it wrote, both streams. */
  get said() {
    return this.#said.join("");
  }

  /** Ends it as a service manager would; it must go by itself, with exit code 0. */
  async stop() {
    if (this.#child.exitCode !== null) return assert.fail(`it had ended with ${this.#child.exitCode}:\n${this.said}`);
    const gone = once(this.#child, "exit", { signal: AbortSignal.timeout(patience) });
    this.#child.kill("SIGTERM");
    const [code, signal] = await gone.catch((cause) => {
      this.#child.kill("SIGKILL");
      throw new Error(`it did not stop within ${patience} ms: ${cause.message}\n${this.said}`);
    });
    assert.equal(code, 0, `exit code (signal ${signal}):\n${this.said}`);
  }
}
