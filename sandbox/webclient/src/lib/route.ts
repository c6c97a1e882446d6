import type { Snowflake } from "discord-message";

interface Place {
  guild?: Snowflake;
  channel?: Snowflake;
}

/** Where the page is: in the address behind "#", so that a window can be opened directly as somebody. */
export type Route = ({ page: "choose" } & Place) | { page: "gallery" } | ({ page: "as"; user: Snowflake } & Place) | ({ page: "beside"; users: Snowflake[] } & Place);

/** The place of direct messages in the address, where a guild's id stands otherwise. */
export const directs = "@me";

export function parseRoute(hash: string): Route {
  const [first, ...rest] = hash.replace(/^#\/?/, "").split("/").map(decode);
  if (first === "gallery") return { page: "gallery" };
  if (first === "side-by-side") return { page: "beside", users: rest.slice(0, 2).filter(isId), guild: rest[2] || undefined, channel: rest[3] || undefined };
  if (first === "open") return { page: "choose", guild: rest[0] || undefined, channel: rest[1] || undefined };
  const [user, guild, channel] = rest;
  if (first !== "as" || !isId(user)) return { page: "choose" };
  return { page: "as", user, guild: guild || undefined, channel: channel || undefined };
}

export function routeHash(route: Route): string {
  if (route.page === "choose") return route.guild ? `#/${["open", route.guild, route.channel].filter((part) => part !== undefined).join("/")}` : "#/";
  if (route.page === "gallery") return "#/gallery";
  const people = route.page === "as" ? ["as", route.user] : ["side-by-side", ...route.users];
  return `#/${[...people, route.guild, route.channel].filter((part) => part !== undefined).join("/")}`;
}

function isId(part: string | undefined): part is Snowflake {
  return part !== undefined && /^\d+$/.test(part);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
