/**
 * About a hundred messages that Discord takes and nobody expects: empty, huge, right to left, stacked with marks,
 * broken markdown, every component there is in every place where it may stand.
 */

const zalgo = (text) => [...text].map((letter) => letter + "\u0315\u0300\u035c\u0338\u0321\u0327\u0334\u0489".repeat(4)).join("");
const long = (unit, length) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
const v2 = (...components) => ({ flags: 1 << 15, components });
const text = (content) => ({ type: 10, content });
const row = (...components) => ({ type: 1, components });
const button = (custom_id, more = {}) => ({ type: 2, style: 2, label: "Press", custom_id, ...more });

const texts = [
  "\u200b", "\u202eright to left override", "שלום עולם **מודגש** עם english באמצע", "مرحبا `code` بالعالم <@585576154958921739>", zalgo("zalgo comes"), zalgo("x".repeat(40)),
  long("W", 2000), long("a ", 1999), "\n\n\n.\n\n\n", long("😀", 1999), "🏳️‍🌈👩‍👩‍👧‍👦🇩🇪👍🏿", "<:unknown:123456789012345678> <a:moving:123456789012345678>",
  "**", "***", "____", "``", "```", "```\n", "```js```", "`` ` ``", "||", "||||", "|| spoiler", "~~", "> ", ">>> ", "# ", "- ", "1. ", "-# ", "#".repeat(50),
  long("**a", 1990), long("||a", 1990), long("[a](", 1990), long("> ", 1990), long("- ", 1990), long("*_", 1990), long("`", 1999), long("<@", 1990),
  "[masked](javascript:alert(1))", "[x](data:text/html,<script>alert(1)</script>)", "<script>alert(1)</script><img src=x onerror=alert(1)>", "{{constructor.constructor('alert(1)')()}}", "%s %d %n &lt;b&gt; &#60;",
  "<t:0> <t:-1> <t:99999999999999> <t:8640000000001:R> <t:1:X>", "<@0> <@!1> <@&2> <#3> </none:4> <id:guide> <id:browse>", "@everyone @here @nobody #nothing", "https://" + long("a", 1900) + ".example", "http://[::1]:99999/x http://%zz mailto:a@b.c discord://x steam://run/1",
  "```" + long("x", 1980) + "```", "```ansi\n\u001b[2;31mred\u001b[0m\n```", "a\u0000b\u0007c\ufffd\uffff", "1. one\n5. five\n- mixed\n  1. deep\n      - deeper\n- back", long("1. a\n", 1900), long("- x\n  ", 1900),
].map((content) => ({ content }));

const embeds = [
  [{ title: "T" }], [{ description: "\u200b" }], [{ fields: [{ name: "\u200b", value: "\u200b" }] }], [{ author: { name: "a" } }], [{ footer: { text: "f" } }],
  [{ title: long("T", 256), description: long("d", 3000), footer: { text: long("f", 1000) }, author: { name: long("n", 256) } }],
  [{ fields: Array.from({ length: 25 }, (_, at) => ({ name: `n${at}`, value: "v", inline: true })) }],
  [{ fields: Array.from({ length: 25 }, (_, at) => ({ name: zalgo("n"), value: "שלום", inline: at % 2 === 0 })) }],
  Array.from({ length: 10 }, (_, at) => ({ title: `Embed ${at + 1}`, color: at * 0x19191a, description: `The ${at + 1}th of ten` })),
  [{ title: "black", color: 0 }, { title: "white", color: 0xffffff }],
  [{ image: { url: "https://example.com/none.png" }, thumbnail: { url: "https://example.com/none.gif" } }],
  [{ title: "**[x](http://y)** `a` ||b|| <@585576154958921739>", url: "https://example.com/" + long("p", 500) }],
  [{ timestamp: "1970-01-01T00:00:00Z", title: "long ago" }, { timestamp: "9999-12-31T23:59:59Z", title: "far away" }],
  [{ description: "```\ncode\n```\n> quote\n# heading\n- list" }],
].map((list) => ({ embeds: list }));

const options = (count) => Array.from({ length: count }, (_, at) => ({ label: at === 0 ? long("L", 100) : `Option ${at}`, value: `v${at}`, description: at % 2 ? long("d", 100) : undefined, emoji: at % 3 ? undefined : { name: "🎫" }, default: at === 1 }));
const rows = [
  [row(button("e", { label: undefined, emoji: { name: "🎫" } }))],
  [row(button("l", { label: long("W", 80) }))],
  Array.from({ length: 5 }, (_, line) => row(...Array.from({ length: 5 }, (_, at) => button(`b${line}-${at}`, { style: (at % 4) + 1, label: `${line}.${at}`, disabled: at === 4 })))),
  [row({ type: 2, style: 5, label: "odd link", url: "https://example.com/" + long("q", 400) })],
  [row({ type: 2, style: 5, label: "app link", url: "discord://-/channels/1/2/3" })],
  [row({ type: 3, custom_id: "many", options: options(25), min_values: 0, max_values: 25, placeholder: long("p", 150) })],
  [row({ type: 3, custom_id: "one", options: options(2), disabled: true })],
  [row({ type: 5, custom_id: "u", min_values: 0, max_values: 25, default_values: [{ id: "585576154958921739", type: "user" }] })],
  [row({ type: 6, custom_id: "r", max_values: 25 })],
  [row({ type: 7, custom_id: "m", default_values: [{ id: "1400000000000000011", type: "role" }] })],
  [row({ type: 8, custom_id: "c", channel_types: [2, 15] })],
].map((components, at) => ({ content: `Rows ${at + 1}`, components }));

const picture = (url, more = {}) => ({ media: { url }, ...more });
const second = [
  v2(text("alone")), v2(text("\u200b")), v2(text(long("x ", 3999))), v2(text(zalgo("above the line"))),
  v2({ type: 14 }), v2({ type: 14, divider: false, spacing: 2 }, { type: 14, divider: true, spacing: 1 }, text("after two separators")),
  v2({ type: 12, items: [picture("https://example.com/a.png")] }), v2({ type: 12, items: Array.from({ length: 10 }, (_, at) => picture(`https://example.com/${at}.png`, { description: long("d", 100), spoiler: at % 2 === 0 })) }),
  v2({ type: 9, components: [text("one")], accessory: button("s1") }), v2({ type: 9, components: [text("one"), text("two"), text("three")], accessory: { type: 11, media: { url: "https://example.com/t.png" }, description: "a thumbnail", spoiler: true } }),
  v2({ type: 9, components: [text(long("W", 900))], accessory: { type: 2, style: 5, label: long("w", 80), url: "https://example.com" } }),
  v2({ type: 17, components: [text("in a box")] }), v2({ type: 17, accent_color: 0, components: [text("black edge")] }), v2({ type: 17, accent_color: 0xffffff, spoiler: true, components: [text("hidden"), row(button("hidden")), { type: 14 }, { type: 12, items: [picture("https://example.com/h.png")] }] }),
  v2({ type: 17, components: [{ type: 9, components: [text("שלום")], accessory: button("rtl", { label: "לחץ" }) }, row({ type: 3, custom_id: "inbox", options: options(3) }), row(...[1, 2, 3, 4].map((style) => button(`st${style}`, { style })))] }),
  v2(...Array.from({ length: 10 }, (_, at) => ({ type: 17, components: [text(`box ${at + 1}`), { type: 14, spacing: 2 }] }))),
];

export const odd = [...texts, ...embeds, ...rows, ...second];

/** What no bot may send, but a later Discord may: drawn as a note, never a broken page. */
export const fromTheFuture = [
  { components: [{ type: 99, label: "new" }, { type: 1, components: [{ type: 98 }] }, { type: 17, components: [{ type: 97 }, null] }] },
  { embeds: [{ type: "hologram", title: null, fields: null, footer: {}, author: {}, image: {} }] },
  { type: 12345, content: null }, { content: null, embeds: null, components: null, attachments: null, mentions: null, reactions: null },
  { attachments: [{ id: "1", filename: "x" }, { id: "2", filename: "y.png", content_type: "image/png", url: "", width: -1, height: 0 }], poll: { question: { text: "?" } } },
  { reactions: [{ emoji: {}, count: -1 }], sticker_items: [{ id: "1", name: "s", format_type: 9 }], message_snapshots: [{}] },
  { timestamp: "not a time", edited_timestamp: "neither", flags: -1, referenced_message: {}, message_reference: {}, type: 19 },
  { message_snapshots: [null, { message: null }, { message: { content: "forwarded", embeds: [{}], components: [{ type: 17, components: null }], attachments: [{ id: "1", filename: "f" }], timestamp: "never" } }], message_reference: { type: 1 } },
  { type: 1, mentions: null }, { type: 2, mentions: [{}] }, { type: 4, content: null }, { type: 21, referenced_message: null }, { type: 21, referenced_message: { id: "1", author: {}, timestamp: "", type: 777 } },
  { author: { id: "1", username: null }, interaction_metadata: {}, thread: {} },
];
