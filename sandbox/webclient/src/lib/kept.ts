/** Small things the browser keeps between visits. A browser that refuses storage loses them, nothing more. */
export const kept = {
  keyOf: (key: string): string => `sandbox.${key}`,
  read(key: string): string | null {
    try {
      return localStorage.getItem(kept.keyOf(key));
    } catch {
      return null;
    }
  },
  write(key: string, value: string): void {
    try {
      localStorage.setItem(kept.keyOf(key), value);
    } catch {
      // Private windows may refuse; the page works without.
    }
  },
};
