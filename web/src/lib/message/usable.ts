// The placeholders that a text of a server may use, as the API lists them: each place knows others.
import { api, ask, type Schemas } from "$lib/api/client";
import { Names } from "./names";

export type Place = "welcome" | "tag" | "close" | "channel_name";

export const placeholdersOf = (guild: string, place: Place, form = "") => ({
  queryKey: ["placeholders", guild, place, form],
  queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/placeholders", { params: { path: { guild }, query: { place, ...(form ? { form } : {}) } } })),
});

// namesFrom knows nothing yet while the list is not there. elsewhere are the lists of other places, to say where a name works.
export const namesFrom = (usable: Schemas["Usable"][] | undefined, elsewhere: Partial<Record<Place, Schemas["Usable"][] | undefined>> = {}) =>
  new Names(
    (usable ?? []).map(({ name, long, description, sample, source, format }) => ({ name, sample, source, ...(long && { long }), ...(description && { description }), ...(format && { format }) })),
    usable !== undefined,
    Object.fromEntries(Object.entries(elsewhere).map(([place, known]) => [place, (known ?? []).flatMap(({ name, long }) => (long ? [name, long] : [name]))])),
  );
