import type { Snowflake } from "discord-message";

/** Where the page is: in the address behind "#", so that a window can be opened directly as somebody. */
export type Route = { page: "choose" } | { page: "gallery" } | { page: "as"; user: Snowflake; guild?: Snowflake; channel?: Snowflake };

/** The place of direct messages in the address, where a guild's id stands otherwise. */
export const directs = "@me";

export function parseRoute(hash: string): Route {
  const [first, user, guild, channel] = hash.replace(/^#\/?/, "").split("/").map(decode);
  if (first === "gallery") return { page: "gallery" };
  if (first !== "as" || !user || !/^\d+$/.test(user)) return { page: "choose" };
  return { page: "as", user, guild: guild || undefined, channel: channel || undefined };
}

export function routeHash(route: Route): string {
  if (route.page !== "as") return route.page === "gallery" ? "#/gallery" : "#/";
  return `#/${["as", route.user, route.guild, route.channel].filter((part) => part !== undefined).join("/")}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
