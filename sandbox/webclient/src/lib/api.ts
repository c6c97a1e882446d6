import { EventParser } from "./sse.ts";
import type { Channel, CommandCall, CommandChoice, SentValue, Found, GuildSummary, Interaction, Message, NewThread, Persona, Pinned, Snowflake, StreamEvent, ThreadChange, Upload, View, Viewers } from "./types.ts";

/** The only place that speaks to the server. Calls are those of the sandbox's control API (control-api.md). */

/** The server's refusal, or its silence (status 0). `message` is a sentence one can show. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly field?: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

/** What to show for anything thrown. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const root = "/_sandbox";

/** Longest wait for an ordinary call; interactions may keep the line for 3 s longer. */
const patience = 15_000;

async function call(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(root + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(patience),
  }).catch(() => {
    throw new ApiError(0, "The sandbox does not answer. Is it still running?");
  });
  if (!response.ok) throw await refusal(response);
  return response.status === 204 ? undefined : await response.json();
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  try {
    const { error, field } = JSON.parse(text) as { error?: string; field?: string };
    if (error) return new ApiError(response.status, error, field);
  } catch {
    // Not one of the sandbox's own answers; the status says all there is.
  }
  return new ApiError(response.status, `The sandbox answered ${response.status}.`);
}

const of = (user: Snowflake, path: string): string => `/users/${encodeURIComponent(user)}/${path}`;
/** Waiting for the bot's first answer brings a modal on the same line as the press. */
const waiting = "?wait=3s";

export const api = {
  guilds: (text: string) => call("GET", `/guilds?${new URLSearchParams({ text }).toString()}`) as Promise<GuildSummary[]>,
  personas: () => call("GET", "/users") as Promise<Persona[]>,
  view: (user: Snowflake) => call("GET", of(user, "view")) as Promise<View>,

  /** A channel, thread or direct message by its id, archived threads too; undefined where this user sees none. */
  channel: async (user: Snowflake, channel: Snowflake) => ((await call("GET", of(user, `channels/${encodeURIComponent(channel)}`))) as { channel?: Channel | null }).channel ?? undefined,
  /** A page of messages, newest first; `before` is the id the page ends at, exclusively. */
  messages: (user: Snowflake, channel: Snowflake, limit: number, before?: Snowflake) =>
    call("GET", of(user, `channels/${channel}/messages?limit=${limit}${before ? `&before=${before}` : ""}`)) as Promise<Message[]>,
  pins: (user: Snowflake, channel: Snowflake) => call("GET", of(user, `channels/${channel}/pins`)) as Promise<Pinned[]>,
  oldThreads: (user: Snowflake, channel: Snowflake) => call("GET", of(user, `channels/${channel}/threads`)) as Promise<Channel[]>,
  search: (user: Snowflake, guild_id: Snowflake, text: string, before?: Snowflake) =>
    call("GET", of(user, `search?${new URLSearchParams({ guild_id, text, ...(before ? { before } : {}) }).toString()}`)) as Promise<Found>,
  viewers: (user: Snowflake, channel: Snowflake) => call("GET", of(user, `channels/${channel}/viewers`)) as Promise<Viewers>,

  press: (user: Snowflake, channel_id: Snowflake, message_id: Snowflake, custom_id: string) =>
    call("POST", of(user, "press") + waiting, { channel_id, message_id, custom_id }) as Promise<Interaction>,
  select: (user: Snowflake, channel_id: Snowflake, message_id: Snowflake, custom_id: string, values: string[]) =>
    call("POST", of(user, "select") + waiting, { channel_id, message_id, custom_id, values }) as Promise<Interaction>,
  submit: (user: Snowflake, modal_id: string, values: Record<string, SentValue>) =>
    call("POST", of(user, "submit") + waiting, { modal_id, values }) as Promise<Interaction>,
  command: (user: Snowflake, body: CommandCall) => call("POST", of(user, "command") + waiting, body) as Promise<Interaction>,
  autocomplete: async (user: Snowflake, body: CommandCall) =>
    ((await call("POST", of(user, "autocomplete"), body)) as { choices?: CommandChoice[] }).choices ?? [],

  send: (user: Snowflake, channel_id: Snowflake, content: string, reply_to?: Snowflake, attachments?: Upload[]) =>
    call("POST", of(user, "messages"), { channel_id, content, reply_to, attachments: attachments?.length ? attachments : undefined }) as Promise<Message>,
  edit: (user: Snowflake, channel_id: Snowflake, message_id: Snowflake, content: string) =>
    call("POST", of(user, "edit"), { channel_id, message_id, content }) as Promise<Message>,
  remove: (user: Snowflake, channel_id: Snowflake, message_id: Snowflake) => call("POST", of(user, "delete"), { channel_id, message_id }),
  react: (user: Snowflake, channel_id: Snowflake, message_id: Snowflake, emoji: string, remove: boolean) =>
    call("POST", of(user, "react"), { channel_id, message_id, emoji, remove }),
  pin: (user: Snowflake, channel_id: Snowflake, message_id: Snowflake, remove: boolean) => call("POST", of(user, "pin"), { channel_id, message_id, remove }),
  startThread: (user: Snowflake, thread: NewThread) => call("POST", of(user, "threads"), thread) as Promise<Channel>,
  editThread: (user: Snowflake, change: ThreadChange) => call("POST", of(user, "thread"), change) as Promise<Channel>,
  /** Takes part in a thread, or no longer. */
  followThread: (user: Snowflake, channel_id: Snowflake, remove: boolean) => call("POST", of(user, "follow"), { channel_id, remove }),
  typing: (user: Snowflake, channel_id: Snowflake) => call("POST", of(user, "typing"), { channel_id }),
  dm: (user: Snowflake, user_id: Snowflake) => call("POST", of(user, "dm"), { user_id }) as Promise<Channel>,
  join: (user: Snowflake, guild_id: Snowflake) => call("POST", of(user, "join"), { guild_id }),
  leave: (user: Snowflake, guild_id: Snowflake) => call("POST", of(user, "leave"), { guild_id }),
  role: (user: Snowflake, guild_id: Snowflake, role_id: Snowflake, remove: boolean) => call("POST", of(user, "roles"), { guild_id, role_id, remove }),
};

/**
 * Follows what a user sees, once: returns when the server ends the stream, throws when the line breaks.
 * Events after `lastEventId` are told first.
 */
export async function follow(user: Snowflake, lastEventId: string, signal: AbortSignal, opened: () => void, on: (event: StreamEvent) => void): Promise<void> {
  const response = await fetch(root + of(user, "stream"), { headers: { Accept: "text/event-stream", "Last-Event-ID": lastEventId }, signal });
  if (!response.ok || !response.body) throw await refusal(response);
  opened();
  const parser = new EventParser();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (const event of parser.push(value)) on({ id: event.id, name: event.name, data: readJSON(event.data) });
  }
}

function readJSON(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
