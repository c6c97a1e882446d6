package ticket_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

// errCrashed is what every call answers once the process is "dead".
var errCrashed = errors.New("crashed")

// fate lets a process die at its n-th step; a step is a call of a port, before or after its effect.
type fate struct {
	mu     sync.Mutex
	steps  int
	dieAt  int // 0: never
	dead   bool
	reason []string
}

// step counts; it reports whether the caller is dead.
func (f *fate) step(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.steps++
	f.reason = append(f.reason, name)
	if f.steps == f.dieAt {
		f.dead = true
	}
	if f.dead {
		return errCrashed
	}
	return nil
}

// around runs effect between two steps.
func (f *fate) around(name string, effect func() error) error {
	if err := f.step("before " + name); err != nil {
		return err
	}
	effectErr := effect()
	if err := f.step("after " + name); err != nil {
		return err
	}
	return effectErr
}

// memory is a store that survives crashes.
type memory struct {
	fate   *fate
	mu     sync.Mutex
	last   int64
	rows   map[int64]*ticket.Ticket
	claims map[int64]time.Time
	kept   map[int64][][]ticket.Contact // every saving of a ticket
	lose   error                        // what saving contacts answers
}

func newMemory(f *fate) *memory {
	return &memory{fate: f, rows: map[int64]*ticket.Ticket{}, claims: map[int64]time.Time{}, kept: map[int64][][]ticket.Contact{}}
}

func (m *memory) Reserve(_ context.Context, r ticket.Reservation) (t ticket.Ticket, fresh bool, err error) {
	err = m.fate.around("reserve", func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		var held []ticket.Ticket
		for n := int64(1); n <= m.last; n++ {
			row := m.rows[n]
			if row.Interaction == r.Ticket.Interaction {
				t = *row
				return nil
			}
			if row.Opener.ID == r.Ticket.Opener.ID && row.Panel == r.Ticket.Panel && (row.State == ticket.Opening || row.State == ticket.Open) {
				held = append(held, *row)
			}
		}
		if len(held) >= r.MaxOpen {
			t = held[len(held)-1]
			return fault.New(fault.Conflict, "ticket_limit", "Limit.")
		}
		m.last++
		row := r.Ticket
		row.Number, row.State = m.last, ticket.Opening
		m.rows[m.last], m.claims[m.last] = &row, r.Now.Add(r.Claim)
		t, fresh = row, true
		return nil
	})
	return t, fresh, err
}

// change is a guarded update.
func (m *memory) change(name string, number int64, from ticket.State, edit func(*ticket.Ticket)) error {
	return m.fate.around(name, func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		row := m.rows[number]
		if row == nil || row.State != from {
			return fault.New(fault.Conflict, "state", "Not in that state.")
		}
		edit(row)
		return nil
	})
}

func (m *memory) SetChannel(_ context.Context, _ snowflake.Guild, number int64, channel snowflake.Channel) error {
	return m.change("set channel", number, ticket.Opening, func(t *ticket.Ticket) { t.Channel = channel })
}

func (m *memory) SetOpen(_ context.Context, _ snowflake.Guild, number int64, id snowflake.Message, at time.Time) error {
	return m.change("set open", number, ticket.Opening, func(t *ticket.Ticket) {
		t.State, t.Message, t.OpenedAt, t.Reply = ticket.Open, id, at, nil
	})
}

func (m *memory) SetFailed(_ context.Context, _ snowflake.Guild, number int64, reason string, at time.Time) error {
	return m.change("set failed", number, ticket.Opening, func(t *ticket.Ticket) {
		t.State, t.Reason, t.ClosedAt, t.Reply = ticket.Failed, reason, at, nil
	})
}

func (m *memory) SetClosing(_ context.Context, c ticket.CloseRequest, number int64, claim time.Duration, at time.Time) (ticket.Ticket, error) {
	var now ticket.Ticket
	err := m.change("set closing", number, ticket.Open, func(t *ticket.Ticket) {
		t.State, t.ClosedBy, t.Reason = ticket.Closing, c.By, c.Reason
		m.claims[number] = at.Add(claim)
		now = *t
	})
	return now, err
}

func (m *memory) SetClosed(_ context.Context, _ snowflake.Guild, number int64, at time.Time) error {
	return m.change("set closed", number, ticket.Closing, func(t *ticket.Ticket) { t.State, t.ClosedAt = ticket.Closed, at })
}

func (m *memory) SaveContacts(ctx context.Context, _ snowflake.Guild, number int64, all []ticket.Contact) error {
	return m.fate.around("keep", func() error {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.lose != nil {
			return m.lose
		}
		m.kept[number] = append(m.kept[number], all)
		return ctx.Err()
	})
}

// keptOf are the contacts of a ticket as they were saved last.
func (m *memory) keptOf(number int64) []ticket.Contact {
	m.mu.Lock()
	defer m.mu.Unlock()
	if all := m.kept[number]; len(all) > 0 {
		return all[len(all)-1]
	}
	return nil
}

func (m *memory) ByChannel(_ context.Context, _ snowflake.Guild, channel snowflake.Channel) (ticket.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, row := range m.rows {
		if row.Channel == channel && channel != 0 {
			return *row, nil
		}
	}
	return ticket.Ticket{}, fault.New(fault.NotFound, "ticket_not_found", "No such ticket.")
}

func (m *memory) Claim(_ context.Context, now, until time.Time, all bool, limit int) ([]ticket.Ticket, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var taken []ticket.Ticket
	for n := int64(1); n <= m.last && len(taken) < limit; n++ {
		row := m.rows[n]
		if (row.State == ticket.Opening || row.State == ticket.Closing) && (all || m.claims[n].Before(now)) {
			m.claims[n] = until
			taken = append(taken, *row)
		}
	}
	return taken, nil
}

// building is a Discord that survives crashes of the bot.
type building struct {
	fate     *fate
	mu       sync.Mutex
	nextID   uint64
	channels map[snowflake.Channel]*room
	told     map[string]string // by token
	notes    map[snowflake.User]string
	fail     map[string][]error // what the next calls of a name answer instead of doing it
	after    map[string][]error // the same, after doing it
}

type room struct {
	plan    ticket.RoomPlan
	posts   []message.Message
	message snowflake.Message
	edits   int
}

func newBuilding(f *fate) *building {
	return &building{
		fate: f, nextID: 1000, channels: map[snowflake.Channel]*room{}, told: map[string]string{}, notes: map[snowflake.User]string{},
		fail: map[string][]error{}, after: map[string][]error{},
	}
}

func pop(queue map[string][]error, name string) error {
	if len(queue[name]) == 0 {
		return nil
	}
	err := queue[name][0]
	queue[name] = queue[name][1:]
	return err
}

func (b *building) do(name string, effect func() error) error {
	return b.fate.around(name, func() error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if err := pop(b.fail, name); err != nil {
			return err
		}
		if err := effect(); err != nil {
			return err
		}
		return pop(b.after, name)
	})
}

func gone() error { return fault.New(fault.NotFound, "gone", "That is no longer there.") }

func (b *building) Create(_ context.Context, p ticket.RoomPlan) (id snowflake.Channel, err error) {
	err = b.do("create", func() error {
		b.nextID++
		id = snowflake.Channel(b.nextID)
		b.channels[id] = &room{plan: p}
		return nil
	})
	if err != nil {
		id = 0
	}
	return id, err
}

func (b *building) Find(_ context.Context, _ snowflake.Guild, ref string) (id snowflake.Channel, err error) {
	err = b.do("find", func() error {
		for c, r := range b.channels {
			if r.plan.Ref == ref {
				id = c
			}
		}
		return nil
	})
	return id, err
}

func (b *building) Welcome(_ context.Context, channel snowflake.Channel) (id snowflake.Message, err error) {
	err = b.do("welcome", func() error {
		r := b.channels[channel]
		if r == nil {
			return gone()
		}
		id = r.message
		return nil
	})
	return id, err
}

func (b *building) Post(_ context.Context, channel snowflake.Channel, _ string, m message.Message) (id snowflake.Message, err error) {
	err = b.do("post", func() error {
		r := b.channels[channel]
		if r == nil {
			return gone()
		}
		b.nextID++
		r.posts, r.message = append(r.posts, m), snowflake.Message(b.nextID)
		id = r.message
		return nil
	})
	return id, err
}

func (b *building) Edit(_ context.Context, channel snowflake.Channel, _ snowflake.Message, m message.Message) error {
	return b.do("edit", func() error {
		r := b.channels[channel]
		if r == nil {
			return gone()
		}
		r.edits++
		r.posts[len(r.posts)-1] = m
		return nil
	})
}

func (b *building) Delete(_ context.Context, channel snowflake.Channel, _ string) error {
	return b.do("delete", func() error { delete(b.channels, channel); return nil })
}

func (b *building) Tell(_ context.Context, _ snowflake.Application, token secret.Value, text string) error {
	return b.do("tell", func() error { b.told[token.Reveal()] = text; return nil })
}

func (b *building) Notify(_ context.Context, user snowflake.User, m message.Message) error {
	return b.do("notify", func() error { b.notes[user] = m.Content; return nil })
}

// toldTo is what the opener of a token read last.
func (b *building) toldTo(token string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.told[token]
}

// plainSealer marks what it seals, and opens only for the same purpose.
type plainSealer struct{}

func (plainSealer) Seal(_ context.Context, p secret.Purpose, v secret.Value) ([]byte, error) {
	return fmt.Appendf(nil, "%v|%s", p, v.Reveal()), nil
}

func (plainSealer) Open(_ context.Context, p secret.Purpose, sealed []byte) (secret.Value, error) {
	text, ok := bytes.CutPrefix(sealed, fmt.Appendf(nil, "%v|", p))
	if !ok {
		return secret.Value{}, errors.New("sealed for something else")
	}
	return secret.New(string(text)), nil
}

// answers are live values under the test's control.
type answers struct {
	mu      sync.Mutex
	begun   [][]string
	uses    []ticket.Use
	values  map[string]placeholder.Value
	waiting chan struct{} // closed when complete
	channel []snowflake.Channel
}

func readyAnswers(pairs ...string) *answers {
	a := &answers{values: map[string]placeholder.Value{}, waiting: make(chan struct{})}
	for i := 0; i < len(pairs); i += 2 {
		a.values[pairs[i]] = placeholder.Value{Text: pairs[i+1]}
	}
	close(a.waiting)
	return a
}

func (a *answers) Begin(_ context.Context, _ ticket.Ticket, u ticket.Use, names []string) ticket.Fetching {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.uses = append(a.uses, u)
	a.begun = append(a.begun, slices.Clone(names))
	return a
}

func (a *answers) Channel(id snowflake.Channel) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.channel = append(a.channel, id)
}

func (a *answers) Wait(ctx context.Context) bool {
	select {
	case <-a.waiting:
		return true
	default:
	}
	select {
	case <-a.waiting:
		return true
	case <-ctx.Done():
		return false
	}
}

// Contacts tells of one source that gives all.
func (a *answers) Contacts() []ticket.Contact {
	values := a.Values()
	if len(values) == 0 {
		return nil
	}
	c := ticket.Contact{Source: "game", Name: "Game lookup"}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		c.Pending = c.Pending || values[name].Pending
		c.Given = append(c.Given, ticket.NewGiven(name, values[name]))
	}
	return []ticket.Contact{c}
}

func (a *answers) Values() map[string]placeholder.Value {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := map[string]placeholder.Value{}
	for k, v := range a.values {
		now[k] = v
	}
	return now
}
