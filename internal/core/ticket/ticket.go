// Package ticket is the life of a ticket: opened exactly once, worked in its own channel, closed. [Desk] holds the rules.
//
// It knows no Discord library, no SQL and no integration: channels and messages are made through [Rooms], rows are kept by
// [Store], live data comes through [Values].
package ticket

import (
	"context"
	"time"

	"usher/internal/core/form"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
)

// Ticket is one row.
type Ticket struct {
	Guild       snowflake.Guild
	Number      int64 // 1, 2, 3… in its guild
	Panel       panel.ID
	Opener      Member
	Interaction snowflake.Interaction // the one that opened it; unique in the guild
	Reply       []byte                // the sealed token by which the opener's reply can be edited for 15 minutes; nil once answered
	Application snowflake.Application // the bot that answers
	Answers     []form.Answer         // to the panel's form, in the order of its questions; none without a form
	State       State
	Channel     snowflake.Channel // zero until it exists
	Message     snowflake.Message // the welcome message; zero until it is posted
	Created     time.Time
	OpenedAt    time.Time // zero until open
	ClosedAt    time.Time // zero until closed
	ClosedBy    snowflake.User
	Reason      string // why it was closed, in the closer's words, or why it could not be opened
}

// Member is who opened a ticket, as Discord told it then.
type Member struct {
	ID     snowflake.User
	Name   string // user name
	Shown  string // the name others see in this guild
	Locale string // Discord's locale code, such as "en-US"
}

// State of a ticket. Each arrow is one guarded UPDATE: opening → open → closing → closed; opening → failed.
type State string

// The states.
const (
	Opening State = "opening" // the row exists; channel and welcome message may not
	Open    State = "open"
	Closing State = "closing" // decided; the channel may still be there
	Closed  State = "closed"
	Failed  State = "failed" // was never opened; nothing of it is left at Discord
)

// Reservation asks for a ticket's row and number.
type Reservation struct {
	Ticket  Ticket        // all but Number and State
	MaxOpen int           // how many tickets (opening or open) of this panel the opener may have, this one included
	Claim   time.Duration // for how long no sweep may take it
	Now     time.Time
}

// Store keeps tickets. Calls that change a state are guarded: where the ticket is not in the state that they start from they change
// nothing and answer fault.Conflict.
type Store interface {
	// Reserve makes the row in state Opening with the guild's next number, claimed until Now+Claim. If the guild has a ticket of the
	// same interaction it gives that one and fresh is false. If the opener has MaxOpen tickets of this panel in state Opening or Open it
	// gives the newest of them and fault.Conflict "ticket_limit". Neither uses up a number.
	Reserve(ctx context.Context, r Reservation) (t Ticket, fresh bool, err error)
	// SetChannel notes the channel of an Opening ticket.
	SetChannel(ctx context.Context, g snowflake.Guild, number int64, channel snowflake.Channel) error
	// SetOpen notes the welcome message: Opening → Open; forgets the reply token.
	SetOpen(ctx context.Context, g snowflake.Guild, number int64, message snowflake.Message, at time.Time) error
	// SetFailed: Opening → Failed, with the reason; forgets the reply token; the moment is kept as ClosedAt.
	SetFailed(ctx context.Context, g snowflake.Guild, number int64, reason string, at time.Time) error
	// ByChannel gives the ticket of a channel, whatever its state; fault.NotFound.
	ByChannel(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) (Ticket, error)
	// SetClosing: Open → Closing, claimed until at+claim.
	SetClosing(ctx context.Context, c CloseRequest, number int64, claim time.Duration, at time.Time) (Ticket, error)
	// SetClosed: Closing → Closed.
	SetClosed(ctx context.Context, g snowflake.Guild, number int64, at time.Time) error
	// Claim takes up to limit tickets in state Opening or Closing whose claim ended before now (or whatever their claim, when all is
	// set: for a process that knows itself alone), claims them until until and gives them, oldest first.
	Claim(ctx context.Context, now, until time.Time, all bool, limit int) ([]Ticket, error)
}

// CloseRequest asks to close a ticket.
type CloseRequest struct {
	Guild   snowflake.Guild
	Channel snowflake.Channel
	By      snowflake.User
	Roles   []snowflake.Role // By's in the guild
	Manager bool             // By may manage the server
	Reason  string           // at most MaxReason characters; may be empty
}

// MaxReason is how long a closing reason may be, in characters.
const MaxReason = 1000
