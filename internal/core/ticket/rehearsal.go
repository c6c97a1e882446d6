package ticket

import (
	"cmp"
	"context"
	"time"

	"usher/internal/core/form"
	"usher/internal/core/message"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// ForTest is a message that is tried out by those who write it; it is no use of a ticket.
const ForTest Use = "test"

// Rehearsal fills a message for a member with real values, as a ticket of theirs would, without opening one.
type Rehearsal struct {
	Guild    snowflake.Guild
	Member   Member
	Message  message.Template
	Forms    []form.Form    // whose questions are answered by their labels; of one id the first counts
	ClosedBy snowflake.User // who closes the ticket, if this is a close message; zero: it is another one
	Patience time.Duration  // how long values are waited for
}

// Lacking is a placeholder that has no value for this member.
type Lacking struct {
	Name   string // folded, as the message calls it
	Source string // who should have given it
	Class  string // why, as the delivery log says it; "late": it is still awaited; empty: the answer has no such value
}

// Rehearsed is the message, and what is missing in it, in the order of the message.
type Rehearsed struct {
	Message message.Message
	Values  map[string]placeholder.Value // under folded names: all that the message asks for and there is
	Lacking []Lacking
}

// Explaining is a Fetching that can tell why values are missing.
type Explaining interface {
	// Why gives source and class by folded names.
	Why() map[string]Lacking
}

// LateClass says that a value was still awaited.
const LateClass = "late"

// Rehearse fills the message. Integrations are told that this is a test and no new ticket (I-9).
func Rehearse(ctx context.Context, values Values, r Rehearsal, now time.Time) Rehearsed {
	ctx, cancel := context.WithTimeout(ctx, r.Patience)
	defer cancel()
	t := r.ticket(now)
	names := r.Message.Names()
	live := values.Begin(ctx, t, ForTest, names)
	live.Channel(t.Channel)
	live.Wait(ctx)
	found := live.Values()
	var closing map[string]placeholder.Value
	if !r.ClosedBy.IsZero() {
		closing = t.closing()
	}
	lookup := t.lookup(found)
	all := Rehearsed{Values: map[string]placeholder.Value{}}
	look := func(name string) (placeholder.Value, bool) {
		v, ok := lookup(name)
		if !ok {
			v, ok = closing[name]
		}
		return v, ok
	}
	all.Message = r.Message.Fill(look)
	why := map[string]Lacking{}
	if e, ok := live.(Explaining); ok {
		why = e.Why()
	}
	for _, name := range names {
		v, known := look(name)
		if !known {
			continue
		}
		all.Values[name] = v
		if v.Missing || v.Pending {
			lack := why[name]
			lack.Name = name
			if v.Pending {
				lack.Class = cmp.Or(lack.Class, LateClass)
			}
			all.Lacking = append(all.Lacking, lack)
		}
	}
	return all
}

// ticket is the one that would be, had the member opened one.
func (r Rehearsal) ticket(now time.Time) Ticket {
	t := Ticket{Guild: r.Guild, Number: 1, Opener: r.Member, Created: now, ClosedBy: r.ClosedBy, Reason: sampleReason}
	answered := map[string]bool{}
	for _, f := range r.Forms {
		for _, q := range f.Questions {
			if !answered[q.ID] {
				t.Answers = append(t.Answers, form.Answer{Question: q.ID, Label: q.Label, Kind: form.Short, Values: []string{q.Label}})
			}
			answered[q.ID] = true
		}
	}
	return t
}

const sampleReason = "Solved"

// Known is a built-in placeholder, for those who write messages.
type Known struct {
	Name        string // %name%, and always %ticket.name%
	Description string
	Sample      string
	Closing     bool // of close messages alone
}

// BuiltInKnown lists the built-in placeholders, with what people are told of them.
func BuiltInKnown() []Known {
	return []Known{
		{Name: "user", Description: "Mentions the member who opened the ticket", Sample: "@ryan"},
		{Name: "username", Description: "The member's unique user name", Sample: "ryan"},
		{Name: "nickname", Description: "The name that others see in this server", Sample: "Ryan"},
		{Name: "user_id", Description: "The member's Discord id", Sample: "585576154958921739"},
		{Name: "ticket_id", Description: "The ticket's number", Sample: "1"},
		{Name: "opened", Description: "When the ticket was opened", Sample: "just now"},
		{Name: "channel", Description: "Links to the ticket's channel", Sample: "#ticket-1"},
		{Name: "channel_id", Description: "The id of the ticket's channel", Sample: "1400000000000000555"},
		{Name: "guild_id", Description: "The server's id", Sample: "1400000000000000001"},
		{Name: "closed_by", Description: "Mentions who closed the ticket", Sample: "@mia", Closing: true},
		{Name: "reason", Description: "Why the ticket was closed", Sample: sampleReason, Closing: true},
	}
}
