package integration

import (
	"log/slog"

	"usher/internal/core/snowflake"
)

// Waiting is how many wait for requests under way.
func (r *Resolver) Waiting() int {
	r.flights.mu.Lock()
	defer r.flights.mu.Unlock()
	n := 0
	for _, f := range r.flights.under {
		n += f.waiting
	}
	return n
}

// Take asks the rates for one request.
func (r *Resolver) Take(g snowflake.Guild, id ID) bool { return r.pace.take(g, id) }

// Quieten replaces the log.
func (r *Resolver) Quieten(log *slog.Logger) { r.log = log }
