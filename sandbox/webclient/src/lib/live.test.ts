import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stayLive } from "./live.ts";

/** One answer of the fake server: an event stream with this text, or a status. */
type Answer = string | number | Error;

let asked: (string | null)[];
let stop: AbortController;

function serve(...answers: Answer[]): void {
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    asked.push(new Headers(init.headers).get("Last-Event-ID"));
    const answer = answers.shift();
    if (answer === undefined) {
      stop.abort();
      throw new DOMException("stopped", "AbortError");
    }
    if (answer instanceof Error) throw answer;
    return typeof answer === "number" ? new Response(JSON.stringify({ error: "There is no such user." }), { status: answer }) : new Response(answer);
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  stop = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function live(): Promise<{ states: string[]; events: string[] }> {
  const states: string[] = [];
  const events: string[] = [];
  const done = stayLive("1", "7", stop.signal, { state: (state) => states.push(state), event: (event) => events.push(`${event.id} ${event.name} ${JSON.stringify(event.data)}`) });
  await vi.runAllTimersAsync();
  await done;
  return { states, events };
}

test("after a break it comes back and asks for what it missed", async () => {
  serve("id: 8\nevent: typing\ndata: {}\n\n", new TypeError("refused"), 'id: 9\nevent: ping\ndata: {"a":1}\n\n');
  const { states, events } = await live();
  expect(asked).toEqual(["7", "8", "8", "9"]);
  expect(events).toEqual(["8 typing {}", '9 ping {"a":1}']);
  expect(states).toEqual(["live", "broken", "broken", "live", "broken"]);
});

test("an event that is no JSON has no data", async () => {
  serve("id: 8\nevent: typing\ndata: {\n\n");
  expect((await live()).events).toEqual(["8 typing undefined"]);
});

test("a user who is gone is not asked for again", async () => {
  serve(404);
  const { states } = await live();
  expect(asked).toHaveLength(1);
  expect(states).toEqual(["broken"]);
});
