// The placeholders that messages of a server may use, as the API lists them.
import { api, ask, type Schemas } from "$lib/api/client";
import { Names } from "./template";

export const placeholdersOf = (guild: string, form = "", closing = false) => ({
  queryKey: ["placeholders", guild, form, closing],
  queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/placeholders", { params: { path: { guild }, query: { ...(form ? { form } : {}), ...(closing ? { closing } : {}) } } })),
});

export const namesFrom = (usable: Schemas["Usable"][] | undefined) =>
  new Names((usable ?? []).map(({ name, long, description, sample, source }) => ({ name, sample, source, ...(long ? { long } : {}), ...(description ? { description } : {}) })));
