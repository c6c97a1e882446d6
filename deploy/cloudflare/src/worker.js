// Usher's way out on Cloudflare Workers: it sends the request that a signed envelope describes, and hands back the signed answer.
//
// It keeps nothing, logs nothing and knows no key but its own. Whatever is wrong with an envelope, nothing is sent.

import { hasPrivateName } from "./names.js";
import { readBounded, TooLarge } from "./bytes.js";
import { sign, verify } from "./signature.js";

const MAX_ENVELOPE = 1 << 20; // bytes
const MOST = { time: 30_000, header: 64 << 10, body: 4 << 20 }; // milliseconds and bytes, whatever an envelope asks for
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
const FRAMING = new Set([
  "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect", "accept-encoding", "cookie",
  "forwarded", "via",
]);
const FRAMING_PREFIX = /^(proxy-|cf-|x-forwarded-)/;
const KEPT = ["content-type", "cache-control", "retry-after"];
const ENCODINGS = new Set(["", "identity", "gzip"]);

/** Why nothing, or no whole answer, came back. The classes are those of Usher's other ways out. */
class Refused extends Error {
  /** @param {string} kind one of url, policy, connect, timeout, too_large, encoding */
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

export default {
  /**
   * @param {Request} request
   * @param {{KEYS?: string, ALLOW_PORTS?: string}} env KEYS: signing keys (whsec_…) with spaces between them, the newest first
   */
  async fetch(request, env) {
    if (request.method !== "POST") {
      return told(404, "not found");
    }
    let envelope;
    try {
      envelope = await readBounded(request.body, MAX_ENVELOPE);
    } catch (error) {
      return told(error instanceof TooLarge ? 413 : 400, "envelope");
    }
    const checked = await verify(request.headers, envelope, env.KEYS ?? "", Date.now());
    if (checked.refused) {
      return told(checked.status, checked.refused);
    }
    const answer = await send(envelope, new URL(request.url).hostname, env.ALLOW_PORTS ?? "");
    return new Response(answer, { headers: { "content-type": "application/octet-stream", "cache-control": "no-store", ...(await sign(checked, answer, Date.now())) } });
  },
};

/** An answer to somebody who is not known: plain, and unsigned. */
function told(status, text) {
  return new Response(`${text}\n`, { status, headers: { "content-type": "text/plain", "cache-control": "no-store" } });
}

/** Sends what the envelope describes and gives the answer's bytes: a line of JSON, then the body. */
async function send(envelope, self, ports) {
  try {
    const asked = parse(envelope);
    judge(asked.url, self, ports);
    return await exchange(asked);
  } catch (error) {
    return pack({ class: error instanceof Refused ? error.kind : "connect" });
  }
}

/** Reads an envelope: a line of JSON, then the body to send. */
function parse(envelope) {
  const end = envelope.indexOf(10);
  let head;
  try {
    head = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(envelope.subarray(0, end < 0 ? envelope.length : end)));
  } catch {
    throw new Refused("url");
  }
  const body = end < 0 ? new Uint8Array() : envelope.subarray(end + 1);
  const { v, method, url, headers, time_ms: time, max_header: header, max_body: size } = head ?? {};
  const whole = [time, header, size].every((n) => Number.isInteger(n) && n > 0);
  if (v !== 1 || !whole || typeof url !== "string" || !Array.isArray(headers) || !(method === "POST" || (method === "GET" && body.length === 0))) {
    throw new Refused("url");
  }
  return {
    method, body, url: parseURL(url), headers: outgoing(headers),
    time: Math.min(time, MOST.time), header: Math.min(header, MOST.header), size: Math.min(size, MOST.body),
  };
}

/** Reads a URL. What a browser's rules would silently change into another request, such as dot segments or 0x7f.1, is refused. */
function parseURL(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new Refused("url");
  }
  const plain = (s) => s.replace(/[^!-~]|["<>`{}'^|]/gu, encodeURIComponent).replaceAll("'", "%27");
  if (plain(url.href) !== plain(text) || url.username || url.password || url.hash) {
    throw new Refused("url");
  }
  return url;
}

/** Makes the outgoing headers from the envelope alone: nothing of the request that brought it, such as its signature, passes. */
function outgoing(list) {
  const headers = new Headers({ "accept-encoding": "gzip" });
  for (const entry of list) {
    const [name, value] = Array.isArray(entry) && entry.length === 2 ? entry : [];
    if (typeof name !== "string" || typeof value !== "string" || !TOKEN.test(name) || /[\0-\x1f\x7f]/.test(value)) {
      throw new Refused("url");
    }
    const lower = name.toLowerCase();
    if (FRAMING.has(lower) || FRAMING_PREFIX.test(lower)) {
      throw new Refused("url");
    }
    headers.append(name, value);
  }
  return headers;
}

/** Refuses what must not be asked. Where a name leads is not known here; Cloudflare's network does not reach private addresses of others. */
function judge(url, self, ports) {
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new Refused("policy");
  }
  const odd = url.port !== "" && url.port !== "80" && url.port !== "443";
  if (odd && !ports.split(/[\s,]+/).includes(url.port)) {
    throw new Refused("policy");
  }
  if (hasPrivateName(url.hostname) || url.hostname === self) {
    throw new Refused("policy");
  }
}

/** Makes the one request. Nothing is followed, kept or asked again. */
async function exchange({ method, url, headers, body, time, header, size }) {
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), time);
  let encoding = "";
  try {
    const response = await fetch(url.href, { method, headers, body: method === "POST" ? body : undefined, redirect: "manual", cache: "no-store", signal: clock.signal });
    const shown = head(response, header);
    if (response.status >= 300 && response.status < 400) {
      clock.abort(); // its body is not looked at
      return pack({ ...shown, location: response.headers.get("location") });
    }
    encoding = (response.headers.get("content-encoding") ?? "").trim().toLowerCase();
    if (!ENCODINGS.has(encoding)) {
      throw new Refused("encoding");
    }
    if (Number(response.headers.get("content-length") ?? 0) > size) {
      throw new Refused("too_large");
    }
    return pack(shown, await readBounded(response.body, size));
  } catch (error) {
    if (error instanceof Refused) {
      throw error;
    }
    if (error instanceof TooLarge) {
      throw new Refused("too_large");
    }
    throw new Refused(clock.signal.aborted ? "timeout" : encoding === "gzip" ? "encoding" : "connect");
  } finally {
    clearTimeout(timer);
    clock.abort();
  }
}

/** What is handed back of an answer's head. */
function head(response, limit) {
  let total = 0;
  for (const [name, value] of response.headers) {
    total += name.length + value.length + 4;
  }
  if (total > limit) {
    throw new Refused("too_large");
  }
  if (response.status < 200) {
    throw new Refused("connect");
  }
  return { status: response.status, headers: KEPT.filter((name) => response.headers.has(name)).map((name) => [name, response.headers.get(name)]) };
}

function pack(shown, body = new Uint8Array()) {
  const line = new TextEncoder().encode(`${JSON.stringify({ v: 1, ...shown })}\n`);
  const whole = new Uint8Array(line.length + body.length);
  whole.set(line);
  whole.set(body, line.length);
  return whole;
}
