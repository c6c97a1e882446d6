import type { Component, Emoji, SelectOption, User } from "./types.ts";
import { ComponentType } from "./types.ts";
import type { Directory, PersonEntry } from "./scene.ts";

/** Small readers that turn Discord's data into what a page draws. */

/** Discord's 24-bit colour as CSS, or undefined where there is none (0 and absent mean "no colour"). */
export function cssColor(color: number | null | undefined): string | undefined {
  if (typeof color !== "number" || !Number.isInteger(color) || color <= 0 || color > 0xffffff) return undefined;
  return `#${color.toString(16).padStart(6, "0")}`;
}

/** The name a user chose, or the unique one. */
export function userName(user: Partial<User> | null | undefined): string {
  return user?.global_name || user?.username || "Unknown user";
}

/** A person as the directory knows them, or made from the user object that came along, whatever is missing in it. */
export function personOf(directory: Directory, user: Partial<User> | null | undefined): PersonEntry {
  const id = user?.id ?? "0";
  return directory.person(id) ?? { id, name: userName(user), username: user?.username, bot: user?.bot };
}

/** Up to two letters for a picture that is missing. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0] ?? "?"];
  return letters.map((word) => Array.from(word ?? "")[0]?.toUpperCase() ?? "").join("");
}

/** A hue from 0 to 359 that is always the same for the same id. */
export function hueOf(id: string): number {
  // FNV-1a, then the golden angle: ids that differ in one digit are far apart on the wheel.
  let hash = 0x811c9dc5;
  for (const char of id) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return Math.floor((hash * 137.508) % 360);
}

/** "3 kB", "1.4 MB": sizes as Discord shows them, in powers of 1000. */
export function fileSize(bytes: number | undefined): string {
  if (bytes === undefined || !Number.isFinite(bytes) || bytes < 0) return "";
  const units = ["bytes", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** The host of an absolute address; empty for any other text. */
export function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return "";
  }
}

/** The key by which reactions of one emoji are the same. */
export function emojiKey(emoji: Emoji): string {
  return emoji.id ? `${emoji.name ?? "_"}:${emoji.id}` : (emoji.name ?? "");
}

/** One line of a picker. */
export interface PickerOption {
  value: string;
  label: string;
  description?: string;
  emoji?: Emoji;
  person?: PersonEntry;
  color?: string;
  /** A sign before the label: "#" of a channel, "@" of a role. */
  sign?: string;
}

/** True for the component types that choose from a list. */
export function isSelect(component: Component): boolean {
  return component.type === ComponentType.StringSelect || (component.type >= ComponentType.UserSelect && component.type <= ComponentType.ChannelSelect);
}

/** Where a picker's lines come from: a directory may know thousands of people, of whom a few are shown. */
export interface PickerSource {
  /** Lines that hold the text, at most so many. */
  find(text: string, most: number): PickerOption[];
  /** The line of a value, known or not. */
  line(value: string): PickerOption | undefined;
  /** True where there may be more lines than one looks through without a search. */
  long: boolean;
}

/** A source of lines that are all here. */
export function fixedSource(options: PickerOption[]): PickerSource {
  return {
    find: (text, most) => options.filter((option) => holdsText(option, text)).slice(0, most),
    line: (value) => options.find((option) => option.value === value),
    long: options.length > 8,
  };
}

/** The lines a select offers, from its own options or from the directory. */
export function sourceOf(component: Component, directory: Directory): PickerSource {
  const people = component.type === ComponentType.UserSelect || component.type === ComponentType.MentionableSelect;
  const roles = component.type === ComponentType.RoleSelect || component.type === ComponentType.MentionableSelect;
  if (component.type === ComponentType.ChannelSelect) return fixedSource(channelOptions(directory, component.channel_types));
  if (!people && !roles) return fixedSource((component.options ?? []).map(optionLine));
  const named = (): PickerOption[] => (roles ? roleOptions(directory) : []);
  return {
    find: (text, most) => [...(people ? directory.people(text, most).map(personLine).filter((option) => holdsText(option, text)) : []), ...named().filter((option) => holdsText(option, text))].slice(0, most),
    line(value) {
      const person = people ? directory.person(value) : undefined;
      return person ? personLine(person) : named().find((option) => option.value === value);
    },
    long: (people ? directory.people("", 9).length : 0) + named().length > 8,
  };
}

function holdsText(option: PickerOption, text: string): boolean {
  return `${option.label} ${option.description ?? ""}`.toLowerCase().includes(text.trim().toLowerCase());
}

/** What a select starts with: its defaults. */
export function defaultsOf(component: Component): string[] {
  if (component.default_values) return component.default_values.map((entry) => entry.id);
  return (component.options ?? []).filter((option) => option.default).map((option) => option.value);
}

function optionLine(option: SelectOption): PickerOption {
  return { value: option.value, label: option.label, description: option.description, emoji: option.emoji };
}

function personLine(person: PersonEntry): PickerOption {
  return { value: person.id, label: person.name, description: person.username, person };
}

function roleOptions(directory: Directory): PickerOption[] {
  return directory.roles().map((role) => ({ value: role.id, label: role.name, color: role.color, sign: "@" }));
}

function channelOptions(directory: Directory, types: number[] | undefined): PickerOption[] {
  return directory
    .channels()
    .filter((channel) => !types?.length || types.includes(channel.type))
    .map((channel) => ({ value: channel.id, label: channel.name, sign: channel.type === 4 ? "▾" : "#" }));
}
