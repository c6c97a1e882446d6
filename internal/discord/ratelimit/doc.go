// Package ratelimit keeps the bot inside Discord's REST rate limits. It implements disgo's rest.RateLimiter and replaces
// disgo's own, which sends the requests of a bucket one after another and ignores global limits (ADR on disgo's limiter).
//
// How a request passes (Discord docs, "Rate Limits"):
//
//   - Its bucket: up to X-RateLimit-Remaining requests of one bucket are in flight together. Routes that Discord answers with the same
//     X-RateLimit-Bucket share one bucket per major parameter (channel, guild, webhook, interaction token).
//   - A bucket nobody has asked yet: if the same route was answered before for another channel or guild, its limit is taken for the new one
//     and a burst flies at once. Only the very first burst on a route since the start sends one request ahead; the others follow when it is
//     answered, at the cost of one round trip. Sending them all would be quicker when the limit is large and a storm of 429 when it is
//     small. A probe that is slow does not hold the rest for ever: each ProbePatience lets one more go.
//   - The global limit, 50 per second for a bot: a queue with three priorities. Interaction answers and webhook-token routes are exempt.
//   - A global 429 pauses everything but the exempt; a 429 from Cloudflare (no Via header, no JSON) pauses everything.
//   - 10,000 invalid answers (401, 403, 429 except scope "shared") in ten minutes ban the address: the limiter slows down at half of that
//     and stops at nine tenths.
//
// disgo calls Wait before and Unlock after every try, retries a 429 up to MaxRetries tries, and hands Unlock the same *rest.CompiledEndpoint;
// a permit is found again by that pointer. The context is the caller's (rest.WithCtx); a caller that gives none can wait MaxWait at most.
// The endpoint does not tell a log line from a welcome message (both are messages): use WithPriority on the context for that.
//
// The package must never know what the requests are for, and never logs a URL or a major parameter: they can contain tokens.
package ratelimit
