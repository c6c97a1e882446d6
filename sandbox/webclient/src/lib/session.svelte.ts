import { createContext } from "svelte";
import type { Snowflake } from "discord-message";
import { Acts } from "./acts.svelte.ts";
import { api, sentence } from "./api.ts";
import { kept } from "./kept.ts";
import { type LineState, stayLive } from "./live.ts";
import { countMention, emptyMarks, isUnread, markAllRead, markRead, type Marks, parseMarks } from "./marks.ts";
import { putPage } from "./timeline.ts";
import type { Channel, Guild, Interaction, Message, StreamEvent } from "./types.ts";
import { applyEvent, findChannel, findGuild, guildOf, timelineOf, type World, worldOf } from "./world.ts";

/** How many messages one page of history holds. */
export const pageSize = 50;

/** One person's window on the sandbox: what they see, what is open, what they do. */
export class Session {
  readonly user: Snowflake;
  readonly acts: Acts;
  world = $state<World>();
  marks = $state<Marks>(emptyMarks());
  line = $state<LineState>("connecting");
  /** Why the first view could not be had. */
  error = $state<string>();
  openGuild = $state<Snowflake>();
  openChannel = $state<Snowflake>();
  readonly channel: Channel | undefined = $derived(this.world && findChannel(this.world, this.openChannel));
  readonly guild: Guild | undefined = $derived(this.world && ((this.channel && guildOf(this.world, this.channel)) ?? findGuild(this.world, this.openGuild)));
  /** What was read in the open channel when it was opened: where the line "new" stands. */
  readBefore = $state<Snowflake>();
  /** Ephemeral messages that were put away in this browser. */
  dismissed = $state<Snowflake[]>([]);
  /** True while the line "new" stands in the open channel. */
  #newsShown = false;
  #stop = new AbortController();

  constructor(user: Snowflake) {
    this.user = user;
    this.acts = new Acts(user);
    this.dismissed = (kept.read(`dismissed.${user}`) ?? "").split(",").filter(Boolean);
  }

  /** Fetches the view and follows the stream until `end`. */
  async start(): Promise<void> {
    const from = await this.#look();
    if (from === undefined || this.#stop.signal.aborted) return;
    await stayLive(this.user, from, this.#stop.signal, {
      state: (state) => (this.line = state),
      event: (event) => this.#hear(event),
    });
  }

  end(): void {
    this.#stop.abort();
  }

  /** Opens a channel: its messages are fetched where they are not here, and it counts as read. */
  show(guild: Snowflake | undefined, channel: Snowflake | undefined): void {
    if (channel !== this.openChannel) {
      this.readBefore = channel ? (this.marks.read[channel] ?? "0") : undefined;
      this.openChannel = channel;
      this.#newsShown = this.channel !== undefined && isUnread(this.marks, this.channel);
    }
    this.openGuild = guild;
    this.readOpen();
    if (this.world && this.channel && !timelineOf(this.world, this.channel.id).loaded) void this.loadOlder(this.channel.id);
  }

  /** Notes that the person has seen the open channel; not while the window is hidden. */
  readOpen(): void {
    const { channel } = this;
    if (!channel || document.visibilityState === "hidden") return;
    markRead(this.marks, channel);
    kept.write(`marks.${this.user}`, JSON.stringify(this.marks));
  }

  async loadOlder(channel: Snowflake): Promise<void> {
    if (!this.world) return;
    const timeline = timelineOf(this.world, channel);
    if (timeline.loading || timeline.complete) return;
    timeline.loading = true;
    timeline.error = undefined;
    try {
      // What the stream brought before the first page must not pose as the page's end.
      const before = timeline.loaded ? timeline.messages[0]?.id : undefined;
      putPage(timeline, await api.messages(this.user, channel, pageSize, before), pageSize);
    } catch (error) {
      timeline.error = sentence(error);
    } finally {
      timeline.loading = false;
    }
  }

  /** Notes all as read and takes the line "new" away. */
  readAll(channels: Channel[]): void {
    markAllRead(this.marks, channels);
    if (this.channel && channels.includes(this.channel)) {
      this.#newsShown = false;
      this.readBefore = undefined;
    }
    kept.write(`marks.${this.user}`, JSON.stringify(this.marks));
  }

  /** Learns a thread that the view leaves out: an archived one. */
  keepThread(thread: Channel): void {
    if (!this.world) return;
    applyEvent(this.world, { id: "", name: "thread_update", data: thread }, Date.now());
    // What was put away before one looked is no news.
    if (!thread.thread_metadata?.archived || this.marks.read[thread.id] !== undefined) return;
    markRead(this.marks, thread);
    if (thread.id === this.openChannel) this.readBefore = undefined;
  }

  dismiss(message: Snowflake): void {
    this.dismissed = [...this.dismissed, message].slice(-200);
    kept.write(`dismissed.${this.user}`, this.dismissed.join(","));
  }

  async #look(): Promise<string | undefined> {
    try {
      const view = await api.view(this.user);
      const world = worldOf(view);
      const stored = parseMarks(kept.read(`marks.${this.user}`));
      if (stored) this.marks = stored;
      else markAllRead(this.marks, [...world.guilds.flatMap((guild) => [...guild.channels, ...guild.threads]), ...world.directs]);
      this.world = world;
      this.error = undefined;
      // The place was chosen before anything was known of it; what is news there is told only now.
      const place = this.openChannel;
      this.openChannel = undefined;
      this.show(this.openGuild, place);
      return view.last_event_id;
    } catch (error) {
      this.error = sentence(error);
      return undefined;
    }
  }

  #hear(event: StreamEvent): void {
    if (!this.world) return;
    if (event.name === "reset") {
      void this.#look();
      return;
    }
    if (event.name === "interaction") {
      if (event.data) this.acts.hear(event.data as Interaction);
      return;
    }
    if (event.name === "ping") this.#pinged(event.data as { channel_id: Snowflake } | undefined);
    applyEvent(this.world, event, Date.now());
    if (event.name === "message_create") this.#arrived(event.data as Message | undefined);
  }

  /** A message one sees arrive is no news; the line "new" is for what came while one was away. */
  #arrived(message: Message | undefined): void {
    if (!message || message.channel_id !== this.openChannel || document.visibilityState === "hidden") return;
    if (!this.#newsShown) this.readBefore = message.id;
    this.readOpen();
  }

  #pinged(ping: { channel_id: Snowflake } | undefined): void {
    if (!ping || (ping.channel_id === this.openChannel && document.visibilityState === "visible")) return;
    countMention(this.marks, ping.channel_id);
    kept.write(`marks.${this.user}`, JSON.stringify(this.marks));
  }
}

/** The session of the window, for every component in it. */
export const [getSession, setSession] = createContext<Session>();
