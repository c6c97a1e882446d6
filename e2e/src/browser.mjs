import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";
import { watch } from "./watch.mjs";

/** Debian's browser, unless told otherwise. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
const screenshots = fileURLToPath(new URL("../screenshots/", import.meta.url));

/** Longest wait for anything a page should show, in milliseconds: it costs nothing where things work, and a busy machine needs it. */
const patience = 30_000;

/** A walk that is done once more on another database (src/demo.mjs) does not look again at what it has seen. */
const seen = () => process.env.WALK_DATABASE !== undefined;

/** A browser for one walk. Every page that it opens is watched (src/watch.mjs); `untroubled` fails the walk for what was seen. */
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
   * A window of its own, with storage of its own, as on somebody else's machine. `expected` matches the troubles that belong to what the
   * walk does there; `prepare` is handed the window before it goes anywhere. On pages of the origin `steady` nothing may move by itself.
   */
  async open(name, address, { width = 1280, height = 800, colorScheme = "dark", expected, steady, prepare } = {}) {
    const context = await this.#browser.newContext({ viewport: { width, height }, colorScheme, locale: "en-GB", timezoneId: "UTC" });
    context.setDefaultTimeout(patience);
    await watch(context, { name, steady, expected, tell: (trouble) => this.#troubles.push(trouble) });
    await prepare?.(context);
    const page = await context.newPage();
    await page.goto(address);
    return page;
  }

  /** Keeps a picture under e2e/screenshots/. */
  async picture(page, name, options = {}) {
    if (seen()) return;
    await page.screenshot({ path: `${screenshots}${name}.png`, animations: "disabled", ...options });
  }

  /** Fails where axe finds anything serious or critical. What is on its way to another colour or place is let arrive first. */
  async accessible(page, where) {
    if (seen()) return;
    await settled(page);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter((violation) => violation.impact === "serious" || violation.impact === "critical");
    const words = serious.map((violation) => `${violation.id}: ${violation.help}\n  ${violation.nodes.map((node) => `${node.target.join(" ")} — ${node.failureSummary?.split("\n").slice(1).join(" ")}`).join("\n  ")}`);
    assert.deepEqual(words, [], `axe on ${where}`);
  }

  /** What was seen so far, a sentence each. */
  get troubles() {
    return [...this.#troubles];
  }

  async close() {
    await this.#browser.close();
  }

  /** Fails where anything stands out of the window sideways, or is too small to be hit (WCAG 2.2, 2.5.8). */
  async fits(page, where) {
    if (seen()) return;
    await settled(page);
    const wrong = await page.evaluate(() => {
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      const inSentence = (element) => element.tagName === "A" && getComputedStyle(element).display === "inline";
      const small = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=button], [role=tab]")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !inSentence(element) && !element.closest(".sr-only, [inert]"))
        .map((element) => [element.closest("label") ?? element.labels?.[0] ?? element, element])
        .map(([target, element]) => ({ element, box: [target.getBoundingClientRect(), element.getBoundingClientRect()].toSorted((a, b) => b.width * b.height - a.width * a.height)[0] }))
        .filter(({ box }) => box.width > 1 && (box.width < 24 || box.height < 24))
        .map(({ element, box }) => `${element.tagName} "${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().slice(0, 40)}" is ${Math.round(box.width)}×${Math.round(box.height)}`);
      return [...(wide > 0 ? [`${wide} px have to be scrolled sideways`] : []), ...small];
    });
    assert.deepEqual(wrong, [], `${where} at ${page.viewportSize().width} px`);
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
