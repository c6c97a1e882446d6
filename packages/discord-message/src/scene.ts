import { createContext } from "svelte";
import type { Component, Emoji, Message, Snowflake, UnfurledMedia } from "./types.ts";

/** A person as names and pickers show them. */
export interface PersonEntry {
  id: Snowflake;
  name: string;
  /** The unique name, shown small beside the other. */
  username?: string;
  avatarUrl?: string;
  /** A CSS colour; the colour of the highest coloured role. */
  color?: string;
  bot?: boolean;
}

export interface RoleEntry {
  id: Snowflake;
  name: string;
  color?: string;
}

export interface ChannelEntry {
  id: Snowflake;
  name: string;
  /** Discord's channel type. */
  type: number;
  private?: boolean;
}

/**
 * Where names come from. The renderer never fetches: whoever shows messages hands in what is known, and
 * an unknown id is shown as Discord shows it ("@unknown-user").
 */
export interface Directory {
  person(id: Snowflake): PersonEntry | undefined;
  role(id: Snowflake): RoleEntry | undefined;
  channel(id: Snowflake): ChannelEntry | undefined;
  /** People whose names hold the text, the best first, at most so many; everybody without a text. */
  people(text?: string, most?: number): PersonEntry[];
  roles(): RoleEntry[];
  channels(): ChannelEntry[];
}

/** What a reader does to a message. A missing handler makes the thing it belongs to inert. */
export interface MessageEvents {
  press?(message: Message, component: Component): void;
  select?(message: Message, component: Component, values: string[]): void;
  react?(message: Message, emoji: Emoji, remove: boolean): void;
  dismiss?(message: Message): void;
  openPerson?(id: Snowflake, anchor: HTMLElement): void;
  openChannel?(id: Snowflake): void;
  /** Goes to a message; `channel` where it may stand in another one. */
  openMessage?(id: Snowflake, channel?: Snowflake): void;
  openCommand?(name: string, id: Snowflake): void;
}

/** What became of the last press of a component: it waits for the bot, or the bot did not answer. */
export interface ComponentState {
  pending?: boolean;
  values?: string[];
}

/** Everything a message needs from the page it stands in. */
export interface Scene {
  directory: Directory;
  events: MessageEvents;
  /** Whose eyes look at it: mentions of this person are highlighted. */
  viewer?: Snowflake;
  /** Roles of the viewer, for the same purpose. */
  viewerRoles?: Snowflake[];
  /** BCP 47 language of dates and numbers; the browser's where absent. */
  locale?: string;
  /** IANA time zone of dates; the browser's where absent. */
  timeZone?: string;
  /** The present moment in milliseconds; for tests and still pictures. */
  now?: () => number;
  /** The address a picture may be loaded from, or undefined where it must not be loaded by itself. */
  media?: (url: string) => string | undefined;
  /** The address of a custom emoji's picture. */
  emojiUrl?: (emoji: Emoji) => string | undefined;
  /** State of a component by message and custom id. */
  componentState?: (message: Snowflake, customId: string) => ComponentState | undefined;
}

/** The scene of the nearest `<Stage>`, and how `<Stage>` sets it. */
export const [getScene, setScene] = createContext<Scene>();

/** The message the nearest components belong to. */
export const [getMessage, setMessage] = createContext<() => Message>();

/** A whole message from the parts that matter to a preview; an app says it, now, unless the parts tell otherwise. */
export function messageOf(part: Partial<Message>): Message {
  return { id: "0", channel_id: "0", author: { id: "0", username: "App", bot: true }, timestamp: new Date().toISOString(), ...part };
}

/** A directory that knows nobody: previews start from it. */
export function emptyDirectory(): Directory {
  return {
    person: () => undefined,
    role: () => undefined,
    channel: () => undefined,
    people: () => [],
    roles: () => [],
    channels: () => [],
  };
}

/**
 * The address a picture may be shown from: resolves `attachment://name` among the message's attachments,
 * refuses everything but http, https, blob and data pictures, then asks the scene.
 */
export function mediaUrl(scene: Scene, message: Message | undefined, media: Partial<UnfurledMedia> | string | undefined): string | undefined {
  const raw = typeof media === "string" ? media : (media?.proxy_url ?? media?.url);
  if (typeof raw !== "string" || raw === "") return undefined;
  const url = raw.startsWith("attachment://") ? attachmentUrl(message, raw.slice("attachment://".length)) : raw;
  if (url === undefined || !/^(https?:|blob:|data:image\/|\/)/i.test(url)) return undefined;
  return scene.media ? scene.media(url) : url;
}

function attachmentUrl(message: Message | undefined, name: string): string | undefined {
  const found = message?.attachments?.find((attachment) => attachment.filename === name);
  return found?.proxy_url ?? found?.url;
}
