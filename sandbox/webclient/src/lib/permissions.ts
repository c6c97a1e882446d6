import { type Channel, ChannelType, type Guild } from "./types.ts";

/**
 * Bits of Discord's permissions that this client asks about.
 *
 * @see https://discord.com/developers/docs/topics/permissions
 */
export const Permission = {
  ManageChannels: 1n << 4n,
  AddReactions: 1n << 6n,
  Administrator: 1n << 3n,
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  ManageMessages: 1n << 13n,
  AttachFiles: 1n << 15n,
  UseCommands: 1n << 31n,
  ManageThreads: 1n << 34n,
  CreatePublicThreads: 1n << 35n,
  CreatePrivateThreads: 1n << 36n,
  SendInThreads: 1n << 38n,
  PinMessages: 1n << 51n,
} as const;

/** True where the decimal bit set holds all of the bits; an administrator holds all. */
export function holds(permissions: string | undefined, bits: bigint): boolean {
  // The sandbox leaves the key out where nothing restricts, as in a direct message.
  if (permissions === undefined) return true;
  if (!/^\d+$/.test(permissions)) return false;
  const set = BigInt(permissions);
  return (set & Permission.Administrator) !== 0n || (set & bits) === bits;
}

/** A thread or a direct message has other rules than the channel it hangs on. */
export function isThread(channel: Channel): boolean {
  return channel.type >= 10 && channel.type <= 12;
}

export function isDirect(channel: Channel): boolean {
  return channel.type === ChannelType.DM || channel.type === ChannelType.GroupDM;
}

/** The permissions that hold in a channel; a thread takes its parent's. */
export function permissionsIn(channel: Channel, guild: Guild | undefined): string | undefined {
  if (channel.permissions !== undefined || !isThread(channel)) return channel.permissions;
  return guild?.channels.find((parent) => parent.id === channel.parent_id)?.permissions;
}

/** Kinds of threads that this user may start in a channel. */
export function mayStartThread(channel: Channel, guild: Guild | undefined): { open: boolean; closed: boolean } {
  const kind = channel.type === ChannelType.Text || channel.type === ChannelType.Announcement;
  const permissions = permissionsIn(channel, guild);
  return { open: kind && holds(permissions, Permission.CreatePublicThreads), closed: channel.type === ChannelType.Text && holds(permissions, Permission.CreatePrivateThreads) };
}

export function isForum(channel: Channel): boolean {
  return channel.type === ChannelType.Forum || channel.type === ChannelType.Media;
}

/** Why this user cannot write here, as a sentence; undefined where they can. */
export function whyNotWrite(channel: Channel, guild: Guild | undefined): string | undefined {
  if (isDirect(channel)) return undefined;
  const permissions = permissionsIn(channel, guild);
  if (isThread(channel) && channel.thread_metadata?.locked && !holds(permissions, Permission.ManageThreads)) return "This thread is locked.";
  const needed = isThread(channel) ? Permission.SendInThreads : Permission.SendMessages;
  return holds(permissions, needed) ? undefined : "You do not have permission to send messages in this channel.";
}
