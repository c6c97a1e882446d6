package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"usher/bench/internal/program"
	"usher/internal/core/secret"
	"usher/internal/egress"
)

// cost is what one request takes with one client.
type cost struct {
	Client   string        `json:"client"`
	Scheme   string        `json:"scheme"`
	Requests int           `json:"requests"`
	Wall     time.Duration `json:"wall_ns"`
	CPU      time.Duration `json:"cpu_ns"`
	Ratio    float64       `json:"cpu_to_plain"` // to the plain client that keeps no connection, of the same scheme
}

// guarded makes the client as it is in Usher, with the benchmark's own servers allowed.
func guarded(s servers, change func(*egress.Config)) (*egress.Client, error) {
	authority, err := x509.ParseCertificate(s.Authority)
	if err != nil {
		return nil, fmt.Errorf("reading the servers' certificate: %w", err)
	}
	cfg := egress.Config{AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, RootCAs: x509.NewCertPool(), Now: time.Now}
	cfg.RootCAs.AddCert(authority)
	if change != nil {
		change(&cfg)
	}
	return egress.New(cfg)
}

// asking makes one request with a client and checks the answer.
type asking func(ctx context.Context) error

func askGuarded(c *egress.Client, key egress.Key, url string) (asking, error) {
	target, err := egress.ParseURL(url)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", url, err)
	}
	return func(ctx context.Context) error {
		response, err := c.Do(ctx, key, egress.Request{Method: http.MethodGet, URL: target})
		if err != nil {
			return err
		}
		return check(response.Status, response.Body)
	}, nil
}

func askPlain(s servers, keep bool, url string) (asking, error) {
	authority, err := x509.ParseCertificate(s.Authority)
	if err != nil {
		return nil, fmt.Errorf("reading the servers' certificate: %w", err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(authority)
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: !keep, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}}}
	return func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("making a request: %w", err)
		}
		response, err := client.Do(request)
		if err != nil {
			return fmt.Errorf("asking: %w", err)
		}
		body, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			return fmt.Errorf("reading the answer: %w", err)
		}
		return check(response.StatusCode, body)
	}, nil
}

func check(status int, body []byte) error {
	if status != http.StatusOK || string(body) != answer {
		return fmt.Errorf("status %d and %d bytes instead of the answer", status, len(body))
	}
	return nil
}

// measureCosts asks one after another: guarded, plain, and plain with its connection kept.
func measureCosts(ctx context.Context, s servers, d time.Duration) (all []cost, err error) {
	client, err := guarded(s, nil)
	if err != nil {
		return nil, err
	}
	for _, scheme := range []string{"http", "https"} {
		url := "http://" + s.Plain + "/lookup"
		if scheme == "https" {
			url = "https://" + s.Secure + "/lookup"
		}
		first := len(all)
		for _, one := range []struct {
			name string
			make func() (asking, error)
		}{
			{"plain", func() (asking, error) { return askPlain(s, false, url) }},
			{"plain, kept alive", func() (asking, error) { return askPlain(s, true, url) }},
			{"guarded", func() (asking, error) { return askGuarded(client, egress.Key{Guild: "1"}, url) }},
		} {
			ask, err := one.make()
			if err != nil {
				return nil, err
			}
			c, err := costOf(ctx, ask, d)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", one.name, scheme, err)
			}
			c.Client, c.Scheme = one.name, scheme
			all = append(all, c)
			all[len(all)-1].Ratio = float64(c.CPU) / float64(all[first].CPU)
		}
	}
	return all, nil
}

func costOf(ctx context.Context, ask asking, d time.Duration) (c cost, err error) {
	if err := ask(ctx); err != nil { // what the first one finds out costs nobody
		return c, err
	}
	before, err := program.OwnProcessor()
	if err != nil {
		return c, err
	}
	begun := time.Now()
	for time.Since(begun) < d {
		if err := ask(ctx); err != nil {
			return c, err
		}
		c.Requests++
	}
	wall := time.Since(begun)
	after, err := program.OwnProcessor()
	if err != nil {
		return c, err
	}
	c.Wall, c.CPU = wall/time.Duration(c.Requests), (after-before)/time.Duration(c.Requests)
	return c, nil
}

// tunnel is what `usher egress` does at one load.
type tunnel struct {
	Flight    int           `json:"in_flight"`
	PerSecond float64       `json:"tunnels_per_second"`
	CPU       time.Duration `json:"cpu_ns"`
	Alone     float64       `json:"alone_per_second"` // with the machine's cores to itself, by its processor time on one
	Memory    int64         `json:"memory_bytes"`
}

// benchClient is how the measuring program names itself to it.
const benchClient = "bench:bench-bench-bench-bench"

// measureTunnels starts the real program and sends each request through a tunnel of its own.
func measureTunnels(ctx context.Context, s servers, o options) (all []tunnel, err error) {
	way, address, err := program.Start(ctx, program.Config{
		Path: o.usher, Args: []string{"egress"}, Patience: 15 * time.Second,
		Env: []string{
			"USHER_EGRESS_LISTEN=127.0.0.1:0", "USHER_EGRESS_HEALTH_LISTEN=127.0.0.1:0", "USHER_EGRESS_CLIENTS=" + benchClient,
			"USHER_EGRESS_ALLOW_NETWORKS=127.0.0.1/32", "USHER_LOG_FORMAT=text",
		},
		Ready: func(line string) (string, bool) {
			_, rest, found := strings.Cut(line, "tunnels=")
			address, _, _ := strings.Cut(rest, " ")
			return address, found
		},
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, way.Stop()) }()
	client, err := guarded(s, func(cfg *egress.Config) {
		cfg.Proxy = &egress.Proxy{URL: "http://" + address, Credentials: secret.New(benchClient)}
	})
	if err != nil {
		return nil, err
	}
	ask, err := askGuarded(client, egress.Key{Guild: "1"}, "http://"+s.Plain+"/lookup")
	if err != nil {
		return nil, err
	}
	for _, flight := range []int{1, 16, 64} {
		t, err := tunnelsAt(ctx, way, ask, flight, o.time)
		if err != nil {
			return nil, fmt.Errorf("%d tunnels at once: %w", flight, err)
		}
		all = append(all, t)
	}
	return all, nil
}

func tunnelsAt(ctx context.Context, way *program.Program, ask asking, flight int, d time.Duration) (t tunnel, err error) {
	before, err := way.Processor()
	if err != nil {
		return t, err
	}
	begun := time.Now()
	n, err := together(ctx, ask, flight, d)
	if err != nil {
		return t, err
	}
	wall := time.Since(begun)
	after, err := way.Processor()
	if err != nil {
		return t, err
	}
	memory, err := way.Memory()
	if err != nil {
		return t, err
	}
	cpu := (after - before) / time.Duration(n)
	return tunnel{Flight: flight, PerSecond: float64(n) / wall.Seconds(), CPU: cpu, Alone: float64(time.Second) / float64(cpu), Memory: memory.Resident}, nil
}

// together asks with so many at once for d and counts.
func together(ctx context.Context, ask asking, flight int, d time.Duration) (int64, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	end := time.Now().Add(d)
	var n atomic.Int64
	var asking sync.WaitGroup
	for range flight {
		asking.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				if err := ask(ctx); err != nil {
					cancel(err)
					return
				}
				n.Add(1)
			}
		})
	}
	asking.Wait()
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	return n.Load(), nil
}

// hostile is a healthy guild's time for a request, alone and beside another guild's hostile servers.
type hostile struct {
	Rounds  int     `json:"rounds"`
	Alone   spread  `json:"alone"`
	Beside  spread  `json:"beside"`
	Ratio   float64 `json:"p99_beside_to_alone"`
	Attacks int64   `json:"attacks_ended"`
	Shed    int64   `json:"attacks_shed"`
}

type spread struct {
	Requests int           `json:"requests"`
	P50      time.Duration `json:"p50_ns"`
	P99      time.Duration `json:"p99_ns"`
}

// healthyEvery is the pace of the healthy guild: 50 requests a second.
const healthyEvery = 20 * time.Millisecond

// measureHostile takes both in turn, so that what else the machine does falls on both.
func measureHostile(ctx context.Context, s servers, o options) (h hostile, err error) {
	client, err := guarded(s, nil)
	if err != nil {
		return h, err
	}
	ask, err := askGuarded(client, egress.Key{Guild: "healthy", Integration: "healthy"}, "http://"+s.Slow+"/lookup")
	if err != nil {
		return h, err
	}
	var alone, beside []time.Duration
	for range o.rounds {
		some, err := paced(ctx, ask, 2*o.time)
		if err != nil {
			return h, err
		}
		alone = append(alone, some...)
		stop, err := attack(ctx, client, s, &h)
		if err != nil {
			return h, err
		}
		some, err = paced(ctx, ask, 2*o.time)
		stop()
		if err != nil {
			return h, fmt.Errorf("beside hostile servers: %w", err)
		}
		beside = append(beside, some...)
	}
	h.Rounds, h.Alone, h.Beside = o.rounds, spreadOf(alone), spreadOf(beside)
	h.Ratio = float64(h.Beside.P99) / float64(h.Alone.P99)
	return h, nil
}

// paced asks at a steady pace, whether or not the one before was answered.
func paced(ctx context.Context, ask asking, d time.Duration) ([]time.Duration, error) {
	pace := time.NewTicker(healthyEvery)
	defer pace.Stop()
	var mu sync.Mutex
	var took []time.Duration
	var wrong error
	var asking sync.WaitGroup
	for end := time.Now().Add(d); time.Now().Before(end) && ctx.Err() == nil; {
		<-pace.C
		asking.Go(func() {
			begun := time.Now()
			err := ask(ctx)
			mu.Lock()
			defer mu.Unlock()
			took, wrong = append(took, time.Since(begun)), errors.Join(wrong, err)
		})
	}
	asking.Wait()
	return took, errors.Join(wrong, ctx.Err())
}

// attackPause is how soon an attack comes again after it ended.
const attackPause = 100 * time.Millisecond

// attack asks 192 integrations of one guild again and again, each a moment after its last answer, until stop is called.
func attack(ctx context.Context, client *egress.Client, s servers, h *hostile) (stop func(), err error) {
	ctx, cancel := context.WithCancel(ctx)
	var attacking sync.WaitGroup
	var ended, shed atomic.Int64
	for i := range 64 {
		for kind, address := range []string{s.Silent, s.Endless, s.Bomb} {
			ask, err := askGuarded(client, egress.Key{Guild: "hostile", Integration: fmt.Sprintf("%d-%d", kind, i)}, "http://"+address+"/lookup")
			if err != nil {
				cancel()
				return nil, err
			}
			attacking.Go(func() {
				for ctx.Err() == nil {
					var failure *egress.Failure
					if errors.As(ask(ctx), &failure) && failure.Class == egress.ClassBusy {
						shed.Add(1)
					} else {
						ended.Add(1)
					}
					rest(ctx, attackPause)
				}
			})
		}
	}
	return func() {
		cancel()
		attacking.Wait()
		h.Attacks += ended.Load()
		h.Shed += shed.Load()
	}, nil
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func spreadOf(all []time.Duration) spread {
	slices.Sort(all)
	at := func(percent int) time.Duration { return all[(len(all)*percent+99)/100-1] }
	return spread{Requests: len(all), P50: at(50), P99: at(99)}
}
