package egress

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hostileServers are one of each kind, who stand for 64: no host is asked more often at once than a host may be.
type hostileServers struct{ silent, endless, bomb *rawServer }

const (
	attackers  = 64       // of each kind
	moreMemory = 64 << 20 // bytes that they may cost
)

func newHostileServers(t *testing.T) hostileServers {
	t.Helper()
	bomb := encoded("gzip", zipped(make([]byte, 16<<20)))
	return hostileServers{
		silent:  listenAny(t, silent),
		endless: listenAny(t, endless("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", strings.Repeat("a", 16<<10))),
		bomb:    listenAny(t, answer(bomb)),
	}
}

// targets are the URLs of all attackers.
func (h hostileServers) targets(t *testing.T) (list []Target) {
	for range attackers {
		for _, s := range []*rawServer{h.silent, h.endless, h.bomb} {
			list = append(list, target(t, s.url()))
		}
	}
	return list
}

// TestI43TheAttackCeiling lets one guild's 192 hostile servers answer again and again while another guild's healthy one is asked: whatever they do, the
// healthy guild gets every answer, memory stays within 64 MiB, and afterwards no goroutine and no descriptor is left. With the limits as they are, and
// with all 192 in flight at once.
func TestI43TheAttackCeiling(t *testing.T) {
	for name, limits := range map[string]Limits{
		"default limits":       {},
		"all at the same time": {PerGuild: 3 * attackers, PerIntegration: 3 * attackers},
	} {
		t.Run(name, func(t *testing.T) { attack(t, limits) })
	}
}

func attack(t *testing.T, limits Limits) {
	hostile := newHostileServers(t)
	targets := hostile.targets(t)
	healthy := listenAny(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	cfg := loopback()
	cfg.ConnectTimeout = 2 * time.Second
	cfg.Timeout, cfg.Limits = 3*time.Second, limits
	client := newClient(t, cfg)
	if _, err := get(t, client, healthy.url()); err != nil {
		t.Fatal(err)
	}
	runtime.GC() // what making the bomb left
	before := weigh()
	ctx, stop := context.WithCancel(t.Context())
	var attacking sync.WaitGroup
	classes := make(map[Class]*atomic.Int64)
	for _, class := range []Class{ClassTimeout, ClassTooLarge, ClassBusy, ClassConnect} { // connect: on a busy machine
		classes[class] = new(atomic.Int64)
	}
	for i, to := range targets {
		attacking.Go(func() {
			for ctx.Err() == nil {
				_, err := client.Do(ctx, Key{Guild: "hostile", Integration: fmt.Sprint(i)}, Request{Method: http.MethodGet, URL: to})
				if n, ok := classes[asFailure(err).Class]; ok {
					n.Add(1)
				} else if ctx.Err() == nil {
					t.Errorf("%s: %v", to, err)
				}
				if asFailure(err).Class == ClassBusy { // an attacker who is shed comes again soon
					pause(ctx, 5*time.Millisecond)
				}
			}
		})
	}
	var most uint64
	// Until each silent server was waited for once, and the loud ones have had twice as many turns.
	for t.Context().Err() == nil && !t.Failed() && (classes[ClassTimeout].Load() < attackers || classes[ClassTooLarge].Load() < 2*attackers) {
		resp, err := client.Do(t.Context(), Key{Guild: "healthy", Integration: "healthy"}, Request{Method: http.MethodGet, URL: target(t, healthy.url())})
		if err != nil || string(resp.Body) != "{}" {
			t.Fatalf("the healthy guild: %q, %v", resp.Body, err)
		}
		most = max(most, weigh().memory)
	}
	stop()
	attacking.Wait()
	if most > before.memory+moreMemory {
		t.Errorf("memory grew from %d to %d MiB", before.memory>>20, most>>20)
	}
	for class, n := range classes {
		if n.Load() == 0 && class != ClassConnect && (class != ClassBusy || limits.PerGuild == 0) {
			t.Errorf("no attack ended as %s: this proves nothing", class)
		}
	}
	t.Logf("%d timed out, %d too large, %d shed; memory %d → at most %d MiB", classes[ClassTimeout].Load(), classes[ClassTooLarge].Load(), classes[ClassBusy].Load(), before.memory>>20, most>>20)
	backToStart(t, before)
}

// weight is what a process holds.
type weight struct {
	memory      uint64 // bytes that are in use, the servers of the test included
	goroutines  int
	descriptors int
}

func weigh() weight {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	w := weight{memory: m.HeapInuse + m.StackInuse, goroutines: runtime.NumGoroutine()}
	if names, err := os.ReadDir("/proc/self/fd"); err == nil {
		w.descriptors = len(names)
	}
	return w
}

// backToStart waits until what the attack opened is closed; the test's own servers need a moment to see it.
func backToStart(t *testing.T, before weight) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		now := weigh()
		if now.goroutines <= before.goroutines && now.descriptors <= before.descriptors {
			return
		}
		if pause(ctx, 20*time.Millisecond); ctx.Err() != nil {
			stacks := make([]byte, 1<<20)
			t.Fatalf("before: %+v, now: %+v\n%s", before, now, stacks[:runtime.Stack(stacks, true)])
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// TestI43TheAttackCeilingThroughTheProxy does the same by `usher egress`'s tunnels, in one process, so that both sides' memory counts.
func TestI43TheAttackCeilingThroughTheProxy(t *testing.T) {
	t.Setenv(wayVariable, "proxy")
	attack(t, Limits{})
}
