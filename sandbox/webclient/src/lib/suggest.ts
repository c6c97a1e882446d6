import type { Directory, PickerOption } from "discord-message";
import { type Entry, matching } from "./commands.ts";
import { askingAt, type Asking } from "./compose.ts";

/** What the composer offers for the text before the caret. */
export type Suggestions =
  | { kind: "command"; entries: Entry[]; lines: PickerOption[] }
  | { kind: "mention"; asking: Asking; lines: PickerOption[] };

/** As many as fit above the composer without covering the conversation. */
const most = 8;

/** Commands where the text begins with a slash; people, roles and channels after "@" and "#". */
export function suggest(text: string, caret: number, directory: Directory, entries: Entry[]): Suggestions | undefined {
  if (/^\/[^\n]*$/.test(text)) {
    const found = matching(entries, text.slice(1)).slice(0, most);
    return found.length ? { kind: "command", entries: found, lines: found.map((entry) => ({ value: entry.name, label: `/${entry.name}`, description: entry.description })) } : undefined;
  }
  const asking = askingAt(text, caret);
  if (!asking) return undefined;
  const lines = (asking.sign === "@" ? named(directory, asking.query) : channels(directory)).filter((line) => holds(line, asking.query)).slice(0, most);
  return lines.length ? { kind: "mention", asking, lines } : undefined;
}

/** The people a text may mean: more are asked for than shown, for a name may hold the text in the middle of a word. */
function named(directory: Directory, query: string): PickerOption[] {
  const people = directory.people(query, 5 * most).map((person) => ({ value: `<@${person.id}>`, label: person.name, description: person.username, person }));
  const roles = directory.roles().map((role) => ({ value: `<@&${role.id}>`, label: role.name, color: role.color, sign: "@" }));
  const all = ["everyone", "here"].map((word) => ({ value: `@${word}`, label: word, sign: "@", description: word === "here" ? "Everyone who is online" : "Everyone who can see this channel" }));
  return [...people, ...roles, ...all];
}

function channels(directory: Directory): PickerOption[] {
  return directory.channels().filter((channel) => channel.type !== 4).map((channel) => ({ value: `<#${channel.id}>`, label: channel.name, sign: "#" }));
}

function holds(line: PickerOption, query: string): boolean {
  const wanted = query.toLowerCase();
  const name = line.label.toLowerCase();
  // At the beginning of a word only: "ry" means Ryan, not everyone.
  return name.startsWith(wanted) || [...name.split(/[\s._-]+/), line.person?.username?.toLowerCase() ?? ""].some((word) => word.startsWith(wanted));
}
