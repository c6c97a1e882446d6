import { compareIds, type Emoji, emojiKey, type Message, type Snowflake } from "discord-message";

/** The messages of one channel that are known so far, oldest first. */
export interface Timeline {
  messages: Message[];
  /** True once the channel's first message is here. */
  complete: boolean;
  loaded: boolean;
  loading: boolean;
  error?: string;
}

export function emptyTimeline(): Timeline {
  return { messages: [], complete: false, loaded: false, loading: false };
}

/** Puts a message in its place; one that is already here is replaced. */
export function putMessage(timeline: Timeline, message: Message): void {
  const { messages } = timeline;
  let at = messages.length;
  while (at > 0 && compareIds(messages[at - 1]!.id, message.id) > 0) at--;
  if (at > 0 && messages[at - 1]!.id === message.id) messages[at - 1] = { ...messages[at - 1], ...message };
  else messages.splice(at, 0, message);
}

/** Changes a known message; one that is not here stays away. */
export function changeMessage(timeline: Timeline, message: Partial<Message> & { id: Snowflake }): void {
  const at = timeline.messages.findIndex((known) => known.id === message.id);
  if (at >= 0) timeline.messages[at] = { ...timeline.messages[at]!, ...message };
}

export function dropMessage(timeline: Timeline, id: Snowflake): void {
  const at = timeline.messages.findIndex((known) => known.id === id);
  if (at >= 0) timeline.messages.splice(at, 1);
}

/** Adds a page of older messages, newest first as the server sends it; a short page is the last one. */
export function putPage(timeline: Timeline, page: Message[], limit: number): void {
  const known = new Set(timeline.messages.map((message) => message.id));
  const fresh = page.filter((message) => !known.has(message.id));
  timeline.messages = [...fresh, ...timeline.messages].sort((a, b) => compareIds(a.id, b.id));
  timeline.loaded = true;
  timeline.complete ||= page.length < limit;
}

/** Somebody reacted, or took it back. `mine` tells whether it was the person looking. */
export function react(timeline: Timeline, messageId: Snowflake, emoji: Emoji, mine: boolean, add: boolean): void {
  const message = timeline.messages.find((known) => known.id === messageId);
  if (!message) return;
  const reactions = [...(message.reactions ?? [])];
  const at = reactions.findIndex((reaction) => emojiKey(reaction.emoji) === emojiKey(emoji));
  const old = reactions[at];
  // One's own reaction may be told twice: by the answer and by the stream.
  if (mine && (old?.me ?? false) === add) return;
  const count = (old?.count ?? 0) + (add ? 1 : -1);
  const changed = { emoji: old?.emoji ?? emoji, count, me: mine ? add : (old?.me ?? false) };
  if (count <= 0) reactions.splice(at, at < 0 ? 0 : 1);
  else if (at < 0) reactions.push(changed);
  else reactions[at] = changed;
  message.reactions = reactions;
}
