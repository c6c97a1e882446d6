package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

// rate is what a number of workers got done in a time.
type rate struct {
	Flight  int     `json:"in_flight"`
	N       int64   `json:"n"`
	Seconds float64 `json:"seconds"`
	PerSec  float64 `json:"per_second"`
	// Processor time for one: of the sandbox, and of this program, which is as much of the load. 0 where it cannot be known.
	Sandbox float64 `json:"sandbox_cpu_us"`
	Client  float64 `json:"client_cpu_us"`
	// Witnessed times of the last ones, as the sandbox saw them.
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Resident int64   `json:"resident_bytes"`
}

// worker does one thing after the other on a connection of its own.
type worker func(ctx context.Context, c *connection) error

// drive lets as many workers as are in flight work for the time, and counts.
func drive(ctx context.Context, h house, w world, flight int, took time.Duration, work worker) (rate, error) {
	r := rate{Flight: flight}
	lines := make([]*connection, flight)
	for n := range lines {
		line, err := dial(ctx, h.host, w.token)
		if err != nil {
			return r, err
		}
		defer line.close()
		lines[n] = line
	}
	before, err := h.processor()
	if err != nil {
		return r, err
	}
	own, began := ownProcessor(), time.Now()
	var count atomic.Int64
	group, working := errgroup.WithContext(ctx)
	for _, line := range lines {
		group.Go(func() error {
			for time.Since(began) < took && working.Err() == nil {
				if err := work(working, line); err != nil {
					return err
				}
				count.Add(1)
			}
			return working.Err()
		})
	}
	err = group.Wait()
	passed := time.Since(began)
	after, asked := h.processor()
	if err := errors.Join(err, asked); err != nil {
		return r, err
	}
	r.N, r.Seconds = count.Load(), passed.Seconds()
	r.PerSec = float64(r.N) / passed.Seconds()
	if r.N == 0 {
		return r, fmt.Errorf("nothing was done in %s", passed)
	}
	r.Sandbox, r.Client = microseconds(after-before)/float64(r.N), microseconds(ownProcessor()-own)/float64(r.N)
	r.Resident, err = h.memory()
	return r, err
}

// ownProcessor is the processor time of this program.
func ownProcessor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
