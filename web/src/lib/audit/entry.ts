// An entry of the record of changes as people read it.
import type { Schemas } from "$lib/api/client";
import { text } from "$lib/text";

export type Entry = Schemas["Entry"];
export type Change = Schemas["Change"];

// Known tells the names of what an entry holds by its id; undefined: it is gone. A record that is about no server knows nothing.
export type Known = { role: (id: string) => string | undefined; channel: (id: string) => string | undefined; form: (id: string) => string | undefined };

const words = text.audit;

// who is the name of who did it.
export function who(entry: Entry): string {
  if (entry.actor) return entry.actor.shown || entry.actor.name;
  return entry.user ?? (entry.via === "program" ? words.program : words.operator);
}

export const how = (entry: Entry) => (entry.key ? words.viaKey(entry.key) : (words.via[entry.via] ?? entry.via));

export type Piece = { kind: "text" | "who" | "what" | "where"; text: string };

// sentence tells an entry in pieces, so that names can stand out. A kind of entry that is not known is told by its action.
export function sentence(entry: Entry, known: Known): Piece[] {
  const channel = entry.action === "panel.posted" ? (entry.detail ?? []).find((change) => change.field === "channel") : undefined;
  const unnamed = entry.via === "program" ? words.unnamed[entry.action] : undefined;
  const pattern = channel?.after ? (channel.before ? words.moved : words.posted) : (unnamed ?? words.sentences[entry.action] ?? words.unknown(entry.action));
  const filled: Record<string, string> = { who: who(entry), what: entry.name ?? "", where: channel ? place(channel.after ?? "", known) : "" };
  return pattern
    .split(/\{(who|what|where)\}/)
    .map((part, at): Piece => (at % 2 ? { kind: part as "who" | "what" | "where", text: filled[part]! } : { kind: "text", text: part }))
    .filter((piece) => piece.text !== "");
}

// field names what is different.
export function field(name: string): string {
  const [first = "", rest] = divided(name);
  const message = words.messages[first];
  if (message) return rest ? words.part(message, words.parts[rest] ?? rest) : message;
  if (rest) return words.named[first]?.(rest) ?? name;
  return words.fields[first] ?? name.replaceAll("_", " ");
}

function divided(name: string): [string, string] {
  const dot = name.indexOf(".");
  return dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1)];
}

const place = (id: string, known: Known) => {
  const name = known.channel(id);
  return name === undefined ? words.goneChannel : words.channel(name);
};

// value writes one side of a change in words; empty where there is nothing.
export function value(change: Change, side: "before" | "after", known: Known): string {
  const raw = change[side] ?? "";
  if (raw === "") return "";
  switch (change.field) {
    case "staff_roles":
      return raw.split(", ").map((id) => (id.endsWith("…") ? "…" : (known.role(id) ?? words.goneRole))).join(", ");
    case "category":
    case "overflow_category":
      return known.channel(raw) ?? words.goneChannel;
    case "channel":
      return place(raw, known);
    case "form":
      return known.form(raw) ?? words.goneForm;
    case "everyone":
      return raw === "true" ? words.yes : words.no;
    case "logo_picture":
      return words.otherPicture;
    case "post":
    case "welcome":
    case "close_message":
      return excerpt(raw);
    default:
      return raw;
  }
}

// excerpt takes the texts out of a message that an older entry holds as JSON, which may be cut off.
export function excerpt(raw: string): string {
  if (!raw.startsWith("{")) return raw;
  const texts = [...raw.matchAll(/"(?:content|title|description)":"((?:[^"\\]|\\.)*)/g)].map(([, found]) => unescaped(found ?? ""));
  return texts.join(" · ") || raw;
}

function unescaped(json: string): string {
  try {
    return JSON.parse(`"${json.replace(/\\u?[0-9a-fA-F]{0,3}$|\\$/, "")}"`) as string;
  } catch {
    return json;
  }
}
