package gateway

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

// BenchmarkPublish measures the whole way: from Publish until every one of the
// sessions has read the event. It reports events delivered per second.
func BenchmarkPublish(b *testing.B) {
	for name, sessions := range map[string]int{"1session": 1, "16sessions": 16} {
		b.Run(name, func(b *testing.B) { benchmarkPublish(b, sessions) })
	}
}

func benchmarkPublish(b *testing.B, sessions int) {
	h := newBench(b, newWorld(guildA), func(c *Config) { c.ReplayBuffer, c.Backlog = 4096, 4096 })
	e := message(1)
	e.Data = json.RawMessage(`{"content":"` + strings.Repeat("x", 1500) + `"}`)
	window := make(chan struct{}, 1024) // events on their way, bounded by the slowest
	var readers sync.WaitGroup
	for i := range sessions {
		c := h.login(IntentGuildMessages, "")
		readers.Go(func() {
			for range b.N {
				if _, _, err := c.ws.ReadMessage(); err != nil {
					b.Errorf("reading: %v", err)
					return
				}
				if i == 0 {
					<-window
				}
			}
		})
	}
	b.ResetTimer()
	for range b.N {
		window <- struct{}{}
		h.Publish(e)
	}
	readers.Wait()
	b.ReportMetric(float64(b.N*sessions)/b.Elapsed().Seconds(), "deliveries/s")
}

// BenchmarkPublishNoReader measures Publish alone: the session's connection is
// gone and events go to the replay buffer.
func BenchmarkPublishNoReader(b *testing.B) {
	h := newBench(b, newWorld(guildA), nil)
	c := h.login(IntentGuildMessages, "")
	c.leave(4900)
	h.disconnected()
	e := message(1)
	b.ReportAllocs()
	for b.Loop() {
		h.Publish(e)
	}
}

// Concurrent everything, for the race detector: logins, drops, resumes, faults
// and the witness while events are published. Every connection must see its
// events in order and each exactly once.
func TestS2ConcurrentUse(t *testing.T) {
	const events = 2000
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(IntentGuildMessages, "")
	id := c.id
	var publisher, chaos sync.WaitGroup
	done, arrived := make(chan struct{}), make(chan struct{}, 1)
	publisher.Go(func() {
		for n := range events {
			b.Publish(message(n))
		}
	})
	chaos.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-arrived: // lets some events through between drops
				_ = b.Fault(Fault{Kind: FaultDrop})
				b.Sessions()
			}
		}
	})
	next := 0
	for next < events {
		f, err := c.next()
		switch {
		case err != nil:
			seq := c.seq
			c = b.connectAgain()
			c.seq = seq
			_ = c.ws.WriteMessage(websocket.TextMessage, resumeFrame(id, seq))
		case f.Type == "MESSAGE_CREATE":
			var d struct{ N int }
			if err := json.Unmarshal(f.Data, &d); err != nil || d.N != next {
				t.Fatalf("got message %s, want %d", f.Data, next)
			}
			next++
			select {
			case arrived <- struct{}{}:
			default:
			}
		case f.Op == opInvalidSession:
			t.Fatal("the session was lost")
		}
	}
	close(done)
	publisher.Wait()
	chaos.Wait()
}
