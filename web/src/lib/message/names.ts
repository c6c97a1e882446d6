// The placeholders that a text may use, and what is to be said of those that stand in it.
import { fold, type Format, parse } from "$lib/placeholder/placeholder";

// Placeholder is one that a text may use.
export type Placeholder = {
  name: string; // as it is written, without the signs
  long?: string; // the name that is always its own, for one of an integration
  description?: string;
  sample?: string; // in its format
  format?: Format;
  source: string; // the integration's name, or what built-in ones are called
};

// Names knows which placeholders there are: an integration's precede built-in ones, and of two integrations the first wins (I-21).
export class Names {
  readonly all: Placeholder[];
  // ready is false as long as it is not known what there is: then nothing is called unknown.
  readonly ready: boolean;
  #owners = new Map<string, Placeholder[]>();
  #elsewhere: Record<string, Set<string>>;

  // elsewhere are the names that other places know.
  constructor(all: Placeholder[], ready = true, elsewhere: Record<string, string[]> = {}) {
    this.all = all;
    this.ready = ready;
    this.#elsewhere = Object.fromEntries(Object.entries(elsewhere).map(([place, names]) => [place, new Set(names.map(fold))]));
    for (const one of all) {
      for (const name of new Set([fold(one.name), fold(one.long ?? one.name)])) {
        this.#owners.set(name, [...(this.#owners.get(name) ?? []), one]);
      }
    }
  }

  find = (name: string): Placeholder | undefined => this.#owners.get(fold(name))?.[0];

  // rivals are the others of this name, if it is one that integrations share.
  rivals(name: string): Placeholder[] {
    return this.#owners.get(fold(name))?.slice(1) ?? [];
  }

  // elsewhere are the places that know a name, which this one does not.
  elsewhere(name: string): string[] {
    return Object.keys(this.#elsewhere).filter((place) => this.#elsewhere[place]!.has(fold(name)));
  }

  // beginning lists what could be meant by what was typed so far.
  beginning(prefix: string): Placeholder[] {
    const typed = fold(prefix);
    const starts = this.all.filter((one) => fold(one.name).startsWith(typed) || fold(one.long ?? "").startsWith(typed));
    const holds = this.all.filter((one) => !starts.includes(one) && fold(one.name).includes(typed));
    return [...starts, ...holds].slice(0, 12);
  }

  // written is how a placeholder is put into a text: by its long name where the short one belongs to another.
  written(one: Placeholder): string {
    return `%${this.find(one.name) === one ? one.name : (one.long ?? one.name)}%`;
  }

  // nearest lists what may have been meant by a name that is none, the likeliest first.
  nearest(name: string): Placeholder[] {
    const typed = fold(name);
    const far = (one: Placeholder) => Math.min(distance(typed, fold(one.name)), distance(typed, fold(one.long ?? one.name)));
    const most = Math.max(1, Math.floor(typed.length / 3));
    return this.all.map((one) => [far(one), one] as const).filter(([steps]) => steps <= most).sort(([a], [b]) => a - b).slice(0, 2).map(([, one]) => one);
  }
}

// distance is how many letters have to be put in, taken out or exchanged to make one text of another (Levenshtein).
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let down = 1; down <= from.length; down++) {
    const next = [down];
    for (let at = 1; at <= to.length; at++) {
      next.push(Math.min(row[at]! + 1, next[at - 1]! + 1, row[at - 1]! + (from[down - 1] === to[at - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length]!;
}

export type Mark = { at: number; length: number; name: string; kind: "known" | "unknown" | "ambiguous" };

// marks are the placeholders of a text, as the program reads them, and between them what only looks like one. Those that more than one
// integration has are ambiguous.
export function marks(text: string, names: Names): Mark[] {
  if (!names.ready) return [];
  const found: Mark[] = [];
  const strange = (from: number, to: number) => {
    for (const piece of parse(text.slice(from, to))) {
      if (piece.name !== undefined) found.push({ at: from + piece.at, length: piece.text.length, name: piece.name, kind: "unknown" });
    }
  };
  let at = 0;
  for (const piece of parse(text, (name) => names.find(name) !== undefined)) {
    if (piece.name === undefined) continue;
    strange(at, piece.at);
    found.push({ at: piece.at, length: piece.text.length, name: piece.name, kind: names.rivals(piece.name).length > 0 ? "ambiguous" : "known" });
    at = piece.at + piece.text.length;
  }
  strange(at, text.length);
  return found;
}

// ways are what can be written instead of what a mark stands on: each owner's own name, or what may have been meant.
export function ways(mark: Mark, names: Names): { name: string; source: string }[] {
  if (mark.kind === "unknown") return names.nearest(mark.name).map((one) => ({ name: names.written(one).slice(1, -1), source: one.source }));
  const first = names.find(mark.name);
  return (first ? [first, ...names.rivals(mark.name)] : []).flatMap(({ long, source }) => (long ? [{ name: long, source }] : []));
}

// replaced puts another name into the placeholder of a mark, whose fallback stays.
export const replaced = (text: string, { at, name }: Mark, by: string) => text.slice(0, at + 1) + by + text.slice(at + 1 + name.length);
