package health

import (
	"fmt"
	"time"
)

// Shard is one connection to Discord's gateway.
type Shard struct {
	ID, Count int           // its number, from 0, and how many the bot has in all processes
	State     ShardState    //
	Since     time.Time     // since when it is in this state; zero: it was never opened
	Latency   time.Duration // between the last heartbeat and its answer; zero: none was answered yet
	Guilds    int           // servers that it brought
	Logins    int           // new sessions since the process began
	Resumes   int           // sessions that went on after a lost connection
	Losses    int           // connections that ended by themselves
}

// ShardState is how far a connection is.
type ShardState string

// The states.
const (
	Disconnected ShardState = "disconnected"
	Connecting   ShardState = "connecting" // connected, or being so, and not signed in yet
	Resuming     ShardState = "resuming"
	Ready        ShardState = "ready"
)

// What is no longer well.
const (
	slowHeartbeat = time.Second
	longAway      = time.Minute
)

// OfShards judges the connections of a process.
func OfShards(all []Shard, now time.Time) Finding {
	f := Finding{Name: "gateway", Verdict: Ok}
	away, long, slow, guilds := 0, 0, 0, 0
	for _, s := range all {
		guilds += s.Guilds
		switch {
		case s.State != Ready:
			away++
			if now.Sub(s.Since) > longAway {
				long++
			}
		case s.Latency > slowHeartbeat:
			slow++
		}
	}
	switch {
	case len(all) == 0 || long > 0:
		f.Verdict, f.Text = Wrong, fmt.Sprintf("%d of %d connections to Discord are lost: nobody on their servers can open a ticket.", away, len(all))
		f.Advice = "Look at https://discordstatus.com and at the log, which has the reason; Usher goes on trying by itself."
	case away > 0:
		f.Verdict, f.Text = Look, fmt.Sprintf("%d of %d connections to Discord are being made again.", away, len(all))
		f.Advice = "Wait a minute: what happens meanwhile is brought after."
	case slow > 0:
		f.Verdict, f.Text = Look, fmt.Sprintf("%d of %d connections to Discord are slow: a heartbeat takes more than %s.", slow, len(all), slowHeartbeat)
		f.Advice = "Look at https://discordstatus.com and at this machine's load and network."
	default:
		f.Text = fmt.Sprintf("Connected to Discord, %s by %s.", count(guilds, "server", "servers"), count(len(all), "connection", "connections"))
	}
	return f
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
