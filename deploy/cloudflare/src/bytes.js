/** More bytes than were allowed. */
export class TooLarge extends Error {}

/**
 * Reads a body of at most limit bytes; one more is TooLarge, and no more is read.
 * @param {ReadableStream<Uint8Array> | null} body
 * @param {number} limit
 */
export async function readBounded(body, limit) {
  if (body === null) {
    return new Uint8Array();
  }
  const reader = body.getReader();
  const chunks = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    total += value.length;
    if (total > limit) {
      reader.cancel().catch(() => {});
      throw new TooLarge();
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
