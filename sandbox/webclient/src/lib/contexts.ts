import { createContext } from "svelte";
import type { Snowflake } from "discord-message";
import type { Drafts } from "./drafts.svelte.ts";
import type { Settings } from "./settings.svelte.ts";

/** Where the window can go, and what it can show beside the conversation. */
export interface Navigation {
  openChannel(id: Snowflake): void;
  openGuild(id: Snowflake | undefined): void;
  openPerson(id: Snowflake, anchor: HTMLElement): void;
  openMessage(id: Snowflake): void;
  /** Opens the direct message with somebody. */
  writeTo(id: Snowflake): Promise<void>;
}

export const [getSettings, setSettings] = createContext<Settings>();
export const [getNavigation, setNavigation] = createContext<Navigation>();
export const [getDrafts, setDrafts] = createContext<Drafts>();
