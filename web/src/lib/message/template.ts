// A message as it is written: the program's message.Template, with every field there so that inputs can hold it.
import { escapeMarkdown, fill, type Format, type Known } from "$lib/placeholder/placeholder";
import { ago } from "$lib/text";
import type { Message } from "discord-message";
import type { Names } from "./names";

export type FieldTemplate = { name: string; value: string; inline?: boolean };
export type EmbedTemplate = {
  title?: string; description?: string; url?: string; colour?: number; author?: string; author_icon?: string;
  footer?: string; footer_icon?: string; image?: string; thumbnail?: string; fields?: FieldTemplate[];
};
export type MessageTemplate = { content?: string; embed?: EmbedTemplate };

// Discord's limits, in UTF-16 units but fields: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
export const limits = { content: 2000, title: 256, description: 4096, author: 256, footer: 2048, fields: 25, fieldName: 256, fieldValue: 1024, embed: 6000 } as const;

// embedLength is what Discord bounds by limits.embed.
export function embedLength(embed: EmbedTemplate): number {
  const texts = [embed.title, embed.description, embed.author, embed.footer, ...(embed.fields ?? []).flatMap((field) => [field.name, field.value])];
  return texts.reduce((sum, text) => sum + (text?.length ?? 0), 0);
}

// seconds reads a moment as the program does: seconds since 1970, milliseconds where that would be far off, or RFC 3339.
export function seconds(text: string): number | undefined {
  const value = /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Date.parse(text) / 1000;
  return Number.isFinite(value) ? Math.trunc(value >= 253_402_300_800 ? value / 1000 : value) : undefined;
}

// sampleWords says a sample as a reader would see it.
export function sampleWords(sample: string, format: Format | undefined): string {
  const at = format === "timestamp" ? seconds(sample) : undefined;
  return at === undefined ? sample : ago(at * 1000);
}

function inMarkdown(value: string, format?: Format): string {
  const at = format === "timestamp" ? seconds(value) : undefined;
  if (at !== undefined) return `<t:${at}:R>`;
  return format === "markdown" || format === "url" ? value : escapeMarkdown(value);
}

function inPlain(value: string, format?: Format): string {
  const at = format === "timestamp" ? seconds(value) : undefined;
  return at === undefined ? value : `${new Date(at * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

// preview makes a Discord message of a template, with sample values or those that are given.
export function preview(template: MessageTemplate, names: Names, values: Record<string, Known> = {}): Message {
  const lookup = (name: string): Known | undefined => {
    if (Object.hasOwn(values, name)) return values[name];
    const known = names.find(name);
    return known && { text: known.sample ?? known.name, format: known.format ?? "text" };
  };
  return built(template, (text) => fill(text, lookup, inMarkdown), (text) => fill(text, lookup, inPlain));
}

// filled makes a Discord message of what the program filled: nothing in it is a placeholder any more.
export const filled = (message: MessageTemplate): Message => built(message, (text) => text, (text) => text);

// isBlank reports whether nothing of a message would be seen.
export function isBlank({ content, embed }: MessageTemplate): boolean {
  if (content?.trim()) return false;
  return !embed || ![embed.title, embed.description, embed.author, embed.footer, embed.image, embed.thumbnail].some((text) => text?.trim()) && !embed.fields?.length;
}

// outlineOf is a message in a few words.
export const outlineOf = ({ content, embed }: MessageTemplate): string => content || embed?.title || embed?.description || embed?.fields?.[0]?.name || "";

function built(template: MessageTemplate, inText: (text: string) => string, inLine: (text: string) => string): Message {
  const marked = (text: string | undefined) => inText(text ?? "");
  const plain = (text: string | undefined) => inLine(text ?? "");
  const address = (text: string | undefined) => {
    const shown = plain(text).trim();
    return /^https?:\/\/[^\s]+$/.test(shown) ? shown : undefined;
  };
  const picture = (text: string | undefined) => (address(text) ? { url: address(text)! } : undefined);
  const message: Message = { id: "1", channel_id: "1", author: { id: "1", username: "Usher", bot: true }, content: marked(template.content), timestamp: new Date().toISOString() };
  const { embed } = template;
  if (embed === undefined) return message;
  const icon = (key: "author_icon" | "footer_icon") => (address(embed[key]) ? { icon_url: address(embed[key])! } : {});
  message.embeds = [{
    title: marked(embed.title),
    description: marked(embed.description),
    ...(address(embed.url) ? { url: address(embed.url)! } : {}),
    ...(embed.colour ? { color: embed.colour } : {}),
    ...(embed.author ? { author: { name: plain(embed.author), ...icon("author_icon") } } : {}),
    ...(embed.footer ? { footer: { text: plain(embed.footer), ...icon("footer_icon") } } : {}),
    ...(picture(embed.image) ? { image: picture(embed.image)! } : {}),
    ...(picture(embed.thumbnail) ? { thumbnail: picture(embed.thumbnail)! } : {}),
    fields: (embed.fields ?? []).map((field) => ({ name: marked(field.name), value: marked(field.value), inline: field.inline ?? false })),
  }];
  return message;
}
