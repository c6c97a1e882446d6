import type { Message, Snowflake } from "discord-message";
import type { Entry, Typed } from "./commands.ts";
import { contentLimit, fileLimit, outgoing, type Token } from "./compose.ts";
import type { Upload } from "./types.ts";

/** What somebody is writing in one channel. It outlives a change of channel and a failed sending. */
export class Draft {
  text = $state("");
  tokens = $state<Token[]>([]);
  files = $state<Upload[]>([]);
  reply = $state<Message>();
  error = $state<string>();
  sending = $state(false);
  /** A slash command whose options are being filled in. */
  command = $state<{ entry: Entry; typed: Typed }>();

  /** Why it cannot be sent as it stands; undefined where it can, or where there is nothing to send. */
  get fault(): string | undefined {
    const over = Array.from(outgoing(this.text, this.tokens)).length - contentLimit;
    return over > 0 ? `Your message is ${over} characters too long.` : undefined;
  }

  get empty(): boolean {
    return this.text.trim() === "" && this.files.length === 0;
  }

  /** Adds files; those beyond Discord's limits are named in the error and left out. */
  async add(files: Iterable<File>): Promise<void> {
    this.error = undefined;
    for (const file of files) {
      if (this.files.length >= fileLimit.count) this.error = `A message holds at most ${fileLimit.count} files.`;
      else if (fileFault(file)) this.error = fileFault(file);
      else this.files.push(await readUpload(file));
    }
  }

  /** Takes away what has been sent; what was typed meanwhile stays. */
  sent(text: string, files: readonly Upload[]): void {
    this.text = this.text.startsWith(text) ? this.text.slice(text.length) : this.text;
    this.files = this.files.filter((file) => !files.includes(file));
    this.reply = undefined;
    this.error = undefined;
    if (this.text === "") this.tokens = [];
  }
}

/** The drafts of a window, by channel. */
export class Drafts {
  #drafts = new Map<Snowflake, Draft>();

  of(channel: Snowflake): Draft {
    const draft = this.#drafts.get(channel) ?? new Draft();
    this.#drafts.set(channel, draft);
    return draft;
  }
}

/** Why a file cannot go up; undefined where it can. */
export function fileFault(file: File): string | undefined {
  return file.size > fileLimit.bytes ? `${file.name} is larger than ${fileLimit.bytes / 1024 / 1024} MiB.` : undefined;
}

/** A file as the control API takes it. */
export async function readUpload(file: File): Promise<Upload> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  // One call with all bytes as arguments would overflow the stack.
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { filename: file.name, content_type: file.type || "application/octet-stream", data: btoa(binary) };
}
