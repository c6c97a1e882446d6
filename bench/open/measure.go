package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"usher/bench/internal/program"
	"usher/sandbox"
)

// Waits between rounds, so that what is measured is not how the last round used up a limit of Discord's.
const (
	pace    = 250 * time.Millisecond  // between single presses: a server may get 50 channels in ten seconds
	quiet   = 1100 * time.Millisecond // a bot may make 50 calls in a second
	windows = 10 * time.Second        // between bursts in one server
)

// measure starts everything anew, on an empty database, lets members press, and ends everything.
func measure(ctx context.Context, o options, delay time.Duration) (m measurement, err error) {
	dir, err := os.MkdirTemp("", "usher-bench-")
	if err != nil {
		return m, fmt.Errorf("making a folder for database and files: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	lookup, stop, err := serveLookup(ctx, o.lookup)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	w := makeWorld(time.Now(), max(o.burst, 2))
	h, err := build(ctx, o, w, dir, lookup)
	if err != nil {
		return m, err
	}
	m, err = pressAll(ctx, o, w, h, delay)
	if err != nil {
		err = fmt.Errorf("%w\nThe last lines of %s:\n%s", err, o.usher, h.usher.Tail())
	}
	if err = errors.Join(err, h.close()); err == nil {
		m.CPU = milliseconds(h.usher.CPU() / time.Duration(m.presses()))
	}
	return m, err
}

// pressAll is the rounds: a burst on a program that has opened nothing yet, single presses, and a burst on a program that is warm.
func pressAll(ctx context.Context, o options, w world, h *house, delay time.Duration) (measurement, error) {
	f := floors(delay, o.lookup)
	m := measurement{Delay: milliseconds(delay)}
	if delay > 0 {
		if _, err := h.client.Delay(ctx, "", "*", delay); err != nil {
			return m, fmt.Errorf("delaying the sandbox's answers: %w", err)
		}
	}
	members := w.members[:o.burst]
	by := &hands{client: h.client}
	if err := by.skip(ctx); err != nil {
		return m, err
	}
	before := time.Now()
	cold, calls, err := by.round(ctx, w.burst, members)
	if err != nil {
		return m, fmt.Errorf("first burst: %w", err)
	}
	m.FirstBurst = summarize(cold, calls, f)
	single, calls, err := oneByOne(ctx, by, w, o.presses)
	if err != nil {
		return m, err
	}
	m.Single = summarize(single, calls, f)
	if err := wait(ctx, max(quiet, windows-time.Since(before))); err != nil {
		return m, err
	}
	warm, calls, err := by.round(ctx, w.burst, members)
	if err != nil {
		return m, fmt.Errorf("burst: %w", err)
	}
	m.Burst = summarize(warm, calls, f)
	return m, m.weigh(ctx, h)
}

// oneByOne lets members take turns.
func oneByOne(ctx context.Context, by *hands, w world, presses int) (all []*press, calls tally, err error) {
	if err := wait(ctx, quiet); err != nil {
		return nil, calls, err
	}
	for n := range presses {
		next := time.Now().Add(pace)
		one, c, err := by.round(ctx, w.single, []sandbox.ID{w.members[n%len(w.members)]})
		if err != nil {
			return nil, calls, fmt.Errorf("single press %d: %w", n+1, err)
		}
		all, calls = append(all, one...), calls.plus(c)
		if err := wait(ctx, time.Until(next)); err != nil {
			return nil, calls, err
		}
	}
	return all, calls, nil
}

// weigh adds what is to be known of the program at the end, and what the sandbox has to say about it.
func (m *measurement) weigh(ctx context.Context, h *house) error {
	var err error
	if m.Memory, err = h.usher.Memory(); err != nil && !errors.Is(err, program.ErrNotLinux) {
		return err
	}
	findings, err := h.client.Findings(ctx)
	if err != nil {
		return fmt.Errorf("asking the witness: %w", err)
	}
	m.Findings = []string{}
	for _, f := range findings {
		m.Findings = append(m.Findings, f.Severity+": "+f.Route+": "+f.Text)
	}
	return nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting between rounds: %w", ctx.Err())
	}
}
