import { moveIndex } from "discord-message";
import type { Attachment } from "svelte/attachments";

/** Lets the arrow keys, Home and End move the focus among what the selector names inside of a list. */
export function arrows(selector: string): Attachment<HTMLElement> {
  return (list) => {
    function onkeydown(event: KeyboardEvent): void {
      if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
      const items = Array.from(list.querySelectorAll<HTMLElement>(selector));
      const at = items.indexOf(event.target as HTMLElement);
      const next = at < 0 ? undefined : moveIndex(event.key, at, items.length);
      if (next === undefined) return;
      event.preventDefault();
      items[next]?.focus();
    }
    list.addEventListener("keydown", onkeydown);
    return () => list.removeEventListener("keydown", onkeydown);
  };
}
