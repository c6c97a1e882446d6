// How a ticket's state looks, and what its integrations gave reads.
import type { Schemas } from "$lib/api/client";
import { moment } from "$lib/text";

export const tone = (state: Schemas["Ticket"]["state"]): "accent" | "good" | "warn" | "bad" | "neutral" =>
  ({ opening: "warn", open: "good", closing: "warn", closed: "neutral", failed: "bad" } as const)[state];

// lastYear is the first second of the year 10000: a greater number is milliseconds, as in Usher itself.
const lastYear = 253_402_300_800;

// shownValue is a value as people read it: a moment in their own way, everything else as it came.
export function shownValue(value: Schemas["TicketValue"]): string {
  const text = value.text ?? "";
  if (value.format !== "timestamp" || value.lack || value.cut) return text;
  const seconds = Number(text);
  const at = text.trim() !== "" && Number.isFinite(seconds) ? new Date(seconds >= lastYear ? seconds : seconds * 1000) : new Date(text);
  return Number.isNaN(at.getTime()) ? text : moment(at);
}
