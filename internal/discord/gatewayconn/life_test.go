package gatewayconn_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/google/go-cmp/cmp"

	"usher/internal/discord/clock/clocktest"
	"usher/internal/discord/gatewayconn"
)

func TestLostConnectionsAreResumed(t *testing.T) {
	losses := map[string]struct {
		lose func(*peer)
		code int // with which the client must leave, 0 if it cannot
	}{
		"dropped":               {func(p *peer) { _ = p.socket.Close() }, 0},
		"op 7":                  {func(p *peer) { p.write(`{"op":7,"d":null}`) }, 4000},
		"op 9 resumable":        {func(p *peer) { p.write(`{"op":9,"d":true}`) }, 4000},
		"close 4000":            {func(p *peer) { p.closeWith(4000) }, 4000},
		"close 4008 rate limit": {func(p *peer) { p.closeWith(4008) }, 4000},
		"close 1001 by discord": {func(p *peer) { p.closeWith(1001) }, 4000},
	}
	for name, loss := range losses {
		t.Run(name, func(t *testing.T) {
			left := make(chan int, 1)
			g := newFakeGateway(t,
				func(p *peer) {
					p.login("s")
					p.message(2, "a")
					loss.lose(p)
					left <- p.gone()
				},
				func(p *peer) {
					p.resumed("s", 2)
					p.message(3, "missed")
					p.event(4, "RESUMED", `{}`)
					p.gone()
				})
			c := newClient(t, g, nil, nil)
			c.open()
			c.event(gateway.EventTypeReady, 1)
			c.event(gateway.EventTypeMessageCreate, 2)
			c.event(gateway.EventTypeMessageCreate, 3)
			c.event(gateway.EventTypeResumed, 4)
			if got := receive(t, left, "end of the first connection"); loss.code != 0 && got != loss.code {
				t.Errorf("left with %d, want %d, which keeps the session", got, loss.code)
			}
		})
	}
}

func TestDeadSessionsAreReplaced(t *testing.T) {
	for name, lose := range map[string]func(*peer){
		"op 9 not resumable":  func(p *peer) { p.write(`{"op":9,"d":false}`) },
		"close 4007 sequence": func(p *peer) { p.closeWith(4007) },
		"close 4009 timeout":  func(p *peer) { p.closeWith(4009) },
		"message too large":   func(p *peer) { p.message(3, strings.Repeat("x", 5000)) },
	} {
		t.Run(name, func(t *testing.T) {
			g := newFakeGateway(t,
				func(p *peer) { p.login("old"); lose(p); p.gone() },
				func(p *peer) { p.login("new"); p.gone() })
			c := newClient(t, g, func(o *gatewayconn.Options, _ *gatewayconn.Shard) { o.ReadLimit = 4096 }, nil)
			c.open()
			c.event(gateway.EventTypeReady, 1)
			c.event(gateway.EventTypeReady, 1)
			if id := c.conn.SessionID(); id == nil || *id != "new" {
				t.Errorf("session %v, want the new one", id)
			}
		})
	}
}

func TestInvalidSessionWaitsOneToFiveSeconds(t *testing.T) {
	g := newFakeGateway(t,
		func(p *peer) {
			p.hello(time.Minute)
			p.expect(gateway.OpcodeIdentify, nil)
			p.write(`{"op":9,"d":false}`)
			p.gone()
		},
		func(p *peer) { p.login("s"); p.gone() })
	fake := clocktest.New(time.Now())
	c := newClient(t, g, func(o *gatewayconn.Options, _ *gatewayconn.Shard) {
		o.Clock, o.FreshMin, o.FreshMax = fake, 0, 0 // the defaults
		o.Rand = func() float64 { return 0.5 }
	}, nil)
	opened := make(chan error, 1)
	go func() { opened <- c.conn.Open(c.ctx) }()
	c.status(gateway.StatusDisconnected)
	if !fake.AwaitPending(1, patience) {
		t.Fatal("no wait before the new login")
	}
	fake.Advance(3*time.Second - time.Millisecond)
	select {
	case <-opened:
		t.Fatal("logged in again before three seconds")
	case <-g.served:
	}
	// What was pending above can have been a timer of the first connection, so that the wait began after the clock was moved.
	for range 5 * int(patience/time.Second) {
		fake.Advance(time.Millisecond)
		select {
		case err := <-opened:
			if err != nil {
				t.Fatal(err)
			}
			return
		case <-time.After(200 * time.Millisecond):
			fake.Advance(3 * time.Second)
		}
	}
	t.Fatal("never logged in again")
}

func TestZombieIsLeftAndResumed(t *testing.T) {
	left := make(chan int, 1)
	g := newFakeGateway(t,
		func(p *peer) {
			p.deaf = true
			p.hello(20 * time.Millisecond)
			p.next()
			p.ready("s")
			left <- p.gone()
		},
		func(p *peer) { p.resumed("s", 1); p.event(2, "RESUMED", `{}`); p.gone() })
	c := newClient(t, g, nil, nil)
	c.open()
	c.event(gateway.EventTypeReady, 1)
	c.event(gateway.EventTypeResumed, 2)
	if code := receive(t, left, "close code"); code != 4000 {
		t.Errorf("left the zombie with %d, want 4000", code)
	}
}

func TestRequestedHeartbeatIsAnsweredAtOnce(t *testing.T) {
	answered := make(chan string, 1)
	g := newFakeGateway(t, func(p *peer) {
		p.login("s")
		p.message(7, "a")
		p.write(`{"op":1,"d":null}`)
		_, data, _ := p.socket.ReadMessage()
		answered <- string(data)
		p.gone()
	})
	c := newClient(t, g, nil, nil)
	c.open()
	if got := receive(t, answered, "heartbeat"); got != `{"op":1,"d":7}` {
		t.Errorf("answered %s, want a heartbeat with the last sequence", got)
	}
}

func TestFatalCloseCodes(t *testing.T) {
	for code, advice := range map[int]string{
		4004: "Reset Token", 4010: "same shard count", 4011: "raise the shard count", 4012: "newer release", 4013: "newer release", 4014: "Message Content Intent",
	} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			g := newFakeGateway(t, func(p *peer) { p.hello(time.Minute); p.expect(gateway.OpcodeIdentify, nil); p.closeWith(code) })
			c := newClient(t, g, nil, nil)
			err := c.conn.Open(c.ctx)
			var fatal *gatewayconn.FatalError
			if !errors.As(err, &fatal) || fatal.Code != code || !strings.Contains(fatal.Advice, advice) {
				t.Fatalf("got %v, want advice with %q", err, advice)
			}
			if fatal.WrongToken() != (code == 4004) {
				t.Errorf("WrongToken() = %t", fatal.WrongToken())
			}
		})
		t.Run(fmt.Sprint(code, " after it was open"), func(t *testing.T) {
			opened := make(chan struct{})
			g := newFakeGateway(t, func(p *peer) { p.login("s"); <-opened; p.closeWith(code) })
			c := newClient(t, g, nil, nil)
			c.open()
			close(opened)
			var fatal *gatewayconn.FatalError
			if err := receive(t, c.fatal, "fatal error"); !errors.As(err, &fatal) || fatal.Code != code {
				t.Errorf("got %v", err)
			}
			if s := c.status(gateway.StatusDisconnected); !errors.As(s.Err, &fatal) {
				t.Errorf("status has %v", s.Err)
			}
			if c.conn.State() != (gatewayconn.State{}) {
				t.Errorf("a dead session is still offered: %+v", c.conn.State())
			}
		})
	}
}

func TestReconnectsBackOff(t *testing.T) {
	refuse := func(p *peer) { p.closeWith(4000) }
	g := newFakeGateway(t, refuse, refuse, refuse, refuse, func(p *peer) { p.login("s"); p.gone() })
	fake := clocktest.New(time.Now())
	c := newClient(t, g, func(o *gatewayconn.Options, _ *gatewayconn.Shard) {
		o.Clock, o.BackoffMin, o.BackoffMax = fake, time.Second, 3*time.Second
		o.Rand = func() float64 { return 0 } // the least jitter: half of the wait
	}, nil)
	opened := make(chan error, 1)
	go func() { opened <- c.conn.Open(c.ctx) }()
	for _, wait := range []time.Duration{500 * time.Millisecond, time.Second, 1500 * time.Millisecond, 1500 * time.Millisecond} {
		c.status(gateway.StatusDisconnected)
		if !fake.AwaitPending(1, patience) {
			t.Fatal("no wait before the next try")
		}
		fake.Advance(wait - time.Millisecond)
		select {
		case s := <-c.statuses:
			t.Fatalf("tried again before %s: %v", wait, s)
		default:
		}
		fake.Advance(time.Millisecond)
	}
	if err := receive(t, opened, "open"); err != nil {
		t.Fatal(err)
	}
}

func TestOpenGivesUpWithItsContext(t *testing.T) {
	g := newFakeGateway(t)
	c := newClient(t, g, func(o *gatewayconn.Options, _ *gatewayconn.Shard) { o.URL = "ws://127.0.0.1:1" }, nil)
	ctx, cancel := context.WithTimeout(c.ctx, 50*time.Millisecond)
	defer cancel()
	err := c.conn.Open(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v, want the deadline and the address", err)
	}
	if s := c.conn.Status(); s != gateway.StatusDisconnected {
		t.Errorf("status %s", s)
	}
}

func TestOpenTwice(t *testing.T) {
	g := newFakeGateway(t, func(p *peer) { p.login("s"); p.gone() }, func(p *peer) { p.login("t"); p.gone() })
	c := newClient(t, g, nil, nil)
	c.open()
	if err := c.conn.Open(c.ctx); !errors.Is(err, discord.ErrGatewayAlreadyConnected) {
		t.Errorf("got %v", err)
	}
	c.conn.Close(c.ctx)
	c.open() // a closed shard can be opened again
}

func TestCloseEndsTheSession(t *testing.T) {
	left := make(chan int, 1)
	g := newFakeGateway(t, func(p *peer) { p.login("s"); left <- p.gone() })
	c := newClient(t, g, nil, nil)
	c.open()
	c.conn.Close(c.ctx)
	if code := receive(t, left, "close code"); code != 1000 {
		t.Errorf("closed with %d, want 1000", code)
	}
	if c.conn.State() != (gatewayconn.State{}) || c.conn.SessionID() != nil || c.conn.LastSequenceReceived() != nil {
		t.Errorf("the session is still offered: %+v", c.conn.State())
	}
	if err := c.conn.Send(c.ctx, gateway.OpcodePresenceUpdate, gateway.MessageDataPresenceUpdate{}); !errors.Is(err, discord.ErrShardNotReady) {
		t.Errorf("Send after Close: %v", err)
	}
}

// TestHandoverLosesNothing: one process leaves with 1012 while it still works on an event; another resumes from its state.
func TestHandoverLosesNothing(t *testing.T) {
	left := make(chan int, 1)
	g := newFakeGateway(t,
		func(p *peer) {
			p.login("s")
			p.message(2, "handled")
			p.message(3, "still worked on")
			p.message(4, "handled before 3")
			code := p.gone()
			p.message(5, "too late for the first")
			left <- code
		},
		func(p *peer) {
			p.resumed("s", 2)
			for seq := 3; seq <= 5; seq++ {
				p.message(seq, "again")
			}
			p.event(6, "RESUMED", `{}`)
			p.gone()
		})
	seen := make(chan int, 10)
	first := newClient(t, g, nil, func(gw gateway.Gateway, _ gateway.EventType, seq int, _ gateway.EventData) {
		if seq == 3 {
			holder, _ := gw.(interface{ Hold(int) func() })
			_ = holder.Hold(seq) // never released
		}
		seen <- seq
	})
	first.open()
	for want := 1; want <= 4; want++ {
		if got := receive(t, seen, "event"); got != want {
			t.Fatalf("event %d, want %d", got, want)
		}
	}
	first.conn.CloseWithCode(first.ctx, 1012, "handover")
	if code := receive(t, left, "close code"); code != 1012 {
		t.Errorf("left with %d", code)
	}
	state := first.conn.State()
	if diff := cmp.Diff(gatewayconn.State{SessionID: "s", Sequence: 2}, state); diff != "" {
		t.Fatalf("state (-want +got):\n%s", diff)
	}
	second := newClient(t, g, func(_ *gatewayconn.Options, s *gatewayconn.Shard) { s.State = state }, nil)
	second.open()
	for seq := 3; seq <= 5; seq++ {
		second.event(gateway.EventTypeMessageCreate, seq)
	}
	second.event(gateway.EventTypeResumed, 6)
}

func TestHeldEventsAreReleasedInAnyOrder(t *testing.T) {
	g := newFakeGateway(t, func(p *peer) {
		p.login("s")
		for seq := 2; seq <= 4; seq++ {
			p.message(seq, "m")
		}
		p.gone()
	})
	releases := make(chan func(), 10)
	c := newClient(t, g, nil, func(gw gateway.Gateway, _ gateway.EventType, seq int, _ gateway.EventData) {
		conn, _ := gw.(*gatewayconn.Conn)
		releases <- conn.Hold(seq)
	})
	c.open()
	var held []func()
	for range 4 {
		held = append(held, receive(t, releases, "event"))
	}
	// The last handler call may not have returned yet, so steps look only at what is still held.
	held[1]()
	held[2]()
	if got := c.conn.State().Sequence; got != 0 {
		t.Errorf("handled up to %d while the first is held", got)
	}
	held[0]()
	held[0]() // twice does no harm
	if got := c.conn.State().Sequence; got != 3 {
		t.Errorf("handled up to %d, want 3", got)
	}
}

func TestSendLimitKeepsRoomForHeartbeats(t *testing.T) {
	got := make(chan gateway.Opcode, 300)
	ask := make(chan struct{})
	g := newFakeGateway(t, func(p *peer) {
		p.login("s")
		go func() { <-ask; p.write(`{"op":1}`) }()
		for {
			_, data, err := p.socket.ReadMessage()
			if err != nil {
				return
			}
			if strings.HasPrefix(string(data), `{"op":1,`) {
				got <- gateway.OpcodeHeartbeat
			} else {
				got <- gateway.OpcodePresenceUpdate
			}
		}
	})
	fake := clocktest.New(time.Now())
	c := newClient(t, g, func(o *gatewayconn.Options, _ *gatewayconn.Shard) { o.Clock = fake }, nil)
	c.open()
	send := func(ctx context.Context) error {
		return c.conn.Send(ctx, gateway.OpcodePresenceUpdate, gateway.MessageDataPresenceUpdate{Status: "idle"})
	}
	for i := range 109 { // with the login 110 of 120
		if err := send(c.ctx); err != nil {
			t.Fatalf("message %d: %v", i, err)
		}
		receive(t, got, "message")
	}
	ctx, cancel := context.WithCancel(c.ctx)
	waiting := make(chan error, 1)
	pending := fake.Pending()
	go func() { waiting <- send(ctx) }()
	if !fake.AwaitPending(pending+1, patience) {
		t.Fatal("message 110 did not wait")
	}
	close(ask)
	if op := receive(t, got, "heartbeat"); op != gateway.OpcodeHeartbeat {
		t.Errorf("got op %d, want the heartbeat to pass", op)
	}
	cancel()
	if err := receive(t, waiting, "waiting message"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if p := c.conn.Presence(); p == nil || p.Status != "idle" {
		t.Errorf("presence %+v is not kept for the next login", p)
	}
	if err := c.conn.Send(c.ctx, gateway.OpcodeRequestGuildMembers, gateway.MessageDataRequestGuildMembers{Nonce: strings.Repeat("x", 5000)}); !errors.Is(err, gatewayconn.ErrTooLarge) {
		t.Errorf("too large a message: %v", err)
	}
}

func TestZlibStream(t *testing.T) {
	g := newFakeGateway(t, func(p *peer) {
		if !strings.Contains(p.query, "compress=zlib-stream") {
			t.Errorf("query %s does not ask for compression", p.query)
		}
		p.zlib = zlib.NewWriter(&p.zbuf)
		p.login("s")
		long := rand.New(rand.NewPCG(1, 2))
		for seq := 2; seq < 12; seq++ {
			var b bytes.Buffer
			for b.Len() < 20_000 {
				fmt.Fprintf(&b, "word%d ", long.IntN(5000))
			}
			p.message(seq, b.String())
		}
		p.gone()
	})
	c := newClient(t, g, func(o *gatewayconn.Options, _ *gatewayconn.Shard) { o.Compress = true }, nil)
	c.open()
	c.event(gateway.EventTypeReady, 1)
	for seq := 2; seq < 12; seq++ {
		m, _ := c.event(gateway.EventTypeMessageCreate, seq).(gateway.EventMessageCreate)
		if len(m.Content) < 20_000 {
			t.Errorf("message %d has %d bytes", seq, len(m.Content))
		}
	}
}

func TestResumeFallsBackToTheGeneralAddress(t *testing.T) {
	g := newFakeGateway(t, func(p *peer) { p.resumed("s", 5); p.event(6, "RESUMED", `{}`); p.gone() })
	c := newClient(t, g, func(_ *gatewayconn.Options, s *gatewayconn.Shard) {
		s.State = gatewayconn.State{SessionID: "s", Sequence: 5, ResumeURL: "ws://127.0.0.1:1"}
	}, nil)
	c.open()
	c.event(gateway.EventTypeResumed, 6)
}

func TestHopelessResumesEndInANewSession(t *testing.T) {
	refuse := func(p *peer) { p.resumed("s", 5); p.closeWith(4000) }
	g := newFakeGateway(t, refuse, refuse, refuse, refuse, refuse, func(p *peer) { p.login("new"); p.gone() })
	c := newClient(t, g, func(_ *gatewayconn.Options, s *gatewayconn.Shard) {
		s.State = gatewayconn.State{SessionID: "s", Sequence: 5}
	}, nil)
	c.open()
	c.event(gateway.EventTypeReady, 1)
}

func TestSilentServersAreGivenUp(t *testing.T) {
	g := newFakeGateway(t,
		func(p *peer) { p.gone() }, // no HELLO
		func(p *peer) { p.hello(time.Minute); p.expect(gateway.OpcodeIdentify, nil); p.gone() }, // no READY
		func(p *peer) { p.login("s"); p.gone() })
	c := newClient(t, g, func(o *gatewayconn.Options, _ *gatewayconn.Shard) {
		o.ConnectTimeout, o.ReadyTimeout = 100*time.Millisecond, 100*time.Millisecond
	}, nil)
	c.open()
}

func TestCreateTakesOverDisgosOptions(t *testing.T) {
	create := gatewayconn.Create(gatewayconn.Options{URL: "ws://127.0.0.1:1", Logger: slog.New(slog.DiscardHandler)})
	gw := create("token", nil, gateway.WithShardID(3), gateway.WithShardCount(8), gateway.WithIntents(gateway.IntentGuilds),
		gateway.WithSessionID("s"), gateway.WithSequence(9), gateway.WithResumeURL("wss://r"))
	if gw.ShardID() != 3 || gw.ShardCount() != 8 || gw.Intents() != gateway.IntentGuilds {
		t.Errorf("shard %d of %d, intents %d", gw.ShardID(), gw.ShardCount(), gw.Intents())
	}
	conn, _ := gw.(*gatewayconn.Conn)
	if diff := cmp.Diff(gatewayconn.State{SessionID: "s", Sequence: 9, ResumeURL: "wss://r"}, conn.State()); diff != "" {
		t.Errorf("state (-want +got):\n%s", diff)
	}
}

// What operators are shown as "since" is when the state began, not when it was last looked at.
func TestSinceIsOfTheStatus(t *testing.T) {
	fake := clocktest.New(time.Now())
	c := newClient(t, newFakeGateway(t, func(p *peer) { p.login("one"); p.gone() }), func(o *gatewayconn.Options, _ *gatewayconn.Shard) { o.Clock = fake }, nil)
	if since := c.conn.Since(); !since.IsZero() {
		t.Errorf("it was never opened, and is what it is since %s", since)
	}
	c.open()
	ready := fake.Now()
	fake.Advance(time.Second)
	if since := c.conn.Since(); !since.Equal(ready) {
		t.Errorf("ready since %s, want %s", since, ready)
	}
	c.conn.Close(c.ctx)
	if since := c.conn.Since(); !since.Equal(fake.Now()) {
		t.Errorf("closed since %s, want %s", since, fake.Now())
	}
}
