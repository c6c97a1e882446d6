import type { Component, Member, Message, Snowflake, User } from "discord-message";

/** The shapes of the sandbox's control API. Discord's own objects keep Discord's names. */

export interface Channel {
  id: Snowflake;
  type: number;
  guild_id?: Snowflake;
  name?: string | null;
  topic?: string | null;
  parent_id?: Snowflake | null;
  position?: number;
  last_message_id?: Snowflake | null;
  recipients?: User[];
  owner_id?: Snowflake;
  permission_overwrites?: { id: Snowflake; type: number; allow?: string; deny?: string }[];
  thread_metadata?: { archived?: boolean; locked?: boolean };
  /** A thread's messages, and how many take part. */
  message_count?: number;
  member_count?: number;
  /** Present where this user takes part in the thread. */
  member?: object;
  available_tags?: ForumTag[];
  applied_tags?: Snowflake[];
  flags?: number;
  /** True where not everyone may view it; added by the sandbox. */
  private?: boolean;
  /** This user's computed permissions in it, a decimal bit set; added by the sandbox. */
  permissions?: string;
}

/** Values of `Channel.type` that this client tells apart. */
export const ChannelType = { Text: 0, DM: 1, Voice: 2, GroupDM: 3, Category: 4, Announcement: 5, Stage: 13, Forum: 15, Media: 16 } as const;

export interface Role {
  id: Snowflake;
  name: string;
  color?: number;
  position?: number;
  hoist?: boolean;
  managed?: boolean;
  permissions?: string;
}

export interface CommandChoice {
  name: string;
  value: string | number;
}

export interface CommandOption {
  type: number;
  name: string;
  description?: string;
  required?: boolean;
  choices?: CommandChoice[];
  options?: CommandOption[];
  autocomplete?: boolean;
  min_value?: number;
  max_value?: number;
  min_length?: number;
  max_length?: number;
  channel_types?: number[];
}

export interface Command {
  id: Snowflake;
  application_id?: Snowflake;
  type?: number;
  name: string;
  description?: string;
  options?: CommandOption[];
}

/** A guild as the View tells it. */
export interface GuildView {
  id: Snowflake;
  name: string;
  icon?: string | null;
  owner_id?: Snowflake;
  channels: Channel[];
  threads: Channel[];
  members: Member[];
  roles: Role[];
  commands: Command[];
  emojis?: { id: Snowflake; name: string; animated?: boolean }[];
}

/** A guild as this client keeps it: thousands of members are found by their id. */
export interface Guild extends Omit<GuildView, "members"> {
  members: Map<Snowflake, Member>;
  /** Counts whatever may change who sees what: members, roles. */
  rights: number;
}

/** A guild one may not be in, as the list of all tells it. */
export interface GuildSummary {
  id: Snowflake;
  name: string;
  icon?: string | null;
  member_count: number;
}

/** A tag that a forum offers for its posts. */
export interface ForumTag {
  id: Snowflake;
  name: string;
  moderated?: boolean;
  emoji_name?: string | null;
}

export interface Pinned {
  pinned_at: string;
  message: Message;
}

/** What a search found: how much in all, and the newest of it. */
export interface Found {
  total: number;
  messages: Message[];
}

export interface View {
  user: User;
  guilds: GuildView[];
  direct_messages: Channel[];
  users?: User[];
  last_event_id: string;
}

/** Somebody whom one may act as. */
export interface Persona {
  user: User;
  guild_ids?: Snowflake[];
  note?: string;
}

export interface Modal {
  id: string;
  interaction_id?: string;
  application_id?: Snowflake;
  custom_id: string;
  title: string;
  components: Component[];
}

export type InteractionState = "pending" | "answered" | "deferred" | "modal" | "failed";

export interface Interaction {
  id: string;
  state: InteractionState;
  failure?: string;
  modal?: Modal;
}

export interface Viewers {
  users: Snowflake[];
  everyone: boolean;
}

/** A file on its way into a message: base64 without a prefix. */
export interface Upload {
  filename: string;
  content_type: string;
  data: string;
}

/** A thread, or a forum's post, as somebody starts it. */
export interface NewThread {
  channel_id: Snowflake;
  message_id?: Snowflake;
  name: string;
  private?: boolean;
  /** The first message of a forum's post. */
  content?: string;
  attachments?: Upload[];
  applied_tags?: Snowflake[];
}

export interface ThreadChange {
  channel_id: Snowflake;
  archived?: boolean;
  locked?: boolean;
}

/** A command's option as the control API takes it. */
export interface OptionValue {
  name: string;
  type: number;
  value?: string | number | boolean | Upload;
  options?: OptionValue[];
  focused?: boolean;
}

export interface CommandCall {
  /** Whose command it is, where two apps have one of the same name. */
  application_id?: Snowflake;
  guild_id?: Snowflake;
  channel_id: Snowflake;
  name: string;
  type: number;
  target_id?: Snowflake;
  options: OptionValue[];
}

/** A modal's field as it goes to the sandbox. */
export type SentValue = string | string[] | boolean | Upload[];

/** One event of a user's stream. */
export interface StreamEvent {
  id: string;
  name: string;
  data: unknown;
}

export type { Component, Member, Message, Snowflake, User };
