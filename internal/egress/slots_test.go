package egress

import (
	"context"
	"net/http"
	"testing"
	"time"

	"usher/internal/core/requesttemplate"
)

func TestI43EachLimitShedsAtOnce(t *testing.T) {
	one := requesttemplate.Origin{Scheme: "https", Port: 1}
	two := requesttemplate.Origin{Scheme: "https", Port: 2}
	plenty := Limits{Total: 9, PerGuild: 9, PerIntegration: 9, PerHost: 9}
	with := func(change func(*Limits)) Limits { l := plenty; change(&l); return l }
	tests := []struct {
		name          string
		limits        Limits
		second, other Key
		secondTo      requesttemplate.Origin
	}{
		{"total", with(func(l *Limits) { l.Total = 1 }), Key{"2", "b"}, Key{"2", "b"}, two},
		{"guild", with(func(l *Limits) { l.PerGuild = 1 }), Key{"1", "b"}, Key{"2", "a"}, two},
		{"integration", with(func(l *Limits) { l.PerIntegration = 1 }), Key{"2", "a"}, Key{"1", "b"}, two},
		{"host", with(func(l *Limits) { l.PerHost = 1 }), Key{"2", "b"}, Key{}, one},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newSlots(tt.limits)
			release, ok := s.acquire(Key{"1", "a"}, one)
			if !ok {
				t.Fatal("the first call is shed")
			}
			if _, ok := s.acquire(tt.second, tt.secondTo); ok {
				t.Error("the second call is let through")
			}
			if tt.limits.Total > 1 && tt.limits.PerHost > 1 {
				if done, ok := s.acquire(tt.other, two); !ok {
					t.Error("a call that the limit does not concern is shed")
				} else {
					done()
				}
			}
			release()
			done, ok := s.acquire(tt.second, tt.secondTo)
			if !ok {
				t.Fatal("the slot did not come back")
			}
			done()
			if s.total != 0 || len(s.guilds)+len(s.integrations)+len(s.hosts) != 0 {
				t.Errorf("left behind: %d, %v, %v, %v", s.total, s.guilds, s.integrations, s.hosts)
			}
		})
	}
}

func TestI43OneGuildsSilentServersDoNotStopAnother(t *testing.T) {
	quiet := listen(t, silent)
	healthy := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	cfg := loopback()
	cfg.Limits, cfg.Timeout = Limits{PerGuild: 3}, time.Hour
	client := newClient(t, cfg)
	ended := make(chan error, 3)
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	to := target(t, quiet.url())
	for range cap(ended) {
		go func() {
			_, err := client.Do(ctx, Key{Guild: "bad", Integration: "x"}, Request{Method: http.MethodGet, URL: to})
			ended <- err
		}()
		quiet.accepted(t)
	}
	_, err := client.Do(t.Context(), Key{Guild: "bad", Integration: "x"}, Request{Method: http.MethodGet, URL: target(t, healthy.url())})
	wantClass(t, err, ClassBusy)
	resp, err := client.Do(t.Context(), Key{Guild: "good", Integration: "y"}, Request{Method: http.MethodGet, URL: target(t, healthy.url())})
	if err != nil || resp.Status != http.StatusOK {
		t.Errorf("the other guild: %d, %v", resp.Status, err)
	}
	giveUp()
	for range cap(ended) {
		wantClass(t, <-ended, ClassEgress)
	}
	if _, err := client.Do(t.Context(), Key{Guild: "bad", Integration: "x"}, Request{Method: http.MethodGet, URL: target(t, healthy.url())}); err != nil {
		t.Errorf("after they ended: %v", err)
	}
}
