// A message as it is written: the program's message.Template, with every field there so that inputs can hold it.
import { escapeMarkdown, fill, fold, type Known, parse } from "$lib/placeholder/placeholder";
import type { Message } from "discord-message";

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

// Placeholder is one that a text may use.
export type Placeholder = {
  name: string; // as it is written, without the signs
  long?: string; // the name that is always its own, for one of an integration
  description?: string;
  sample?: string;
  source: string; // the integration's name, or what built-in ones are called
};

// Names knows which placeholders there are: an integration's precede built-in ones, and of two integrations the first wins (I-21).
export class Names {
  readonly all: Placeholder[];
  #owners = new Map<string, Placeholder[]>();

  constructor(all: Placeholder[]) {
    this.all = all;
    for (const one of all) {
      for (const name of new Set([fold(one.name), fold(one.long ?? one.name)])) {
        this.#owners.set(name, [...(this.#owners.get(name) ?? []), one]);
      }
    }
  }

  find = (name: string): Placeholder | undefined => this.#owners.get(fold(name))?.[0];

  // rivals are the others of this name, if it is one that integrations share.
  rivals(name: string): Placeholder[] {
    return this.#owners.get(fold(name))?.slice(1) ?? [];
  }

  // beginning lists what could be meant by what was typed so far.
  beginning(prefix: string): Placeholder[] {
    const typed = fold(prefix);
    const starts = this.all.filter((one) => fold(one.name).startsWith(typed) || fold(one.long ?? "").startsWith(typed));
    const holds = this.all.filter((one) => !starts.includes(one) && fold(one.name).includes(typed));
    return [...starts, ...holds].slice(0, 12);
  }

  // written is how a placeholder is put into a text: by its long name where the short one belongs to another.
  written(one: Placeholder): string {
    return `%${this.find(one.name) === one ? one.name : (one.long ?? one.name)}%`;
  }
}

// marks are the placeholders of a text that deserve a word: unknown ones and those that more than one integration has.
export function marks(text: string, names: Names): { at: number; length: number; name: string; kind: "known" | "unknown" | "ambiguous" }[] {
  return parse(text).flatMap((piece) => {
    if (piece.name === undefined) return [];
    const kind = names.find(piece.name) === undefined ? "unknown" : names.rivals(piece.name).length > 0 ? "ambiguous" : "known";
    return [{ at: piece.at, length: piece.text.length, name: piece.name, kind } as const];
  });
}

// preview makes a Discord message of a template, with sample values or those that are given.
export function preview(template: MessageTemplate, names: Names, values: Record<string, Known> = {}): Message {
  const lookup = (name: string): Known | undefined => {
    if (Object.hasOwn(values, name)) return values[name];
    const known = names.find(name);
    return known && { text: known.sample ?? known.name };
  };
  const marked = (text: string | undefined) => fill(text ?? "", lookup, escapeMarkdown);
  const plain = (text: string | undefined) => fill(text ?? "", lookup);
  const address = (text: string | undefined) => {
    const filled = plain(text).trim();
    return /^https?:\/\/[^\s]+$/.test(filled) ? filled : undefined;
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
