/**
 * Discord's own JSON shapes, as far as a message shows them. Everything came from outside: nearly all
 * fields are optional, and readers must accept that a field is missing or of a type they do not know.
 *
 * @see https://discord.com/developers/docs/resources/message
 */

/** A Discord id: a decimal string. Newer is larger, once compared as a number (see `compareIds`). */
export type Snowflake = string;

export interface User {
  id: Snowflake;
  username: string;
  global_name?: string | null;
  avatar?: string | null;
  bot?: boolean;
  system?: boolean;
}

export interface Member {
  user?: User;
  nick?: string | null;
  roles?: Snowflake[];
  avatar?: string | null;
  joined_at?: string | null;
}

export interface Emoji {
  id?: Snowflake | null;
  name?: string | null;
  animated?: boolean;
}

export interface Attachment {
  id: Snowflake;
  filename: string;
  title?: string;
  description?: string;
  content_type?: string;
  size?: number;
  url: string;
  proxy_url?: string;
  width?: number | null;
  height?: number | null;
  flags?: number;
}

export interface EmbedMedia {
  url?: string;
  proxy_url?: string;
  width?: number;
  height?: number;
}

export interface EmbedField {
  name: string;
  value: string;
  inline?: boolean;
}

export interface Embed {
  type?: string;
  title?: string;
  description?: string;
  url?: string;
  timestamp?: string;
  color?: number;
  footer?: { text: string; icon_url?: string; proxy_icon_url?: string };
  image?: EmbedMedia;
  thumbnail?: EmbedMedia;
  video?: EmbedMedia;
  provider?: { name?: string; url?: string };
  author?: { name: string; url?: string; icon_url?: string; proxy_icon_url?: string };
  fields?: EmbedField[];
}

export interface SelectOption {
  label: string;
  value: string;
  description?: string;
  emoji?: Emoji;
  default?: boolean;
}

export interface UnfurledMedia {
  url: string;
  proxy_url?: string;
  width?: number | null;
  height?: number | null;
  content_type?: string;
}

/**
 * Any message or modal component. One loose interface for all types: a renderer reads the fields of the
 * types it knows and shows a harmless note for the rest.
 *
 * @see https://discord.com/developers/docs/components/reference
 */
export interface Component {
  type: number;
  id?: number;
  custom_id?: string;
  components?: Component[];
  component?: Component;
  accessory?: Component;
  style?: number;
  label?: string;
  description?: string | null;
  emoji?: Emoji;
  url?: string;
  sku_id?: Snowflake;
  disabled?: boolean;
  options?: SelectOption[];
  channel_types?: number[];
  placeholder?: string;
  default_values?: { id: Snowflake; type: string }[];
  min_values?: number;
  max_values?: number;
  min_length?: number;
  max_length?: number;
  required?: boolean;
  value?: string;
  default?: boolean;
  content?: string;
  media?: UnfurledMedia;
  items?: { media: UnfurledMedia; description?: string | null; spoiler?: boolean }[];
  spoiler?: boolean;
  file?: UnfurledMedia;
  name?: string;
  size?: number;
  divider?: boolean;
  spacing?: number;
  accent_color?: number | null;
}

export interface Reaction {
  emoji: Emoji;
  count: number;
  me?: boolean;
}

export interface Message {
  id: Snowflake;
  channel_id: Snowflake;
  guild_id?: Snowflake;
  type?: number;
  content?: string;
  author: User;
  member?: Member;
  webhook_id?: Snowflake;
  timestamp: string;
  edited_timestamp?: string | null;
  flags?: number;
  pinned?: boolean;
  mentions?: User[];
  mention_roles?: Snowflake[];
  mention_everyone?: boolean;
  attachments?: Attachment[];
  embeds?: Embed[];
  components?: Component[];
  reactions?: Reaction[];
  message_reference?: { type?: number; message_id?: Snowflake; channel_id?: Snowflake; guild_id?: Snowflake };
  /** What was forwarded, as it was at that moment; Discord sends one at most. */
  message_snapshots?: { message?: MessageSnapshot }[];
  referenced_message?: Message | null;
  interaction_metadata?: { user?: User; name?: string; type?: number };
  interaction?: { user?: User; name?: string; type?: number };
  thread?: { id: Snowflake; name?: string; message_count?: number };
}

/**
 * The part of a message that a forward carries: who wrote it stays behind.
 *
 * @see https://discord.com/developers/docs/resources/message#message-snapshot-object
 */
export type MessageSnapshot = Partial<Pick<Message, "type" | "content" | "timestamp" | "edited_timestamp" | "flags" | "mentions" | "mention_roles" | "attachments" | "embeds" | "components">>;

/** Values of `Message.type` that are drawn in their own way. */
export const MessageType = { Default: 0, RecipientAdd: 1, RecipientRemove: 2, ChannelNameChange: 4, ChannelPinnedMessage: 6, UserJoin: 7, ThreadCreated: 18, Reply: 19, ChatInputCommand: 20, ThreadStarterMessage: 21, ContextMenuCommand: 23 } as const;

/** Bits of `Message.flags`. */
export const MessageFlag = {
  Ephemeral: 1 << 6,
  Loading: 1 << 7,
  ComponentsV2: 1 << 15,
} as const;

/** Values of `Component.type`. */
export const ComponentType = {
  ActionRow: 1,
  Button: 2,
  StringSelect: 3,
  TextInput: 4,
  UserSelect: 5,
  RoleSelect: 6,
  MentionableSelect: 7,
  ChannelSelect: 8,
  Section: 9,
  TextDisplay: 10,
  Thumbnail: 11,
  MediaGallery: 12,
  File: 13,
  Separator: 14,
  Container: 17,
  Label: 18,
  FileUpload: 19,
  RadioGroup: 21,
  CheckboxGroup: 22,
  Checkbox: 23,
} as const;

/** Values of `Component.style` for buttons. */
export const ButtonStyle = { Primary: 1, Secondary: 2, Success: 3, Danger: 4, Link: 5, Premium: 6 } as const;

/** True where the flag's bit is set in the message. */
export function hasFlag(message: Pick<Message, "flags">, flag: number): boolean {
  return ((message.flags ?? 0) & flag) !== 0;
}

/** Orders ids by age without losing digits: shorter is older, then by text. */
export function compareIds(a: Snowflake, b: Snowflake): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
