// Standard Webhooks v1 in both directions: the envelope carries the sender's signature, the answer ours. An answer's id begins with ans_ where
// the envelope's began with msg_, so that neither can be passed off as the other.

const WINDOW = 60; // seconds that the clocks may differ, and for which ids are remembered
const MOST_SEEN = 200_000;

/** Ids that were used, with the second in which they may be forgotten. Each isolate has its own: a hindrance to replays, no wall. */
const seen = new Map();

/**
 * Checks an envelope's signature, time and id.
 * @param {Headers} headers
 * @param {Uint8Array} body
 * @param {string} keyTexts
 * @param {number} now milliseconds
 * @returns {Promise<{refused: string, status: number} | {id: string, key: CryptoKey, refused?: undefined}>}
 */
export async function verify(headers, body, keyTexts, now) {
  const keys = await importKeys(keyTexts);
  if (keys.length === 0) {
    return { refused: "no key: set the secret KEYS", status: 503 };
  }
  const id = headers.get("webhook-id") ?? "";
  const stamp = headers.get("webhook-timestamp") ?? "";
  if (!/^msg_[a-z2-7]{26}$/.test(id) || !/^\d{1,12}$/.test(stamp)) {
    return { refused: "signature", status: 401 };
  }
  const key = await signedBy(keys, headers.get("webhook-signature") ?? "", content(id, stamp, body));
  if (!key) {
    return { refused: "signature", status: 401 };
  }
  const second = Math.floor(now / 1000);
  if (Math.abs(second - Number(stamp)) > WINDOW) {
    return { refused: "time: the clocks differ by more than a minute", status: 401 };
  }
  return remember(id, second) ? { id, key } : { refused: "again", status: 409 };
}

/** Signs an answer with the key that the envelope was signed with. */
export async function sign({ id, key }, body, now) {
  const answerID = `ans_${id.slice(4)}`;
  const stamp = String(Math.floor(now / 1000));
  const mac = await crypto.subtle.sign("HMAC", key, content(answerID, stamp, body));
  return { "webhook-id": answerID, "webhook-timestamp": stamp, "webhook-signature": `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}` };
}

/** The first key that one of the signatures is of. crypto.subtle.verify compares in constant time. */
async function signedBy(keys, header, signed) {
  const given = header.split(" ", 4).filter((s) => /^v1,[0-9A-Za-z+/]{43}=$/.test(s));
  for (const key of keys) {
    for (const signature of given) {
      if (await crypto.subtle.verify("HMAC", key, bytes(atob(signature.slice(3))), signed)) {
        return key;
      }
    }
  }
  return null;
}

async function importKeys(texts) {
  const keys = [];
  for (const text of texts.split(/\s+/)) {
    const encoded = /^whsec_((?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?)$/.exec(text)?.[1];
    if (encoded && encoded.length >= 32 && encoded.length <= 88) {
      keys.push(await crypto.subtle.importKey("raw", bytes(atob(encoded)), { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]));
    }
  }
  return keys;
}

function content(id, stamp, body) {
  const start = bytes(`${id}.${stamp}.`);
  const whole = new Uint8Array(start.length + body.length);
  whole.set(start);
  whole.set(body, start.length);
  return whole;
}

/** @param {string} text whose characters are bytes */
function bytes(text) {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

function remember(id, second) {
  for (const [old, until] of seen) {
    if (until >= second) {
      break; // they stand in the order of their coming
    }
    seen.delete(old);
  }
  if (seen.has(id) || seen.size >= MOST_SEEN) {
    return false;
  }
  seen.set(id, second + 2 * WINDOW);
  return true;
}
