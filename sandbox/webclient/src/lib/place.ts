/** Puts a floating panel beside what it belongs to, inside the window, above it where there is no room below. */
export function placePanel(panel: HTMLElement, anchor: HTMLElement, align: "start" | "end" = "start"): void {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = align === "start" ? box.left : box.right - width;
  const below = box.bottom + 6 + Math.max(height, 240) <= window.innerHeight;
  const above = box.top > window.innerHeight - box.bottom;
  panel.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
  // Held at the side of its anchor, so that what comes later makes it grow away from there and not out of the window.
  panel.style.top = below || !above ? `${Math.max(8, Math.min(box.bottom + 6, window.innerHeight - height - 8))}px` : "auto";
  panel.style.bottom = below || !above ? "auto" : `${Math.max(8, Math.min(window.innerHeight - box.top + 6, window.innerHeight - height - 8))}px`;
}
