package main

import (
	"context"
	"errors"
	"time"
)

// connected is how long it takes until all shards have READY and every GUILD_CREATE.
type connected struct {
	Shards    int     `json:"shards"`
	Time      float64 `json:"ms"`
	Processor float64 `json:"sandbox_cpu_ms"`
	Received  int64   `json:"received_bytes"`
	Resident  int64   `json:"resident_bytes"` // of the sandbox, with all shards connected
}

// measureConnects connects with each number of shards, each time to a sandbox that has just started: between two logins of a shard
// there are five seconds.
func measureConnects(ctx context.Context, o options, w world) ([]connected, error) {
	var out []connected
	for _, shards := range o.shards {
		h, err := open(ctx, o, &w)
		if err != nil {
			return nil, err
		}
		one, err := measureConnect(ctx, h, w, shards)
		if err := errors.Join(err, h.process.Stop()); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func measureConnect(ctx context.Context, h house, w world, shards int) (connected, error) {
	one := connected{Shards: shards}
	before, err := h.processor()
	if err != nil {
		return one, err
	}
	began := time.Now()
	b, err := connect(ctx, h, w.token, shards, intentGuilds, func(string, []byte) error { return nil })
	if err != nil {
		return one, err
	}
	one.Time, one.Received = milliseconds(time.Since(began)), b.received()
	after, err := h.processor()
	one.Processor = milliseconds(after - before)
	if err == nil {
		one.Resident, err = h.memory()
	}
	return one, errors.Join(err, b.close())
}
