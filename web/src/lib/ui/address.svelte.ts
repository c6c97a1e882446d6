// What a page shows, kept in its address, so that a reload, the back button and a link that is passed on show the same.
import { goto } from "$app/navigation";
import { page } from "$app/state";

// addressed is one value in the query of the address; what is not among allowed reads as the first of them, which needs no words there.
export function addressed<T extends string>(name: string, allowed: readonly [T, ...T[]]): { value: T } {
  return {
    get value() {
      const now = page.url.searchParams.get(name);
      return allowed.find((one) => one === now) ?? allowed[0];
    },
    set value(next) {
      put(name, next === allowed[0] ? "" : next);
    },
  };
}

// put writes one value into the query of the address, where nothing new is put on the way back.
function put(name: string, value: string): void {
  const url = new URL(page.url);
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  void goto(url, { replaceState: true, keepFocus: true, noScroll: true });
}

const pause = 250; // ms without a key, after which what is typed is searched for

// Searching is what is looked for in a list, as it is typed; the address has it once the typing rests. Made while a component starts.
export class Searching {
  typed = $state("");
  readonly #name = "search";

  constructor() {
    let written = this.settled;
    this.typed = written;
    // Another address, such as the page's own link, has another search.
    $effect(() => {
      const now = this.settled;
      if (now !== written) written = this.typed = now;
    });
    $effect(() => {
      const next = this.typed.trim();
      if (next === written) return;
      const timer = setTimeout(() => put(this.#name, (written = next)), pause);
      return () => clearTimeout(timer);
    });
  }

  // settled is what is searched for.
  get settled(): string {
    return page.url.searchParams.get(this.#name) ?? "";
  }
}
