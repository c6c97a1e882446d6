import { render } from "svelte/server";
import { describe, expect, test } from "vitest";
import SampleMessage from "./SampleMessage.svelte";
import SampleModal from "./SampleModal.svelte";
import SampleParts from "./SampleParts.svelte";
import { emptyDirectory, type Scene } from "./scene.ts";
import { sampleDirectory, sampleModal, samples, sampleViewer } from "./samples.ts";
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
    ["nobody as the author", { author: null }],
    ["an author without anything", { author: {}, webhook_id: "1" }],
    ["nobody who joined", { type: 1, author: {}, mentions: [{}] }],
    ["a thread that grew from nobody's message", { type: 21, referenced_message: { author: {}, type: 777 } }],
    ["a reply to nobody's message", { type: 19, referenced_message: {} }],
    ["twice the same attachment", { attachments: [{ id: "1", filename: "a", url: "" }, { id: "1", filename: "a", url: "" }] }],
  ])("%s does not break the page", (_name, message) => {
    expect(html(message as Partial<Message>)).toContain("<article");
  });
});

describe("threads and forwards", () => {
  const other = { id: "4", username: "other" };
  test("a thread begins with the message it grew from, in that one's name", () => {
    const shown = words({ type: 21, author: { id: "3", username: "starter" }, referenced_message: { id: "9", channel_id: "2", author: other, timestamp: "2026-11-22T09:00:00Z", content: "It **began** here" } });
    expect(shown).toContain("other");
    expect(shown).toContain("It began here");
    expect(shown).not.toContain("starter");
  });
  test("and says so where that is gone", () => {
    expect(words({ type: 21, referenced_message: null })).toContain("The message this thread grew from is gone.");
  });
  test("a forward shows what was said, where and when, and not by whom", () => {
    const shown = words({ message_reference: { type: 1, channel_id: "785576154958921701", message_id: "9" }, message_snapshots: [{ message: { content: "Said **there**", timestamp: "2026-11-22T09:00:00Z", embeds: [{ title: "Shown there" }] } }] });
    for (const part of ["Forwarded", "Said there", "Shown there", "#support", "09:00"]) expect(shown).toContain(part);
  });
  test.each<[string, unknown]>([["nothing in it", [{}]], ["null", [null]], ["an unknown type", [{ message: { type: 777, components: [{ type: 88 }] } }]]])("a forward with %s is drawn", (_name, snapshots) => {
    expect(html({ message_snapshots: snapshots } as Partial<Message>)).toContain("Forwarded");
  });
});

describe("a modal of plain data", () => {
  const modal = (props: object): string => render(SampleModal, { props: { scene, modal: sampleModal, app: "Usher", ...props } as never }).body.replace(/<!--.*?-->/g, "");
  test("has every field of the sample, and a note for what it does not know", () => {
    const shown = modal({});
    for (const part of ["A row of the first generation", "What happened?", "As much as you like", "It can wait", "Elsewhere", "Agreement", 'type="file"', "field of type 77", 'role="combobox"']) expect(shown).toContain(part);
  });
  test("shows at the field what was refused there", () => {
    expect(modal({ error: { text: "Not that story.", field: "story" } }).match(/Not that story\./g)).toHaveLength(2);
  });
  test("outside text is data there too", () => {
    const evil = "<script>alert(1)</script>";
    expect(modal({ modal: { title: evil, components: [{ type: 10, content: evil }, { type: 18, label: evil, description: evil, component: { type: 4, custom_id: "x", style: 1, placeholder: evil, value: evil } }] } })).not.toContain("<script");
  });
  test.each<[string, unknown]>([["no components", { title: "t" }], ["nulls", { title: null, components: [null, { type: 18, component: null }, { type: 18, component: { type: 3, custom_id: "a", options: null } }, { type: 1, components: null }] }]])("with %s it still stands", (_name, data) => {
    expect(modal({ modal: data })).toContain("Submit");
  });
});

describe("parts stand alone", () => {
  test("an embed and rows of buttons need no message", () => {
    const shown = render(SampleParts, { props: { scene } }).body;
    for (const part of ["An embed alone", "Press me", "Choose me"]) expect(shown).toContain(part);
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
