// What operators read of the instance.
import { api, ask } from "$lib/api/client";

// health is asked for again and again while somebody looks.
export const health = {
  queryKey: ["operator", "health"],
  queryFn: () => ask(api.GET("/api/v1/operator/health")),
  refetchInterval: 5_000,
};

export const limits = { queryKey: ["operator", "settings"], queryFn: () => ask(api.GET("/api/v1/operator/settings")) };

// waiting begins with the key of the review queue: what changes the one changes the other.
export const waiting = { queryKey: ["reviews", "waiting"], queryFn: () => ask(api.GET("/api/v1/operator/waiting")), staleTime: 60_000 };
