/** Where the focus goes when what had it is gone: where one writes, else the newest message. */
const home = "main.conversation :is([data-testid=composer], [data-testid=message][tabindex='0'])";

/** Opens a dialog above the page; the function it returns closes it and gives the focus back. */
export function openDialog(dialog: HTMLDialogElement): () => void {
  const before = document.activeElement;
  dialog.showModal();
  return () => {
    // Closed first: while it is open, all beneath it takes no focus.
    if (dialog.open) dialog.close();
    giveBack(before);
  };
}

/** Puts the focus where it was, or home where that is gone. Something that took it meanwhile keeps it. */
export function giveBack(before: Element | null): void {
  const now = document.activeElement;
  if (now && now !== document.body && now.isConnected && !now.closest("dialog:not([open])")) return;
  const target = before instanceof HTMLElement && before !== document.body && before.isConnected ? before : document.querySelector<HTMLElement>(home);
  target?.focus();
}
