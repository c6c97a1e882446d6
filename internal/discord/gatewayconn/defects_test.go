package gatewayconn_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/google/go-cmp/cmp"

	"usher/internal/discord/clock"
	"usher/internal/discord/clock/clocktest"
	"usher/internal/discord/gatewayconn"
)

// TestDefect5NoDataRaces means something under -race: everything callable is called while connections come and go.
func TestDefect5NoDataRaces(t *testing.T) {
	burst := func(p *peer, from int) {
		for seq := from; seq < from+50; seq++ {
			p.message(seq, "hi")
		}
	}
	g := newFakeGateway(t,
		func(p *peer) {
			p.hello(20 * time.Millisecond)
			p.expect(gateway.OpcodeIdentify, nil)
			p.ready("s")
			burst(p, 2)
			p.write(`{"op":7}`)
			p.gone()
		},
		func(p *peer) {
			p.resumed("s", 51)
			burst(p, 52)
			p.event(102, "RESUMED", `{}`)
			p.gone()
		})
	c := newClient(t, g, nil, nil)
	c.open()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for _, call := range []func(){
		func() { c.conn.SessionID() }, func() { c.conn.ResumeURL() }, func() { c.conn.LastSequenceReceived() }, func() { c.conn.State() },
		func() { c.conn.Status() }, func() { c.conn.Latency() }, func() { c.conn.Presence() }, func() { c.conn.Stats() },
		func() { _ = c.conn.Send(c.ctx, gateway.OpcodePresenceUpdate, gateway.MessageDataPresenceUpdate{}) },
	} {
		wg.Go(func() {
			for range 100 {
				select {
				case <-stop:
					return
				default:
					call()
				}
			}
		})
	}
	for {
		if e := receive(t, c.events, "event"); e.kind == gateway.EventTypeResumed {
			break
		}
	}
	close(stop)
	wg.Wait()
	c.conn.Close(c.ctx)
}

func TestDefect7UnparseableEventDoesNotEndTheSession(t *testing.T) {
	g := newFakeGateway(t,
		func(p *peer) {
			p.login("s")
			p.event(2, "INTERACTION_CREATE", `{"id":"9","token":"secretinteraction"}`)              // no type
			p.event(3, "CHANNEL_CREATE", `{"id":"9","type":77,"guild_id":"1"}`)                     // a channel type of the future
			p.event(4, "CHANNEL_CREATE", `{"id":"9","type":1,"recipients":[]}`)                     // disgo's parser panics on a DM channel
			p.event(5, "MESSAGE_CREATE", `{"id":{"not":"a snowflake"},"content":"privatecontent"}`) // wrong type
			p.event(6, "EVENT_OF_THE_FUTURE", `{"a":[1,2,3]}`)
			p.write(`{"op":0,"s":7,"t":"MESS`) // a broken frame
			p.write(`{"op":99,"d":null}`)
			p.message(8, "still here")
			_ = p.socket.Close() // drop
		},
		func(p *peer) {
			p.resumed("s", 8) // nothing poisonous is asked for again
			p.event(9, "RESUMED", `{}`)
			p.message(10, "after")
			p.gone()
		})
	c := newClient(t, g, nil, nil)
	c.open()
	c.event(gateway.EventTypeReady, 1)
	c.event(gateway.EventTypeMessageCreate, 8)
	c.event(gateway.EventTypeResumed, 9)
	c.event(gateway.EventTypeMessageCreate, 10)
	want := gatewayconn.Stats{Events: 4, Unparseable: 5, Unknown: 1, Identified: 1, Resumed: 1, Lost: 1}
	if diff := cmp.Diff(want, c.conn.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
	for _, secret := range []string{"secretinteraction", "privatecontent"} {
		if strings.Contains(c.logs.String(), secret) {
			t.Errorf("the log quotes the event: %s", c.logs)
		}
	}
	if !strings.Contains(c.logs.String(), "event=INTERACTION_CREATE") {
		t.Errorf("the log does not name the event that was skipped:\n%s", c.logs)
	}
}

func TestDefect7PanickingHandlerDoesNotEndTheSession(t *testing.T) {
	g := newFakeGateway(t, func(p *peer) {
		p.login("s")
		p.message(2, "boom")
		p.message(3, "fine")
		p.gone()
	})
	seen := make(chan int, 10)
	c := newClient(t, g, nil, func(_ gateway.Gateway, _ gateway.EventType, seq int, _ gateway.EventData) {
		if seq == 2 {
			panic("boom")
		}
		seen <- seq
	})
	c.open()
	for _, want := range []int{1, 3} {
		if got := receive(t, seen, "event"); got != want {
			t.Errorf("event %d, want %d", got, want)
		}
	}
	if !strings.Contains(c.logs.String(), "panicked") || !strings.Contains(c.logs.String(), "defects_test.go") {
		t.Errorf("the panic is not logged with its stack:\n%s", c.logs)
	}
}

func TestDefect9OpenDoesNotSleepAndTheFirstHeartbeatHasJitter(t *testing.T) {
	beats := make(chan struct{}, 10)
	g := newFakeGateway(t, func(p *peer) {
		p.hello(40 * time.Second)
		p.expect(gateway.OpcodeIdentify, nil)
		p.ready("s")
		for {
			if _, data, err := p.socket.ReadMessage(); err != nil || !strings.HasPrefix(string(data), `{"op":1,`) {
				return
			}
			p.write(`{"op":11}`)
			p.message(2, "the ACK came before this")
			beats <- struct{}{}
		}
	})
	fake := clocktest.New(time.Now())
	c := newClient(t, g, func(o *gatewayconn.Options, _ *gatewayconn.Shard) {
		o.Clock = fake
		o.Rand = func() float64 { return 0.25 }
	}, nil)
	c.open() // the clock stands still, so anything that slept would never return
	if !fake.AwaitPending(2, patience) {
		t.Fatal("no heartbeat is planned")
	}
	fake.Advance(10*time.Second - time.Millisecond)
	select {
	case <-beats:
		t.Fatal("the first heartbeat came before a quarter of the interval")
	default:
	}
	fake.Advance(time.Millisecond)
	receive(t, beats, "first heartbeat")
	if !fake.AwaitPending(2, patience) {
		t.Fatal("no second heartbeat is planned")
	}
	c.event(gateway.EventTypeReady, 1)
	c.event(gateway.EventTypeMessageCreate, 2)
	fake.Advance(40 * time.Second)
	receive(t, beats, "second heartbeat")
}

func TestDefect10MaxConcurrencyOfZero(t *testing.T) {
	fake := clocktest.New(time.Now())
	l := gatewayconn.NewIdentifyLimiter(clock.Clock(fake), 0)
	ctx := t.Context()
	if err := l.Wait(ctx, 0); err != nil {
		t.Fatal(err)
	}
	l.Unlock(0)
	second := make(chan error, 1)
	go func() { second <- l.Wait(ctx, 1) }()
	if !fake.AwaitPending(1, patience) {
		t.Fatal("the second login did not wait")
	}
	fake.Advance(5 * time.Second)
	if err := receive(t, second, "second login"); err != nil {
		t.Fatal(err)
	}
	l.Unlock(1)
}
