import type { Modal } from "./modal.ts";

/** A modal with every kind of field, for the gallery. */
export const sampleModal: Modal = {
  custom_id: "sample",
  title: "A modal with every kind of field",
  components: [
    { type: 10, content: "Text between fields, with **marks**." },
    { type: 1, components: [{ type: 4, custom_id: "old", label: "A row of the first generation", style: 1, placeholder: "Short text", max_length: 10 }] },
    { type: 18, label: "What happened?", description: "As much as you like", component: { type: 4, custom_id: "story", style: 2, required: false, max_length: 400 } },
    { type: 18, label: "Topic", component: { type: 3, custom_id: "topic", options: [{ label: "Billing", value: "b", description: "Invoices" }, { label: "Login", value: "l" }] } },
    { type: 18, label: "People", component: { type: 5, custom_id: "people", max_values: 3, required: false } },
    { type: 18, label: "How urgent?", component: { type: 21, custom_id: "urgent", options: [{ label: "It can wait", value: "low" }, { label: "Today", value: "high", description: "We will try" }] } },
    { type: 18, label: "Where?", component: { type: 22, custom_id: "where", min_values: 1, max_values: 2, options: [{ label: "Web", value: "w" }, { label: "Game", value: "g" }, { label: "Elsewhere", value: "e" }] } },
    { type: 18, label: "Agreement", component: { type: 23, custom_id: "agree" } },
    { type: 18, label: "Pictures", component: { type: 19, custom_id: "files", required: false, max_values: 2 } },
    { type: 77 },
  ],
};
