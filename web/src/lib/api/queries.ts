// How pages keep what they have read: shown at once, asked for again when it may be old, and after a change.
import { QueryClient } from "@tanstack/svelte-query";
import { Problem } from "./problem";

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) => count < 2 && (!(error instanceof Problem) || error.status === 0 || error.status >= 500),
      refetchOnWindowFocus: true,
    },
  },
});
