package ticket

import (
	"context"
	"slices"

	"usher/internal/core/form"
	"usher/internal/core/guild"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Rooms is Discord, as far as a ticket needs it. Errors: fault.Forbidden where our bot lacks a right, with a sentence that names it;
// fault.NotFound where the thing is gone; fault.Unavailable where Discord did not answer or failed, so that what was asked may or may
// not have been done; others as named.
type Rooms interface {
	// Create makes the ticket's channel. fault.Conflict "category_full" and "category_gone" when the category cannot take it,
	// "server_full" when the server has no room for another channel.
	Create(ctx context.Context, p RoomPlan) (snowflake.Channel, error)
	// Find looks for a channel that Create made with ref; zero when there is none.
	Find(ctx context.Context, g snowflake.Guild, ref string) (snowflake.Channel, error)
	// Welcome looks for the welcome message that Post put into a channel; zero when there is none.
	Welcome(ctx context.Context, channel snowflake.Channel) (snowflake.Message, error)
	// Post puts the welcome message with its buttons into a channel; a second Post with the same ref within minutes gives the first.
	Post(ctx context.Context, channel snowflake.Channel, ref string, m message.Message) (snowflake.Message, error)
	// Edit replaces the texts of the welcome message.
	Edit(ctx context.Context, channel snowflake.Channel, id snowflake.Message, m message.Message) error
	// Delete removes a channel; nil when it is gone already. reason goes into the server's audit log.
	Delete(ctx context.Context, channel snowflake.Channel, reason string) error
	// Tell answers the member who pressed the button, visibly to that member alone.
	Tell(ctx context.Context, app snowflake.Application, token secret.Value, text string) error
	// Notify writes to a user directly.
	Notify(ctx context.Context, user snowflake.User, m message.Message) error
}

// RoomPlan is a ticket's channel to be.
type RoomPlan struct {
	Guild    snowflake.Guild
	Category snowflake.Channel // zero: at the top of the server
	Name     string
	Topic    string
	Ref      string // by which Find knows it; Create keeps it in the topic
	Opener   snowflake.User
	Staff    []snowflake.Role
}

// Values gives placeholders their live values.
type Values interface {
	// Begin starts to fetch what names need for a use; it ends with ctx.
	Begin(ctx context.Context, t Ticket, u Use, names []string) Fetching
}

// Use is the text in which placeholders stand.
type Use string

// The uses.
const (
	ForWelcome Use = "welcome" // of a ticket that opens: a new one (I-9)
	ForTag     Use = "tag"
	ForClosing Use = "closing"
)

// Fetching is under way for one ticket.
type Fetching interface {
	// Channel tells that the ticket's channel exists.
	Channel(id snowflake.Channel)
	// Wait is true as soon as all is known, false when ctx ends before.
	Wait(ctx context.Context) bool
	// Values known now, under folded names.
	Values() map[string]placeholder.Value
	// Contacts tells who is asked, and what is known of it now; those who need not be asked are not told of. The list is the caller's.
	Contacts() []Contact
}

// Snapshot is what opening needs to know of a guild, read at once and cached.
type Snapshot struct {
	Settings guild.Settings
	Panels   []panel.Panel
	Forms    []form.Form // those that the panels ask
}

// Forms remembers what was asked.
type Forms interface {
	// FormRevision gives a form as it was; fault.NotFound where that is forgotten.
	FormRevision(ctx context.Context, g snowflake.Guild, id form.ID, revision int64) (form.Form, error)
}

// Holdings tells what a member has.
type Holdings interface {
	// Held lists a member's tickets of a panel in state Opening or Open, the newest first.
	Held(ctx context.Context, g snowflake.Guild, p panel.ID, opener snowflake.User) ([]Ticket, error)
}

// form finds a form; false when no panel asks it any more, or it was changed after the snapshot.
func (s Snapshot) form(id form.ID) (form.Form, bool) {
	for _, f := range s.Forms {
		if f.ID == id {
			return f, true
		}
	}
	return form.Form{}, false
}

// panel finds a panel; false when it was deleted.
func (s Snapshot) panel(id panel.ID) (panel.Panel, bool) {
	for _, p := range s.Panels {
		if p.ID == id {
			return p, true
		}
	}
	return panel.Panel{}, false
}

// works reports whether one of the roles works tickets of a panel; a deleted panel's are worked by the server's staff.
func (s Snapshot) works(id panel.ID, roles []snowflake.Role) bool {
	p, _ := s.panel(id)
	return slices.ContainsFunc(s.staff(p), func(r snowflake.Role) bool { return slices.Contains(roles, r) })
}

// staff are the roles that work tickets of a panel.
func (s Snapshot) staff(p panel.Panel) []snowflake.Role {
	if len(p.StaffRoles) > 0 {
		return p.StaffRoles
	}
	return s.Settings.StaffRoles
}
