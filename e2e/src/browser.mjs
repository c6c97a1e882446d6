import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

/** Debian's browser, unless told otherwise. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const screenshots = fileURLToPath(new URL("../screenshots/", import.meta.url));

/** Longest wait for anything a page should show, in milliseconds. */
const patience = 10_000;

/**
 * A browser for one walk. Every page it opens is watched: an error in the console, an uncaught exception or
 * a request that failed is kept, and `finish` fails the walk for it.
 */
export class Walk {
  #browser;
  #troubles = [];

  constructor(browser) {
    this.#browser = browser;
  }

  static async begin() {
    await mkdir(screenshots, { recursive: true });
    return new Walk(await chromium.launch({ executablePath, args }));
  }

  /**
   * A window of its own, with storage of its own, as on somebody else's machine. `expected` matches the
   * troubles that belong to what the walk does there; `prepare` is handed the window before it goes anywhere.
   */
  async open(name, address, { width = 1280, height = 800, colorScheme = "dark", expected, prepare } = {}) {
    const context = await this.#browser.newContext({ viewport: { width, height }, colorScheme, locale: "en-GB", timezoneId: "UTC" });
    await prepare?.(context);
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    page.on("console", (message) => {
      if ((message.type() === "error" || message.type() === "warning") && !expected?.test(message.text())) this.#troubles.push(`${name}: console ${message.type()}: ${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.#troubles.push(`${name}: uncaught: ${error.stack ?? error.message}`));
    page.on("response", (response) => {
      if (response.status() >= 400 && !expected?.test(`${response.status()} ${response.url()}`)) this.#troubles.push(`${name}: ${response.status()} ${response.url()}`);
    });
    await page.goto(address);
    return page;
  }

  /** Keeps a picture under e2e/screenshots/. */
  async picture(page, name, options = {}) {
    await page.screenshot({ path: `${screenshots}${name}.png`, animations: "disabled", ...options });
  }

  /** Fails where axe finds anything serious or critical. What is on its way to another colour or place is let arrive first. */
  async accessible(page, where) {
    await settled(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter((violation) => violation.impact === "serious" || violation.impact === "critical");
    const words = serious.map((violation) => `${violation.id}: ${violation.help}\n  ${violation.nodes.map((node) => `${node.target.join(" ")} — ${node.failureSummary?.split("\n").slice(1).join(" ")}`).join("\n  ")}`);
    assert.deepEqual(words, [], `axe on ${where}`);
  }

  async close() {
    await this.#browser.close();
  }

  /** Fails where any page had trouble. */
  untroubled() {
    assert.deepEqual(this.#troubles, [], "no page may complain");
  }
}

/** Waits until no transition and no animation with an end runs: colours half way from light to dark are nobody's choice. */
async function settled(page) {
  await page.evaluate(() => new Promise(requestAnimationFrame)); // a change of appearance starts its transitions with the next picture
  await page.waitForFunction(() => document.getAnimations().every((animation) => animation.playState !== "running" || animation.effect?.getComputedTiming().endTime === Infinity));
}
