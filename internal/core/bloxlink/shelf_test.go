package bloxlink

import (
	"testing"
	"time"
)

func TestShelfIsBounded(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	s := newShelf[int, int](3, func() time.Time { return now })
	for i := range 3 {
		s.put(i, i, time.Hour)
	}
	if _, ok := s.get(0); !ok { // looked at, so the next to go is 1
		t.Error("0 is gone")
	}
	s.put(3, 3, time.Minute)
	s.put(3, 4, time.Minute)
	for key, want := range map[int]bool{0: true, 1: false, 2: true, 3: true} {
		if v, ok := s.get(key); ok != want || ok && key == 3 && v != 4 {
			t.Errorf("%d: %d, %v", key, v, ok)
		}
	}
	now = now.Add(time.Minute)
	if _, ok := s.get(3); ok {
		t.Error("3 outlived its time")
	}
	s.drop(0)
	if len(s.items) != 1 || s.order.Len() != 1 {
		t.Errorf("%d items, %d in order", len(s.items), s.order.Len())
	}
}
