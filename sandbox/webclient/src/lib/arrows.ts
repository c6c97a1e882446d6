import { moveIndex } from "discord-message";
import type { Attachment } from "svelte/attachments";

/**
 * Lets the arrow keys, Home and End move the focus among what the selector names inside of a list. With `one`, the
 * list is one stop of the Tab key: the entry that was focused last, else the current one, else the first.
 */
export function arrows(selector: string, { one = false }: { one?: boolean } = {}): Attachment<HTMLElement> {
  return (list) => {
    const all = (): HTMLElement[] => Array.from(list.querySelectorAll<HTMLElement>(selector));
    let stop: HTMLElement | undefined;

    function settle(): void {
      const items = all();
      if (!stop || !items.includes(stop)) stop = items.find(isCurrent) ?? items[0];
      for (const item of items) {
        const tab = item === stop ? 0 : -1;
        if (item.tabIndex !== tab) item.tabIndex = tab;
      }
    }

    function onfocusin(event: FocusEvent): void {
      const item = (event.target as HTMLElement).closest<HTMLElement>(selector);
      if (!item || item === stop) return;
      stop = item;
      settle();
    }

    function onkeydown(event: KeyboardEvent): void {
      if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
      const items = all();
      const at = items.indexOf(event.target as HTMLElement);
      const next = at < 0 ? undefined : moveIndex(event.key, at, items.length);
      if (next === undefined) return;
      event.preventDefault();
      items[next]?.focus();
    }

    // Entries come and go, and another one becomes the current one.
    const watch = new MutationObserver((changes) => {
      const current = changes.map((change) => change.target).find((target): target is HTMLElement => target instanceof HTMLElement && target.matches(selector) && isCurrent(target));
      if (current && !list.contains(document.activeElement)) stop = current;
      settle();
    });
    list.addEventListener("keydown", onkeydown);
    if (one) {
      settle();
      list.addEventListener("focusin", onfocusin);
      watch.observe(list, { childList: true, subtree: true, attributeFilter: ["aria-current"] });
    }
    return () => {
      watch.disconnect();
      list.removeEventListener("keydown", onkeydown);
      list.removeEventListener("focusin", onfocusin);
    };
  };
}

function isCurrent(item: HTMLElement): boolean {
  return item.hasAttribute("aria-current");
}
