// What is read of integrations, and what has to be read again after a change.
import { queries } from "$lib/api/queries";
import { api, ask } from "$lib/api/client";

export const activeIn = (guild: string) => ({ queryKey: ["active", guild], queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/integrations", { params: { path: { guild } } })) });

export const cardOf = (integration: string) => ({
  queryKey: ["integration", integration],
  queryFn: () => ask(api.GET("/api/v1/integrations/{integration}", { params: { path: { integration } } })),
});

export const ownOf = (integration: string) => ({
  queryKey: ["own", integration],
  queryFn: () => ask(api.GET("/api/v1/me/integrations/{integration}", { params: { path: { integration } } })),
});

export const revisionsOf = (integration: string) => ({
  queryKey: ["revisions", integration],
  queryFn: () => ask(api.GET("/api/v1/me/integrations/{integration}/revisions", { params: { path: { integration } } })),
});

export const collisionsOf = (guild: string, integration: string) => ({
  queryKey: ["collisions", guild, integration],
  queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/integrations/{integration}/collisions", { params: { path: { guild, integration } } })),
});

export const deliveriesOf = (guild: string, integration: string) => ({
  queryKey: ["deliveries", guild, integration],
  queryFn: () => ask(api.GET("/api/v1/guilds/{guild}/integrations/{integration}/deliveries", { params: { path: { guild, integration } } })),
  refetchInterval: 4_000, // the log is written once a second
});

export const ownDeliveriesOf = (integration: string) => ({
  queryKey: ["deliveries", "own", integration],
  queryFn: () => ask(api.GET("/api/v1/me/integrations/{integration}/deliveries", { params: { path: { integration } } })),
});

// pages of the lists, by what is searched.
export const mine = (search: string) => ({
  queryKey: ["mine", search],
  queryFn: ({ pageParam }: { pageParam: string }) => ask(api.GET("/api/v1/me/integrations", { params: { query: { ...(search && { search }), ...(pageParam && { after: pageParam }) } } })),
  initialPageParam: "",
  getNextPageParam: (last: { next?: string }) => last.next,
});

export const available = (search: string) => ({
  queryKey: ["available", search],
  queryFn: ({ pageParam }: { pageParam: string }) => ask(api.GET("/api/v1/integrations", { params: { query: { ...(search && { search }), ...(pageParam && { after: pageParam }) } } })),
  initialPageParam: "",
  getNextPageParam: (last: { next?: string }) => last.next,
});

// edited reads one's own integration to be edited: not changed under one's hands, it is asked for again on demand alone.
export const edited = (integration: string) => ({ ...ownOf(integration), queryKey: ["edited", integration], staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false });

// shownIn are the first keys of the queries that show something of integrations: lists, servers, what messages may hold.
export const shownIn = ["active", "integration", "own", "revisions", "collisions", "deliveries", "mine", "available", "placeholders", "audit", "reviews"] as const;

// changed forgets everything about integrations after a change of one.
export const changed = () => Promise.all(shownIn.map((key) => queries.invalidateQueries({ queryKey: [key] })));

// starters are the templates to start from, which do not change while the page is open.
export const starters = () => ({ queryKey: ["starters"], staleTime: Infinity, queryFn: () => ask(api.GET("/api/v1/integration-starters")) });
