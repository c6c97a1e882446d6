// What there is in a server to choose from.
import { api, ask } from "$lib/api/client";

const of = (guild: string) => ({ params: { path: { guild } } });

export const channelsOf = (guild: string) => ({ queryKey: ["channels", guild], queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/channels", of(guild))) });

export const rolesOf = (guild: string) => ({ queryKey: ["roles", guild], queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/roles", of(guild))) });
