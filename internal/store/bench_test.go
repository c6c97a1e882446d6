package store_test

import (
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
	"usher/internal/store"
)

// BenchmarkReserve reserves tickets of ever new members from many goroutines: all in one guild, where they go one after the other, and
// each in a guild of its own. It prints ops/s.
func BenchmarkReserve(b *testing.B) {
	for kind, open := range engines() {
		for _, spread := range []struct {
			name   string
			guilds int64
		}{{"one_guild", 1}, {"many_guilds", 1000}} {
			b.Run(kind+"/"+spread.name, func(b *testing.B) {
				benchmarkReserve(b, open(b), spread.guilds)
			})
		}
	}
}

func benchmarkReserve(b *testing.B, db *store.DB, guilds int64) {
	b.Helper()
	var next atomic.Int64
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := next.Add(1)
			_, fresh, err := db.Tickets().Reserve(b.Context(), ticket.Reservation{
				Ticket: ticket.Ticket{
					Guild: snowflake.Guild(n%guilds + 1), Panel: "p", Interaction: snowflake.Interaction(n), Application: 1,
					Opener: ticket.Member{ID: snowflake.User(n), Name: "ryan", Shown: "Ryan", Locale: "en-US"}, Reply: make([]byte, 250), Created: now,
				},
				MaxOpen: 1, Claim: time.Minute, Now: now,
			})
			if err != nil || !fresh {
				b.Errorf("fresh %v, %v", fresh, err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "ops/s")
}
