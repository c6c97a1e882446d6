package discord

import (
	"sync"

	disgo "github.com/disgoorg/snowflake/v2"
)

// How much of the work one guild may have under way, and waiting, at a time: a rush in one server must not keep others waiting (I-43).
const (
	laneWidth = 32
	laneQueue = 1000
)

// lanes keeps a lane for every guild with work under way.
type lanes struct {
	mu     sync.Mutex
	guilds map[disgo.ID]*lane
}

type lane struct {
	slots chan struct{}
	users int // under way and waiting
}

func newLanes() *lanes { return &lanes{guilds: map[disgo.ID]*lane{}} }

// enter takes a place in a guild's queue; ok is false when it is full. Call leave when the work is done.
func (l *lanes) enter(guild disgo.ID) (leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	one := l.guilds[guild]
	if one == nil {
		one = &lane{slots: make(chan struct{}, laneWidth)}
		l.guilds[guild] = one
	}
	if one.users >= laneQueue {
		return nil, false
	}
	one.users++
	return func() { l.leave(guild, one) }, true
}

func (l *lanes) leave(guild disgo.ID, one *lane) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one.users--; one.users == 0 {
		delete(l.guilds, guild)
	}
}

// of gives the slots of a guild that has entered.
func (l *lanes) of(guild disgo.ID) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.guilds[guild].slots
}
