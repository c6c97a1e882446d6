package ticket

import (
	"context"
	"errors"
	"fmt"

	"usher/internal/core/fault"
)

// sweepBatch is how many tickets one sweep takes at most.
const sweepBatch = 50

// Sweep finishes or rolls back what a crash or an outage left: no channel without a ticket, no ticket without a channel, no second
// welcome message. atStart takes all unfinished tickets, whoever claimed them: only for a process that knows itself alone.
func (d *Desk) Sweep(ctx context.Context, atStart bool) error {
	now := d.Now()
	left, err := d.Store.Claim(ctx, now, now.Add(d.claim()), atStart, sweepBatch)
	if err != nil {
		return fmt.Errorf("claiming unfinished tickets: %w", err)
	}
	var failed []error
	for _, t := range left {
		if err := d.resume(ctx, t); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (d *Desk) resume(ctx context.Context, t Ticket) error {
	ctx, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	if t.State == Closing {
		return d.finishClosing(ctx, t)
	}
	if d.Now().Sub(t.Created) > replyLife {
		return d.rollBack(ctx, t, "It could not be opened in time.")
	}
	snapshot, err := d.Guilds.Get(ctx, t.Guild)
	if err != nil {
		return fmt.Errorf("reading the settings of guild %s: %w", t.Guild, err)
	}
	p, ok := snapshot.panel(t.Panel)
	if !ok {
		return d.rollBack(ctx, t, "Its panel was deleted.")
	}
	return d.furnish(ctx, t, plan{snapshot: snapshot, panel: p}, true)
}

// rollBack removes what there is of a ticket that nobody waits for any more.
func (d *Desk) rollBack(ctx context.Context, t Ticket, why string) error {
	if t.Channel.IsZero() {
		found, err := d.Rooms.Find(ctx, t.Guild, t.ref())
		if fault.KindOf(err) == fault.NotFound || fault.KindOf(err) == fault.Forbidden { // our bot was removed from the server
			found, err = 0, nil
		}
		if err != nil {
			return fmt.Errorf("looking for the channel of ticket %d: %w", t.Number, err)
		}
		t.Channel = found
	}
	if !t.Channel.IsZero() {
		if err := d.Rooms.Delete(ctx, t.Channel, "The ticket could not be opened"); err != nil {
			return fmt.Errorf("rolling back ticket %d: %w", t.Number, err)
		}
	}
	if err := d.Store.SetFailed(ctx, t.Guild, t.Number, why, d.Now()); err != nil {
		return fmt.Errorf("noting that ticket %d failed: %w", t.Number, err)
	}
	return nil
}
