package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// report is everything found out, with what is needed to find it out again.
type report struct {
	Command      string      `json:"command"`
	System       string      `json:"system"`
	Cores        int         `json:"cores"`
	Go           string      `json:"go"`
	Load         string      `json:"load_before,omitempty"` // of the last 1, 5 and 15 minutes; Linux only
	Program      string      `json:"program"`
	Bytes        int64       `json:"program_bytes"`
	Guilds       int         `json:"servers"`
	Seconds      float64     `json:"seconds"`
	Starts       []start     `json:"starts"`
	Connects     []connected `json:"connects"`
	Interactions []rate      `json:"interactions"`
	Messages     []rate      `json:"messages"`
}

// describe fills in what is known before the first measurement.
func describe(o options, args []string) (report, error) {
	r := report{
		Command: strings.Join(append([]string{"go run ./bench/sandbox"}, args...), " "), System: runtime.GOOS + "/" + runtime.GOARCH,
		Cores: runtime.NumCPU(), Go: runtime.Version(), Load: load(), Program: filepath.Base(o.sandbox), Guilds: o.guilds,
	}
	info, err := os.Stat(o.sandbox)
	if err != nil {
		return r, fmt.Errorf("-sandbox: %w; make build makes it", err)
	}
	r.Bytes = info.Size()
	return r, nil
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	parts := strings.Fields(string(text))
	return strings.Join(parts[:min(3, len(parts))], " ")
}

// Text writes the report for people.
func (r report) Text(out io.Writer) error {
	var b strings.Builder
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(&b, format+"\n", args...) }
	say("command   %s", r.Command)
	say("program   %s, %.1f MB", r.Program, megabytes(r.Bytes))
	say("machine   %s, %d cores, %s; load before: %s; %.0f s", r.System, r.Cores, r.Go, r.Load, r.Seconds)
	say("\nstart, ms                 n    first   median     last   memory MB")
	for _, s := range r.Starts {
		say("  %-20s%5d%9.1f%9.1f%9.1f%12.1f", s.World, s.N, s.First, s.Median, s.Last, megabytes(s.Resident))
	}
	say("\nREADY and GUILD_CREATE of %d servers", r.Guilds)
	say("  shards       ms   cpu ms   sent MB   memory MB")
	for _, c := range r.Connects {
		say("  %6d%9.1f%9.0f%10.1f%12.1f", c.Shards, c.Time, c.Processor, megabytes(c.Received), megabytes(c.Resident))
	}
	say("\ninteractions: press, INTERACTION_CREATE, answer")
	r.rates(&b, r.Interactions, "answered within")
	say("\nmessages: call, MESSAGE_CREATE; rate limits off")
	r.rates(&b, r.Messages, "inside the call")
	_, err := io.WriteString(out, b.String())
	return err
}

// rates is a table. What the sandbox alone could do follows from its processor time and the machine's cores.
func (r report) rates(b *strings.Builder, list []rate, what string) {
	_, _ = fmt.Fprintf(b, "  in flight   a second         n   sandbox   client   alone a   %s   memory\n", what)
	_, _ = fmt.Fprintf(b, "                                     cpu µs   cpu µs    second    p50 ms   p99 ms       MB\n")
	for _, one := range list {
		alone := "-"
		if one.Sandbox > 0 {
			alone = fmt.Sprintf("%.0f", float64(r.Cores)*1e6/one.Sandbox)
		}
		_, _ = fmt.Fprintf(b, "  %9d%11.0f%10d%10.0f%9.0f%10s%10.2f%9.2f%9.1f\n",
			one.Flight, one.PerSec, one.N, one.Sandbox, one.Client, alone, one.P50, one.P99, megabytes(one.Resident))
	}
}

// percentile is the least value that is not below p percent of them (nearest rank). sorted is not empty.
func percentile(sorted []time.Duration, p int) time.Duration {
	rank := (len(sorted)*p + 99) / 100
	return sorted[max(rank, 1)-1]
}

// milliseconds rounds to microseconds: finer is no figure of a witness.
func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Microsecond)) / 1000
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }
