/** Which part of a long list is drawn: lines of known heights, and the window one looks through. */

export interface Part {
  /** First line drawn, and the one after the last. */
  from: number;
  to: number;
  /** Room above the first line drawn, and of the whole list, in pixels. */
  above: number;
  height: number;
}

/** Where each line begins; one entry more than there are lines, the last is the height of all. */
export function offsetsOf(heights: readonly number[]): number[] {
  const out = [0];
  for (const height of heights) out.push(out.at(-1)! + height);
  return out;
}

/** The lines to draw for a window of this height at this place, and `spare` pixels on either side. */
export function partOf(offsets: readonly number[], top: number, height: number, spare: number): Part {
  const lines = offsets.length - 1;
  const from = Math.max(0, firstAfter(offsets, top - spare) - 1);
  const to = Math.min(lines, firstAfter(offsets, top + height + spare));
  return { from: Math.min(from, lines), to: Math.max(to, Math.min(from, lines)), above: offsets[Math.min(from, lines)] ?? 0, height: offsets[lines] ?? 0 };
}

/** The first entry greater than the value. */
function firstAfter(offsets: readonly number[], value: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
