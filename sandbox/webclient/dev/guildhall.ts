import type { Channel, Command, Component, Guild, Interaction, Message, Modal, Persona, User, View } from "../src/lib/types.ts";

/** The fake's little world: one guild, three people, one bot that answers everything it offers. */

type Listener = (id: number, name: string, data: unknown) => void;
type Body = Record<string, unknown>;

const ids = { guild: "700000000000000001", support: "700000000000000010", general: "700000000000000011", staff: "700000000000000012", category: "700000000000000013", thread: "700000000000000014", role: "700000000000000020", ryan: "585576154958921739", mia: "600000000000000002", noor: "600000000000000003", bot: "600000000000000009" };
const everything = String((1n << 50n) - 1n);

const users: User[] = [
  { id: ids.ryan, username: "ryan", global_name: "Ryan" },
  { id: ids.mia, username: "mia", global_name: "Mia" },
  { id: ids.noor, username: "noor", global_name: "Noor" },
  { id: ids.bot, username: "Usher", bot: true },
];

const commands: Command[] = [
  { id: "1", name: "price", description: "The price of a coin now", options: [{ type: 3, name: "coin", description: "Which coin", required: true, autocomplete: true }, { type: 4, name: "amount", description: "How many", min_value: 1, max_value: 99 }, { type: 5, name: "quiet", description: "For you alone" }] },
  { id: "2", name: "ticket", description: "Tickets", options: [{ type: 1, name: "close", description: "Close this ticket", options: [{ type: 3, name: "reason", description: "Why" }] }, { type: 1, name: "add", description: "Let somebody in", options: [{ type: 6, name: "who", description: "The person", required: true }] }] },
  { id: "3", name: "Report to staff", type: 3 },
  { id: "4", name: "Open a ticket for", type: 2 },
];

const panel: Component[] = [
  { type: 1, components: [{ type: 2, style: 1, label: "Open a ticket", custom_id: "open" }, { type: 2, style: 2, label: "With a form", custom_id: "form" }, { type: 2, style: 4, label: "Fails", custom_id: "fail" }, { type: 2, style: 3, label: "Thinks", custom_id: "think" }] },
  { type: 1, components: [{ type: 3, custom_id: "topic", placeholder: "What is it about?", options: [{ label: "Billing", value: "billing", description: "Invoices and refunds" }, { label: "Something else", value: "else" }] }] },
];

const form: Omit<Modal, "id"> = {
  custom_id: "form",
  title: "Tell us about it",
  components: [
    { type: 10, content: "Fields with a **star** must be filled in." },
    { type: 18, label: "Subject", description: "One line is enough", component: { type: 4, custom_id: "subject", style: 1, min_length: 3, max_length: 40, placeholder: "I cannot log in" } },
    { type: 18, label: "What happened?", component: { type: 4, custom_id: "story", style: 2, required: false, max_length: 400 } },
    { type: 18, label: "Topic", component: { type: 3, custom_id: "topic", options: [{ label: "Billing", value: "b" }, { label: "Login", value: "l" }] } },
    { type: 18, label: "How urgent?", component: { type: 21, custom_id: "urgent", options: [{ label: "It can wait", value: "low" }, { label: "Today, please", value: "high" }] } },
  ],
};

export class Guildhall {
  #next = 1_000_000_000_000_000_000n;
  #events = 0;
  #listeners = new Map<Listener, string>();
  #messages = new Map<string, Message[]>();
  #modals = new Map<string, Omit<Modal, "id">>();
  #channels: Channel[] = [
    { id: ids.category, type: 4, name: "Help", position: 1 },
    { id: ids.general, type: 0, name: "general", position: 0, topic: "Anything at all" },
    { id: ids.support, type: 0, name: "support", position: 1, parent_id: ids.category, topic: "Press the button, **staff** will help" },
    { id: ids.staff, type: 0, name: "staff-room", position: 2, parent_id: ids.category, private: true },
  ];
  #threads: Channel[] = [{ id: ids.thread, type: 11, name: "Login trouble", parent_id: ids.support }];

  constructor() {
    this.#post(ids.support, ids.bot, { content: "Need help? Open a ticket, and somebody will be with you.", components: panel });
    for (let count = 1; count <= 120; count++) this.#post(ids.general, count % 3 ? ids.mia : ids.noor, { content: `Message ${count} of a long talk`, timestamp: new Date(Date.now() - (130 - count) * 3_600_000).toISOString() });
  }

  knows(user: string): boolean {
    return users.some((known) => known.id === user);
  }

  personas(): Persona[] {
    return users.filter((user) => !user.bot).map((user) => ({ user, guild_ids: [ids.guild], note: user.id === ids.mia ? "Staff" : "Member" }));
  }

  listen(user: string, listener: Listener): () => void {
    this.#listeners.set(listener, user);
    return () => this.#listeners.delete(listener);
  }

  async call(user: string, path: string[], body: Body): Promise<unknown> {
    const channel = String(body.channel_id ?? path[1] ?? "");
    switch (path.join("/").replace(/\d{6,}/, "ID")) {
      case "view":
        return this.#view(user);
      case "channels/ID/messages":
        return this.#page(user, channel, Number(body.limit), body.before as string | undefined);
      case "channels/ID/viewers":
        return { users: users.filter((known) => this.#visible(known.id, channel)).map((known) => known.id), everyone: channel !== ids.staff };
      case "messages":
        return this.#post(channel, user, { content: String(body.content), ...(body.reply_to ? { type: 19, referenced_message: this.#messages.get(channel)?.find((known) => known.id === body.reply_to) ?? null } : {}) });
      case "press":
      case "select":
      case "submit":
      case "command":
        return await this.#interact(user, path[0]!, body);
      case "autocomplete":
        return { choices: ["bitcoin", "ether", "monero"].map((name) => ({ name, value: name })) };
      case "typing":
        return this.#tell("typing", { channel_id: channel, user_id: user });
      case "react":
        return this.#tell(body.remove ? "reaction_remove" : "reaction_add", { channel_id: channel, message_id: body.message_id, user_id: user, emoji: { name: body.emoji } });
      case "delete":
        return this.#tell("message_delete", { id: body.message_id, channel_id: channel });
      default:
        throw new Error(`The fake does not know how to ${path.join("/")}.`);
    }
  }

  async #interact(user: string, how: string, body: Body): Promise<Interaction> {
    const id = this.#id();
    const what = String(body.custom_id ?? body.name ?? "");
    const channel = String(body.channel_id ?? ids.support);
    await new Promise((resolve) => setTimeout(resolve, 400));
    if (what === "fail") return { id, state: "failed", failure: "This interaction failed" };
    if (what === "form") {
      this.#modals.set(id, form);
      return { id, state: "modal", modal: { ...form, id } };
    }
    if (how === "submit") this.#modals.delete(String(body.modal_id));
    if (what === "open") return this.#open(user, channel, id);
    const reply = this.#post(channel, ids.bot, { flags: what === "think" ? 192 : 64, content: `You did \`${how} ${what}\` with \`${JSON.stringify(body.values ?? body.options ?? "")}\`.` }, user);
    if (what === "think") setTimeout(() => this.#tell("message_update", { ...reply, flags: 64, content: "Thought about it." }, user), 2500);
    return { id, state: what === "think" ? "deferred" : "answered" };
  }

  #open(user: string, channel: string, id: string): Interaction {
    const number = this.#channels.filter((known) => known.name?.startsWith("ticket-")).length + 1;
    const ticket: Channel = { id: this.#id(), type: 0, name: `ticket-${number}`, parent_id: ids.category, position: 9, private: true, guild_id: ids.guild, permissions: everything };
    this.#channels.push(ticket);
    this.#tell("channel_create", ticket);
    this.#post(ticket.id, ids.bot, { content: `<@${user}>`, mentions: users.filter((known) => known.id === user), embeds: [{ color: 0xe0b072, title: `Ticket ${number}`, description: "User online status: Online\nHigh score: 3000" }], components: [{ type: 1, components: [{ type: 2, style: 4, label: "Close", custom_id: "close" }] }] });
    this.#post(channel, ids.bot, { flags: 64, content: `Your ticket: <#${ticket.id}>` }, user);
    return { id, state: "answered" };
  }

  #view(user: string): View {
    const visible = (channel: Channel): boolean => this.#visible(user, channel.id);
    const last = (channel: Channel): Channel => ({ ...channel, guild_id: ids.guild, permissions: everything, last_message_id: this.#messages.get(channel.id)?.at(-1)?.id ?? null });
    const guild: Guild = {
      id: ids.guild,
      name: "Moorland",
      channels: this.#channels.filter(visible).map(last),
      threads: this.#threads.map(last),
      members: users.map((known) => ({ user: known, roles: known.id === ids.mia ? [ids.role] : [] })),
      roles: [{ id: ids.guild, name: "@everyone" }, { id: ids.role, name: "Staff", color: 0x2ecc71, hoist: true, position: 2 }],
      commands,
    };
    return { user: users.find((known) => known.id === user)!, guilds: [guild], direct_messages: [], users, last_event_id: String(this.#events) };
  }

  #visible(user: string, channel: string): boolean {
    return channel !== ids.staff || user === ids.mia;
  }

  #page(user: string, channel: string, limit: number, before: string | undefined): Message[] {
    const all = (this.#messages.get(channel) ?? []).filter((message) => (!before || message.id < before) && (!(message as { for?: string }).for || (message as { for?: string }).for === user));
    return all.slice(-limit).toReversed();
  }

  #post(channel: string, author: string, part: Partial<Message>, only?: string): Message {
    const message = { id: this.#id(), channel_id: channel, guild_id: ids.guild, type: 0, author: users.find((user) => user.id === author)!, timestamp: new Date().toISOString(), content: "", ...part, ...(only ? { for: only } : {}) };
    this.#messages.set(channel, [...(this.#messages.get(channel) ?? []), message]);
    this.#tell("message_create", message, only);
    return message;
  }

  #tell(name: string, data: unknown, only?: string): undefined {
    this.#events++;
    for (const [listener, user] of this.#listeners) if (!only || only === user) listener(this.#events, name, data);
  }

  #id(): string {
    this.#next += 4_194_304n;
    return String(this.#next);
  }
}
