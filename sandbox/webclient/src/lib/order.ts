import { compareIds, type Member, userName } from "discord-message";
import { rolesOf } from "./scene.ts";
import { type Channel, ChannelType, type Guild, type Role } from "./types.ts";

/** A category with its channels; without a category the channels that stand above all. */
export interface Section {
  category?: Channel;
  channels: Channel[];
}

/** Channels as Discord orders them: by position, then by age; voice below text. Empty categories stay away. */
export function sectionsOf(guild: Guild): Section[] {
  const categories = guild.channels.filter((channel) => channel.type === ChannelType.Category).sort(byPlace);
  const known = new Set(categories.map((category) => category.id));
  const rest = guild.channels.filter((channel) => channel.type !== ChannelType.Category);
  const loose = rest.filter((channel) => !channel.parent_id || !known.has(channel.parent_id)).sort(byPlace);
  const sections = categories.map((category) => ({ category, channels: rest.filter((channel) => channel.parent_id === category.id).sort(byPlace) }));
  return [{ channels: loose }, ...sections].filter((section) => section.channels.length > 0);
}

/** Live threads of a channel, the newest first. */
export function threadsOf(guild: Guild, channel: Channel): Channel[] {
  return guild.threads.filter((thread) => thread.parent_id === channel.id && !thread.thread_metadata?.archived).sort((a, b) => compareIds(b.id, a.id));
}

function byPlace(a: Channel, b: Channel): number {
  const voice = (channel: Channel): number => (channel.type === ChannelType.Voice || channel.type === ChannelType.Stage ? 1 : 0);
  return voice(a) - voice(b) || (a.position ?? 0) - (b.position ?? 0) || compareIds(a.id, b.id);
}

/** Members under one heading. */
export interface MemberGroup {
  role?: Role;
  members: Member[];
}

/** Members under their highest hoisted role, by name; the rest under none. */
export function memberGroups(guild: Guild): MemberGroup[] {
  const groups = new Map<string, MemberGroup>();
  const hoisted = guild.roles.filter((role) => role.hoist).sort((a, b) => (b.position ?? 0) - (a.position ?? 0));
  for (const role of hoisted) groups.set(role.id, { role, members: [] });
  groups.set("", { members: [] });
  for (const member of guild.members) {
    const role = rolesOf(guild, member).find((entry) => entry.hoist);
    groups.get(role?.id ?? "")?.members.push(member);
  }
  const name = (member: Member): string => member.nick || (member.user ? userName(member.user) : "");
  return [...groups.values()].filter((group) => group.members.length > 0).map((group) => ({ ...group, members: group.members.sort((a, b) => name(a).localeCompare(name(b))) }));
}

/** The channel a guild opens with: the first one that can be written in. */
export function firstChannel(guild: Guild): Channel | undefined {
  return sectionsOf(guild).flatMap((section) => section.channels).find((channel) => channel.type !== ChannelType.Voice && channel.type !== ChannelType.Stage);
}
