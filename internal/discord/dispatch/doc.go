// Package dispatch hands Discord's events to listeners. It implements disgo's bot.EventManager and replaces disgo's own, which holds one
// mutex over all shards and runs listeners on the loop that reads the gateway.
//
// An event takes two steps. On its shard's read loop, in the order of arrival, disgo's own handlers bring the caches up to date and say which
// events listeners get. Those go to a queue, and workers call the listeners:
//
//   - Events of one key are handled one after the other; events of different keys side by side. The key is the ticket's channel or thread when
//     Options.Room knows it, else guild and user for an interaction, the channel for what happens in one, else the guild.
//   - At most Workers listeners run at once. A slow key occupies one of them; a quarter is kept for interactions, which must be answered
//     within three seconds.
//   - At most PerKey events of one key and Total in all are queued. When a bound is reached the oldest event that is no interaction is shed,
//     counted and logged. Interactions are never shed: they may fill up to twice either bound, and one beyond that is refused, which is
//     logged as an error, counted, and told to Options.OnRefused. The read loop never waits.
//   - A panic in a listener is logged with its stack and counted.
//
// A gateway that keeps account of handled events (gatewayconn.Conn) is told when the listeners are done with one; what Close had to leave
// undone is never reported as done, so that whoever resumes the session gets it again.
//
// The package must never know what listeners do.
package dispatch
