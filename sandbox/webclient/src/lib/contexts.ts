import { createContext } from "svelte";
import type { Message, Snowflake } from "discord-message";
import type { Drafts } from "./drafts.svelte.ts";
import type { Settings } from "./settings.svelte.ts";
import type { Channel } from "./types.ts";

/** Where the window can go, and what it can show beside the conversation. */
export interface Navigation {
  openChannel(id: Snowflake): void;
  openGuild(id: Snowflake | undefined): void;
  openPerson(id: Snowflake, anchor: HTMLElement): void;
  /** Shows a message of the open channel, or of another one. */
  openMessage(id: Snowflake, channel?: Snowflake): void;
  /** Shows a message wherever it is. */
  jump(channel: Snowflake, message: Snowflake): Promise<void>;
  /** Asks for the name of a thread and starts it, from a message or without. */
  startThread(channel: Channel, message?: Message): void;
  /** Shows the servers one may join. */
  findServers(): void;
  /** Shows which keys do what. */
  showKeys(): void;
  /** Opens the direct message with somebody. */
  writeTo(id: Snowflake): Promise<void>;
}

export const [getSettings, setSettings] = createContext<Settings>();
export const [getNavigation, setNavigation] = createContext<Navigation>();
export const [getDrafts, setDrafts] = createContext<Drafts>();
