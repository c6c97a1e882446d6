package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options is what can be asked for.
type options struct {
	sandbox string
	openapi string
	guilds  int
	starts  int
	shards  []int
	flight  []int
	seconds time.Duration
	json    string
	timeout time.Duration
}

// Bounds of the flags.
const (
	maxGuilds = 100_000
	maxStarts = 100
	maxShards = 64
	maxFlight = 1024 // connections to the sandbox, at most
	longest   = 30 * time.Second
)

func parse(args []string, errs io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("bench/sandbox", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.sandbox, "sandbox", "bin/discord-sandbox", "`file` of the sandbox")
	flags.StringVar(&o.openapi, "openapi", "", "`file` of Discord's openapi.json: measure with every call checked against it")
	flags.IntVar(&o.guilds, "guilds", 10_000, "`number` of servers")
	flags.IntVar(&o.starts, "starts", 5, "`number` of starts with each world")
	shards := flags.String("shards", "1,2,8", "`list` of numbers of shards to connect with; interactions come on the last")
	flight := flags.String("flight", "1,16,64", "`list` of how many presses or messages are under way at once")
	flags.DurationVar(&o.seconds, "time", 4*time.Second, "`time` for each row of interactions and messages")
	flags.StringVar(&o.json, "json", "", "`file` to write the figures to as JSON too")
	flags.DurationVar(&o.timeout, "timeout", 3*time.Minute, "`time` after which to give up")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("it takes flags only, not %q", flags.Arg(0))
	}
	if o.shards, err = numbers("-shards", *shards, maxShards); err != nil {
		return o, err
	}
	if o.flight, err = numbers("-flight", *flight, maxFlight); err != nil {
		return o, err
	}
	for _, file := range []*string{&o.sandbox, &o.openapi} {
		if *file == "" {
			continue
		}
		if *file, err = filepath.Abs(*file); err != nil {
			return o, fmt.Errorf("finding %s: %w", *file, err)
		}
	}
	return o, o.check()
}

// numbers reads a list such as 1,2,8.
func numbers(name, text string, most int) ([]int, error) {
	var out []int
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || n < 1 || n > most {
			return nil, fmt.Errorf("%s: %q is no number from 1 to %d; write for instance 1,8", name, part, most)
		}
		if slices.Contains(out, n) {
			return nil, fmt.Errorf("%s: %d is there twice", name, n)
		}
		out = append(out, n)
	}
	return out, nil
}

func (o options) check() error {
	switch {
	case o.guilds < 1 || o.guilds > maxGuilds:
		return fmt.Errorf("-guilds: %d is not from 1 to %d", o.guilds, maxGuilds)
	case o.starts < 1 || o.starts > maxStarts:
		return fmt.Errorf("-starts: %d is not from 1 to %d", o.starts, maxStarts)
	case o.seconds <= 0 || o.seconds > longest:
		return fmt.Errorf("-time: %s is not from 1ns to %s", o.seconds, longest)
	case o.timeout <= 0:
		return fmt.Errorf("-timeout: %s is no time to measure in", o.timeout)
	default:
		return nil
	}
}
