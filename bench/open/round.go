package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/sandbox"
)

// hands press buttons and read the witness.
type hands struct {
	client *sandbox.Client
	seen   uint64 // the last call that an earlier round has looked at
}

// lookEvery is how often the witness is asked whether all has happened. It has the times, so this has no part in them; asking more often
// would only take processor time from those who are measured.
const lookEvery = 25 * time.Millisecond

// roundTime bounds one round. Discord allows three seconds for the first answer, and Usher gives a ticket twenty.
const roundTime = 30 * time.Second

// round lets members open tickets at once, and then close them again. The error says what did not happen.
func (h *hands) round(ctx context.Context, g server, members []sandbox.ID) ([]*press, tally, error) {
	ctx, cancel := context.WithTimeout(ctx, roundTime)
	defer cancel()
	presses, err := h.open(ctx, g, members)
	if err != nil {
		return nil, tally{}, err
	}
	calls, err := h.watch(ctx, presses)
	if err != nil {
		return nil, tally{}, err
	}
	if err := h.date(ctx, presses); err != nil {
		return nil, tally{}, err
	}
	if err := h.close(ctx, presses); err != nil {
		return nil, tally{}, err
	}
	return presses, count(calls), h.skip(ctx)
}

// open presses the panel's button, all members at the same moment.
func (h *hands) open(ctx context.Context, g server, members []sandbox.ID) ([]*press, error) {
	panel, id, err := h.button(ctx, members[0], g.desk, openLabel)
	if err != nil {
		return nil, err
	}
	presses := make([]*press, len(members))
	now := make(chan struct{})
	group, ctx := errgroup.WithContext(ctx)
	for n, member := range members {
		presses[n] = &press{member: member}
		group.Go(func() error {
			<-now
			done, err := h.client.User(member).PressNow(ctx, panel, id)
			presses[n].id = done.ID
			return err
		})
	}
	close(now)
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("pressing %q: %w", openLabel, err)
	}
	return presses, nil
}

// button finds a button by its label.
func (h *hands) button(ctx context.Context, member, channel sandbox.ID, label string) (sandbox.Message, string, error) {
	messages, err := h.client.User(member).Messages(ctx, channel, 10)
	if err != nil {
		return sandbox.Message{}, "", fmt.Errorf("looking for the button %q: %w", label, err)
	}
	for _, m := range messages {
		for _, row := range m.Components {
			for _, c := range row.Components {
				if c.Label == label {
					return m, c.CustomID, nil
				}
			}
		}
	}
	return sandbox.Message{}, "", fmt.Errorf("channel %s shows no button %q", channel, label)
}

// watch waits until all has happened to all presses and gives the calls.
func (h *hands) watch(ctx context.Context, presses []*press) (seen []sandbox.Call, err error) {
	err = h.until(ctx, func(calls []sandbox.Call) bool {
		seen = calls
		return finished(presses, carriedOut(calls))
	})
	if ctx.Err() != nil {
		err = errors.Join(h.explain(context.WithoutCancel(ctx), presses), err)
	}
	return seen, err
}

// until shows the answered calls of this round to done, again and again until it is content.
func (h *hands) until(ctx context.Context, done func([]sandbox.Call) bool) error {
	turn := time.NewTicker(lookEvery)
	defer turn.Stop()
	for {
		select {
		case <-turn.C:
		case <-ctx.Done():
			return fmt.Errorf("watching what happens: %w", ctx.Err())
		}
		calls, err := h.client.Calls(ctx, sandbox.CallFilter{After: h.seen, Answered: true})
		if err != nil {
			return fmt.Errorf("asking the witness: %w", err)
		}
		if done(calls) {
			return nil
		}
	}
}

func finished(presses []*press, calls []call) bool {
	all := true
	for _, p := range presses {
		p.read(calls)
		all = all && len(p.missing()) == 0
	}
	return all
}

// date adds when the presses were received, and checks them.
func (h *hands) date(ctx context.Context, presses []*press) error {
	records, err := h.client.Interactions(ctx)
	if err != nil {
		return fmt.Errorf("asking the witness: %w", err)
	}
	for _, p := range presses {
		at := slices.IndexFunc(records, func(r sandbox.InteractionRecord) bool { return r.ID == p.id })
		if at < 0 {
			return fmt.Errorf("the witness knows nothing of interaction %s", p.id)
		}
		p.pressed = records[at].CreatedAt
		if err := p.check(); err != nil {
			return err
		}
	}
	return nil
}

// explain tells what is missing, for the error.
func (h *hands) explain(ctx context.Context, presses []*press) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	records, _ := h.client.Interactions(ctx) // without them the error says a little less
	var all []error
	for _, p := range presses {
		missing := p.missing()
		if len(missing) == 0 {
			continue
		}
		state := ""
		for _, r := range records {
			if r.ID == p.id {
				state = " (" + strings.TrimSpace(string(r.State)+" "+r.Failure) + ")"
			}
		}
		all = append(all, fmt.Errorf("interaction %s%s: %s", p.id, state, strings.Join(missing, ", ")))
	}
	return errors.Join(all...)
}

// close closes the tickets as their members, and waits until their channels are gone. Nothing of it is measured.
func (h *hands) close(ctx context.Context, presses []*press) error {
	group, pressing := errgroup.WithContext(ctx)
	for _, p := range presses {
		group.Go(func() error {
			message, id, err := h.button(pressing, p.member, p.channel, closeLabel)
			if err != nil {
				return err
			}
			_, err = h.client.User(p.member).PressNow(pressing, message, id)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("pressing %q: %w", closeLabel, err)
	}
	err := h.until(ctx, func(calls []sandbox.Call) bool {
		gone := map[string]bool{}
		for _, c := range carriedOut(calls) {
			if c.Method == http.MethodDelete {
				gone[path.Base(c.Path)] = true
			}
		}
		return !slices.ContainsFunc(presses, func(p *press) bool { return !gone[p.channel.String()] })
	})
	if err != nil {
		return fmt.Errorf("closing tickets: %w", err)
	}
	return nil
}

// skip leaves what has happened to the round that is over.
func (h *hands) skip(ctx context.Context) error {
	calls, err := h.client.Calls(ctx, sandbox.CallFilter{After: h.seen})
	if err != nil {
		return fmt.Errorf("asking the witness: %w", err)
	}
	for _, c := range calls {
		h.seen = max(h.seen, c.Seq)
	}
	return nil
}

// tally is what a round's calls say besides their times.
type tally struct {
	limited  int   // answered with 429
	together int64 // the most calls in flight at once
}

func count(calls []sandbox.Call) (t tally) {
	for _, c := range calls {
		if c.Status == http.StatusTooManyRequests {
			t.limited++
		}
		t.together = max(t.together, c.InFlight)
	}
	return t
}

func (t tally) plus(other tally) tally {
	return tally{limited: t.limited + other.limited, together: max(t.together, other.together)}
}
