/** The choice after a line was pressed: one replaces, several add up to `max`; a chosen line is taken back. */
export function togglePick(picked: readonly string[], value: string, max: number): string[] {
  if (max <= 1) return [value];
  if (picked.includes(value)) return picked.filter((entry) => entry !== value);
  return picked.length < max ? [...picked, value] : [...picked];
}

/** Where a key moves the mark in a list of `length` lines; undefined for a key that does not move it. */
export function moveIndex(key: string, index: number, length: number): number | undefined {
  if (length === 0) return undefined;
  switch (key) {
    case "ArrowDown":
      return (index + 1) % length;
    case "ArrowUp":
      return (index - 1 + length) % length;
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return undefined;
  }
}
