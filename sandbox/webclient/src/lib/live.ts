import { ApiError, follow, sentence } from "./api.ts";
import type { Snowflake, StreamEvent } from "./types.ts";

/** State of the line to the sandbox. */
export type LineState = "connecting" | "live" | "broken";

interface Line {
  state(state: LineState, why?: string): void;
  event(event: StreamEvent): void;
}

const shortest = 300;
const longest = 5_000;

/**
 * Keeps a user's stream open until `signal` ends it: after a break it comes back with the id of the last
 * event, first soon, then ever more patiently. Resolves only when told to stop, or when the user is unknown.
 */
export async function stayLive(user: Snowflake, lastEventId: string, signal: AbortSignal, line: Line): Promise<void> {
  let last = lastEventId;
  let wait = shortest;
  while (!signal.aborted) {
    try {
      const opened = (): void => {
        wait = shortest;
        line.state("live");
      };
      await follow(user, last, signal, opened, (event) => {
        if (event.id) last = event.id;
        line.event(event);
      });
      line.state("broken", "The sandbox closed the line.");
    } catch (error) {
      if (signal.aborted) return;
      line.state("broken", sentence(error));
      if (error instanceof ApiError && error.status === 404) return;
    }
    await pause(wait, signal);
    wait = Math.min(longest, wait * 2);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
