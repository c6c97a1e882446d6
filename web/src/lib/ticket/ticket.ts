// How a ticket's state looks.
import type { Schemas } from "$lib/api/client";

export const tone = (state: Schemas["Ticket"]["state"]): "accent" | "good" | "warn" | "bad" | "neutral" =>
  ({ opening: "warn", open: "good", closing: "warn", closed: "neutral", failed: "bad" } as const)[state];
