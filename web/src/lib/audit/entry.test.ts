import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { audit } from "$lib/text/audit";
import { type Entry, excerpt, field, how, type Known, sentence, value, who } from "./entry";

const known: Known = {
  role: (id) => ({ "1": "Staff" })[id], channel: (id) => ({ "2": "support", "3": "Tickets" })[id], form: (id) => ({ f: "Report" })[id],
};
const entry = (more: Partial<Entry>): Entry => ({ id: 1, at: "2026-01-01T00:00:00Z", via: "dashboard", action: "panel.changed", detail: [], ...more });
const olga = { id: "9", name: "olga", shown: "Olga", avatar: "", bot: false };
const told = (more: Partial<Entry>) => sentence(entry(more), known).map((piece) => piece.text).join("");

describe("the sentences", () => {
  it("know every action that the API describes, and no other", async () => {
    const description = JSON.parse(await readFile(new URL("../../../../docs/api/openapi.json", import.meta.url), "utf8")) as {
      components: { schemas: { Entry: { properties: { action: { enum: string[] } } } } };
    };
    expect(Object.keys(audit.sentences).sort()).toEqual([...description.components.schemas.Entry.properties.action.enum].sort());
  });
  it("say who did what where", () => {
    const posted = { action: "panel.posted", name: "Support", actor: olga } as const;
    expect(told({ ...posted, detail: [{ field: "channel", after: "2" }] })).toBe("Olga posted the panel Support in #support");
    expect(told({ ...posted, detail: [{ field: "channel", before: "3", after: "2" }] })).toBe("Olga moved the panel Support to #support");
    expect(told({ ...posted, detail: [{ field: "channel", after: "77" }] })).toBe("Olga posted the panel Support in a channel that is gone");
    expect(told(posted)).toBe("Olga posted the panel Support again where it stood");
  });
  it("tell of an action that is not known, sensibly", () => {
    expect(told({ action: "transcript.was_sent" as Entry["action"], name: "12", actor: olga })).toBe("Olga: transcript was sent 12");
  });
  it("do not take what something is called for a place in the sentence", () => {
    expect(told({ action: "tag.created", name: "{where} {who}", actor: olga })).toBe("Olga created the tag {where} {who}");
  });
  it("tell what became of somebody else's integration without naming anybody", () => {
    expect(told({ action: "integration.deleted", name: "Card", via: "program" })).toBe("The author of Card deleted it");
    expect(told({ action: "integration.updated", name: "Card", via: "program" })).toBe("A newer version of Card came out, which this server uses now");
    expect(told({ action: "integration.revoked", name: "Card", via: "program" })).toBe("Whoever runs Usher took Card out of every server");
  });
  it("name whoever it was", () => {
    expect([who(entry({ actor: olga, user: "9" })), who(entry({ user: "9" })), who(entry({ via: "setup" })), who(entry({ via: "program" }))]).toEqual(["Olga", "9", "Whoever runs Usher", "Usher"]);
    expect([how(entry({})), how(entry({ via: "api_key", key: "deploy" })), how(entry({ via: "api_key" }))]).toEqual(["on the dashboard", "with the API key “deploy”", "with an API key"]);
  });
});

describe("changes", () => {
  it("are named in words", () => {
    expect(["welcome.title", "close_message", "post.odd", "placeholders.score", "secrets.api_key", "max_open", "quite_new", "a.b"].map(field)).toEqual([
      "Welcome message: title", "Close message", "Message with the button: odd", "Placeholder %score%", "Secret api_key", "Open tickets for each member", "quite new", "a.b",
    ]);
  });
  it.each([
    ["staff_roles", "1, 8", "Staff, a role that is gone"], ["category", "3", "Tickets"], ["channel", "2", "#support"], ["form", "f", "Report"], ["form", "x", "a form that is gone"],
    ["everyone", "true", "Yes"], ["logo_picture", "abc", "another picture"], ["name", "{1}", "{1}"], ["welcome.title", "Hi", "Hi"], ["name", "", ""],
    ["welcome", '{"content":"Hi","embed":{"title":"Tic\\"ket","description":"Your sco', 'Hi · Tic"ket · Your sco'],
  ])("of %s read %s as %s", (name, raw, want) => expect(value({ field: name, after: raw }, "after", known)).toBe(want));
  it("of an older message that is cut off inside an escape", () => {
    expect([excerpt('{"content":"a\\'), excerpt('{"content":"a\\u00'), excerpt("plain"), excerpt('{"embed":{"colour":3}}')]).toEqual(["a", "a", "plain", '{"embed":{"colour":3}}']);
  });
});
