import { describe, expect, test } from "vitest";
import { isJumbo, type Node, parseMarkdown, plainText, safeHref } from "./markdown.ts";

const text = (value: string): Node => ({ kind: "text", text: value });
const user = "585576154958921739";

describe("inline marks", () => {
  const cases: [string, Node[]][] = [
    ["plain", [text("plain")]],
    ["**b**", [{ kind: "strong", children: [text("b")] }]],
    ["*i*", [{ kind: "em", children: [text("i")] }]],
    ["__u__", [{ kind: "underline", children: [text("u")] }]],
    ["~~s~~", [{ kind: "strike", children: [text("s")] }]],
    ["||x||", [{ kind: "spoiler", children: [text("x")] }]],
    ["`a*b*`", [{ kind: "code", text: "a*b*" }]],
    ["\\*a\\*", [text("*a*")]],
    ["a\nb", [text("a"), { kind: "break" }, text("b")]],
    ["```js\nlet a\n```", [{ kind: "codeBlock", text: "let a", language: "js" }]],
    ["> q", [{ kind: "quote", children: [text("q")] }]],
    ["-# small", [{ kind: "subtext", children: [text("small")] }]],
    ["## two", [{ kind: "heading", level: 2, children: [text("two")] }]],
  ];
  test.each(cases)("%s", (source, want) => expect(parseMarkdown(source)).toEqual(want));
});

describe("mentions and times", () => {
  const cases: [string, Node[]][] = [
    [`<@${user}>`, [{ kind: "user", id: user }]],
    [`<@!${user}>`, [{ kind: "user", id: user }]],
    [`<@&${user}>`, [{ kind: "role", id: user }]],
    [`<#${user}>`, [{ kind: "channel", id: user }]],
    ["@everyone", [{ kind: "everyone" }]],
    [`<:smile:${user}>`, [{ kind: "emoji", id: user, name: "smile", animated: false }]],
    [`<a:dance:${user}>`, [{ kind: "emoji", id: user, name: "dance", animated: true }]],
    ["<t:1700000000:R>", [{ kind: "time", seconds: 1700000000, style: "R" }]],
    ["<t:1700000000>", [{ kind: "time", seconds: 1700000000, style: "f" }]],
    [`</open ticket:${user}>`, [{ kind: "command", name: "open ticket", id: user }]],
    ["<id:customize>", [{ kind: "navigation", target: "customize" }]],
  ];
  test.each(cases)("%s", (source, want) => expect(parseMarkdown(source)).toEqual(want));
});

describe("links", () => {
  test("a masked link keeps its title", () => {
    expect(parseMarkdown('[t](https://e.com "why")')).toEqual([{ kind: "link", href: "https://e.com/", title: "why", children: [text("t")] }]);
  });
  test("a bare address is a link to itself", () => {
    expect(parseMarkdown("see https://e.com/a")).toEqual([text("see "), { kind: "link", href: "https://e.com/a", children: [text("https://e.com/a")] }]);
  });
  test.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x", " java\nscript:x"])("%s is never an address", (target) => {
    expect(safeHref(target)).toBeUndefined();
    const shown = JSON.stringify(parseMarkdown(`[x](${target})`));
    expect(shown).not.toContain('"link"');
  });
});

describe("lists", () => {
  test("bullets, numbers and nesting", () => {
    const [list] = parseMarkdown("- a\n- **b**\n  - c\n  - d\n- e");
    expect(list).toEqual({
      kind: "list",
      ordered: false,
      start: 1,
      items: [
        [text("a")],
        [{ kind: "strong", children: [text("b")] }, { kind: "break" }, { kind: "list", ordered: false, start: 1, items: [[text("c")], [text("d")]] }],
        [text("e")],
      ],
    });
  });
  test("a numbered list starts where it says", () => {
    expect(parseMarkdown("3. c\n4. d")).toEqual([{ kind: "list", ordered: true, start: 3, items: [[text("c")], [text("d")]] }]);
  });
  test("numbers after dashes are a list of their own", () => {
    expect(parseMarkdown("- a\n1. b").map((node) => node.kind === "list" && node.ordered)).toEqual([false, true]);
  });
  test("a dash inside a sentence is a dash", () => {
    expect(parseMarkdown("a - b")).toEqual([text("a - b")]);
    expect(parseMarkdown("-5 degrees")).toEqual([text("-5 degrees")]);
  });
  test("text after a list is outside of it", () => {
    expect(parseMarkdown("- a\nb").at(-1)).toEqual(text("b"));
  });
});

describe("hostile text", () => {
  test.each([
    ["stars", "*".repeat(4000)],
    ["nested spoilers", "||**__".repeat(600)],
    ["quotes", "> ".repeat(2000)],
    ["brackets", "[".repeat(4000)],
    ["dashes", "- ".repeat(2000)],
    ["indented dashes", Array.from({ length: 80 }, (_, depth) => `${" ".repeat(depth * 2)}- x`).join("\n")],
    ["backticks", "`".repeat(3999)],
    ["angle brackets", "<@".repeat(2000)],
    ["html", "<img src=x onerror=alert(1)>".repeat(100)],
  ])("%s: parsed, nothing thrown, nothing lost to a freeze", (_name, source) => {
    expect(parseMarkdown(source).length).toBeGreaterThan(0);
  });

  test("nesting is bounded", () => {
    const depth = (nodes: Node[]): number => Math.max(0, ...nodes.map((node) => ("children" in node ? 1 + depth(node.children) : node.kind === "list" ? 1 + Math.max(0, ...node.items.map(depth)) : 0)));
    expect(depth(parseMarkdown(Array.from({ length: 80 }, (_, level) => `${" ".repeat(level * 2)}- x`).join("\n")))).toBeLessThanOrEqual(18);
  });
});

test("a code block ends its line by itself", () => {
  expect(parseMarkdown("```\na\n```\nb").map((node) => node.kind)).toEqual(["codeBlock", "text"]);
});

test("plain text hides spoilers and keeps the rest", () => {
  expect(plainText(parseMarkdown("**a** `b` ||secret||\nc"))).toBe("a b ▒▒▒▒▒▒ c");
});

test("only a few emoji alone are large", () => {
  expect(isJumbo(parseMarkdown("😀 🎫"))).toBe(true);
  expect(isJumbo(parseMarkdown("😀 hi"))).toBe(false);
  expect(isJumbo([])).toBe(false);
});
