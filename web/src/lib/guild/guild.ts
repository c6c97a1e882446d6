// The server that the pages under /g/… are about.
import { createContext } from "svelte";
import type { Schemas } from "$lib/api/client";

export type Guild = Schemas["Guild"];

// guildOf gives the server of the nearest layout; a function, for it changes when another one is chosen.
export const [guildOf, setGuild] = createContext<() => Guild>();
