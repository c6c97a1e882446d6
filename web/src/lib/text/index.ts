// Every word that a person reads, in one place, ready for translation: one file for each part of the app. Pages take words from here
// alone. Numbers and times follow the browser's locale.
import { account } from "./account";
import { audit } from "./audit";
import { forms } from "./forms";
import { guilds } from "./guilds";
import { integrations } from "./integrations";
import { json } from "./json";
import { message } from "./message";
import { operator } from "./operator";
import { order } from "./order";
import { overview } from "./overview";
import { panels, trial } from "./panels";
import { review } from "./review";
import { settings } from "./settings";
import { setup } from "./setup";
import { shell } from "./shell";
import { tags } from "./tags";
import { tickets } from "./tickets";

export const text = { account, audit, forms, guilds, integrations, json, message, operator, order, overview, panels, review, settings, setup, shell, tags, tickets, trial };

const locale = () => navigator.language;

// spoken is the language of the words that stand around: theirs, in the reader's own kind of it where there is one.
const spoken = () => navigator.languages.find((one) => one.startsWith("en")) ?? "en";

// number writes a number as the reader's country does.
export const number = (value: number, options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale(), options).format(value);

// moment writes a point in time in full.
export const moment = (value: string | number | Date) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(value));

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600], ["month", 2_629_800], ["week", 604_800], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1],
];

// ago writes how long ago something was, or will be, in the largest unit that fits.
export function ago(value: string | number | Date, now: number = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? steps[steps.length - 1]!;
  return new Intl.RelativeTimeFormat(spoken(), { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

// plural chooses a form by the number, in English; a translation brings its own.
export const plural = (count: number, one: string, many: string) => `${number(count)} ${count === 1 ? one : many}`;

// list joins words as a sentence does: "a, b and c".
export const list = (words: string[]) => new Intl.ListFormat(spoken(), { type: "conjunction" }).format(words);
