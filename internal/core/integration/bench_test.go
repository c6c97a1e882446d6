package integration_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"usher/internal/core/integration"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// BenchmarkResolve is what one integration costs a ticket beside the network: unsealing (here by a sealer that only copies), building and
// signing the request, or finding its answer; reading four values of it; noting the delivery. The answer has about 20 kB, or is the
// guide's.
func BenchmarkResolve(b *testing.B) {
	large := `{"padding":[` + strings.Repeat(`{"id":"585576154958921739","name":"somebody"},`, 430) + `0],` + guide[1:]
	for _, c := range []struct {
		name, body string
		life       int
		same       bool
	}{{"sent/small", guide, 0, false}, {"sent/20kB", large, 0, false}, {"cached/small", guide, 86_400, true}, {"cached/20kB", large, 86_400, true}, {"missed/small", guide, 86_400, false}} {
		b.Run(c.name, func(b *testing.B) { benchmarkResolve(b, c.body, c.life, c.same) })
	}
}

func benchmarkResolve(b *testing.B, body string, life int, same bool) {
	b.Helper()
	o := tunedOffice(func(t *integration.Tuning) {
		t.GuildRate, t.IntegrationRate = integration.Rate{PerMinute: 1, Burst: 1 << 40}, integration.Rate{PerMinute: 1, Burst: 1 << 40}
	})
	o.resolver.Quieten(slog.New(slog.DiscardHandler))
	answer := integration.Reply{Status: 200, Body: []byte(body)}
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		o.world.calls = nil
		return answer, nil
	}
	i := lookup()
	i.CacheSeconds, i.Secrets = life, []integration.Secret{{Name: "key"}}
	i.Headers = []integration.Header{{Name: "Authorization", Value: secret.New("Bearer %key%")}}
	made, err := o.catalog.Create(b.Context(), byAuthor(), i)
	if err != nil {
		b.Fatal(err)
	}
	if err := o.catalog.Activate(b.Context(), byAuthor(), arcade, made.ID, made.Live, map[string]secret.Value{"key": secret.New("sesame-open")}); err != nil {
		b.Fatal(err)
	}
	s, names := subject(), []string{"online_status", "username", "high_score", "clan"}
	b.ReportAllocs()
	for b.Loop() {
		if !same {
			s.User++
		}
		run := o.resolver.Begin(b.Context(), s, names)
		if run.Wait(b.Context()); run.Values()["username"].Text != "Ryan" {
			b.Fatalf("%+v", run.Values())
		}
	}
}

// BenchmarkJournal notes deliveries while nothing takes them: the dearest case, and still no waiting.
func BenchmarkJournal(b *testing.B) {
	o := newOffice()
	d := integration.Delivery{Guild: arcade, Integration: "x", At: time.Unix(1, 0), Missing: []string{"clan"}}
	b.ReportAllocs()
	for b.Loop() {
		o.journal.Note(d)
	}
}

// BenchmarkPace lets requests of 20,000 guilds pass, as many as are remembered.
func BenchmarkPace(b *testing.B) {
	o := newOffice()
	n := 0
	for b.Loop() {
		n++
		o.resolver.Take(snowflake.Guild(n%20_000), integration.ID(fmt.Sprint(n%100)))
	}
}
