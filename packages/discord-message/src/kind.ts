import type { Directory } from "./scene.ts";
import { type Message, type MessageSnapshot, MessageType, type Snowflake, type User } from "./types.ts";

/** What a message is, beyond its text. */

/** Types that carry a person's or an app's own text: default, reply, slash command, thread starter, context menu. */
const spoken = new Set([0, 19, 20, 21, 23]);

/** True for messages Discord wrote itself ("Ryan joined"). */
export function isSystem(message: Pick<Message, "type">): boolean {
  return !spoken.has(message.type ?? 0);
}

/**
 * Who used which command, where the message answers one. Discord names the command in the older of its two
 * fields only; without a name it is just "a command". Presses of buttons are not told.
 */
export function commandOf(message: Message): { user: User; name?: string } | undefined {
  const { interaction, interaction_metadata: metadata } = message;
  const user = metadata?.user ?? interaction?.user;
  const isCommand = message.type === 20 || message.type === 23 || (metadata ?? interaction)?.type === 2;
  return user && isCommand ? { user, name: interaction?.name ?? metadata?.name } : undefined;
}

/** True where the message pinged this person: by name, by role or by everyone. */
export function isMentioned(message: Message, viewer: Snowflake | undefined, roles: readonly Snowflake[] = []): boolean {
  if (viewer === undefined) return false;
  if (message.mention_everyone) return true;
  if (message.mentions?.some((user) => user.id === viewer)) return true;
  return message.mention_roles?.some((role) => roles.includes(role)) ?? false;
}

/** What was forwarded in a message, as it was then; nothing where it is no forward. */
export function forwardedIn(message: Message): MessageSnapshot[] {
  return (message.message_snapshots ?? []).map((entry) => entry?.message ?? {});
}

/** A piece of a system message: words, a name of a thing, or a person whom one may open. */
export type SystemPiece = { text: string } | { strong: string } | { person: User };

/** Where a system message stands, in a word: threads and groups have people who come and go, channels have not. */
function placeOf(message: Message, directory: Directory): "thread" | "group" | "channel" {
  const type = directory.channel(message.channel_id)?.type ?? 0;
  return type >= 10 && type <= 12 ? "thread" : type === 3 ? "group" : "channel";
}

/** What a system message says, in our words; the author's name stands before it. */
export function systemPieces(message: Message, directory: Directory): SystemPiece[] {
  const [target] = message.mentions ?? [];
  const place = placeOf(message, directory);
  const alone = !target || target.id === message.author?.id;
  switch (message.type) {
    case MessageType.RecipientAdd:
      return alone ? [{ text: `joined the ${place}.` }] : [{ text: "added " }, { person: target }, { text: ` to the ${place}.` }];
    case MessageType.RecipientRemove:
      return alone ? [{ text: `left the ${place}.` }] : [{ text: "removed " }, { person: target }, { text: ` from the ${place}.` }];
    case MessageType.ChannelNameChange:
      return [{ text: `changed the ${place}'s name to ` }, { strong: message.content || "something" }, { text: "." }];
    case MessageType.ThreadCreated:
      return [{ text: "started a thread: " }, { strong: message.content || "without a name" }, { text: "." }];
    default:
      return [{ text: systemSentence(message) }];
  }
}

function systemSentence(message: Message): string {
  switch (message.type) {
    case 3:
      return "started a call.";
    case 5:
      return "changed the channel's picture.";
    case MessageType.ChannelPinnedMessage:
      return "pinned a message to this channel.";
    case MessageType.UserJoin:
      return "is here now. Welcome!";
    case 8:
    case 9:
    case 10:
    case 11:
      return "boosted this server.";
    case 12:
      return `follows ${message.content ?? ""} in this channel now.`;
    case 24:
      return "set off an automatic rule.";
    case 46:
      return "closed a poll.";
    default:
      return `did something that is not shown here (message type ${message.type}).`;
  }
}
