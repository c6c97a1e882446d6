/** Names while writing: "@ry" offers Ryan, and what was chosen goes out as Discord's mention. */

/** A name in the text that stands for a mention. */
export interface Token {
  text: string;
  value: string;
}

/** The mention being typed before the caret: its sign, what follows, and where it begins. */
export interface Asking {
  sign: "@" | "#";
  query: string;
  start: number;
}

export function askingAt(text: string, caret: number): Asking | undefined {
  const found = /(?:^|\s)([@#])([^\s@#]{0,32})$/.exec(text.slice(0, caret));
  if (!found) return undefined;
  const query = found[2] ?? "";
  return { sign: found[1] as "@" | "#", query, start: caret - query.length - 1 };
}

/** The text with the chosen name in the place of what was typed, and where the caret goes. */
export function complete(text: string, asking: Asking, name: string): { text: string; caret: number } {
  const end = asking.start + 1 + asking.query.length;
  const head = `${text.slice(0, asking.start)}${name} `;
  return { text: head + text.slice(end).replace(/^ /, ""), caret: head.length };
}

/** What goes out: chosen names become mentions. The longest names first, so that "@Ryan B" is not cut. */
export function outgoing(text: string, tokens: readonly Token[]): string {
  return tokens.toSorted((a, b) => b.text.length - a.text.length).reduce((sum, token) => sum.replaceAll(token.text, token.value), text);
}

/** Discord's limit of a message's text, for people. */
export const contentLimit = 2000;
/** Discord's limits of attachments in a message: how many, and bytes of each. */
export const fileLimit = { count: 10, bytes: 10 * 1024 * 1024 } as const;
