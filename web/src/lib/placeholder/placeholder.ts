// Text with placeholders, read exactly as the program reads it (rules I-19 and I-20): %name%, %name|fallback%, \% for a literal sign.
// The cases in cases.json hold both.

export type Piece = { at: number; text: string; name?: string; fallback?: string };

const pattern = /%([A-Za-z0-9_.-]{1,100})(?:%|\|((?:\\%|[^%\n])*)%)/y;
const maxFallback = 200; // bytes, with the closing sign

// fold gives the form under which a name is looked up.
export const fold = (name: string) => name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const bytes = (text: string) => new TextEncoder().encode(text).length;

function placeholderAt(text: string, at: number): Piece | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [whole, name, fallback] = match;
  if (fallback === undefined) return { at, text: whole, name: name! };
  return bytes(fallback) > maxFallback ? undefined : { at, text: whole, name: name!, fallback: fallback.replaceAll("\\%", "%") };
}

// parse splits a text into literal pieces and placeholders. known says which names there are: an unknown one is text, and what follows
// its first sign may hold one that is known.
export function parse(text: string, known: (name: string) => boolean = () => true): Piece[] {
  const pieces: Piece[] = [];
  const literal = (at: number, words: string) => {
    const last = pieces.at(-1);
    if (last !== undefined && last.name === undefined) last.text += words;
    else pieces.push({ at, text: words });
  };
  for (let at = 0; at < text.length;) {
    if (text.startsWith("\\%", at)) {
      literal(at, "%");
      at += 2;
      continue;
    }
    const found = text[at] === "%" ? placeholderAt(text, at) : undefined;
    if (found?.name !== undefined && known(fold(found.name))) {
      pieces.push(found);
      at += found.text.length;
    } else {
      literal(at, text[at]!);
      at += 1;
    }
  }
  return pieces;
}

export type Format = "text" | "markdown" | "url" | "timestamp";
export type Known = { text?: string; missing?: boolean; fallback?: string; format?: Format };

// fill puts values in, in one pass.
export function fill(text: string, lookup: (name: string) => Known | undefined, encode: (value: string, format?: Format) => string = (value) => value): string {
  return parse(text, (name) => lookup(name) !== undefined)
    .map((piece) => {
      if (piece.name === undefined) return piece.text;
      const value = lookup(fold(piece.name))!;
      if (!value.missing && value.text !== undefined) return encode(value.text, value.format);
      return piece.fallback ?? encode(value.fallback || "N/A");
    })
    .join("");
}

// typing finds the placeholder that is being typed where the cursor stands: from its sign to the cursor.
export function typing(text: string, cursor: number): { from: number; prefix: string } | undefined {
  const before = text.slice(0, cursor);
  const sign = before.lastIndexOf("%");
  if (sign < 0 || before[sign - 1] === "\\") return undefined;
  const prefix = before.slice(sign + 1);
  if (!/^[A-Za-z0-9_.-]{0,100}$/.test(prefix)) return undefined;
  // The sign may close a placeholder instead of opening one.
  const closes = parse(before).some((piece) => piece.name !== undefined && piece.at < sign && piece.at + piece.text.length > sign);
  return closes ? undefined : { from: sign, prefix };
}

// escapeMarkdown makes a value stand for itself, near enough for a preview; the program has the last word.
export const escapeMarkdown = (text: string) =>
  text.replace(/[\\*_~`|<[\]]/g, "\\$&").replace(/^(\s*)(#{1,3}|-#|>{1,3}|[-+]|\d+\.)(?=\s|$)/gm, "$1\\$2").replaceAll("://", "\\://");
