import type { Snowflake } from "discord-message";
import type { Command, CommandCall, CommandOption, OptionValue, Upload } from "./types.ts";

/** Slash commands as a person types them: finding one, filling its options, checking them. */

/** Values of `CommandOption.type`. */
export const OptionType = { SubCommand: 1, SubCommandGroup: 2, String: 3, Integer: 4, Boolean: 5, User: 6, Channel: 7, Role: 8, Mentionable: 9, Number: 10, Attachment: 11 } as const;

/** One thing that can be run: a command, or a subcommand of one. */
export interface Entry {
  command: Command;
  /** Names of group and subcommand under the command. */
  path: string[];
  /** The whole name: "ticket close". */
  name: string;
  description: string;
  options: CommandOption[];
}

/** Everything that can be run with a slash, subcommands each on its own. */
export function entriesOf(commands: Command[]): Entry[] {
  return commands.filter((command) => (command.type ?? 1) === 1).flatMap((command) => expand(command, [], command.description ?? "", command.options ?? []));
}

function expand(command: Command, path: string[], description: string, options: CommandOption[]): Entry[] {
  const below = options.filter((option) => option.type === OptionType.SubCommand || option.type === OptionType.SubCommandGroup);
  if (below.length === 0) return [{ command, path, name: [command.name, ...path].join(" "), description, options }];
  return below.flatMap((option) => expand(command, [...path, option.name], option.description ?? description, option.options ?? []));
}

/** The entries a text after "/" may mean: those that begin with it first, then those that hold it. */
export function matching(entries: Entry[], typed: string): Entry[] {
  const wanted = typed.toLowerCase().trimStart();
  const begins = entries.filter((entry) => entry.name.toLowerCase().startsWith(wanted));
  const holds = entries.filter((entry) => !begins.includes(entry) && entry.name.toLowerCase().includes(wanted));
  return [...begins, ...holds];
}

/** What was given to each option, text or a file; absent where nothing was. */
export type Typed = Record<string, string | Upload>;

/** An option's text; empty where it has none. */
export function textOf(typed: Typed, name: string): string {
  const value = typed[name];
  return typeof value === "string" ? value : "";
}

/** Why an option cannot be sent as it stands; undefined where it can. */
export function optionFault(option: CommandOption, text: string | Upload | undefined): string | undefined {
  if (text === undefined || text === "") return option.required ? "This option is required." : undefined;
  if (typeof text !== "string") return undefined;
  if (option.type === OptionType.Integer || option.type === OptionType.Number) return numberFault(option, text);
  if (option.type !== OptionType.String) return undefined;
  const length = Array.from(text).length;
  if (option.min_length !== undefined && length < option.min_length) return `At least ${option.min_length} characters.`;
  if (length > (option.max_length ?? 6000)) return `At most ${option.max_length ?? 6000} characters.`;
  return undefined;
}

function numberFault(option: CommandOption, text: string): string | undefined {
  const value = Number(text);
  if (!Number.isFinite(value) || text.trim() === "") return "This must be a number.";
  if (option.type === OptionType.Integer && !Number.isInteger(value)) return "This must be a whole number.";
  if (option.min_value !== undefined && value < option.min_value) return `At least ${option.min_value}.`;
  if (option.max_value !== undefined && value > option.max_value) return `At most ${option.max_value}.`;
  return undefined;
}

/** All faults by option name; empty where the command may be run. */
export function faultsOf(entry: Entry, typed: Typed): Record<string, string> {
  const faults: Record<string, string> = {};
  for (const option of entry.options) {
    const fault = optionFault(option, typed[option.name]);
    if (fault) faults[option.name] = fault;
  }
  return faults;
}

/** The call that runs the entry, or asks for completions of the option named by `focused`. */
export function callOf(entry: Entry, typed: Typed, place: { guild_id?: Snowflake; channel_id: Snowflake }, focused?: string): CommandCall {
  // A file goes up when the command is run, not with every letter of another option.
  const filled = entry.options.filter((option) => option.name === focused || ((typed[option.name] ?? "") !== "" && !(focused && option.type === OptionType.Attachment)));
  let options: OptionValue[] = filled.map((option) => ({
    name: option.name,
    type: option.type,
    value: option.name === focused ? textOf(typed, option.name) : valueOf(option, typed[option.name] ?? ""),
    ...(option.name === focused ? { focused: true } : {}),
  }));
  entry.path.toReversed().forEach((name, index) => {
    options = [{ name, type: index === 0 ? OptionType.SubCommand : OptionType.SubCommandGroup, options }];
  });
  return { ...place, application_id: entry.command.application_id, name: entry.command.name, type: 1, options };
}

function valueOf(option: CommandOption, text: string | Upload): string | number | boolean | Upload {
  if (typeof text !== "string") return text;
  if (option.type === OptionType.Integer || option.type === OptionType.Number) return Number(text);
  return option.type === OptionType.Boolean ? text === "true" : text;
}
