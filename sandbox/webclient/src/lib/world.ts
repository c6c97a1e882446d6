import { type Emoji, type Message, type Snowflake, type User } from "discord-message";
import { SvelteMap } from "svelte/reactivity";
import { changeMessage, dropMessage, emptyTimeline, putMessage, react, type Timeline } from "./timeline.ts";
import { type Channel, ChannelType, type Command, type Guild, type GuildView, type Member, type Role, type StreamEvent, type View } from "./types.ts";

/**
 * All that one user sees, and how each event of the stream changes it. Plain data, no drawing, no calls. People are kept
 * in maps whose entries are replaced and never changed: ten thousand of them cost nothing until one is looked at.
 */
export interface World {
  me: User;
  guilds: Guild[];
  directs: Channel[];
  users: Map<Snowflake, User>;
  timelines: Record<Snowflake, Timeline>;
  /** Until when (ms) somebody is shown as typing, by channel and user. */
  typing: Record<Snowflake, Record<Snowflake, number>>;
}

/** How long "is typing" stays without another sign; Discord repeats it after at most 10 s. */
const typingFor = 10_000;

export function worldOf(view: View, timelines: Record<Snowflake, Timeline> = {}): World {
  const users = new Map([view.user, ...(view.users ?? [])].map((user) => [user.id, user]));
  for (const guild of view.guilds ?? []) for (const { user } of guild.members ?? []) if (user) users.set(user.id, user);
  const world: World = { me: view.user, guilds: [], directs: [...(view.direct_messages ?? [])], users: new SvelteMap(users), timelines, typing: {} };
  for (const guild of view.guilds ?? []) world.guilds.push(guildOfView(guild));
  for (const channel of world.directs) for (const user of channel.recipients ?? []) learn(world, user);
  return world;
}

export function findGuild(world: World, id: Snowflake | undefined): Guild | undefined {
  return world.guilds.find((guild) => guild.id === id);
}

/** A channel, thread or direct message that this user sees. */
export function findChannel(world: World, id: Snowflake | undefined): Channel | undefined {
  if (id === undefined) return undefined;
  for (const guild of world.guilds) {
    const found = guild.channels.find((channel) => channel.id === id) ?? guild.threads.find((thread) => thread.id === id);
    if (found) return found;
  }
  return world.directs.find((channel) => channel.id === id);
}

/** The guild that holds the channel or thread. */
export function guildOf(world: World, channel: Channel): Guild | undefined {
  if (channel.guild_id) return findGuild(world, channel.guild_id);
  return world.guilds.find((guild) => guild.channels.some((known) => known.id === channel.id) || guild.threads.some((known) => known.id === channel.id));
}

export function timelineOf(world: World, channel: Snowflake): Timeline {
  world.timelines[channel] ??= emptyTimeline();
  return world.timelines[channel];
}

type Apply = (world: World, data: never, now: number) => void;

const reducers: Record<string, Apply> = {
  message_create: (world, message: Message) => {
    learn(world, message.author);
    putMessage(timelineOf(world, message.channel_id), message);
    delete world.typing[message.channel_id]?.[message.author.id];
    const channel = findChannel(world, message.channel_id);
    if (channel && !((message.flags ?? 0) & 64)) channel.last_message_id = message.id;
  },
  message_update: (world, message: Message) => changeMessage(timelineOf(world, message.channel_id), message),
  message_delete: (world, gone: { id: Snowflake; channel_id: Snowflake }) => dropMessage(timelineOf(world, gone.channel_id), gone.id),
  reaction_add: (world, event: ReactionEvent) => react(timelineOf(world, event.channel_id), event.message_id, event.emoji, event.user_id === world.me.id, true),
  reaction_remove: (world, event: ReactionEvent) => react(timelineOf(world, event.channel_id), event.message_id, event.emoji, event.user_id === world.me.id, false),
  channel_create: putChannel,
  channel_update: putChannel,
  channel_delete: dropChannel,
  thread_create: putThread,
  thread_update: putThread,
  thread_delete: dropChannel,
  typing: (world, event: { channel_id: Snowflake; user_id: Snowflake }, now) => {
    if (event.user_id !== world.me.id) (world.typing[event.channel_id] ??= {})[event.user_id] = now + typingFor;
  },
  member_join: putMember,
  member_update: putMember,
  member_leave: (world, event: MemberEvent) => {
    const guild = findGuild(world, event.guild_id);
    if (!guild || !event.member.user) return;
    guild.members.delete(event.member.user.id);
    guild.rights++;
  },
  role_update: (world, event: { guild_id: Snowflake; role?: Role }) => {
    const guild = findGuild(world, event.guild_id);
    if (!guild || !event.role) return;
    put(guild.roles, event.role);
    guild.rights++;
  },
  guild_update: putGuild,
  guild_delete: (world, gone: { id: Snowflake }) => {
    world.guilds = world.guilds.filter((guild) => guild.id !== gone.id);
  },
  commands_update: (world, event: { guild_id: Snowflake; commands: Command[] }) => {
    const guild = findGuild(world, event.guild_id);
    if (guild) guild.commands = event.commands ?? [];
  },
};

interface ReactionEvent {
  channel_id: Snowflake;
  message_id: Snowflake;
  user_id: Snowflake;
  emoji: Emoji;
}

interface MemberEvent {
  guild_id: Snowflake;
  member: Member;
}

/** Changes the world by one event. Events of unknown names and without data change nothing. */
export function applyEvent(world: World, event: StreamEvent, now: number): void {
  if (event.data === undefined || event.data === null) return;
  reducers[event.name]?.(world, event.data as never, now);
}

/** Who types in a channel at this moment, oneself excepted. */
export function typists(world: World, channel: Snowflake, now: number): Snowflake[] {
  return Object.entries(world.typing[channel] ?? {})
    .filter(([, until]) => until > now)
    .map(([user]) => user);
}

function learn(world: World, user: User | undefined): void {
  // Told again with every message: what is known already must not wake whoever shows it.
  const known = user && world.users.get(user.id);
  if (user && (known?.username !== user.username || known.global_name !== user.global_name || known.avatar !== user.avatar)) world.users.set(user.id, user);
}

function put<T extends { id: Snowflake }>(list: T[], entry: T): void {
  const at = list.findIndex((known) => known.id === entry.id);
  if (at < 0) list.push(entry);
  else list[at] = { ...list[at]!, ...entry };
}

function putGuild(world: World, { members, ...guild }: GuildView): void {
  for (const member of members ?? []) learn(world, member.user);
  const at = world.guilds.findIndex((known) => known.id === guild.id);
  const known = world.guilds[at];
  if (known) world.guilds[at] = { ...known, ...guild, members: members ? rosterOf(members) : known.members, rights: known.rights + 1 };
  else world.guilds.push(guildOfView({ ...guild, members: members ?? [] }));
}

function guildOfView(guild: GuildView): Guild {
  return { ...guild, channels: guild.channels ?? [], threads: guild.threads ?? [], members: rosterOf(guild.members ?? []), roles: guild.roles ?? [], commands: guild.commands ?? [], rights: 0 };
}

function rosterOf(members: Member[]): Map<Snowflake, Member> {
  return new SvelteMap(new Map(members.flatMap((member) => (member.user ? [[member.user.id, member] as const] : []))));
}

function putChannel(world: World, channel: Channel): void {
  const isDirect = channel.type === ChannelType.DM || channel.type === ChannelType.GroupDM;
  const list = isDirect ? world.directs : guildOf(world, channel)?.channels;
  if (list) put(list, channel);
  for (const user of channel.recipients ?? []) learn(world, user);
}

function putThread(world: World, thread: Channel): void {
  const guild = guildOf(world, thread) ?? world.guilds.find((known) => known.channels.some((channel) => channel.id === thread.parent_id));
  if (guild) put(guild.threads, thread);
}

function dropChannel(world: World, gone: { id: Snowflake }): void {
  for (const guild of world.guilds) {
    guild.channels = guild.channels.filter((channel) => channel.id !== gone.id);
    guild.threads = guild.threads.filter((thread) => thread.id !== gone.id && thread.parent_id !== gone.id);
  }
  world.directs = world.directs.filter((channel) => channel.id !== gone.id);
  delete world.timelines[gone.id];
}

function putMember(world: World, event: MemberEvent): void {
  learn(world, event.member.user);
  const guild = findGuild(world, event.guild_id);
  const id = event.member.user?.id;
  if (!guild || id === undefined) return;
  guild.members.set(id, { ...guild.members.get(id), ...event.member });
  guild.rights++;
}
