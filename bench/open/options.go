package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// options is what can be asked for.
type options struct {
	usher, sandbox string
	database       string
	presses, burst int
	delays         []time.Duration
	lookup         time.Duration
	json           string
	timeout        time.Duration
}

// Bounds of the flags. A category holds 50 channels, and a server lets a bot make 50 in ten seconds: a larger burst would measure that.
const (
	maxPresses = 1000
	maxBurst   = 50
	maxDelay   = time.Second     // the first answer is due within three
	maxLookup  = 4 * time.Second // Usher waits five
)

func parse(args []string, errs io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("bench/open", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.StringVar(&o.usher, "usher", "bin/usher", "`file` of the program to measure")
	flags.StringVar(&o.sandbox, "sandbox", "bin/discord-sandbox", "`file` of the sandbox")
	flags.StringVar(&o.database, "database", "", "DATABASE_URL of the program, such as postgres://…; what is measured stays in it (default a fresh SQLite file)")
	flags.IntVar(&o.presses, "n", 30, "`number` of single presses at each delay")
	flags.IntVar(&o.burst, "burst", 20, "`number` of presses at once")
	delays := flags.String("delays", "0,100ms", "`list` of REST delays, one whole measurement each")
	flags.DurationVar(&o.lookup, "lookup", 80*time.Millisecond, "`time` that the integration's server takes to answer")
	flags.StringVar(&o.json, "json", "", "`file` to write the figures to as JSON too")
	flags.DurationVar(&o.timeout, "timeout", 3*time.Minute, "`time` after which to give up")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("it takes flags only, not %q", flags.Arg(0))
	}
	for text := range strings.SplitSeq(*delays, ",") {
		d, err := time.ParseDuration(strings.TrimSpace(text))
		if err != nil || d < 0 || d > maxDelay {
			return o, fmt.Errorf("-delays: %q is no time from 0 to %s; write for instance 0,100ms", text, maxDelay)
		}
		if slices.Contains(o.delays, d) {
			return o, fmt.Errorf("-delays: %s is there twice", d)
		}
		o.delays = append(o.delays, d)
	}
	// Both run in another folder.
	for _, file := range []*string{&o.usher, &o.sandbox} {
		if *file, err = filepath.Abs(*file); err != nil {
			return o, fmt.Errorf("finding %s: %w", *file, err)
		}
	}
	return o, o.check()
}

func (o options) check() error {
	switch {
	case o.presses < 1 || o.presses > maxPresses:
		return fmt.Errorf("-n: %d is not from 1 to %d", o.presses, maxPresses)
	case o.burst < 1 || o.burst > maxBurst:
		return fmt.Errorf("-burst: %d is not from 1 to %d", o.burst, maxBurst)
	case o.lookup < 0 || o.lookup > maxLookup:
		return fmt.Errorf("-lookup: %s is not from 0 to %s", o.lookup, maxLookup)
	case o.timeout <= 0:
		return fmt.Errorf("-timeout: %s is no time to measure in", o.timeout)
	default:
		return nil
	}
}
