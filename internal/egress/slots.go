package egress

import (
	"sync"

	"usher/internal/core/requesttemplate"
)

// slots counts the calls in flight (I-43).
type slots struct {
	limits Limits

	mu           sync.Mutex
	total        int
	guilds       map[string]int
	integrations map[string]int
	hosts        map[requesttemplate.Origin]int
}

func newSlots(limits Limits) *slots {
	return &slots{
		limits:       limits,
		guilds:       make(map[string]int),
		integrations: make(map[string]int),
		hosts:        make(map[requesttemplate.Origin]int),
	}
}

// acquire takes a slot of each kind or none. release must be called once.
func (s *slots) acquire(key Key, origin requesttemplate.Origin) (release func(), ok bool) {
	origin.Scheme = ""
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= s.limits.Total || s.guilds[key.Guild] >= s.limits.PerGuild ||
		s.integrations[key.Integration] >= s.limits.PerIntegration || s.hosts[origin] >= s.limits.PerHost {
		return nil, false
	}
	s.total++
	s.guilds[key.Guild]++
	s.integrations[key.Integration]++
	s.hosts[origin]++
	return func() { s.release(key, origin) }, true
}

func (s *slots) release(key Key, origin requesttemplate.Origin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	drop(s.guilds, key.Guild)
	drop(s.integrations, key.Integration)
	drop(s.hosts, origin)
}

// drop forgets a counter at zero, so that the maps hold what is in flight and nothing else.
func drop[K comparable](counts map[K]int, key K) {
	if counts[key]--; counts[key] <= 0 {
		delete(counts, key)
	}
}
