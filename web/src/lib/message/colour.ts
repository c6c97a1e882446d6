// Colours as people type them. Discord's 0 is no colour, so black itself cannot be said.

export const hexOf = (colour: number) => `#${colour.toString(16).padStart(6, "0")}`;

// colourOf reads #rrggbb or #rgb, with or without the sign; undefined for anything else.
export function colourOf(typed: string): number | undefined {
  const digits = /^#?([0-9a-f]{6}|[0-9a-f]{3})$/i.exec(typed.trim())?.[1];
  if (digits === undefined) return undefined;
  return Number.parseInt(digits.length === 3 ? [...digits].map((one) => one + one).join("") : digits, 16);
}
