// Package gatewayconn is one shard's connection to Discord's gateway. It implements disgo's gateway.Gateway and replaces disgo's own, which
// has data races, loses a session over one event it cannot parse, and sleeps before every connection.
//
// What it holds to (Discord docs, "Gateway"):
//
//   - The first connection is made at once; lost ones are resumed, the first time at once, then with a doubling wait and jitter.
//   - An event that cannot be parsed, or whose handler panics, is logged and counted; the sequence goes on, so a resume does not replay it.
//   - The first heartbeat is sent after a random part of the interval; a heartbeat without its ACK ends the connection with a code that keeps
//     the session.
//   - Close codes 4004 and 4010 to 4014 end the shard with a *FatalError that says what to do; everything else is tried again.
//   - At most 120 messages per minute are sent, some of them kept for heartbeats.
//   - Close ends the session at Discord (code 1000). CloseWithCode with another code, such as 1012, leaves it for whoever resumes it with State.
//
// Two sequences are kept: the last received, which heartbeats and a resume of this very process use, and the last up to which every event was
// handled (State), which another process must resume from. A handler that goes on working after it returned says so with Hold.
//
// The pseudo events of disgo's gateway for raw payloads and heartbeat ACKs are not produced; Latency tells what the latter is for.
//
// The package must never know what the events mean, and never logs their content or the token.
package gatewayconn
