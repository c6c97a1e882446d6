// How every input looks, whatever its element.
export const inputLook =
  "w-full min-w-0 rounded-lg border border-line-strong/60 bg-surface px-3 text-[0.9375rem] text-ink placeholder:text-muted " +
  "aria-invalid:border-bad disabled:bg-sunken disabled:text-muted";
