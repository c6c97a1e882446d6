import { cssColor, type Directory, type Emoji, type Member, type PersonEntry, type RoleEntry, type Snowflake, userName } from "discord-message";
import { type Channel, ChannelType, type Guild, type Role, type User } from "./types.ts";
import { findChannel, type World } from "./world.ts";

/** Names, colours and pictures as one user sees them, in one guild. */

/** Roles from the highest to the lowest. */
export function rolesOf(guild: Guild | undefined, member: Member | undefined): Role[] {
  if (!guild || !member) return [];
  if (!member.roles?.length) return [];
  return guild.roles.filter((role) => member.roles?.includes(role.id)).sort((a, b) => (b.position ?? 0) - (a.position ?? 0));
}

/** The colour of a member's name: that of their highest coloured role. */
export function colorOf(guild: Guild | undefined, member: Member | undefined): string | undefined {
  return cssColor(rolesOf(guild, member).find((role) => role.color)?.color);
}

export function avatarUrl(user: User): string | undefined {
  return user.avatar ? `/avatars/${user.id}/${user.avatar}.png?size=80` : undefined;
}

export function iconUrl(guild: Pick<Guild, "id" | "icon">): string | undefined {
  return guild.icon ? `/icons/${guild.id}/${guild.icon}.png?size=96` : undefined;
}

export function emojiUrl(emoji: Emoji): string | undefined {
  return emoji.id ? `/emojis/${emoji.id}.${emoji.animated ? "gif" : "png"}` : undefined;
}

export function personIn(world: World, guild: Guild | undefined, id: Snowflake): PersonEntry | undefined {
  const member = guild?.members.get(id);
  const user = member?.user ?? world.users.get(id);
  if (!user) return undefined;
  return { id, name: member?.nick || userName(user), username: user.username, avatarUrl: avatarUrl(user), color: colorOf(guild, member), bot: user.bot };
}

/** The name of a channel, or of the people in a direct message. */
export function channelName(channel: Channel, me: Snowflake): string {
  if (channel.name) return channel.name;
  const others = (channel.recipients ?? []).filter((user) => user.id !== me).map(userName);
  return others.join(", ") || "Direct message";
}

/** The first `most` people of the guild whose names hold the text: those whose name begins with it stand first. */
function peopleIn(world: World, guild: Guild | undefined, text = "", most = Infinity): PersonEntry[] {
  const wanted = text.trim().toLowerCase();
  const begins: Snowflake[] = [];
  const holds: Snowflake[] = [];
  for (const [id, member] of guild?.members ?? []) {
    if (begins.length >= most) break;
    const names = [member.nick, member.user && userName(member.user), member.user?.username].map((name) => name?.toLowerCase() ?? "");
    if (names.some((name) => name.startsWith(wanted))) begins.push(id);
    else if (holds.length < most && names.some((name) => name.includes(wanted))) holds.push(id);
  }
  return [...begins, ...holds].slice(0, most).flatMap((id) => personIn(world, guild, id) ?? []);
}

/** Names for whatever stands in messages of this guild, or of direct messages where there is none. */
export function directoryOf(world: World, guild: Guild | undefined): Directory {
  const role = (entry: Role): RoleEntry => ({ id: entry.id, name: entry.name.replace(/^@/, ""), color: cssColor(entry.color) });
  const all = (): Channel[] => [...(guild ? [guild] : world.guilds).flatMap((entry) => [...entry.channels, ...entry.threads]), ...(guild ? [] : world.directs)];
  return {
    person: (id) => personIn(world, guild, id),
    role: (id) => {
      const found = guild?.roles.find((entry) => entry.id === id);
      return found && role(found);
    },
    channel: (id) => {
      const found = findChannel(world, id);
      return found && { id, name: channelName(found, world.me.id), type: found.type, private: found.private };
    },
    people: (query, most) => peopleIn(world, guild, query, most),
    roles: () => (guild?.roles ?? []).filter((entry) => entry.id !== guild?.id).map(role),
    channels: () => all().filter((channel) => channel.type !== ChannelType.DM).map((channel) => ({ id: channel.id, name: channelName(channel, world.me.id), type: channel.type })),
  };
}

/**
 * The address a picture is loaded from. Pictures of this machine load by themselves; those of the wide
 * network only once the person allowed it, for a sandbox should not call out unasked.
 */
export function pictureUrl(url: string, allowed: boolean): string | undefined {
  if (/^(data:image\/|blob:|\/)/i.test(url) || allowed) return url;
  const host = hostName(url);
  return host === location.hostname || host === "localhost" || host === "[::1]" || /^127\./.test(host) ? url : undefined;
}

function hostName(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return "";
  }
}
