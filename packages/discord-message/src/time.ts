/**
 * How Discord writes moments. Styles of `<t:seconds:style>`: t T d D f F R.
 *
 * @see https://discord.com/developers/docs/reference#message-formatting-timestamp-styles
 */

/** Language and time zone of a reader; the browser's own where absent. */
export interface Place {
  locale?: string;
  timeZone?: string;
}

const styles: Record<string, Intl.DateTimeFormatOptions> = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** Milliseconds beyond which no date exists; Discord shows such a timestamp as "Invalid Date". */
const lastMoment = 8.64e15;

/** A `<t:…>` as the reader sees it. `now` in milliseconds matters to style R only. */
export function formatTimestamp(seconds: number, style: string, now: number, place: Place = {}): string {
  const ms = seconds * 1000;
  if (!Number.isFinite(ms) || Math.abs(ms) > lastMoment) return "Invalid Date";
  if (style === "R") return formatRelative(ms, now, place);
  return formatDate(ms, styles[style] ?? styles.f!, place);
}

/** "2 hours ago", "in 3 days". */
export function formatRelative(ms: number, now: number, place: Place = {}): string {
  const delta = Math.round((ms - now) / 1000);
  const [unit, size] = units.find(([, length]) => Math.abs(delta) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(place.locale, { numeric: "auto" }).format(Math.trunc(delta / size), unit);
}

/** The moment beside a message's author: today's hour, "Yesterday at …", or the date. */
export function formatMessageTime(iso: string, now: number, place: Place = {}): string {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) return "";
  const days = dayNumber(now, place) - dayNumber(ms, place);
  const hour = formatDate(ms, { timeStyle: "short" }, place);
  if (days === 0) return hour;
  if (days === 1) return `Yesterday at ${hour}`;
  return `${formatDate(ms, { dateStyle: "short" }, place)} ${hour}`;
}

/** The full moment, for tooltips. Empty for what is no date. */
export function formatFull(iso: string, place: Place = {}): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? "" : formatDate(ms, styles.F!, place);
}

/** The heading between two days of a conversation. */
export function formatDay(iso: string, place: Place = {}): string {
  const ms = Date.parse(iso);
  return Number.isNaN(ms) ? "" : formatDate(ms, { dateStyle: "long" }, place);
}

/** True where both moments lie on one calendar day of the reader. */
export function sameDay(a: string, b: string, place: Place = {}): boolean {
  return dayNumber(Date.parse(a), place) === dayNumber(Date.parse(b), place);
}

function formatDate(ms: number, options: Intl.DateTimeFormatOptions, place: Place): string {
  return new Intl.DateTimeFormat(place.locale, { ...options, timeZone: place.timeZone }).format(ms);
}

function dayNumber(ms: number, place: Place): number {
  if (Number.isNaN(ms)) return Number.NaN;
  const parts = new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone: place.timeZone }).format(ms);
  return Date.parse(`${parts}T00:00:00Z`) / 86_400_000;
}
