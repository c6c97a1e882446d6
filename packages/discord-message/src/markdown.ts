import { SimpleMarkdown, rulesExtended } from "discord-markdown-parser";

/**
 * Discord's markdown as a small tree of plain data. The parser library knows Discord's inline grammar;
 * lists, the check of link targets and the limits on nesting are ours. Nothing here makes HTML.
 */
export type Node =
  | { kind: "text"; text: string }
  | { kind: "break" }
  | WrapperOf<WrapperKind>
  | { kind: "heading"; level: 1 | 2 | 3; children: Node[] }
  | { kind: "list"; ordered: boolean; start: number; items: Node[][] }
  | { kind: "code"; text: string }
  | { kind: "codeBlock"; text: string; language: string }
  | { kind: "link"; href: string; title?: string; children: Node[] }
  | { kind: "user" | "role" | "channel"; id: string }
  | { kind: "everyone" | "here" }
  | { kind: "emoji"; id: string; name: string; animated: boolean }
  | { kind: "unicodeEmoji"; text: string }
  | { kind: "time"; seconds: number; style: string }
  | { kind: "command"; name: string; id: string }
  | { kind: "navigation"; target: string };

type WrapperKind = "strong" | "em" | "underline" | "strike" | "spoiler" | "quote" | "subtext";
type WrapperOf<Kind> = Kind extends string ? { kind: Kind; children: Node[] } : never;

/** Deeper than this, text is shown as it was written: it can only be an attack on the renderer. */
const maxDepth = 16;

interface RawNode {
  type: string;
  content?: unknown;
  [key: string]: unknown;
}

interface Capture {
  0: string;
  index?: number;
}

const parser = SimpleMarkdown.parserFor({ ...rulesExtended, list: listRule(), guildNavigation: navigationRule() } as never) as (source: string, state: { inline: boolean }) => RawNode[];

/** Parses message text. Never throws: text the grammar chokes on comes back as plain text. */
export function parseMarkdown(source: string): Node[] {
  if (source === "") return [];
  try {
    return tidy(convertAll(parser(source, { inline: true }), 0));
  } catch {
    return plain(source);
  }
}

/** True where the text is nothing but up to 27 emoji, which Discord shows large. */
export function isJumbo(nodes: Node[]): boolean {
  let count = 0;
  for (const node of nodes) {
    if (node.kind === "emoji" || node.kind === "unicodeEmoji") count++;
    else if (node.kind !== "break" && !(node.kind === "text" && node.text.trim() === "")) return false;
  }
  return count > 0 && count <= 27;
}

/** The text without its marks, for one-line previews and labels. */
export function plainText(nodes: Node[], name: (node: Node) => string = defaultName): string {
  return nodes.map((node) => plainOf(node, name)).join("");
}

function plainOf(node: Node, name: (node: Node) => string): string {
  switch (node.kind) {
    case "text":
    case "unicodeEmoji":
    case "code":
    case "codeBlock":
      return node.text;
    case "break":
      return " ";
    case "list":
      return node.items.map((item) => plainText(item, name)).join(" ");
    case "spoiler":
      return "▒".repeat(Math.min(12, plainText(node.children, name).length));
    default:
      return "children" in node ? plainText(node.children, name) : name(node);
  }
}

function defaultName(node: Node): string {
  switch (node.kind) {
    case "everyone":
      return "@everyone";
    case "here":
      return "@here";
    case "emoji":
      return `:${node.name}:`;
    case "command":
      return `/${node.name}`;
    case "channel":
      return "#channel";
    case "user":
    case "role":
      return "@mention";
    default:
      return "";
  }
}

/** The link's address where it is one a reader may follow; otherwise undefined. */
export function safeHref(target: unknown): string | undefined {
  if (typeof target !== "string") return undefined;
  try {
    const url = new URL(target.trim());
    return url.protocol === "https:" || url.protocol === "http:" || url.protocol === "discord:" ? url.href : undefined;
  } catch {
    return undefined;
  }
}

function plain(source: string): Node[] {
  return source.split("\n").flatMap((line, index) => (index === 0 ? [text(line)] : [{ kind: "break" } as Node, text(line)]));
}

function text(value: string): Node {
  return { kind: "text", text: value };
}

function convertAll(content: unknown, depth: number): Node[] {
  if (typeof content === "string") return [text(content)];
  if (!Array.isArray(content)) return [];
  return content.flatMap((node: RawNode) => convert(node, depth));
}

const wrappers: Record<string, WrapperKind> = {
  strong: "strong",
  em: "em",
  underline: "underline",
  strikethrough: "strike",
  spoiler: "spoiler",
  blockQuote: "quote",
  subtext: "subtext",
};

function convert(raw: RawNode, depth: number): Node[] {
  if (depth > maxDepth) return [text(rawText(raw))];
  const wrapper = wrappers[raw.type];
  if (wrapper) return [{ kind: wrapper, children: tidy(convertAll(raw.content, depth + 1)) } as Node];
  return convertBlock(raw, depth) ?? convertLeaf(raw) ?? [text(rawText(raw))];
}

function convertBlock(raw: RawNode, depth: number): Node[] | undefined {
  switch (raw.type) {
    case "heading":
      return [{ kind: "heading", level: Math.min(3, Math.max(1, Number(raw.level))) as 1 | 2 | 3, children: tidy(convertAll(raw.content, depth + 1)) }];
    case "list":
      return [
        {
          kind: "list",
          ordered: raw.ordered === true,
          start: Number(raw.start ?? 1),
          items: (raw.items as RawNode[][]).map((item) => tidy(convertAll(item, depth + 1))),
        },
      ];
    case "codeBlock":
      return [{ kind: "codeBlock", text: String(raw.content ?? ""), language: String(raw.lang ?? "") }];
    case "link":
    case "url":
    case "autolink":
      return convertLink(raw, depth);
    default:
      return undefined;
  }
}

function convertLink(raw: RawNode, depth: number): Node[] {
  const children = tidy(convertAll(raw.content, depth + 1));
  const href = safeHref(raw.target);
  if (href === undefined) {
    // Discord shows a masked link it refuses as it was written.
    return raw.type === "link" ? [text("["), ...children, text(`](${String(raw.target)})`)] : children;
  }
  const title = typeof raw.title === "string" && raw.title !== "" ? raw.title : undefined;
  return [{ kind: "link", href, children, ...(title ? { title } : {}) }];
}

function convertLeaf(raw: RawNode): Node[] | undefined {
  switch (raw.type) {
    case "text":
    case "emoticon":
      return [text(String(raw.content ?? ""))];
    case "br":
    case "newline":
      return [{ kind: "break" }];
    case "inlineCode":
      return [{ kind: "code", text: String(raw.content ?? "") }];
    case "user":
    case "role":
    case "channel":
      return [{ kind: raw.type, id: String(raw.id) }];
    case "everyone":
    case "here":
      return [{ kind: raw.type }];
    case "emoji":
      return [{ kind: "emoji", id: String(raw.id), name: String(raw.name), animated: raw.animated === true }];
    case "twemoji":
      return [{ kind: "unicodeEmoji", text: String(raw.name) }];
    case "timestamp":
      return [{ kind: "time", seconds: Number(raw.timestamp), style: String(raw.format ?? "f") }];
    case "slashCommand":
      return [{ kind: "command", name: String(raw.fullName ?? raw.name), id: String(raw.id) }];
    case "guildNavigation":
      return [{ kind: "navigation", target: String(raw.navigation) }];
    default:
      return undefined;
  }
}

function rawText(raw: RawNode): string {
  const { content } = raw;
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map((child: RawNode) => rawText(child)).join("");
  return "";
}

/** Joins neighbouring text, and drops the line end after a code block, which ends its line by itself. */
function tidy(nodes: Node[]): Node[] {
  const out: Node[] = [];
  for (const node of nodes) {
    const last = out.at(-1);
    if (node.kind === "break" && last?.kind === "codeBlock") continue;
    if (node.kind === "text" && last?.kind === "text") last.text += node.text;
    else if (node.kind !== "text" || node.text !== "") out.push(node.kind === "text" ? { ...node } : node);
  }
  return out;
}

/** `<id:customize>` and its siblings, with the word "id" that Discord writes there. */
function navigationRule(): object {
  return {
    order: 21,
    match: (source: string): RegExpExecArray | null => /^<id:(customize|browse|guide|linked-roles)(?::\d{17,20})?>/.exec(source),
    parse: (capture: RegExpExecArray): RawNode => ({ type: "guildNavigation", navigation: capture[1] }),
  };
}

const bullet = /^( *)(?:([-*])|(\d{1,9})\.) +(?=\S)/;
const listBlock = /^(?: *(?:[-*]|\d{1,9}\.) +\S[^\n]*(?:\n|$)(?: {2,}(?![-*] |\d+\. )\S[^\n]*(?:\n|$))*)+/;

/** The rule for lists, which the library leaves out: `- a`, `* a`, `1. a`, nested by indentation. */
function listRule(): object {
  return {
    order: 5,
    match(source: string, state: { prevCapture: Capture | null; inList?: number }): Capture | null {
      const before = state.prevCapture;
      if (before !== null && !before[0].endsWith("\n")) return null;
      if ((state.inList ?? 0) > 10) return null;
      return listBlock.exec(source);
    },
    parse(capture: Capture, parse: (source: string, state: object) => RawNode[], state: { inList?: number }): RawNode[] {
      const lines = capture[0].replace(/\n$/, "").split("\n");
      return parseLists(lines, (source) => parse(source, { ...state, prevCapture: null, inList: (state.inList ?? 0) + 1 }));
    },
  };
}

interface DraftList {
  ordered: boolean;
  start: number;
  items: string[][];
}

/** The lists in a block of lines: a new one begins where dashes give way to numbers or the other way. */
function parseLists(lines: string[], inline: (source: string) => RawNode[]): RawNode[] {
  const indent = bullet.exec(lines[0] ?? "")?.[1]?.length ?? 0;
  const lists: DraftList[] = [];
  for (const line of lines) {
    const mark = bullet.exec(line);
    const last = lists.at(-1);
    if (!mark || (mark[1]?.length ?? 0) > indent + 1) {
      last?.items.at(-1)?.push(line.slice(Math.min(indent + 2, line.search(/\S|$/))));
      continue;
    }
    const ordered = mark[3] !== undefined;
    const item = [line.slice(mark[0].length)];
    if (last?.ordered === ordered) last.items.push(item);
    else lists.push({ ordered, start: Number(mark[3] ?? 1), items: [item] });
  }
  return lists.map((list) => ({ type: "list", ...list, items: list.items.map((item) => inline(item.join("\n"))) }));
}
