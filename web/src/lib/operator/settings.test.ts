import { describe, expect, it } from "vitest";
import type { Schemas } from "$lib/api/client";
import { found, valueOf } from "./settings";

const setting = (more: Partial<Schemas["InstanceSetting"]>): Schemas["InstanceSetting"] => ({ about: "What it does.", from: "default", group: "web", secret: false, set: true, ...more });

describe("valueOf", () => {
  it.each([
    [{ value: "5", unit: "secrets" }, "5 secrets"],
    [{ value: "10.0.0.0/8,127.0.0.1/32" }, "10.0.0.0/8, 127.0.0.1/32"],
    [{ secret: true }, "set"],
    [{ secret: true, value: "never shown, whatever comes" }, "set"],
    [{ secret: true, set: false }, "not set"],
    [{ set: false, otherwise: "nobody" }, "nobody"],
    [{ set: false }, "not set"],
  ])("of %j", (more, want) => expect(valueOf(setting(more))).toBe(want));
});

describe("found", () => {
  const all = [
    setting({ variable: "USHER_MAX_SECRETS", group: "integrations", value: "5", unit: "secrets" }),
    setting({ variable: "USHER_GRACE", group: "requests", about: "How long a welcome message waits.", value: "1s" }),
    setting({ variable: "USHER_MAX_HEADERS", group: "integrations", value: "7", unit: "headers" }),
  ];
  const names = (search: string) => found(all, search).map(({ group, settings }) => `${group}: ${settings.map((one) => one.variable).join(" ")}`);
  it("keeps groups together", () => expect(names("")).toEqual(["integrations: USHER_MAX_SECRETS USHER_MAX_HEADERS", "requests: USHER_GRACE"]));
  it("wants every word, in whatever case", () => {
    expect(names("WELCOME waits")).toEqual(["requests: USHER_GRACE"]);
    expect(names("max 7")).toEqual(["integrations: USHER_MAX_HEADERS"]);
    expect(names("max welcome")).toEqual([]);
  });
});
