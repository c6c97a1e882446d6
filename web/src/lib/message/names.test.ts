import { describe, expect, it } from "vitest";
import { marks, Names, replaced, ways } from "./names";

const names = new Names([
  { name: "score", long: "game.score", sample: "3000", source: "Game" },
  { name: "Score", long: "shop.score", sample: "5", source: "Shop" },
  { name: "roblox_username", long: "bloxlink.roblox_username", sample: "builderman", source: "Bloxlink" },
  { name: "username", long: "ticket.username", sample: "Ryan", source: "Ticket" },
]);

describe("Names", () => {
  it("gives a shared name to the first, and the long ones to their own (I-21)", () => {
    expect(names.find("SCORE")?.source).toBe("Game");
    expect(names.find("shop.score")?.source).toBe("Shop");
    expect([names.rivals("score").length, names.rivals("game.score").length]).toEqual([1, 0]);
  });
  it("writes the long name where the short one is another's", () => {
    expect(names.all.map((one) => names.written(one))).toEqual(["%score%", "%shop.score%", "%roblox_username%", "%username%"]);
  });
  it("finds what begins so before what holds it", () => {
    expect(names.beginning("s").map((one) => one.source)).toEqual(["Game", "Shop", "Bloxlink", "Ticket"]);
    expect(names.beginning("zzz")).toEqual([]);
  });
  it("knows where else a name works", () => {
    const here = new Names([], true, { tag: ["form.age"], close: ["closed_by", "form.age"] });
    expect([here.elsewhere("Closed_By"), here.elsewhere("form.age"), here.elsewhere("nope")]).toEqual([["close"], ["tag", "close"], []]);
  });
  it("offers each of two that share even their source", () => {
    const twins = new Names([{ name: "score", long: "game.score", source: "Game" }, { name: "score", long: "game-2.score", source: "Game" }]);
    expect(twins.beginning("sc").map((one) => twins.written(one))).toEqual(["%score%", "%game-2.score%"]);
  });
  it("guesses what was meant", () => {
    expect(names.nearest("usernmae").map((one) => one.name)).toEqual(["username"]);
    expect(names.nearest("something_else")).toEqual([]);
  });
});

describe("marks", () => {
  const kinds = (text: string, known = names) => marks(text, known).map(({ kind, name, at }) => [kind, name, at]);
  it("tells unknown and shared names from the others", () => {
    expect(kinds("%score% %nope% %username%")).toEqual([["ambiguous", "score", 0], ["unknown", "nope", 8], ["known", "username", 15]]);
  });
  it("takes long names and fallbacks, and leaves what is escaped alone (I-19, I-20, I-21)", () => {
    expect(kinds("%shop.score|none% \\%nope\\% %bloxlink.roblox_username%")).toEqual([["known", "shop.score", 0], ["known", "bloxlink.roblox_username", 27]]);
  });
  it("reads as the program does where a strange name runs into a known one", () => {
    expect(kinds("5%a%username% 10%")).toEqual([["known", "username", 3]]);
    expect(kinds("%a%b%username%")).toEqual([["unknown", "a", 0], ["known", "username", 4]]);
  });
  it("calls nothing unknown before it knows what there is", () => {
    expect(kinds("%nope%", new Names([], false))).toEqual([]);
  });
});

describe("ways and replaced", () => {
  it("offer each owner's own name for a shared one", () => {
    const [mark] = marks("a %Score|none% b", names);
    expect(ways(mark!, names)).toEqual([{ name: "game.score", source: "Game" }, { name: "shop.score", source: "Shop" }]);
    expect(replaced("a %Score|none% b", mark!, "shop.score")).toBe("a %shop.score|none% b");
  });
  it("offer what may have been meant for an unknown one", () => {
    const [mark] = marks("%usernam%", names);
    expect(ways(mark!, names)).toEqual([{ name: "username", source: "Ticket" }]);
  });
});
