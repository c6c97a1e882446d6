package httpapi

import (
	"testing"
	"time"

	"usher/internal/core/snowflake"
)

func TestI43APersonsChangesHaveARate(t *testing.T) {
	t.Parallel()
	var w writes
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)
	for range writesAtOnce {
		if !w.take(1, now) {
			t.Fatal("refused within the rate")
		}
	}
	if w.take(1, now) || w.take(1, now.Add(-time.Hour)) {
		t.Error("no rate")
	}
	if !w.take(2, now) {
		t.Error("somebody else is refused")
	}
	now = now.Add(time.Second)
	for n, want := range []bool{true, true, false} {
		if w.take(1, now) != want {
			t.Errorf("a second later, change %d", n+1)
		}
	}
	for n := range 2 * writersKept {
		w.take(snowflake.User(10+n), now)
	}
	if len(w.persons) > writersKept {
		t.Errorf("%d persons are remembered", len(w.persons))
	}
}
