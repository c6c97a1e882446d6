package main

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"usher/bench/internal/program"
)

// start is how long the sandbox takes from the beginning of its process until it says that it listens.
type start struct {
	World    string  `json:"world"`
	N        int     `json:"n"`
	First    float64 `json:"first_ms"`
	Median   float64 `json:"median_ms"`
	Last     float64 `json:"last_ms"`
	Resident int64   `json:"resident_bytes"` // after the last start; 0 where it cannot be known
}

// startTime bounds a start.
const startTime = 30 * time.Second

// sandboxURL is in the line by which the sandbox says that it is ready.
var sandboxURL = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)

// house is a running sandbox.
type house struct {
	process weighed
	host    string
}

// weighed is a process as far as it is measured; see package program.
type weighed interface {
	Stop() error
	Memory() (program.Memory, error)
	Processor() (time.Duration, error)
}

// open starts a sandbox with a world (the demo's when nil).
func open(ctx context.Context, o options, w *world, more ...string) (house, error) {
	args := append([]string{"-addr", "127.0.0.1:0", "-log-level", "error", "-guilds-per-shard", strconv.Itoa(maxGuilds)}, more...)
	if w != nil {
		args = append(args, "-seed", w.file)
	}
	if o.openapi != "" {
		args = append(args, "-openapi", o.openapi)
	}
	process, found, err := program.Start(ctx, program.Config{
		Path: o.sandbox, Args: args, Patience: startTime,
		Ready: func(line string) (string, bool) { found := sandboxURL.FindString(line); return found, found != "" },
	})
	if err != nil {
		return house{}, err
	}
	address, err := url.Parse(found)
	if err != nil {
		return house{}, errors.Join(err, process.Stop())
	}
	return house{process: process, host: address.Host}, nil
}

// memory is 0 where it cannot be known.
func (h house) memory() (int64, error) {
	m, err := h.process.Memory()
	if errors.Is(err, program.ErrNotLinux) {
		return 0, nil
	}
	return m.Resident, err
}

// processor is 0 where it cannot be known.
func (h house) processor() (time.Duration, error) {
	d, err := h.process.Processor()
	if errors.Is(err, program.ErrNotLinux) {
		return 0, nil
	}
	return d, err
}

func measureStarts(ctx context.Context, o options, w world) ([]start, error) {
	var out []start
	for _, one := range []struct {
		name  string
		world *world
	}{{"the demo's", nil}, {strconv.Itoa(o.guilds) + " servers", &w}} {
		s := start{World: one.name, N: o.starts}
		took := make([]time.Duration, 0, o.starts)
		for range o.starts {
			began := time.Now()
			h, err := open(ctx, o, one.world)
			if err != nil {
				return nil, err
			}
			took = append(took, time.Since(began))
			s.Resident, err = h.memory()
			if err := errors.Join(err, h.process.Stop()); err != nil {
				return nil, err
			}
		}
		slices.Sort(took)
		s.First, s.Median, s.Last = milliseconds(took[0]), milliseconds(percentile(took, 50)), milliseconds(took[len(took)-1])
		out = append(out, s)
	}
	return out, nil
}
