// What a save brings back, put under what was typed while it was under way.

type Bag = Record<string | number, unknown>;

const bag = (value: unknown): value is Bag => typeof value === "object" && value !== null;

// canonical is one text for equal values, in whatever order their keys are.
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (bag(one) && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one)) ?? "";

const same = (a: unknown, b: unknown) => canonical(a) === canonical(b);

// settle changes now in place, so that what a page shows of it stays where it is: what still is as it was sent becomes what was saved,
// what was changed since stays. Things of a list that have a key are told by it, others by their place.
export function settle(now: object, sent: object, saved: object): void {
  if (Array.isArray(now) && Array.isArray(sent) && Array.isArray(saved)) return settleList(now, sent, saved);
  const [to, was, gets] = [now as Bag, sent as Bag, saved as Bag];
  for (const key of new Set([...Object.keys(sent), ...Object.keys(saved)])) {
    if (alike(to[key], was[key], gets[key])) settle(to[key] as object, was[key] as object, gets[key] as object);
    else if (!same(to[key], was[key])) continue;
    else if (key in gets) to[key] = gets[key];
    else delete to[key];
  }
}

const alike = (...all: unknown[]) => all.every(bag) && new Set(all.map(Array.isArray)).size === 1;

const keyOf = (one: unknown) => (bag(one) && typeof one.key === "string" ? one.key : undefined);

function settleList(now: unknown[], sent: unknown[], saved: unknown[]): void {
  if (sent.length !== saved.length) return void (same(now, sent) && now.splice(0, now.length, ...saved));
  now.forEach((one, at) => {
    const key = keyOf(one);
    const was = key === undefined ? (now.length === sent.length ? at : -1) : sent.findIndex((other) => keyOf(other) === key);
    if (was < 0) return;
    if (alike(one, sent[was], saved[was])) settle(one as object, sent[was] as object, saved[was] as object);
    else if (same(one, sent[was])) now[at] = saved[was];
  });
}
