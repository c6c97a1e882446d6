import { compareIds, type PickerOption, type Snowflake, userName } from "discord-message";
import { isUnread, type Marks } from "./marks.ts";
import { stationsOf } from "./order.ts";
import { isThread } from "./permissions.ts";
import { avatarUrl, channelName } from "./scene.ts";
import type { Channel, Guild } from "./types.ts";
import type { World } from "./world.ts";

/** A place to go to; a person stands for the direct messages with them. */
export type Place = PickerOption & { kind: "channel" | "person" };

/**
 * Where a text may lead, the likeliest first: names that begin with it before those that hold it, this server before
 * others. Without a text: where something is new, then what was written in last.
 */
export function placesFor(world: World, here: Guild | undefined, marks: Marks, text: string, most: number): Place[] {
  const wanted = text.trim().replace(/^[#@]/, "").toLowerCase();
  const guilds = here ? [here, ...world.guilds.filter((guild) => guild.id !== here.id)] : world.guilds;
  const channels = [...guilds.flatMap((guild) => stationsOf(guild).map((channel) => ({ channel, guild }))), ...world.directs.map((channel) => ({ channel, guild: undefined }))];
  const line = ({ channel, guild }: (typeof channels)[number]): Place => ({ kind: "channel", value: channel.id, label: channelName(channel, world.me.id), description: guild?.name ?? "Direct message", sign: signOf(channel) });
  if (wanted === "") {
    const rank = (channel: Channel): number => (marks.mentions[channel.id] ? 2 : isUnread(marks, channel) ? 1 : 0);
    return channels
      .filter(({ channel }) => channel.last_message_id)
      .sort((a, b) => rank(b.channel) - rank(a.channel) || compareIds(b.channel.last_message_id ?? "0", a.channel.last_message_id ?? "0"))
      .slice(0, most)
      .map(line);
  }
  const lines = channels.map(line).filter((place) => place.label.toLowerCase().includes(wanted));
  const people = text.startsWith("#") ? [] : peopleFor(world, here, wanted, most);
  const begins = (place: Place): number => (place.label.toLowerCase().startsWith(wanted) ? 0 : 1);
  return [...lines, ...people].sort((a, b) => begins(a) - begins(b)).slice(0, most);
}

function peopleFor(world: World, here: Guild | undefined, wanted: string, most: number): Place[] {
  const out: Place[] = [];
  const seen = new Set<Snowflake>([world.me.id]);
  for (const guild of here ? [here] : world.guilds) {
    for (const [id, { user, nick }] of guild.members) {
      if (!user || user.bot || seen.has(id) || !`${nick ?? ""} ${userName(user)} ${user.username}`.toLowerCase().includes(wanted)) continue;
      seen.add(id);
      const name = nick || userName(user);
      out.push({ kind: "person", value: id, label: name, description: `Write to @${user.username}`, person: { id, name, avatarUrl: avatarUrl(user) } });
      if (out.length === most) return out;
    }
  }
  return out;
}

function signOf(channel: Channel): string | undefined {
  if (channel.type === 1 || channel.type === 3) return "@";
  return isThread(channel) ? "↳" : "#";
}
