import { describe, expect, it } from "vitest";
import { stepOf, type State } from "./setup.svelte";

const fresh: State = {
  phase: "choosing", until: "2030-01-01T00:00:00Z", address: "", redirect: "", registered: false, secret_known: false, fixed: [], invite: "",
  links: { applications: "", bot: "", oauth2: "" }, guilds: [],
};
const person = { id: "1", name: "a", shown: "A", picture: "" };
const application = { id: "1", name: "Bot", bot: person, findings: [] };

describe("stepOf", () => {
  it.each([
    ["nothing yet", fresh, 1],
    ["a bot", { ...fresh, application }, 2],
    ["an address of the environment without a bot", { ...fresh, address: "https://a.example" }, 1],
    ["bot and address", { ...fresh, application, address: "https://a.example" }, 3],
    ["all but the operator", { ...fresh, application, address: "https://a.example", secret_known: true }, 4],
    ["a failed start", { ...fresh, phase: "failed", application, address: "https://a.example", secret_known: true }, 4],
    ["a running one", { ...fresh, phase: "running", application }, 5],
  ] as [string, State, number][])("%s", (_, state, step) => expect(stepOf(state)).toBe(step));
});
