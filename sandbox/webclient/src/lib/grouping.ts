import { commandOf, compareIds, isSystem, type Message, MessageType, type Place, sameDay, type Snowflake } from "discord-message";

/** A message with what stands around it in a conversation. */
export interface Row {
  message: Message;
  /** Belongs to the message above: same author, a few minutes later. */
  grouped: boolean;
  /** The first message of a day. */
  newDay: boolean;
  /** The first message that was not read when the channel was opened. */
  firstUnread: boolean;
}

const groupFor = 7 * 60_000;

/** Lays out messages, oldest first. `readUpTo` is the newest message read before. */
export function layOut(messages: Message[], readUpTo: Snowflake | undefined, me: Snowflake, place: Place = {}): Row[] {
  let marked = readUpTo === undefined;
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const newDay = !before || !sameDay(before.timestamp, message.timestamp, place);
    const firstUnread = !marked && compareIds(message.id, readUpTo ?? "0") > 0 && message.author?.id !== me;
    marked ||= firstUnread;
    return { message, newDay, firstUnread, grouped: !newDay && !firstUnread && before !== undefined && follows(before, message) };
  });
}

function follows(before: Message, message: Message): boolean {
  if (isSystem(before) || isSystem(message) || before.type === MessageType.ThreadStarterMessage) return false;
  // A reply and the answer to a command carry a line of their own above the name.
  if ((message.type ?? 0) !== 0 || commandOf(message)) return false;
  if (before.author?.id !== message.author?.id || before.author?.username !== message.author?.username) return false;
  if (((before.flags ?? 0) & 64) !== ((message.flags ?? 0) & 64)) return false;
  return Date.parse(message.timestamp) - Date.parse(before.timestamp) < groupFor;
}
