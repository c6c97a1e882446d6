package bloxlink

import (
	"container/list"
	"sync"
	"time"
)

// shelf remembers a bounded number of things, each for its time; the one that was not looked at for longest makes room.
type shelf[K comparable, V any] struct {
	most int
	now  func() time.Time

	mu    sync.Mutex
	items map[K]*list.Element // of kept[K, V]
	order *list.List          // the one looked at last in front
}

type kept[K comparable, V any] struct {
	key     K
	value   V
	expires time.Time
}

func newShelf[K comparable, V any](most int, now func() time.Time) *shelf[K, V] {
	return &shelf[K, V]{most: most, now: now, items: map[K]*list.Element{}, order: list.New()}
}

func (s *shelf[K, V]) get(key K) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var none V
	e, ok := s.items[key]
	if !ok {
		return none, false
	}
	k, ok := e.Value.(kept[K, V])
	if !ok || !s.now().Before(k.expires) {
		s.remove(e, key)
		return none, false
	}
	s.order.MoveToFront(e)
	return k.value, true
}

func (s *shelf[K, V]) put(key K, value V, life time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.items[key]; ok {
		s.remove(e, key)
	}
	s.items[key] = s.order.PushFront(kept[K, V]{key: key, value: value, expires: s.now().Add(life)})
	for s.order.Len() > s.most {
		last := s.order.Back()
		if k, ok := last.Value.(kept[K, V]); ok {
			s.remove(last, k.key)
		}
	}
}

func (s *shelf[K, V]) drop(key K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.items[key]; ok {
		s.remove(e, key)
	}
}

func (s *shelf[K, V]) remove(e *list.Element, key K) {
	s.order.Remove(e)
	delete(s.items, key)
}
