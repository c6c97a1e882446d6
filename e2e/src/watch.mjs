/** Most that what a page shows may have moved by itself at one address, as the sum of Chromium's layout shift values. */
const mostShift = 0.02;

/**
 * Sees what a window's pages complain of: errors and warnings in the console, uncaught exceptions, answers of 400 and above,
 * violations of the Content-Security-Policy, and, on pages of `steady` (an origin), content that moves while nobody does anything.
 * `tell` is handed each as a sentence. `expected` matches those that belong to what the walk does there.
 */
export async function watch(context, { name, steady, expected, tell }) {
  context.on("console", (message) => {
    if ((message.type() === "error" || message.type() === "warning") && !expected?.test(message.text())) tell(`${name}: console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (thrown) => tell(`${name}: uncaught: ${thrown.error().stack ?? thrown.error().message}`));
  context.on("response", (response) => {
    if (response.status() >= 400 && !expected?.test(`${response.status()} ${response.url()}`)) tell(`${name}: ${response.status()} ${response.url()}`);
  });
  await context.exposeBinding("__walkTell", (_source, kind, ...said) => seen[kind](...said));
  await context.addInitScript(inPage, steady ?? "");
  const moved = new Map();
  const seen = {
    policy: (sentence) => tell(`${name}: Content-Security-Policy: ${sentence}`),
    shift: (address, value, what) => {
      const sum = (moved.get(address) ?? 0) + value;
      moved.set(address, sum);
      if (sum > mostShift) tell(`${name}: ${address} moved by ${sum.toFixed(3)}, at most ${mostShift} is allowed: ${what}`);
    },
  };
}

/**
 * Runs in every page before its own scripts. What moves because somebody did something is right, however long the answer to it took;
 * so a shift counts between the arrival at an address and the first thing done there, and again when nothing was done for a while.
 */
function inPage(steady) {
  if (globalThis !== globalThis.top) return;
  const tell = globalThis.__walkTell;
  document.addEventListener("securitypolicyviolation", (event) => tell("policy", `${event.effectiveDirective} forbids ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`));
  if (location.origin !== steady) return;
  const idle = 6_000; // ms; longer than a walk lets anything take
  let acted = { at: -Infinity, address: "" };
  const act = () => (acted = { at: performance.now(), address: location.pathname });
  for (const kind of ["pointerdown", "pointerup", "keydown", "input", "change", "resize"]) globalThis.addEventListener(kind, act, { capture: true, passive: true });
  const words = ({ node, previousRect: from, currentRect: to }) => `${node?.nodeName ?? "gone"}.${node?.className ?? ""} "${(node?.textContent ?? "").trim().slice(0, 40)}" from ${from.x},${from.y} ${from.width}×${from.height} to ${to.x},${to.y} ${to.width}×${to.height}`;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) {
      const here = acted.address === location.pathname && shift.startTime >= acted.at;
      if (shift.hadRecentInput || (here && shift.startTime - acted.at < idle)) continue;
      tell("shift", location.pathname, shift.value, shift.sources.map(words).join("; "));
    }
  }).observe({ type: "layout-shift", buffered: true });
}
