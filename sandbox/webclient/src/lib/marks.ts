import { compareIds, type Snowflake } from "discord-message";
import type { Channel } from "./types.ts";

/** What a user has read, and where they were mentioned since. Kept by the browser, per user. */
export interface Marks {
  /** The newest message read, by channel. */
  read: Record<Snowflake, Snowflake>;
  /** Mentions since then, by channel. */
  mentions: Record<Snowflake, number>;
}

export function emptyMarks(): Marks {
  return { read: {}, mentions: {} };
}

/** On a first visit nothing is news: everything that is there counts as read. */
export function markAllRead(marks: Marks, channels: Channel[]): void {
  for (const channel of channels) markRead(marks, channel);
}

export function markRead(marks: Marks, channel: Channel): void {
  // "0" tells a channel one has seen empty from one never seen.
  marks.read[channel.id] = channel.last_message_id ?? marks.read[channel.id] ?? "0";
  delete marks.mentions[channel.id];
}

export function countMention(marks: Marks, channel: Snowflake): void {
  marks.mentions[channel] = (marks.mentions[channel] ?? 0) + 1;
}

/** True where the channel holds a message newer than what was read. */
export function isUnread(marks: Marks, channel: Channel): boolean {
  if (!channel.last_message_id) return false;
  return compareIds(channel.last_message_id, marks.read[channel.id] ?? "0") > 0;
}

export function mentionsIn(marks: Marks, channels: Channel[]): number {
  return channels.reduce((sum, channel) => sum + (marks.mentions[channel.id] ?? 0), 0);
}

/** Reads marks back from where they were kept; anything unreadable starts anew. */
export function parseMarks(text: string | null): Marks | undefined {
  try {
    const marks = JSON.parse(text ?? "") as Partial<Marks>;
    return typeof marks.read === "object" && typeof marks.mentions === "object" ? { read: marks.read ?? {}, mentions: marks.mentions ?? {} } : undefined;
  } catch {
    return undefined;
  }
}
