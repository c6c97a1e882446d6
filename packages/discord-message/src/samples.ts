import type { Component, Embed, Message, User } from "./types.ts";
export { sampleModal } from "./samplemodal.ts";
import type { Directory, PersonEntry } from "./scene.ts";

/** Messages of every kind, for looking at and for tests. Ids are made up; pictures are drawn in the address itself. */

const ids = { ryan: "585576154958921739", mia: "585576154958921740", noor: "585576154958921741", bot: "585576154958921742", staff: "685576154958921700", channel: "785576154958921701", ticket: "785576154958921702" };

const bot: User = { id: ids.bot, username: "Usher", bot: true };
const ryan: User = { id: ids.ryan, username: "ryan", global_name: "Ryan" };
const mia: User = { id: ids.mia, username: "mia", global_name: "Mia" };

/** A picture of one colour that needs no network. */
function drawn(width: number, height: number, color: string): string {
  return `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${color}"/><circle cx="50%" cy="50%" r="25%" fill="#fff6"/></svg>`)}`;
}

const people: PersonEntry[] = [
  { id: ids.ryan, name: "Ryan", username: "ryan" },
  { id: ids.mia, name: "Mia", username: "mia", color: "#2ecc71" },
  { id: ids.noor, name: "Noor", username: "noor" },
  { id: ids.bot, name: "Usher", username: "Usher", bot: true, color: "#e0b072" },
];

/** The names the samples mention. */
export const sampleDirectory: Directory = {
  person: (id) => people.find((person) => person.id === id),
  role: (id) => (id === ids.staff ? { id, name: "Staff", color: "#2ecc71" } : undefined),
  channel: (id) => sampleDirectory.channels().find((channel) => channel.id === id),
  people: () => people,
  roles: () => [{ id: ids.staff, name: "Staff", color: "#2ecc71" }, { id: "9", name: "Moderators", color: "#e67e22" }],
  channels: () => [
    { id: ids.channel, name: "support", type: 0 },
    { id: ids.ticket, name: "ticket-1", type: 0, private: true },
    { id: "10", name: "Tickets", type: 4 },
  ],
};

export const sampleViewer = ids.ryan;

let next = 1_000_000_000_000_000_000n;

function message(part: Partial<Message>): Message {
  next += 1n;
  return { id: String(next), channel_id: ids.channel, author: bot, timestamp: "2026-11-22T10:15:00Z", type: 0, ...part };
}

const marks = `# Heading one\n## Heading two\n### Heading three\n-# Small print under it
**bold**, *italic*, __underline__, ~~struck~~, ***both***, ||a spoiler||, \`code\`, 🎫
> A quote that goes on
> for two lines
- one
- two with **bold**
  - nested
1. first
2. second
\`\`\`js
const answer = 6 * 7;
\`\`\`
[masked link](https://example.com "Where it goes") and https://example.com/plain
<@${ids.ryan}> <@&${ids.staff}> <#${ids.ticket}> <#123456789012345678> <@123456789012345678> @everyone </ticket open:${ids.bot}> <id:customize>
<t:1795342500:F>, <t:1795342500:R>, <:ticket:123456789012345678> <b>not html</b> <script>alert(1)</script>`;

const embed: Embed = {
  color: 0xe0b072,
  author: { name: "Game lookup", icon_url: drawn(32, 32, "#579"), url: "https://example.com" },
  title: "Welcome, **Ryan**",
  url: "https://example.com/profile",
  description: "Somebody will be with you soon.\nUser online status: `Online`",
  fields: [
    { name: "Account created", value: "2019", inline: true },
    { name: "High score", value: "3000", inline: true },
    { name: "Last score", value: "400", inline: true },
    { name: "A field of its own", value: "It takes the whole width, and may be **marked**." },
    { name: "Left", value: "1", inline: true },
    { name: "Right", value: "2", inline: true },
  ],
  thumbnail: { url: drawn(80, 80, "#a65"), width: 80, height: 80 },
  image: { url: drawn(400, 160, "#465"), width: 400, height: 160 },
  footer: { text: "Ticket 1", icon_url: drawn(20, 20, "#a95") },
  timestamp: "2026-11-22T10:14:00Z",
};

const buttons: Component = {
  type: 1,
  components: [
    { type: 2, style: 1, label: "Primary", custom_id: "a" },
    { type: 2, style: 2, label: "Secondary", custom_id: "b", emoji: { name: "🔒" } },
    { type: 2, style: 3, label: "Success", custom_id: "c" },
    { type: 2, style: 4, label: "Danger", custom_id: "d" },
    { type: 2, style: 5, label: "Link", url: "https://example.com" },
  ],
};

const disabled: Component = {
  type: 1,
  components: [1, 2, 3, 4].map((style) => ({ type: 2, style, label: "Disabled", custom_id: `off-${style}`, disabled: true })),
};

const selects: Component[] = [
  { type: 1, components: [{ type: 3, custom_id: "s", placeholder: "What is it about?", options: [{ label: "Billing", value: "1", description: "Invoices and refunds", emoji: { name: "💳" } }, { label: "Something else", value: "2" }] }] },
  { type: 1, components: [{ type: 5, custom_id: "u", placeholder: "Choose people", max_values: 3 }] },
  { type: 1, components: [{ type: 6, custom_id: "r", default_values: [{ id: ids.staff, type: "role" }] }] },
  { type: 1, components: [{ type: 8, custom_id: "ch", placeholder: "Choose a channel", disabled: true }] },
];

const second: Component[] = [
  { type: 10, content: "## Components of the second generation\nText outside of any box." },
  {
    type: 17,
    accent_color: 0x2ecc71,
    components: [
      { type: 9, components: [{ type: 10, content: "**A section** with a thumbnail" }, { type: 10, content: "-# and a second text" }], accessory: { type: 11, media: { url: drawn(85, 85, "#856") }, description: "A square" } },
      { type: 14, divider: true, spacing: 2 },
      { type: 12, items: [{ media: { url: drawn(200, 200, "#357") } }, { media: { url: drawn(200, 200, "#753") }, spoiler: true }, { media: { url: drawn(200, 200, "#375") } }] },
      { type: 13, file: { url: "attachment://log.txt" } },
      { type: 1, components: [{ type: 2, style: 2, label: "In a container", custom_id: "v2" }] },
      { type: 9, components: [{ type: 10, content: "A section with a button" }], accessory: { type: 2, style: 3, label: "Claim", custom_id: "claim" } },
      { type: 99, label: "from the future" },
    ],
  },
];

const files = [
  { id: "1", filename: "picture.png", content_type: "image/png", url: drawn(320, 180, "#348"), width: 320, height: 180, description: "A drawn picture" },
  { id: "2", filename: "log.txt", content_type: "text/plain", size: 14_320, url: "https://example.com/log.txt" },
  { id: "3", filename: "SPOILER_end.png", content_type: "image/png", url: drawn(200, 120, "#834"), width: 200, height: 120 },
];

const target = message({ author: ryan, content: `I cannot log in, **can somebody help?** <@&${ids.staff}>` });

/** A heading and the messages under it. */
export interface SampleGroup {
  title: string;
  messages: Message[];
}

/** All samples, in the order in which a gallery shows them. */
export const samples: SampleGroup[] = [
  { title: "People talking", messages: [target, message({ author: mia, type: 19, content: "On my way. Which account?", referenced_message: target, mentions: [ryan] }), message({ author: mia, content: "And since when?", edited_timestamp: "2026-11-22T10:16:00Z", reactions: [{ emoji: { name: "👍" }, count: 2, me: true }, { emoji: { name: "🎫" }, count: 1 }] }), message({ author: mia, type: 19, content: "To something deleted", referenced_message: null })] },
  { title: "Markdown", messages: [message({ content: marks, author: mia }), message({ content: "🎫 😀", author: ryan })] },
  { title: "Embed", messages: [message({ embeds: [embed] }), message({ embeds: [{ description: "An embed without a colour." }, { color: 0xc9302f, title: "Only a title" }] })] },
  { title: "Buttons and selects", messages: [message({ content: "Buttons", components: [buttons, disabled] }), message({ content: "Selects", components: selects })] },
  { title: "Second generation", messages: [message({ flags: 1 << 15, components: second, attachments: [files[1]!] })] },
  { title: "Attachments", messages: [message({ author: ryan, content: "Here it is", attachments: files })] },
  { title: "For one's eyes only, thinking, from a command", messages: [message({ flags: 64, content: `Your ticket: <#${ids.ticket}>`, interaction_metadata: { user: ryan, name: "open" }, type: 20 }), message({ flags: 64 | 128, type: 19, content: "" }), message({ flags: 128, content: "" })] },
  { title: "Discord itself", messages: [message({ type: 7, author: ryan }), message({ type: 6, author: mia }), message({ type: 18, author: mia, content: "Login trouble" }), message({ type: 999, author: ryan })] },
  { title: "Threads and forwards", messages: [
    message({ type: 21, author: ryan, message_reference: { channel_id: ids.channel, message_id: target.id }, referenced_message: target }),
    message({ type: 21, author: ryan, referenced_message: null }),
    message({ type: 1, author: mia, mentions: [ryan] }),
    message({ type: 2, author: ryan, mentions: [ryan] }),
    message({ type: 4, author: mia, content: "Login trouble, solved" }),
    message({ author: mia, message_reference: { type: 1, channel_id: ids.ticket, message_id: "1" }, message_snapshots: [{ message: { content: "What was said **there**.", timestamp: "2026-11-21T09:00:00Z", embeds: [{ description: "And shown there.", color: 0x3498db }], components: [buttons] } }] }),
    message({ author: ryan, content: "Look at this:", message_reference: { type: 1, channel_id: "1" }, message_snapshots: [{}] }),
  ] },
  { title: "Thread", messages: [message({ author: mia, content: "Let us go on in a thread.", thread: { id: ids.ticket, name: "Login trouble", message_count: 3 } })] },
];
