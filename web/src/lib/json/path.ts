// Paths into a JSON answer, as integrations write them (rules I-16 and I-18).

export type Segment = string | number;

// pathOf writes the path of a value. Where a plain path cannot say it (an empty key, a first key that begins with $), it is an RFC 9535
// JSONPath.
export function pathOf(segments: Segment[]): string {
  const first = segments[0];
  const plain = segments.every((segment) => segment !== "") && !(typeof first === "string" && first.startsWith("$"));
  if (plain) return segments.map((segment) => (typeof segment === "number" ? String(segment) : segment.replace(/[\\.]/g, "\\$&"))).join(".");
  return "$" + segments.map((segment) => (typeof segment === "number" ? `[${segment}]` : `['${quoted(segment)}']`)).join("");
}

const quoted = (key: string) =>
  key.replace(/[\\']/g, "\\$&").replaceAll("%", "\\u0025").replace(/[\u0000-\u001f]/g, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`);

// split reads a plain path; undefined for a JSONPath and for one that is not finished.
export function split(path: string): string[] | undefined {
  if (path === "" || path.startsWith("$")) return undefined;
  const keys = [""];
  for (let at = 0; at < path.length; at++) {
    const one = path[at]!;
    if (one === ".") keys.push("");
    else if (one === "\\") {
      const next = path[++at];
      if (next !== "." && next !== "\\") return undefined;
      keys[keys.length - 1] += next;
    } else keys[keys.length - 1] += one;
  }
  return keys.includes("") ? undefined : keys;
}

type Leaf = string | number | boolean;
type Tree = Map<string, Tree | Leaf>;

// example is a JSON object in which every path leads to a value: what an answer would have to look like. Paths that cannot be shown
// (a JSONPath, an unfinished one, one that goes on below a value) are named in left.
export function example(placeholders: { name: string; path: string; sample?: string }[]): { json: string; left: string[] } {
  const root: Tree = new Map();
  const left: string[] = [];
  for (const { name, path, sample } of placeholders) {
    const keys = split(path);
    if (keys === undefined || !put(root, keys, leaf(sample || name || "…"))) left.push(path);
  }
  return { json: JSON.stringify(plain(root), null, 2), left: left.filter((path) => path !== "") };
}

// leaf is a sample as JSON would have it: what is written like a number or a truth value is one.
function leaf(sample: string): Leaf {
  if (sample === "true" || sample === "false") return sample === "true";
  return sample !== "" && Number.isFinite(Number(sample)) && String(Number(sample)) === sample ? Number(sample) : sample;
}

function put(root: Tree, keys: string[], value: Leaf): boolean {
  let tree = root;
  for (const key of keys.slice(0, -1)) {
    const below = tree.get(key) ?? new Map<string, Tree | Leaf>();
    if (!(below instanceof Map)) return false;
    tree.set(key, below);
    tree = below;
  }
  const last = keys[keys.length - 1]!;
  if (tree.get(last) instanceof Map) return false;
  tree.set(last, value);
  return true;
}

// plain makes lists of trees whose keys count from 0 without a gap.
function plain(tree: Tree | Leaf): unknown {
  if (!(tree instanceof Map)) return tree;
  const keys = [...tree.keys()];
  if (keys.length > 0 && keys.every((_, index) => tree.has(String(index)))) return keys.map((_, index) => plain(tree.get(String(index))!));
  return Object.fromEntries(keys.map((key) => [key, plain(tree.get(key)!)]));
}

// Node is a value of a JSON text with the text of its number as it was sent, digit for digit.
export type Node =
  | { kind: "object"; entries: [string, Node][] }
  | { kind: "array"; items: Node[] }
  | { kind: "string" | "number" | "boolean" | "null"; text: string };

// read turns a JSON text into nodes; undefined where it is none.
export function read(json: string): Node | undefined {
  try {
    return node(JSON.parse(json, (_, value, context?: { source?: string }) => (typeof value === "number" ? new Digits(context?.source ?? String(value)) : value)));
  } catch {
    return undefined;
  }
}

class Digits {
  constructor(readonly text: string) {}
}

function node(value: unknown): Node {
  if (value instanceof Digits) return { kind: "number", text: value.text };
  if (value === null) return { kind: "null", text: "null" };
  if (Array.isArray(value)) return { kind: "array", items: value.map(node) };
  if (typeof value === "object") return { kind: "object", entries: Object.entries(value).map(([key, below]) => [key, node(below)]) };
  return { kind: typeof value === "string" ? "string" : "boolean", text: String(value) };
}

// sampleIn is what a placeholder of a value would show: a text as it is, a list of texts joined; nothing for what has no text.
export function sampleIn(value: Node): string {
  if (value.kind === "array") return value.items.map(sampleIn).filter(Boolean).join(", ");
  return value.kind === "object" || value.kind === "null" ? "" : value.text;
}

// member is the value of a key of an object.
export function member(object: Node | undefined, key: string): Node | undefined {
  return object?.kind === "object" ? object.entries.find(([name]) => name === key)?.[1] : undefined;
}
