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
      const url = new URL(page.url);
      if (next === allowed[0]) url.searchParams.delete(name);
      else url.searchParams.set(name, next);
      void goto(url, { replaceState: true, keepFocus: true, noScroll: true });
    },
  };
}
