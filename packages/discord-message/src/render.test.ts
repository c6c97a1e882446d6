import { render } from "svelte/server";
import { describe, expect, test } from "vitest";
import SampleMessage from "./SampleMessage.svelte";
import { emptyDirectory, type Scene } from "./scene.ts";
import { sampleDirectory, samples, sampleViewer } from "./samples.ts";
import type { Message } from "./types.ts";

const scene: Scene = { directory: sampleDirectory, events: {}, viewer: sampleViewer, locale: "en-GB", timeZone: "UTC", now: () => Date.parse("2026-11-22T12:00:00Z") };

function html(message: Partial<Message>, with_: Scene = scene): string {
  const whole = { id: "1", channel_id: "2", author: { id: "3", username: "somebody" }, timestamp: "2026-11-22T10:00:00Z", ...message } as Message;
  return render(SampleMessage, { props: { message: whole, scene: with_ } }).body.replace(/<!--.*?-->/g, "");
}

/** What a reader would read: the words without the elements. */
function words(message: Partial<Message>): string {
  return html(message).replace(/<svg.*?<\/svg>/g, "").replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim();
}

describe("every sample is drawn", () => {
  const all = samples.flatMap((group) => group.messages.map((message, index) => [`${group.title} ${index}`, message] as const));
  test.each(all)("%s", (_name, message) => {
    expect(html(message)).toContain(`data-message-id="${message.id}"`);
    expect(html(message, { directory: emptyDirectory(), events: {} })).toContain("<article");
  });
});

describe("outside text is data", () => {
  const evil = '<img src=x onerror=alert(1)>"><script>alert(1)</script>';
  test.each<[string, Partial<Message>]>([
    ["content", { content: evil }],
    ["author", { author: { id: "1", username: evil } }],
    ["embed", { embeds: [{ title: evil, description: evil, footer: { text: evil }, author: { name: evil }, fields: [{ name: evil, value: evil }] }] }],
    ["button", { components: [{ type: 1, components: [{ type: 2, style: 1, label: evil, custom_id: "a" }] }] }],
    ["attachment", { attachments: [{ id: "1", filename: evil, url: "https://e.com" }] }],
    ["reaction", { reactions: [{ emoji: { name: evil }, count: 1 }] }],
  ])("%s", (_name, message) => {
    expect(html(message)).not.toMatch(/<script|<img src=x/);
  });

  test("addresses that run code are nowhere", () => {
    const url = "javascript:alert(1)";
    const shown = html({ content: `[x](${url}) ${url}`, embeds: [{ url, title: "t", author: { name: "a", url, icon_url: url }, image: { url }, thumbnail: { url } }], attachments: [{ id: "1", filename: "f", url }], components: [{ type: 1, components: [{ type: 2, style: 5, label: "l", url }] }] });
    expect(shown).not.toMatch(/(href|src)="javascript/);
  });
});

describe("what is unknown or broken leaves a note", () => {
  test("a component of an unknown type", () => {
    expect(words({ components: [{ type: 77 }] })).toContain("component of type 77");
  });
  test("an unknown type inside a row", () => {
    expect(words({ components: [{ type: 1, components: [{ type: 78 }] }] })).toContain("component of type 78");
  });
  test.each<[string, unknown]>([
    ["nulls", { embeds: null, components: null, attachments: null, reactions: null, content: null }],
    ["an empty embed", { embeds: [{}] }],
    ["a select without options", { components: [{ type: 1, components: [{ type: 3, custom_id: "x" }] }] }],
    ["a button without anything", { components: [{ type: 1, components: [{ type: 2 }] }] }],
    ["a container without children", { components: [{ type: 17 }, { type: 9 }, { type: 12 }, { type: 13 }, { type: 10 }, { type: 11 }] }],
    ["a date that is none", { timestamp: "soon", embeds: [{ timestamp: "never", title: "x" }] }],
    ["twice the same attachment", { attachments: [{ id: "1", filename: "a", url: "" }, { id: "1", filename: "a", url: "" }] }],
  ])("%s does not break the page", (_name, message) => {
    expect(html(message as Partial<Message>)).toContain("<article");
  });
});

describe("what Discord would show", () => {
  test("a mention has its name, an unknown one says so", () => {
    expect(words({ content: "<@585576154958921739> <#123456789012345678>" })).toContain("@Ryan #no-access");
  });
  test("only the viewer sees an ephemeral message", () => {
    expect(words({ flags: 64, content: "x" })).toContain("Only you can see this");
    expect(words({ content: "x" })).not.toContain("Only you");
  });
  test("thinking", () => {
    expect(words({ flags: 128, content: "" })).toContain("somebody is thinking…");
  });
  test("an app has its tag, an edited message its mark", () => {
    const shown = words({ author: { id: "1", username: "b", bot: true }, content: "x", edited_timestamp: "2026-11-22T10:00:00Z" });
    expect(shown).toContain("APP");
    expect(shown).toContain("(edited)");
  });
  test("spaces between words survive", () => {
    expect(words({ content: "a **b** c `d`, ||e|| f" })).toContain("a b c d, e f");
  });
  test("pictures the page forbids are links only", () => {
    const shown = html({ embeds: [{ title: "x", image: { url: "https://elsewhere.example/a.png" } }] }, { ...scene, media: () => undefined });
    expect(shown).not.toContain("<img");
    expect(shown).toContain("elsewhere.example");
  });
});
