/** Small things the browser keeps between visits. A browser that refuses storage loses them, nothing more. */
export const kept = {
  read(key: string): string | null {
    try {
      return localStorage.getItem(`sandbox.${key}`);
    } catch {
      return null;
    }
  },
  write(key: string, value: string): void {
    try {
      localStorage.setItem(`sandbox.${key}`, value);
    } catch {
      // Private windows may refuse; the page works without.
    }
  },
};
