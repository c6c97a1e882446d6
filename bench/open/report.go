package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"usher/bench/internal/program"
)

// report is everything found out, with what is needed to find it out again.
type report struct {
	Command  string        `json:"command"`
	Machine  machine       `json:"machine"`
	Program  binary        `json:"program"`
	Database string        `json:"database"`
	Lookup   float64       `json:"integration_ms"`
	Presses  int           `json:"presses"`
	Seconds  float64       `json:"seconds"`
	Runs     []measurement `json:"runs"`
}

// machine is where it was measured.
type machine struct {
	System string `json:"system"`
	Cores  int    `json:"cores"`
	Go     string `json:"go"`
	Load   string `json:"load_before,omitempty"` // of the last 1, 5 and 15 minutes, before the start; Linux only
}

// binary is what was measured.
type binary struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Bytes   int64  `json:"bytes"`
}

// describe fills in what is known before the first press.
func describe(ctx context.Context, o options, args []string) (report, error) {
	r := report{
		Command:  strings.Join(append([]string{"go run ./bench/open"}, hidden(args)...), " "),
		Machine:  machine{System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Go: runtime.Version(), Load: load()},
		Program:  binary{Name: filepath.Base(o.usher)},
		Database: "SQLite, a fresh file",
		Lookup:   milliseconds(o.lookup),
	}
	if scheme, _, ok := strings.Cut(o.database, ":"); ok {
		r.Database = scheme
	}
	info, err := os.Stat(o.usher)
	if err != nil {
		return r, fmt.Errorf("-usher: %w; make build makes it", err)
	}
	if _, err := os.Stat(o.sandbox); err != nil {
		return r, fmt.Errorf("-sandbox: %w; make build makes it", err)
	}
	r.Program.Bytes = info.Size()
	version, err := program.Run(ctx, program.Config{Path: o.usher, Args: []string{"--version"}})
	r.Program.Version = strings.TrimPrefix(version, "usher version ")
	return r, err
}

// hidden leaves out a database's address: it may hold a password.
func hidden(args []string) []string {
	out := make([]string, 0, len(args))
	secret := false
	for _, a := range args {
		name, _, joined := strings.Cut(strings.TrimLeft(a, "-"), "=")
		switch {
		case secret:
			a = "…"
		case name == "database" && joined:
			a = "-database=…"
		}
		secret = name == "database" && !joined
		out = append(out, a)
	}
	return out
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
	say("program   %s %s, %.1f MB; database: %s", r.Program.Name, r.Program.Version, megabytes(r.Program.Bytes), r.Database)
	say("machine   %s, %d cores, %s; load before: %s", r.Machine.System, r.Machine.Cores, r.Machine.Go, r.Machine.Load)
	say("presses   %d in %.0f s; the integration answers after %g ms", r.Presses, r.Seconds, r.Lookup)
	for _, m := range r.Runs {
		say("\nREST delay %g ms", m.Delay)
		b.WriteString(m.Single.text(fmt.Sprintf("%d single presses", m.Single.N)))
		b.WriteString(m.Burst.text(fmt.Sprintf("%d presses at once, within %.1f ms", m.Burst.N, m.Burst.Spread)))
		b.WriteString(m.FirstBurst.text(fmt.Sprintf("%d presses at once, within %.1f ms, right after the start", m.FirstBurst.N, m.FirstBurst.Spread)))
		if m.Memory.Resident > 0 {
			say("  memory %.1f MB resident, at most %.1f MB; processor %.1f ms a ticket", megabytes(m.Memory.Resident), megabytes(m.Memory.Peak), m.CPU)
		}
		for _, f := range m.Findings {
			say("  the sandbox found %s", f)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// text is a table of one series.
func (s series) text(title string) string {
	var b strings.Builder
	row := func(cells ...any) { _, _ = fmt.Fprintf(&b, "    %-22s%9s%9s%9s%9s%9s%11s\n", cells...) }
	number := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	_, _ = fmt.Fprintf(&b, "  %s\n", title)
	row("ms from press to", "first", "p50", "p99", "last", "floor", "p50/floor")
	for _, one := range s.Steps {
		least, ratio := "-", "-"
		if one.Floor > 0 {
			least = number(one.Floor)
		}
		if one.Ratio != nil {
			ratio = strconv.FormatFloat(*one.Ratio, 'f', 2, 64)
		}
		row(one.Name, number(one.First), number(one.P50), number(one.P99), number(one.Last), least, ratio)
	}
	row(s.Sandbox.Name, number(s.Sandbox.First), number(s.Sandbox.P50), number(s.Sandbox.P99), number(s.Sandbox.Last), "-", "-")
	_, _ = fmt.Fprintf(&b, "    live values in the first post: %d of %d; answers 429: %d; most calls in flight: %d\n", s.Live, s.N, s.Limited, s.Together)
	return b.String()
}

func megabytes(bytes int64) float64 { return float64(bytes) / 1e6 }
