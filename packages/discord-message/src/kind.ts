import type { Message, Snowflake, User } from "./types.ts";

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

/** What a system message says, in our words; the author's name stands before it. */
export function systemSentence(message: Message): string {
  const thing = message.content ?? "";
  switch (message.type) {
    case 1:
      return "added somebody to the group.";
    case 2:
      return "removed somebody from the group.";
    case 3:
      return "started a call.";
    case 4:
      return `changed the channel's name to ${thing}.`;
    case 5:
      return "changed the channel's picture.";
    case 6:
      return "pinned a message to this channel.";
    case 7:
      return "is here now. Welcome!";
    case 8:
    case 9:
    case 10:
    case 11:
      return "boosted this server.";
    case 12:
      return `follows ${thing} in this channel now.`;
    case 18:
      return `started a thread: ${thing}`;
    case 24:
      return "set off an automatic rule.";
    case 46:
      return "closed a poll.";
    default:
      return `did something that is not shown here (message type ${message.type}).`;
  }
}
