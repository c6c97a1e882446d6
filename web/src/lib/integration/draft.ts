// An integration as its author is writing it.
import type { Schemas } from "$lib/api/client";

export type Header = { name: string; value: string; kept: boolean };
export type Secret = { name: string; description: string };
export type PlaceholderRow = { name: string; path: string; fallback: string; format: "text" | "markdown" | "url" | "timestamp"; sample: string };

export type IntegrationForm = {
  name: string; description: string; logo: string; privacy: string;
  method: "GET" | "POST"; url: string; validation: string; cache: number;
  headers: Header[]; secrets: Secret[]; placeholders: PlaceholderRow[];
};

// limits are the lengths that no operator changes; the numbers of things are the instance's, and the API says when there are too many.
export const limits = { name: 32, description: 255, secretDescription: 255, fallback: 100, path: 255, sample: 100 } as const;

// variables may stand in the URL and in header values of every integration (I-6).
export const variables = ["user_id", "guild_id", "ticket_id", "channel_id", "username", "locale"];

export function blank(): IntegrationForm {
  return { name: "", description: "", logo: "", privacy: "", method: "GET", url: "", validation: "", cache: 0, headers: [], secrets: [], placeholders: [row()] };
}

export const row = (path = "", name = "", sample = ""): PlaceholderRow => ({ name, path, fallback: "", format: "text", sample });

// sampleOf makes of a value of an answer a sample as the API takes it: one line, and not too long.
export function sampleOf(value: string): string {
  const line = [...value.trim().split(/\s+/).join(" ")];
  return line.length <= limits.sample ? line.join("") : `${line.slice(0, limits.sample - 1).join("")}…`;
}

// formOf opens what is saved.
export function formOf(draft: Schemas["IntegrationDraft"]): IntegrationForm {
  return {
    name: draft.name, description: draft.description, logo: draft.logo ?? "", privacy: draft.privacy ?? "", method: draft.method, url: draft.url,
    validation: draft.validation ?? "", cache: draft.cache_seconds ?? 0,
    headers: (draft.headers ?? []).map(({ name }) => ({ name, value: "", kept: true })),
    secrets: (draft.secrets ?? []).map(({ name, description }) => ({ name, description: description ?? "" })),
    placeholders: (draft.placeholders ?? []).map(({ name, path, fallback, format, sample }) => ({ name, path, fallback: fallback ?? "", format: format ?? "text", sample: sample ?? "" })),
  };
}

// formOfStarter opens a template to start from; its headers have values, for they are nobody's secrets.
export function formOfStarter({ draft, headers }: Schemas["Starter"]): IntegrationForm {
  return { ...formOf(draft), headers: headers.map(({ name, value }) => ({ name, value, kept: false })) };
}

// Rows are those of a form in which something was typed, in the order in which the API counts them.
export type Rows = { headers: Header[]; secrets: Secret[]; placeholders: PlaceholderRow[] };

// rowsOf gives the rows that are sent; the others are not meant.
export const rowsOf = (form: IntegrationForm): Rows => ({
  headers: form.headers.filter(({ name, value, kept }) => name || value || kept),
  secrets: form.secrets.filter(({ name, description }) => name || description),
  placeholders: form.placeholders.filter(({ name, path, sample, fallback }) => name || path || sample || fallback),
});

// pathSent is a path such as headers[2].name as the API counted when sent went out; undefined for a row that was not among them.
export function pathSent(path: string, form: IntegrationForm, sent: Rows): string | undefined {
  const [, list, at, rest] = /^(headers|secrets|placeholders)\[(\d+)\](.*)$/.exec(path) ?? [];
  if (list === undefined) return path;
  const rows: unknown[] = sent[list as keyof Rows];
  const place = rows.indexOf(form[list as keyof Rows][Number(at)]);
  return place < 0 ? undefined : `${list}[${place}]${rest}`;
}

// draftOf is what is sent. A header that was not touched keeps its value.
export function draftOf(form: IntegrationForm): Schemas["IntegrationDraft"] {
  const rows = rowsOf(form);
  return {
    name: form.name.trim(), description: form.description.trim(), logo: form.logo.trim(), privacy: form.privacy.trim(), method: form.method, url: form.url.trim(),
    validation: form.validation.trim(), cache_seconds: form.cache,
    headers: rows.headers.map(({ name, value, kept }) => (kept && value === "" ? { name } : { name, value })),
    secrets: rows.secrets.map((one) => ({ ...one })),
    placeholders: rows.placeholders.map((one) => ({ ...one })),
  };
}

// nameFor proposes a name for the placeholder of a path: its last key, made of what a name may hold, and not yet taken.
export function nameFor(segments: (string | number)[], taken: string[]): string {
  const key = [...segments].reverse().find((segment) => typeof segment === "string") ?? "value";
  const base = String(key).replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^_+|_+$/g, "").toLowerCase().slice(0, 28) || "value";
  const used = new Set(taken.map((name) => name.toLowerCase()));
  let name = base;
  for (let count = 2; used.has(name); count++) name = `${base}_${count}`;
  return name;
}

// hostOf is where requests go, as far as it is typed.
export function hostOf(url: string): string {
  return /^https?:\/\/([^/?#\s]+)/i.exec(url.trim())?.[1] ?? "";
}

// bodyOf is the body that a POST sends, as an example (I-8).
export function bodyOf(isPublic: boolean): string {
  const told = { guild_id: "508392876359680000", user_id: "508391840525975553", ticket_id: 30, ticket_channel_id: "508392988985262090", is_new_ticket: true };
  return JSON.stringify(isPublic ? told : { ...told, form_data: { "What is your question?": "I have a problem with XYZ" } }, null, 2);
}
