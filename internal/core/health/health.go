// Package health is what is said of a running instance to whoever operates it: findings, each with what to do about it, and the
// connections to Discord. `usher doctor` says the same kind of findings in a terminal.
//
// It makes the checks that it is handed, beside each other, within a time: one that hangs or breaks hides no other. It must never know what
// they look at, and a finding holds no secret.
package health

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Verdict is what a check came to.
type Verdict string

// The verdicts.
const (
	Ok    Verdict = "ok"
	Look  Verdict = "look"  // it works, and somebody should look at it; or it could not be found out
	Wrong Verdict = "wrong" // something does not work
)

// Finding is the result of one check.
type Finding struct {
	Name    string    `json:"name"`
	Verdict Verdict   `json:"verdict"`
	Text    string    `json:"text"`             // what was found
	Advice  string    `json:"advice,omitempty"` // what to do; empty where there is nothing to do, or Text says it
	At      time.Time `json:"-"`                // when; the doctor's are all of now
}

// Check looks at one thing.
type Check struct {
	Name string
	// Run gives what was found; its name is set by the caller. It should end with ctx, and is not started again while it does not.
	Run func(ctx context.Context) Finding
	// Fresh is for how long a finding is given again instead of looking anew. Zero: not at all.
	Fresh time.Duration
}

// Report is how an instance is at one moment.
type Report struct {
	At       time.Time
	Version  string    // of the program
	Started  time.Time // when the process was ready to serve
	Findings []Finding // in the order of the checks
	Shards   []Shard   // of this process, by number
}

// Watch makes reports. Its fields are set before its first use; it is safe for concurrent use.
type Watch struct {
	Checks  []Check
	Limit   time.Duration // for each check
	Gateway interface{ Shards() []Shard }
	Version string
	Started time.Time
	Now     func() time.Time

	mu    sync.Mutex
	known map[string]*state
}

// state is what is known of one check.
type state struct {
	mu      sync.Mutex
	running chan struct{} // closed when the look that is under way ends; nil: none is
	last    Finding       // of the last look that ended; zero: none did
}

// Report makes the checks whose findings are not fresh. It takes as long as the slowest, and Limit at most, whatever becomes of ctx: others
// get what it found.
func (w *Watch) Report(ctx context.Context) Report {
	report := Report{Version: w.Version, Started: w.Started, Findings: make([]Finding, len(w.Checks))}
	var all sync.WaitGroup
	for n, c := range w.Checks {
		all.Go(func() { report.Findings[n] = w.finding(ctx, c) })
	}
	all.Wait()
	report.At, report.Shards = w.Now(), w.Gateway.Shards()
	slices.SortFunc(report.Shards, func(a, b Shard) int { return a.ID - b.ID })
	gateway := OfShards(report.Shards, report.At)
	gateway.At = report.At
	report.Findings = append([]Finding{gateway}, report.Findings...)
	return report
}

func (w *Watch) stateOf(name string) *state {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known == nil {
		w.known = map[string]*state{}
	}
	if w.known[name] == nil {
		w.known[name] = &state{}
	}
	return w.known[name]
}

// finding gives a fresh finding, or waits for a new one.
func (w *Watch) finding(ctx context.Context, c Check) Finding {
	s := w.stateOf(c.Name)
	s.mu.Lock()
	if !s.last.At.IsZero() && c.Fresh > 0 && w.Now().Sub(s.last.At) < c.Fresh {
		defer s.mu.Unlock()
		return s.last
	}
	// A reader who goes away takes nothing from the others who wait for the same look.
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.Limit)
	if s.running == nil {
		s.running = make(chan struct{})
		go w.look(limited, cancel, c, s)
	} else {
		defer cancel()
	}
	done := s.running
	s.mu.Unlock()
	select {
	case <-done:
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.last
	case <-limited.Done():
		return Finding{
			Name: c.Name, Verdict: Look, At: w.Now(), Text: fmt.Sprintf("It did not answer within %s, so nothing can be said of it.", w.Limit),
			Advice: "Wait a moment; if it stays so, look at the log and at the machine that it is on.",
		}
	}
}

// look makes a check and keeps what was found.
func (w *Watch) look(ctx context.Context, cancel context.CancelFunc, c Check, s *state) {
	defer cancel()
	found := Finding{Verdict: Look, Text: "The check itself failed, so nothing can be said of it.", Advice: "Look at the log, and report it as a defect of Usher."}
	defer func() {
		_ = recover() // a broken check is told as such, and hides no other
		s.mu.Lock()
		defer s.mu.Unlock()
		found.Name, found.At = c.Name, w.Now()
		s.last = found
		close(s.running)
		s.running = nil
	}()
	found = c.Run(ctx)
}
