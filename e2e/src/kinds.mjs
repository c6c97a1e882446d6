/** Messages of every kind a bot may send, as it would send them. */

export const marks = `# Heading
**bold** *italic* __under__ ~~gone~~ ||secret|| \`code\`
> quoted
- one
- two
  1. nested
\`\`\`js
const answer = 42;
\`\`\`
-# small [masked](https://example.com) <t:1795342500:R> <t:1795342500:F> @nobody <@585576154958921739> <#1400000000000000026> <#999999999999999999> <b>no html</b>`;

/** As many fields as an embed may have, some of them inline. */
export const embed = {
  title: "An embed with everything",
  description: "It has **25** fields.",
  url: "https://example.com",
  color: 0x2ecc71,
  author: { name: "Somebody", url: "https://example.com" },
  footer: { text: "The end" },
  timestamp: "2026-11-22T10:00:00.000Z",
  fields: Array.from({ length: 25 }, (_, index) => ({ name: `Field ${index + 1}`, value: "x".repeat((index % 5) * 10 + 1), inline: index % 4 !== 0 })),
};

export const rows = [
  { type: 1, components: [1, 2, 3, 4].map((style) => ({ type: 2, style, label: `Style ${style}`, custom_id: `style-${style}` })).concat([{ type: 2, style: 5, label: "A link", url: "https://example.com" }]) },
  { type: 1, components: [{ type: 2, style: 2, label: "Not now", custom_id: "off", disabled: true }, { type: 2, style: 1, label: "Think", custom_id: "think" }, { type: 2, style: 4, label: "Silent", custom_id: "silent" }, { type: 2, style: 3, label: "Form", custom_id: "form" }] },
  { type: 1, components: [{ type: 3, custom_id: "topic", placeholder: "Topic", min_values: 1, max_values: 2, options: [{ label: "Billing", value: "billing", description: "Money" }, { label: "Login", value: "login" }, { label: "Other", value: "other" }] }] },
  { type: 1, components: [{ type: 5, custom_id: "person", placeholder: "Person" }] },
];

export const second = {
  flags: 1 << 15,
  components: [
    { type: 10, content: "## The second generation" },
    {
      type: 17,
      accent_color: 0xe0b072,
      components: [
        { type: 9, components: [{ type: 10, content: "A section" }], accessory: { type: 2, style: 3, label: "Claim", custom_id: "claim" } },
        { type: 14, divider: true, spacing: 2 },
        { type: 10, content: "-# the end of the container" },
      ],
    },
  ],
};

/** A modal with the fields of both generations' successors. */
export const form = {
  custom_id: "form",
  title: "Tell us",
  components: [
    { type: 10, content: "All fields with a **star** are needed." },
    { type: 18, label: "Subject", description: "One line", component: { type: 4, custom_id: "subject", style: 1, min_length: 5, max_length: 40 } },
    { type: 18, label: "Story", component: { type: 4, custom_id: "story", style: 2, required: false } },
    { type: 18, label: "Topic", component: { type: 3, custom_id: "topic", options: [{ label: "Billing", value: "billing" }, { label: "Login", value: "login" }] } },
    { type: 18, label: "Urgency", component: { type: 21, custom_id: "urgency", options: [{ label: "Low", value: "low" }, { label: "High", value: "high" }] } },
  ],
};

export const commands = [
  { name: "price", description: "The price of a coin", options: [{ type: 3, name: "coin", description: "Which", required: true, autocomplete: true }, { type: 4, name: "amount", description: "How many", min_value: 1, max_value: 9 }] },
  { name: "Report", type: 3 },
];
