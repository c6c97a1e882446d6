package witness

import (
	"bytes"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type record struct{ State string }

func end(w *Witness[int, record], c *Call, body []byte) {
	w.End(c, time.UnixMilli(5), func(c *Call) { c.Status, c.Body = 200, body })
}

func TestS11RoutesAreComparedByShape(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"*", "/anything/{id}", true},
		{"/channels/{channel_id}/messages", "/channels/{id}/messages", true},
		{"/channels/{id}", "/channels/{id}/messages", false},
		{"/channels/{id}/messages", "/channels/{id}", false},
		{"/users/@me", "/users/{user_id}", false},
		{"/users/{user_id}", "/users/@me", false},
		{"", "/", false},
	} {
		if got := SameRoute(c.a, c.b); got != c.same {
			t.Errorf("SameRoute(%q, %q) is %v", c.a, c.b, got)
		}
	}
}

// The last 10,000 of each kind are promised, and found by their number.
func TestS11KeepsTheLast(t *testing.T) {
	t.Parallel()
	w := New[int, record]()
	const n = 3*memory + 7
	var last *Call
	for i := range n {
		last = w.Begin(time.UnixMilli(1), "GET", "/users/@me", "/users/@me")
		end(w, last, nil)
		w.Pinged(i)
		w.Interaction(strconv.Itoa(i), record{"pending"})
	}
	calls := w.Calls(Filter{})
	if len(calls) != memory || calls[0].Seq != n-memory+1 || calls[memory-1].Seq != n {
		t.Errorf("%d calls from %d to %d", len(calls), calls[0].Seq, calls[len(calls)-1].Seq)
	}
	if after := w.Calls(Filter{After: last.Seq - 3, Limit: 2}); len(after) != 2 || after[0].Seq != last.Seq-2 {
		t.Errorf("after the third last: %+v", after)
	}
	if none := w.Calls(Filter{After: last.Seq}); len(none) != 0 {
		t.Errorf("after the last: %+v", none)
	}
	if pings := w.Pings(); len(pings) != memory || pings[0] != n-memory {
		t.Errorf("%d pings from %d", len(pings), pings[0])
	}
	w.Interaction(strconv.Itoa(n-memory), record{"first kept"})
	w.Interaction(strconv.Itoa(n-1), record{"last"})
	if list := w.Interactions(); len(list) != memory || list[0].State != "first kept" || list[memory-1].State != "last" {
		t.Errorf("%d interactions, %+v to %+v", len(list), list[0], list[len(list)-1])
	}
	if len(w.interactions) > memory+memory/4 {
		t.Errorf("%d interactions are known by their ids", len(w.interactions))
	}
}

// Bodies are bounded together, so that a test with large files does not fill the machine.
func TestS11BodiesAreBounded(t *testing.T) {
	t.Parallel()
	w := New[int, record]()
	big := append(bytes.Repeat([]byte(" "), bodyMemory/2), []byte("{}")...)
	for range 3 {
		end(w, w.Begin(time.UnixMilli(1), "POST", "/x", "/x"), big)
	}
	waiting := w.Begin(time.UnixMilli(1), "POST", "/y", "/y")
	var have []bool
	for _, c := range w.Calls(Filter{Answered: true}) {
		have = append(have, c.Body != nil)
	}
	if diff := cmp.Diff([]bool{false, false, true}, have); diff != "" {
		t.Errorf("bodies kept: %s", diff)
	}
	end(w, waiting, []byte(`{"small":1}`))
	if calls := w.Calls(Filter{After: 2}); calls[0].Body == nil || string(calls[1].Body) != `{"small":1}` {
		t.Error("the newest bodies are gone")
	}
}
