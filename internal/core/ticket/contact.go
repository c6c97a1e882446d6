package ticket

import (
	"context"
	"log/slog"
	"time"

	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// Contact is what one source of live values gave a ticket's welcome message: an integration, which may be gone since, or a built-in one.
// Its values are data about the opener, for those who may see the ticket and nobody else.
type Contact struct {
	Source  string // the integration's id, or the slug of what is built in
	Name    string // as it was called then
	BuiltIn bool
	Pending bool          // the answer is still awaited; then nothing below is known
	Class   string        // of the failure, as in the delivery log; empty: it answered
	Cached  bool          // nothing was sent: it was remembered, or asked for another ticket at the same moment
	At      time.Time     // when the answer, or that there is none, was known
	Took    time.Duration // 0 where nothing was sent, or where the time is not told
	Given   []Given       // the placeholders that the message uses
}

// Given is what one placeholder got.
type Given struct {
	Name   string             `json:"name"`
	Text   string             `json:"text,omitempty"` // cleaned, without secrets, and cut where Cut says so
	Format placeholder.Format `json:"format,omitempty"`
	Cut    bool               `json:"cut,omitempty"`
	Lack   placeholder.Lack   `json:"lack,omitempty"` // why the message shows the fallback; empty: it shows the value
}

// NewGiven tells of a value.
func NewGiven(name string, v placeholder.Value) Given {
	return Given{Name: name, Text: placeholder.Clean(v.Text), Format: v.Format, Lack: v.Lacking()}
}

// Contacts keeps what the sources gave.
type Contacts interface {
	// SaveContacts keeps a ticket's contacts, in their order and in place of those kept before; none forgets them. fault.NotFound
	// "ticket_not_found".
	SaveContacts(ctx context.Context, g snowflake.Guild, number int64, all []Contact) error
}

// How much is kept of values, in UTF-16 units: of one, and of all of a ticket together. It is for people to read; the message itself
// holds more.
const (
	maxGiven    = 300
	maxAllGiven = 20_000
)

// bounded cuts the values to what is kept.
func bounded(all []Contact) []Contact {
	count := 0
	for _, c := range all {
		count += len(c.Given)
	}
	room := min(maxGiven, max(maxAllGiven/max(count, 1), 1))
	for _, c := range all {
		for i, g := range c.Given {
			if placeholder.Units(g.Text) > room {
				c.Given[i].Text, c.Given[i].Cut = placeholder.Cut(g.Text, room), true
			}
		}
	}
	return all
}

// keepTime bounds the saving of contacts: a ticket never waits for it longer.
const keepTime = 2 * time.Second

// keep saves what the sources have given so far; bare says that the message was sent without it. It comes after the welcome message and
// before the row says that the ticket is open, so that a crash in between has the sweep do it again. That it fails costs what staff could
// look up later, and never the ticket.
func (d *Desk) keep(ctx context.Context, t Ticket, live Fetching, bare bool) {
	all := bounded(live.Contacts())
	if len(all) == 0 {
		return
	}
	for _, c := range all {
		for i, g := range c.Given {
			if bare && g.Lack == "" {
				c.Given[i].Lack = placeholder.Refused
			}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	if err := d.Contacts.SaveContacts(ctx, t.Guild, t.Number, all); err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "what integrations gave could not be kept", slog.String("guild", t.Guild.String()), slog.Int64("ticket", t.Number), slog.Any("error", err))
	}
}
