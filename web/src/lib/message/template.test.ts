import { describe, expect, it } from "vitest";
import { Names } from "./names";
import { embedLength, filled, isBlank, preview, sampleWords, seconds } from "./template";

const names = new Names([
  { name: "score", long: "game.score", sample: "3000", source: "Game" },
  { name: "bold", sample: "**b**", format: "markdown", source: "Game" },
  { name: "since", sample: "2011-01-25T18:44:36Z", format: "timestamp", source: "Game" },
  { name: "username", sample: "Ryan", source: "Ticket" },
]);

describe("preview", () => {
  it("fills with samples, keeps unknown names, and shows values as they are", () => {
    const message = preview({ content: "Hi %username% %nope%", embed: { title: "%score%", image: "javascript:alert(1)", fields: [{ name: "n", value: "%v%" }] } }, names, {
      username: { text: "**Ryan**" },
    });
    expect(message.content).toBe("Hi \\*\\*Ryan\\*\\* %nope%");
    expect(message.embeds?.[0]?.title).toBe("3000");
    expect(message.embeds?.[0]?.image).toBeUndefined();
    expect(message.embeds?.[0]?.fields?.[0]?.value).toBe("%v%");
  });
  it("shows a sample in its format (I-22)", () => {
    const message = preview({ content: "%bold% %since%", embed: { footer: "%bold% %since%" } }, names);
    expect(message.content).toBe("**b** <t:1295981076:R>");
    expect(message.embeds?.[0]?.footer?.text).toBe("**b** 2011-01-25 18:44 UTC");
  });
});

describe("filled", () => {
  it("reads nothing of what the program filled as a placeholder", () => {
    expect(filled({ content: "%score% \\% **x**" }).content).toBe("%score% \\% **x**");
  });
});

describe("seconds", () => {
  it.each([["1700000000", 1_700_000_000], ["1700000000000", 1_700_000_000], ["2026-01-31T12:00:00Z", 1_769_860_800], ["soon", undefined]])("%s", (text, want) => {
    expect(seconds(text)).toBe(want);
  });
});

describe("sampleWords", () => {
  it("says a moment as a reader would see it, and leaves the rest", () => {
    Object.defineProperty(globalThis, "navigator", { value: { language: "en-US", languages: ["en-US"] }, configurable: true });
    expect(sampleWords("3000", undefined)).toBe("3000");
    expect(sampleWords("2011-01-25T18:44:36Z", "timestamp")).toMatch(/ago$/);
  });
});

describe("isBlank", () => {
  it("knows what would be seen", () => {
    expect([isBlank({}), isBlank({ content: " \n" }), isBlank({ embed: { colour: 5, fields: [] } })]).toEqual([true, true, true]);
    expect([isBlank({ content: "x" }), isBlank({ embed: { fields: [{ name: "", value: "" }] } }), isBlank({ embed: { image: "%i%" } })]).toEqual([false, false, false]);
  });
});

describe("embedLength", () => {
  it("counts what Discord counts, in UTF-16 units", () => {
    expect(embedLength({ title: "🎫", description: "ab", url: "https://not.counted", footer: "c", fields: [{ name: "d", value: "ef" }] })).toBe(8);
  });
});
