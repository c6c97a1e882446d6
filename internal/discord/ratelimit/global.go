package ratelimit

import (
	"time"

	"usher/internal/discord/clock"
)

// globalMargin lengthens the second over which requests are counted, because they do not take equally long to Discord.
const globalMargin = 50 * time.Millisecond

// gate is the limit of the whole bot. Guarded by the limiter's mutex.
type gate struct {
	sent        []time.Time // of the last second, oldest first
	pausedUntil time.Time   // a global 429
	bannedUntil time.Time   // a Cloudflare ban: holds for exempt requests too
	waiting     queue
	timer       clock.Timer
}

const gateSpan = time.Second + globalMargin

// next is when the next request may leave under a limit of so many per second, which can be lower than the gate's own.
func (g *gate) next(now time.Time, limit int) (time.Time, Scope) {
	if now.Before(g.bannedUntil) {
		return g.bannedUntil, ScopeCloudflare
	}
	if now.Before(g.pausedUntil) {
		return g.pausedUntil, ScopeGlobal
	}
	old := 0
	for old < len(g.sent) && now.Sub(g.sent[old]) >= gateSpan {
		old++
	}
	g.sent = append(g.sent[:0], g.sent[old:]...)
	if len(g.sent) < limit {
		return now, ScopeGlobal
	}
	return g.sent[len(g.sent)-limit].Add(gateSpan), ScopeGlobal
}

// earliest is the soonest time at which a request behind ahead others can leave.
func (g *gate) earliest(now time.Time, limit, ahead int) (time.Time, Scope) {
	at, scope := g.next(now, limit)
	if behind := ahead - (limit - len(g.sent)); behind > 0 {
		at = at.Add(time.Duration(behind/limit) * gateSpan)
	}
	return at, scope
}
