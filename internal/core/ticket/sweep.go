package ticket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// How many tickets one sweep takes at most, and how many a start takes: all that a crash can have left.
const (
	sweepBatch = 20
	startBatch = 10_000
)

// Sweep finishes or rolls back what a crash or an outage left: no channel without a ticket, no ticket without a channel, no second
// welcome message. It takes what no process has claimed.
func (d *Desk) Sweep(ctx context.Context) error {
	now := d.Now()
	left, err := d.Store.Claim(ctx, now, now.Add(d.claim()), false, sweepBatch)
	if err != nil {
		return fmt.Errorf("claiming unfinished tickets: %w", err)
	}
	return d.Resume(ctx, left)
}

// Left takes all unfinished tickets, whoever claimed them: only for a process that knows itself alone, and before it takes any work of
// its own. Give them to Resume.
func (d *Desk) Left(ctx context.Context) ([]Ticket, error) {
	now := d.Now()
	left, err := d.Store.Claim(ctx, now, now.Add(d.claim()), true, startBatch)
	if err != nil {
		return nil, fmt.Errorf("claiming unfinished tickets: %w", err)
	}
	return left, nil
}

// Resume finishes tickets that were claimed, a batch of them side by side: each is done or given up before its claim ends.
func (d *Desk) Resume(ctx context.Context, left []Ticket) error {
	var failed []error
	for batch := range slices.Chunk(left, sweepBatch) {
		errs := make([]error, len(batch))
		var all sync.WaitGroup
		for i, t := range batch {
			all.Go(func() { errs[i] = d.resume(ctx, t) })
		}
		all.Wait()
		failed = append(failed, errs...)
	}
	return errors.Join(failed...)
}

func (d *Desk) resume(ctx context.Context, t Ticket) error {
	ctx, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	if t.State == Closing {
		return d.finishClosing(ctx, t)
	}
	snapshot, err := d.Guilds.Get(ctx, t.Guild)
	if err != nil {
		return fmt.Errorf("reading the settings of guild %s: %w", t.Guild, err)
	}
	p, ok := snapshot.panel(t.Panel)
	switch {
	case !ok:
		return d.settle(ctx, t, plan{snapshot: snapshot}, "Its panel was deleted.")
	case d.Now().Sub(t.Created) > replyLife:
		return d.settle(ctx, t, plan{snapshot: snapshot, panel: p}, "It could not be opened in time.")
	}
	return d.furnish(ctx, t, plan{snapshot: snapshot, panel: p}, true)
}

// settle ends an opening that nobody waits for any more. Where the welcome message stands people may have written below it: then the
// ticket is open. A channel without one goes.
func (d *Desk) settle(ctx context.Context, t Ticket, p plan, why string) error {
	channel, welcome, err := d.remains(ctx, t)
	switch {
	case err != nil:
		return err
	case !welcome.IsZero() && p.panel.ID != "":
		return d.furnish(ctx, t, p, true)
	case !welcome.IsZero():
		if err := d.Store.SetOpen(ctx, t.Guild, t.Number, welcome, d.Now()); err != nil {
			return fmt.Errorf("opening ticket %d: %w", t.Number, err)
		}
		return nil
	case !channel.IsZero():
		if err := d.Rooms.Delete(ctx, channel, "The ticket could not be opened"); err != nil {
			return fmt.Errorf("rolling back ticket %d: %w", t.Number, err)
		}
	}
	if err := d.Store.SetFailed(ctx, t.Guild, t.Number, why, d.Now()); err != nil {
		return fmt.Errorf("noting that ticket %d failed: %w", t.Number, err)
	}
	return nil
}

// remains looks for what there is of a ticket at Discord. Our bot may have been removed from the server: then there is nothing of ours.
func (d *Desk) remains(ctx context.Context, t Ticket) (channel snowflake.Channel, welcome snowflake.Message, err error) {
	channel = t.Channel
	if channel.IsZero() {
		if channel, err = d.Rooms.Find(ctx, t.Guild, t.ref()); err != nil || channel.IsZero() {
			return 0, 0, unlessLost(err)
		}
	}
	welcome, err = d.Rooms.Welcome(ctx, channel)
	if err != nil {
		return 0, 0, unlessLost(err)
	}
	return channel, welcome, nil
}

// unlessLost drops errors that say that the thing, or our access to it, is gone.
func unlessLost(err error) error {
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Forbidden:
		return nil
	default:
		return err
	}
}
