package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPercentileIsNearestRank(t *testing.T) {
	t.Parallel()
	var hundred []time.Duration
	for n := range 100 {
		hundred = append(hundred, time.Duration(n+1))
	}
	for _, c := range []struct {
		sorted []time.Duration
		p      int
		want   time.Duration
	}{
		{hundred, 50, 50},
		{hundred, 99, 99},
		{hundred, 100, 100},
		{hundred[:30], 99, 30},
		{hundred[:30], 50, 15},
		{hundred[:5], 50, 3},
		{hundred[:1], 99, 1},
	} {
		if got := percentile(c.sorted, c.p); got != c.want {
			t.Errorf("p%d of %d values: %d, want %d", c.p, len(c.sorted), got, c.want)
		}
	}
}

func TestFloors(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct{ delay, lookup, whole time.Duration }{
		{100 * ms, 80 * ms, 200 * ms},          // two REST delays
		{50 * ms, 80 * ms, 130 * ms},           // the integration decides
		{0, 80 * ms, 80 * ms},                  //
		{100 * ms, 3 * time.Second, 1200 * ms}, // the grace is over
	} {
		if got := floors(c.delay, c.lookup).whole; got != c.whole {
			t.Errorf("delay %s, lookup %s: %s, want %s", c.delay, c.lookup, got, c.whole)
		}
	}
}

// presses are two, of 10 and 30 ms for everything.
func presses() []*press {
	one := func(after, took int) *press {
		at := moment(after + took)
		// Each of the four calls was held for 10 ms, and a little more.
		inside := 40*time.Millisecond + time.Duration(took)*time.Millisecond/10
		return &press{pressed: moment(after), acked: at, made: at, welcome: at, told: at, live: took == 10, right: true, inside: inside}
	}
	return []*press{one(5, 30), one(0, 10)}
}

func TestASeriesIsSummarized(t *testing.T) {
	t.Parallel()
	got := summarize(presses(), tally{limited: 3, together: 7}, floors(10*time.Millisecond, 0))
	one, half := 1.0, 0.5
	want := series{N: 2, Spread: 5, Live: 1, Limited: 3, Together: 7, Steps: []step{
		{Name: "acknowledged", First: 10, P50: 10, P99: 30, Last: 30, Floor: 10, Ratio: &one},
		{Name: "channel made", First: 10, P50: 10, P99: 30, Last: 30, Floor: 10, Ratio: &one},
		{Name: "welcome posted", First: 10, P50: 10, P99: 30, Last: 30, Floor: 20, Ratio: &half},
		{Name: "member told where", First: 10, P50: 10, P99: 30, Last: 30, Floor: 20, Ratio: &half},
	}, Sandbox: step{Name: "inside the sandbox", First: 1, P50: 1, P99: 3, Last: 3}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestThereIsNoRatioWithoutADelay(t *testing.T) {
	t.Parallel()
	s := summarize(presses(), tally{}, floors(0, 80*time.Millisecond))
	for _, one := range s.Steps {
		if one.Ratio != nil {
			t.Errorf("%s: ratio %v to no delay", one.Name, *one.Ratio)
		}
	}
	text, err := json.Marshal(s)
	if err != nil || !strings.Contains(string(text), `"p50_to_floor":null`) {
		t.Errorf("%s, %v", text, err)
	}
}

func TestTheReportHidesADatabasesPassword(t *testing.T) {
	t.Parallel()
	got := hidden([]string{"-n", "3", "-database", "postgres://me:hunter2@host/x", "--database=postgres://me:hunter2@host/x", "-burst=2"})
	want := []string{"-n", "3", "-database", "…", "-database=…", "-burst=2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheReportSaysWhatWasMeasured(t *testing.T) {
	t.Parallel()
	m := measurement{Delay: 100, CPU: 9.5, Findings: []string{"warning: POST /x: no"}}
	m.Memory.Resident, m.Memory.Peak = 20_000_000, 30_000_000
	f := floors(10*time.Millisecond, 0)
	m.Single, m.Burst, m.FirstBurst = summarize(presses(), tally{}, f), summarize(presses(), tally{limited: 4}, f), summarize(presses(), tally{}, f)
	var b strings.Builder
	if err := (report{Command: "go run", Presses: 6, Lookup: 80, Runs: []measurement{m}}).Text(&b); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"presses   6 in", "REST delay 100 ms", "  2 single presses\n", "2 presses at once, within 5.0 ms\n", "right after the start",
		"    welcome posted             10.0     10.0     30.0     30.0     20.0       0.50\n", "first post: 1 of 2; answers 429: 4", "    inside the sandbox          1.0      1.0      3.0      3.0        -          -\n",
		"memory 20.0 MB resident, at most 30.0 MB; processor 9.5 ms a ticket", "found warning: POST /x: no",
	} {
		if !strings.Contains(b.String(), text) {
			t.Errorf("the report does not say %q:\n%s", text, b.String())
		}
	}
}
