// Where two texts differ: what they have in common at both ends, and what stands between. Texts with less than half in common are two,
// not one that was changed: nothing of them counts as common.
export type Parts = { start: string; before: string; after: string; end: string };

export function parts(before: string, after: string): Parts {
  const old = [...before]; // by characters: no half of one is ever marked
  const now = [...after];
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start++;
  let end = 0;
  while (end < most - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end++;
  if (2 * (start + end) < Math.max(old.length, now.length)) start = end = 0;
  return {
    start: old.slice(0, start).join(""),
    before: old.slice(start, old.length - end).join(""),
    after: now.slice(start, now.length - end).join(""),
    end: old.slice(old.length - end).join(""),
  };
}
