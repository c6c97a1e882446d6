package fault

import (
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// strikes tells what becomes of 20 calls of /a while calls of /b come between them.
func strikes(t *testing.T, seed uint64, between int) (out []string) {
	t.Helper()
	b := NewBoard(seed)
	half := 0.5
	for _, f := range []Fault{
		{Match: Match{Route: "/a"}, Probability: &half, Do: Do{Delay: Duration(time.Millisecond), Jitter: Duration(time.Second)}},
		{Match: Match{Route: "/b"}, Probability: &half, Do: Do{Jitter: Duration(time.Second)}},
	} {
		if _, err := b.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		for range between {
			b.Hit(Call{Route: "/b"})
		}
		text := "-"
		for _, s := range b.Hit(Call{Route: "/a"}) {
			text = s.ID + " " + strconv.Itoa(int(s.delay))
		}
		out = append(out, text)
	}
	return out
}

// The chances and the jitter of a fault follow from the seed and its own calls, not from those of others.
func TestS10ChancesFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	first := strikes(t, 7, 0)
	if diff := cmp.Diff(first, strikes(t, 7, 3)); diff != "" {
		t.Errorf("other calls change the faults: %s", diff)
	}
	if cmp.Equal(first, strikes(t, 8, 0)) {
		t.Error("another seed makes the same faults")
	}
	if cmp.Equal(first[0], first[1]) && cmp.Equal(first[1], first[2]) && cmp.Equal(first[2], first[3]) {
		t.Errorf("nothing was left to chance: %q", first)
	}
}

// Of the faults that would end a call the first does; those that only wait all do.
func TestS10OneFaultEndsACall(t *testing.T) {
	t.Parallel()
	b := NewBoard(0)
	for _, d := range []Do{{Delay: 1}, {Status: 500}, {Drop: true}, {Hold: true}} {
		if _, err := b.Add(Fault{Do: d}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, s := range b.Hit(Call{Method: "GET", Route: "/x"}) {
		got = append(got, s.ID)
	}
	if diff := cmp.Diff([]string{"1", "2", "4"}, got); diff != "" {
		t.Error(diff)
	}
}
