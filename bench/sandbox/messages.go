package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"usher/sandbox"
)

// messageBody is a message such as bots write.
const messageBody = `{"content":"Hello","embeds":[{"title":"Ticket","description":"Somebody will be with you soon.","fields":[{"name":"Score","value":"17"}]}],` +
	`"components":[{"type":1,"components":[{"type":2,"style":4,"label":"Close","custom_id":"close"}]}]}`

// measureMessages lets the bot write and hear its messages by the gateway. Rate limits are off: Discord lets a bot make 50 calls a second.
func measureMessages(ctx context.Context, o options, w world) ([]rate, error) {
	var out []rate
	for _, flight := range o.flight {
		h, err := open(ctx, o, &w, "-rate-limits", "off")
		if err != nil {
			return nil, err
		}
		one, err := writeAll(ctx, o, w, h, flight)
		if err := errors.Join(err, h.process.Stop()); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func writeAll(ctx context.Context, o options, w world, h house, flight int) (rate, error) {
	var heard atomic.Int64
	all := make(chan struct{}, 1)
	b, err := connect(ctx, h, w.token, o.shards[len(o.shards)-1], intentGuilds|intentGuildMessages, func(kind string, _ []byte) error {
		if kind == "MESSAGE_CREATE" {
			heard.Add(1)
			select {
			case all <- struct{}{}:
			default:
			}
		}
		return nil
	})
	if err != nil {
		return rate{}, err
	}
	var turn atomic.Uint64
	r, err := drive(ctx, h, w, flight, o.seconds, func(_ context.Context, c *connection) error {
		desk := w.desks[turn.Add(1)%uint64(len(w.desks))]
		_, err := c.post("/api/v10/channels/"+desk.String()+"/messages", messageBody, http.StatusOK)
		return err
	})
	if err == nil {
		err = until(ctx, all, func() bool { return heard.Load() >= r.N })
	}
	if err := errors.Join(err, b.close()); err != nil {
		return r, err
	}
	return r, r.weigh(ctx, h)
}

// until waits until done, which may change with each signal.
func until(ctx context.Context, signal <-chan struct{}, done func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	for !done() {
		select {
		case <-signal:
		case <-ctx.Done():
			return fmt.Errorf("waiting for the messages at the gateway: %w", ctx.Err())
		}
	}
	return nil
}

// weigh takes over from the witness how long the calls took.
func (r *rate) weigh(ctx context.Context, h house) error {
	calls, err := sandbox.NewClient("http://"+h.host).Calls(ctx, sandbox.CallFilter{Answered: true})
	if err != nil {
		return fmt.Errorf("asking the witness: %w", err)
	}
	took := make([]time.Duration, 0, len(calls))
	for _, c := range calls {
		took = append(took, time.Duration(c.DurationUS)*time.Microsecond)
	}
	if len(took) == 0 {
		return errors.New("the witness saw no call")
	}
	slices.Sort(took)
	r.P50, r.P99 = milliseconds(percentile(took, 50)), milliseconds(percentile(took, 99))
	return nil
}
