import type { Snowflake } from "discord-message";
import { isUnread, type Marks } from "./marks.ts";
import { stationsOf } from "./order.ts";
import { type Channel, ChannelType, type Guild } from "./types.ts";

/** What the keys do wherever one is in the window. */
export type KeyAct = "escape" | "write" | "command" | "keys" | "switcher" | Step;

/** A step through the channels; "new" steps over those that are read. */
export type Step = "up" | "down" | "up new" | "down new";

export function keyAct(event: KeyboardEvent): KeyAct | undefined {
  if (event.defaultPrevented || event.isComposing) return undefined;
  const command = event.ctrlKey || event.metaKey;
  if (command && !event.altKey && !event.shiftKey) return event.key.toLowerCase() === "k" ? "switcher" : event.key === "/" ? "keys" : undefined;
  if (command) return undefined;
  if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) return `${event.key === "ArrowUp" ? "up" : "down"}${event.shiftKey ? " new" : ""}`;
  if (event.altKey) return undefined;
  if (event.key === "Escape") return "escape";
  return event.key === "/" && !isWriting(event.target) ? "command" : undefined;
}

function isWriting(target: EventTarget | null): boolean {
  const { tagName = "", isContentEditable = false } = (target ?? {}) as Partial<HTMLElement>;
  return isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(tagName);
}

/** The channel a step leads to; in a circle, as Discord's does. Where there is none to go to, nothing. */
export function nextStation(guild: Guild | undefined, directs: Channel[], marks: Marks, open: Snowflake | undefined, step: Step): Channel | undefined {
  const all = (guild ? stationsOf(guild) : directs).filter((channel) => channel.type !== ChannelType.Voice && channel.type !== ChannelType.Stage);
  const at = all.findIndex((channel) => channel.id === open);
  const down = step.startsWith("down");
  const from = at < 0 ? (down ? -1 : 0) : at;
  for (let count = 1; count <= all.length; count++) {
    const found = all[(from + (down ? count : -count) + all.length * 2) % all.length];
    if (found && found.id !== open && (!step.endsWith("new") || isUnread(marks, found))) return found;
  }
  return undefined;
}
