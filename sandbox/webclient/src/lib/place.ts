/** Puts a floating panel beside what it belongs to, inside the window, above it where there is no room below. */
export function placePanel(panel: HTMLElement, anchor: HTMLElement, align: "start" | "end" = "start"): void {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = align === "start" ? box.left : box.right - width;
  const below = box.bottom + 6 + height <= window.innerHeight;
  const top = below ? box.bottom + 6 : Math.max(8, box.top - height - 6);
  panel.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
  panel.style.top = `${Math.min(top, Math.max(8, window.innerHeight - height - 8))}px`;
}
