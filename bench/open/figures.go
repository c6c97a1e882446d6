package main

import (
	"math"
	"slices"
	"time"

	"usher/bench/internal/program"
)

// measurement is everything found out at one REST delay. Times are in milliseconds.
type measurement struct {
	Delay      float64        `json:"rest_delay_ms"`
	FirstBurst series         `json:"first_burst"`
	Single     series         `json:"single"`
	Burst      series         `json:"burst"`
	Memory     program.Memory `json:"memory"`            // zero where it cannot be known
	CPU        float64        `json:"cpu_ms_per_ticket"` // of the program, its start included
	Findings   []string       `json:"findings"`          // what the sandbox says that Discord would not have liked
}

// presses is how many tickets were opened.
func (m measurement) presses() int { return m.FirstBurst.N + m.Single.N + m.Burst.N }

// series is what a number of presses took.
type series struct {
	N        int     `json:"n"`
	Spread   float64 `json:"spread_ms"` // from the first press's arrival to the last's
	Steps    []step  `json:"steps"`
	Sandbox  step    `json:"inside_sandbox"` // the sandbox's own time for a press: what the measuring adds at most
	Live     int     `json:"live_values_in_first_post"`
	Limited  int     `json:"answers_429"`
	Together int64   `json:"most_calls_in_flight"`
}

// step is the time from a press to one of its consequences.
type step struct {
	Name  string   `json:"name"`
	First float64  `json:"first_ms"`
	P50   float64  `json:"p50_ms"`
	P99   float64  `json:"p99_ms"`
	Last  float64  `json:"last_ms"`
	Floor float64  `json:"floor_ms"`
	Ratio *float64 `json:"p50_to_floor"` // null without a REST delay: the floor is then only the integration's time
}

// floor is what cannot be undercut: a call takes one REST delay; the welcome message needs the channel, and waits for the integration's
// answer as long as the grace allows; the member is told where the ticket is after the channel is made.
type floor struct {
	delayed          bool
	one, told, whole time.Duration
}

func floors(delay, lookup time.Duration) floor {
	return floor{delayed: delay > 0, one: delay, told: 2 * delay, whole: min(max(delay, lookup), delay+grace) + delay}
}

func summarize(presses []*press, calls tally, f floor) series {
	s := series{N: len(presses), Limited: calls.limited, Together: calls.together}
	first, last := presses[0].pressed, presses[0].pressed
	for _, p := range presses {
		if p.live {
			s.Live++
		}
		if p.pressed.Before(first) {
			first = p.pressed
		}
		if p.pressed.After(last) {
			last = p.pressed
		}
	}
	s.Spread = milliseconds(last.Sub(first))
	for _, one := range []struct {
		name  string
		at    func(*press) time.Time
		floor time.Duration
	}{
		{"acknowledged", func(p *press) time.Time { return p.acked }, f.one},
		{"channel made", func(p *press) time.Time { return p.made }, f.one},
		{"welcome posted", func(p *press) time.Time { return p.welcome }, f.whole},
		{"member told where", func(p *press) time.Time { return p.told }, f.told},
	} {
		took := make([]time.Duration, 0, len(presses))
		for _, p := range presses {
			took = append(took, one.at(p).Sub(p.pressed))
		}
		s.Steps = append(s.Steps, makeStep(one.name, took, one.floor, f.delayed))
	}
	inside := make([]time.Duration, 0, len(presses))
	for _, p := range presses {
		inside = append(inside, max(0, p.inside-callsOfPress*f.one))
	}
	s.Sandbox = makeStep("inside the sandbox", inside, 0, false)
	return s
}

// callsOfPress are the four calls that each press leads to; every one is held for a REST delay.
const callsOfPress = 4

func makeStep(name string, took []time.Duration, least time.Duration, delayed bool) step {
	slices.Sort(took)
	s := step{
		Name: name, First: milliseconds(took[0]), P50: milliseconds(percentile(took, 50)), P99: milliseconds(percentile(took, 99)),
		Last: milliseconds(took[len(took)-1]), Floor: milliseconds(least),
	}
	if delayed && least > 0 {
		ratio := s.P50 / s.Floor
		s.Ratio = &ratio
	}
	return s
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
