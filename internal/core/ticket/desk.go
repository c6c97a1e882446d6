package ticket

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/guild"
	"usher/internal/core/panel"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
)

// Desk opens and closes tickets: the one rule behind every door (button, command, dashboard, API).
type Desk struct {
	Store    Store
	Holdings Holdings
	Contacts Contacts
	Forms    Forms
	Rooms    Rooms
	Values   Values
	Guilds   *guild.Cache[Snapshot]
	Tags     *guild.Cache[[]tag.Tag]
	Sealer   secret.Sealer
	Log      *slog.Logger
	Now      func() time.Time
	// Grace is how long the welcome message waits for values after the channel exists (I-12).
	Grace time.Duration
	// Patience bounds the whole of one opening or closing; a sweep takes over what is not done by then.
	Patience time.Duration
	// Wait sleeps, or returns ctx's error.
	Wait func(ctx context.Context, d time.Duration) error
}

// replyLife is how long Discord lets us edit the reply to a button.
// https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
const replyLife = 15 * time.Minute

// OpenRequest asks for a ticket.
type OpenRequest struct {
	Guild       snowflake.Guild
	Panel       panel.ID
	By          Member
	Interaction snowflake.Interaction
	Application snowflake.Application
	Reply       secret.Value     // the interaction's token
	Submission  *form.Submission // nil: nothing was asked yet
}

// Open opens a ticket exactly once for an interaction, and tells the member where it is or why not. The error is for the log: the
// member has been told already, unless nothing could be told.
func (d *Desk) Open(ctx context.Context, o OpenRequest) error {
	ctx, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	snapshot, p, err := d.panel(ctx, o.Guild, o.Panel)
	if err != nil {
		return d.refuse(ctx, o, err)
	}
	answers, err := d.answers(ctx, o, snapshot, p)
	if err != nil {
		return d.refuse(ctx, o, err)
	}
	t, fresh, err := d.reserve(ctx, o, p, answers)
	for n := 0; n < p.MaxOpen && fault.CodeOf(err) == limitCode && d.isGone(ctx, t); n++ {
		t, fresh, err = d.reserve(ctx, o, p, answers)
	}
	switch {
	case fault.CodeOf(err) == limitCode:
		return d.refuse(ctx, o, limitReached(t, p))
	case err != nil:
		return d.refuse(ctx, o, err)
	case !fresh:
		return nil // the same interaction, delivered again: the first delivery answers
	}
	return d.furnish(ctx, t, plan{snapshot: snapshot, panel: p}, false)
}

// panel finds a panel and what else is known of its guild. Errors: NotFound.
func (d *Desk) panel(ctx context.Context, g snowflake.Guild, id panel.ID) (Snapshot, panel.Panel, error) {
	snapshot, err := d.Guilds.Get(ctx, g)
	if err != nil {
		return snapshot, panel.Panel{}, err
	}
	p, ok := snapshot.panel(id)
	if !ok { // it may be newer than the cache
		d.Guilds.Forget(g)
		if snapshot, err = d.Guilds.Get(ctx, g); err != nil {
			return snapshot, panel.Panel{}, err
		}
		p, ok = snapshot.panel(id)
	}
	if !ok {
		return snapshot, p, fault.New(fault.NotFound, "panel_deleted", "This panel is no longer in use. Ask the server's staff for the current one.")
	}
	return snapshot, p, nil
}

func (d *Desk) reserve(ctx context.Context, o OpenRequest, p panel.Panel, answers []form.Answer) (Ticket, bool, error) {
	sealed, err := d.Sealer.Seal(ctx, replyPurpose(o.Guild, o.Interaction), o.Reply)
	if err != nil {
		return Ticket{}, false, fmt.Errorf("sealing the reply token: %w", err)
	}
	now := d.Now()
	return d.Store.Reserve(ctx, Reservation{
		Ticket: Ticket{
			Guild: o.Guild, Panel: o.Panel, Opener: o.By, Interaction: o.Interaction, Application: o.Application, Reply: sealed, Created: now,
			Answers: answers,
		},
		MaxOpen: p.MaxOpen, Claim: d.claim(), Now: now,
	})
}

// claim is how long a sweep leaves a ticket alone: a little more than this process may work on it.
func (d *Desk) claim() time.Duration { return d.Patience + 5*time.Second }

// refuse tells the member why there will be no ticket.
func (d *Desk) refuse(ctx context.Context, o OpenRequest, why error) error {
	if err := d.Rooms.Tell(ctx, o.Application, o.Reply, Sentence(why, Reference(o.Interaction))); err != nil {
		return fmt.Errorf("telling the member (%w) that no ticket opens: %w", err, why)
	}
	return ignoreOutcome(why)
}

// ignoreOutcome drops errors that are an ordinary answer to the member and nothing for the log.
func ignoreOutcome(err error) error {
	switch fault.KindOf(err) {
	case fault.Conflict, fault.NotFound, fault.Invalid:
		return nil
	default:
		return err
	}
}

func limitReached(t Ticket, p panel.Panel) error {
	text := fmt.Sprintf("You have %d open tickets already; that is as many as you may have here. Close one first.", p.MaxOpen)
	if p.MaxOpen == 1 {
		text = "You already have an open ticket: " + mention(t.Channel)
		if t.Channel.IsZero() {
			text = "Your ticket is being opened already. One moment."
		}
	}
	return fault.New(fault.Conflict, limitCode, text)
}

// limitCode is the Store's code for a member who has as many tickets as the panel allows.
const limitCode = "ticket_limit"

func mention(c snowflake.Channel) string { return "<#" + c.String() + ">" }

// replyPurpose binds a reply token to its interaction.
func replyPurpose(g snowflake.Guild, i snowflake.Interaction) secret.Purpose {
	return secret.Purpose{Kind: "reply_token", Bounds: []string{g.String(), i.String()}}
}

// ref is by which a ticket's channel and message are found again: short, and known before either exists.
func (t Ticket) ref() string { return Reference(t.Interaction) }

// Reference is the short form of an interaction's id: in a ticket's topic, in what a member reads of a failure of ours, and in the log.
func Reference(i snowflake.Interaction) string { return strconv.FormatUint(uint64(i), 36) }
