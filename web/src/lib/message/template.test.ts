import { describe, expect, it } from "vitest";
import { embedLength, marks, Names, preview } from "./template";

const names = new Names([
  { name: "score", long: "game.score", sample: "3000", source: "Game" },
  { name: "Score", long: "shop.score", sample: "5", source: "Shop" },
  { name: "username", sample: "Ryan", source: "Ticket" },
]);

describe("Names", () => {
  it("gives a shared name to the first, and the long ones to their own (I-21)", () => {
    expect(names.find("SCORE")?.source).toBe("Game");
    expect(names.find("shop.score")?.source).toBe("Shop");
    expect([names.rivals("score").length, names.rivals("game.score").length]).toEqual([1, 0]);
  });
  it("writes the long name where the short one is another's", () => {
    expect(names.all.map((one) => names.written(one))).toEqual(["%score%", "%shop.score%", "%username%"]);
  });
  it("finds what begins so before what holds it", () => {
    expect(names.beginning("s").map((one) => one.source)).toEqual(["Game", "Shop", "Ticket"]);
    expect(names.beginning("zzz")).toEqual([]);
  });
});

describe("marks", () => {
  it("tells unknown and shared names from the others", () => {
    expect(marks("%score% %nope% %username%", names).map(({ kind, at }) => [kind, at])).toEqual([["ambiguous", 0], ["unknown", 8], ["known", 15]]);
  });
});

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
});

describe("embedLength", () => {
  it("counts what Discord counts, in UTF-16 units", () => {
    expect(embedLength({ title: "🎫", description: "ab", url: "https://not.counted", footer: "c", fields: [{ name: "d", value: "ef" }] })).toBe(8);
  });
});
