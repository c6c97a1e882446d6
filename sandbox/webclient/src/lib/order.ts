import { compareIds, type Member, userName } from "discord-message";
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
  const inside = new Map<string, Channel[]>(categories.map((category) => [category.id, []]));
  for (const channel of rest) inside.get(channel.parent_id ?? "")?.push(channel);
  const sections = categories.map((category) => ({ category, channels: (inside.get(category.id) ?? []).sort(byPlace) }));
  return [{ channels: loose }, ...sections].filter((section) => section.channels.length > 0);
}

/** Threads of a channel that are not put away, the newest first. */
export function threadsOf(guild: Guild, channel: Channel): Channel[] {
  return guild.threads.filter((thread) => thread.parent_id === channel.id && !thread.thread_metadata?.archived).sort((a, b) => compareIds(b.id, a.id));
}

/** Where one can go in a guild from top to bottom: what the arrow keys step through. */
export function stationsOf(guild: Guild): Channel[] {
  return sectionsOf(guild).flatMap((section) => section.channels.flatMap((channel) => [channel, ...threadsOf(guild, channel)]));
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

const byName = new Intl.Collator(undefined, { numeric: true }).compare;

/** Members under their highest hoisted role, by name; the rest under none. A text keeps those whose names hold it. */
export function memberGroups(guild: Guild, text = ""): MemberGroup[] {
  const groups = new Map<string, MemberGroup>();
  const hoisted = guild.roles.filter((role) => role.hoist).sort((a, b) => (b.position ?? 0) - (a.position ?? 0));
  for (const role of hoisted) groups.set(role.id, { role, members: [] });
  groups.set("", { members: [] });
  const order = hoisted.map((role) => role.id);
  const wanted = text.trim().toLowerCase();
  const name = (member: Member): string => member.nick || (member.user ? userName(member.user) : "");
  for (const member of guild.members.values()) {
    if (wanted && !`${name(member)} ${member.user?.username ?? ""}`.toLowerCase().includes(wanted)) continue;
    groups.get(order.find((id) => member.roles?.includes(id)) ?? "")?.members.push(member);
  }
  return [...groups.values()].filter((group) => group.members.length > 0).map((group) => ({ ...group, members: group.members.sort((a, b) => byName(name(a), name(b))) }));
}

/** The channel a guild opens with: the first one that can be written in. */
export function firstChannel(guild: Guild): Channel | undefined {
  return sectionsOf(guild).flatMap((section) => section.channels).find((channel) => channel.type !== ChannelType.Voice && channel.type !== ChannelType.Stage);
}
