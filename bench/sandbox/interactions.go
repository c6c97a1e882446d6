package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"usher/sandbox"
)

// told is an interaction of which the bot was told.
type told struct{ id, token string }

// panelBody is a message with a button.
const panelBody = `{"embeds":[{"title":"Need help?"}],"components":[{"type":1,"components":[{"type":2,"style":1,"label":"Open","custom_id":"open"}]}]}`

// deferBody shows "thinking…" to the member: the answer that a bot gives at once.
const deferBody = `{"type":5,"data":{"flags":64}}`

// measureInteractions lets members press buttons: the control API, INTERACTION_CREATE at the bot, the bot's answer. Rate limits are as
// strict as Discord's, which do not touch this. Every row has a sandbox of its own.
func measureInteractions(ctx context.Context, o options, w world) ([]rate, error) {
	var out []rate
	for _, flight := range o.flight {
		h, err := open(ctx, o, &w)
		if err != nil {
			return nil, err
		}
		one, err := pressAll(ctx, o, w, h, flight)
		if err := errors.Join(err, h.process.Stop()); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

func pressAll(ctx context.Context, o options, w world, h house, flight int) (rate, error) {
	panels, err := post(ctx, w, h)
	if err != nil {
		return rate{}, err
	}
	events := make(chan told, maxFlight)
	b, err := connect(ctx, h, w.token, o.shards[len(o.shards)-1], intentGuilds, func(kind string, frame []byte) error {
		if kind != "INTERACTION_CREATE" {
			return nil
		}
		t := told{between(frame, `"d":{"id":"`, '"'), between(frame, `"token":"`, '"')}
		if t.id == "" || t.token == "" {
			return fmt.Errorf("an interaction without id or token: %s", frame)
		}
		events <- t
		return nil
	})
	if err != nil {
		return rate{}, err
	}
	var turn atomic.Uint64
	r, err := drive(ctx, h, w, flight, o.seconds, func(ctx context.Context, c *connection) error {
		body := panels[turn.Add(1)%uint64(len(panels))]
		if _, err := c.post("/_sandbox/users/"+w.user.String()+"/press", body, http.StatusOK); err != nil {
			return err
		}
		// Whichever comes: there are as many as there are presses.
		select {
		case t := <-events:
			_, err := c.post("/api/v10/interactions/"+t.id+"/"+t.token+"/callback", deferBody, http.StatusNoContent)
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err := errors.Join(err, b.close()); err != nil {
		return r, err
	}
	return r, r.ask(ctx, h)
}

// post puts the button into each channel and gives the bodies of presses.
func post(ctx context.Context, w world, h house) ([]string, error) {
	c, err := dial(ctx, h.host, w.token)
	if err != nil {
		return nil, err
	}
	defer c.close()
	bodies := make([]string, 0, len(w.desks))
	for _, desk := range w.desks {
		answer, err := c.post("/api/v10/channels/"+desk.String()+"/messages", panelBody, http.StatusOK)
		if err != nil {
			return nil, err
		}
		var m struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(answer, &m); err != nil {
			return nil, fmt.Errorf("reading a message: %w", err)
		}
		bodies = append(bodies, fmt.Sprintf(`{"channel_id":%q,"message_id":%q,"custom_id":"open"}`, desk, m.ID))
	}
	return bodies, nil
}

// ask takes over from the witness how long answers took, and makes sure that each came.
func (r *rate) ask(ctx context.Context, h house) error {
	records, err := sandbox.NewClient("http://" + h.host).Interactions(ctx)
	if err != nil {
		return fmt.Errorf("asking the witness: %w", err)
	}
	took := make([]time.Duration, 0, len(records))
	for _, one := range records {
		if one.AnsweredAt == nil || !strings.EqualFold(string(one.State), string(sandbox.StateDeferred)) {
			return fmt.Errorf("interaction %s is %s %s, and should be answered", one.ID, one.State, one.Failure)
		}
		took = append(took, one.AnsweredAt.Sub(one.CreatedAt))
	}
	if len(took) == 0 {
		return errors.New("the witness saw no interaction")
	}
	slices.Sort(took)
	r.P50, r.P99 = milliseconds(percentile(took, 50)), milliseconds(percentile(took, 99))
	return nil
}
