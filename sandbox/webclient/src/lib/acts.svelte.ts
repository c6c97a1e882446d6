import type { Component, FieldValue, Message, Snowflake } from "discord-message";
import { api, ApiError, sentence } from "./api.ts";
import { readUpload } from "./drafts.svelte.ts";
import type { CommandCall, Interaction, Modal, SentValue } from "./types.ts";

/** What stands at a channel's end for a command that is running or has failed. */
export interface Notice {
  key: number;
  channel: Snowflake;
  text: string;
  failure?: string;
}

/** A control that waits for its bot, or was refused. */
interface Touched {
  pending: boolean;
  interaction?: string;
  values?: string[];
}

/** Sentence for an interaction that failed without saying why; the words Discord's users know. */
const failed = "This interaction failed";

/** Interactions of one window: what is waiting, what failed, which modal is open. */
export class Acts {
  readonly #user: Snowflake;
  #touched = $state<Record<string, Touched>>({});
  /** Why the last press on a message failed, by message. */
  failures = $state<Record<Snowflake, string>>({});
  notices = $state<Notice[]>([]);
  modal = $state<Modal>();
  modalError = $state<{ text: string; field?: string }>();
  modalPending = $state(false);
  /** States the stream told before the answer of the press told the interaction's id. */
  #early = new Map<string, Interaction>();
  #waiting = new Map<string, (interaction: Interaction) => void>();
  #key = 0;

  constructor(user: Snowflake) {
    this.#user = user;
  }

  stateOf(message: Snowflake, customId: string): { pending: boolean; values?: string[] } | undefined {
    return this.#touched[`${message}:${customId}`];
  }

  press(message: Message, component: Component): void {
    const customId = component.custom_id ?? "";
    void this.#touch(message, customId, undefined, () => api.press(this.#user, message.channel_id, message.id, customId));
  }

  select(message: Message, component: Component, values: string[]): void {
    const customId = component.custom_id ?? "";
    void this.#touch(message, customId, values, () => api.select(this.#user, message.channel_id, message.id, customId, values));
  }

  async command(call: CommandCall, label: string): Promise<void> {
    const key = ++this.#key;
    this.notices.push({ key, channel: call.channel_id, text: label });
    const end = (failure?: string): void => {
      if (failure === undefined) this.forget(key);
      else this.notices = this.notices.map((notice) => (notice.key === key ? { ...notice, failure } : notice));
    };
    await this.#run(() => api.command(this.#user, call), end);
  }

  /** Puts a notice away. */
  forget(key: number): void {
    this.notices = this.notices.filter((notice) => notice.key !== key);
  }

  async submit(values: Record<string, FieldValue>): Promise<void> {
    const { modal } = this;
    if (!modal || this.modalPending) return;
    this.modalPending = true;
    this.modalError = undefined;
    try {
      const reached = await this.#settled(await api.submit(this.#user, modal.id, await withFiles(values)));
      if (reached.state === "failed") this.modalError = { text: reached.failure || "Something went wrong. Try again." };
      else if (this.modal === modal) this.modal = undefined;
    } catch (error) {
      this.modalError = { text: sentence(error), field: error instanceof ApiError ? error.field?.replace(/^values\./, "").replace(/\[\d+\]$/, "") : undefined };
    } finally {
      this.modalPending = false;
    }
  }

  closeModal(): void {
    this.modal = undefined;
    this.modalError = undefined;
  }

  /** The stream tells what became of an interaction. */
  hear(interaction: Interaction): void {
    const waiting = this.#waiting.get(interaction.id);
    if (waiting && interaction.state !== "pending") {
      this.#waiting.delete(interaction.id);
      waiting(interaction);
      return;
    }
    this.#early.set(interaction.id, interaction);
    const [oldest] = this.#early.keys();
    if (this.#early.size > 50 && oldest !== undefined) this.#early.delete(oldest);
  }

  async #touch(message: Message, customId: string, values: string[] | undefined, act: () => Promise<Interaction>): Promise<void> {
    const key = `${message.id}:${customId}`;
    if (this.#touched[key]?.pending) return;
    this.#touched[key] = { pending: true, values };
    delete this.failures[message.id];
    await this.#run(act, (failure) => {
      this.#touched[key] = { pending: false, values };
      if (failure !== undefined) this.failures[message.id] = failure;
    });
  }

  async #run(act: () => Promise<Interaction>, end: (failure?: string) => void): Promise<void> {
    try {
      const reached = await this.#settled(await act());
      if (reached.state === "modal" && reached.modal) {
        this.modalError = undefined;
        this.modal = reached.modal;
      }
      end(reached.state === "failed" ? reached.failure || failed : undefined);
    } catch (error) {
      end(sentence(error));
    }
  }

  /** The interaction once it is no longer pending; the stream tells where the answer did not. */
  #settled(interaction: Interaction): Promise<Interaction> {
    if (interaction.state !== "pending") return Promise.resolve(interaction);
    const early = this.#early.get(interaction.id);
    if (early && early.state !== "pending") return Promise.resolve(early);
    return new Promise((resolve) => {
      // A line that breaks for good must not leave a button waiting for ever.
      const timer = setTimeout(() => this.hear({ id: interaction.id, state: "failed", failure: failed }), 10_000);
      this.#waiting.set(interaction.id, (reached) => {
        clearTimeout(timer);
        resolve(reached);
      });
    });
  }
}

/** The values as the control API takes them: files as their bytes. */
async function withFiles(values: Record<string, FieldValue>): Promise<Record<string, SentValue>> {
  const sent = Object.entries(values).map(async ([id, value]): Promise<[string, SentValue]> => [id, areFiles(value) ? await Promise.all(value.map(readUpload)) : value]);
  return Object.fromEntries(await Promise.all(sent));
}

function areFiles(value: FieldValue): value is File[] {
  return Array.isArray(value) && value.some((entry) => entry instanceof File);
}
