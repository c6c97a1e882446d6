package stream_test

import (
	"testing"

	"usher/sandbox/internal/stream"
)

func names(events []stream.Event) (out string) {
	for _, e := range events {
		out += e.Name
	}
	return out
}

// TestS5OnlyTheWatchedAreKept: nothing is kept for those whom nobody looks at.
func TestS5OnlyTheWatchedAreKept(t *testing.T) {
	t.Parallel()
	l := stream.New[int]()
	l.Show(1, "a", nil)
	if got := l.Watch(1); got != "0" {
		t.Errorf("the last event is %s", got)
	}
	l.Show(1, "b", nil)
	l.Show(2, "c", nil)
	if got := l.Watch(1); got != "1" || len(l.Watched()) != 1 {
		t.Errorf("the last event is %s, watched are %v", got, l.Watched())
	}
}

// TestS5ReadersComeBack: from an id everything since, from now nothing, from too long ago everything anew.
func TestS5ReadersComeBack(t *testing.T) {
	t.Parallel()
	l := stream.New[int]()
	l.Watch(1)
	for _, name := range []string{"a", "b", "c"} {
		l.Show(1, name, name)
	}
	since, now := l.Read(1, 1, false), l.Read(1, 0, true)
	defer since.Close()
	defer now.Close()
	if got, lost := since.Next(); names(got) != "bc" || lost || got[0].ID != 2 || string(got[0].Data) != `"b"` {
		t.Errorf("since the first: %v, %v", got, lost)
	}
	if got, lost := now.Next(); len(got) != 0 || lost {
		t.Errorf("from now: %v, %v", got, lost)
	}
	l.Show(1, "d", nil)
	for _, r := range []*stream.Reader[int]{since, now} {
		<-r.C
		if got, _ := r.Next(); names(got) != "d" {
			t.Errorf("then came %v", got)
		}
	}
	for range 1001 {
		l.Show(1, "x", nil)
	}
	if got, lost := since.Next(); len(got) != 0 || !lost {
		t.Errorf("after a thousand and one: %d events, lost %v", len(got), lost)
	}
	ahead := l.Read(1, 99_999, false)
	defer ahead.Close()
	if _, lost := ahead.Next(); !lost {
		t.Error("an id that was never given is not noticed")
	}
	l.ResetAll()
	if _, lost := now.Next(); !lost {
		t.Error("a reset is not noticed")
	}
}
