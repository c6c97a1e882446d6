// The one place that calls the server. Everything that it may be asked, and what it answers, is in schema.d.ts, which is made of
// docs/api/openapi.json by `npm run schema`.
import createClient from "openapi-fetch";
import { Problem } from "./problem";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

const patience = 30_000; // ms; the server answers everything sooner

export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  fetch: (request) => fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(patience)]) }),
});

// ask unwraps an answer: what was asked for, or a Problem is thrown.
export async function ask<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await answer.catch((why: unknown) => {
    throw new Problem(0, { detail: String(why) });
  });
  if (!response.ok) throw new Problem(response.status, error);
  return data as T;
}
