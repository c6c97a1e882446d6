package panel

import (
	"context"
	"fmt"

	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// Poster puts a panel's message into its channel at Discord.
type Poster interface {
	// PostPanel posts p to p.Channel, or edits p.Message where there is one, and gives the message. Errors: fault.NotFound when the
	// channel is gone; Forbidden; Unavailable.
	PostPanel(ctx context.Context, p Panel) (snowflake.Message, error)
}

// Board is where panels are made, changed and posted: the rule behind every door.
type Board struct {
	Store   Store
	Poster  Poster
	NewID   func() ID
	Changed func(g snowflake.Guild) // told after a guild's panels changed
}

// Save checks and writes a panel; one without an id is new and gets one. It is not posted. Errors: Invalid with fields;
// Conflict "panel_name_taken"; NotFound when there is no panel of this id.
func (b *Board) Save(ctx context.Context, p Panel) (Panel, error) {
	if err := p.Check(); err != nil {
		return Panel{}, err
	}
	if p.ID == "" {
		p.ID = b.NewID()
	} else if _, err := b.Store.Panel(ctx, p.Guild, p.ID); err != nil {
		return Panel{}, fmt.Errorf("looking for the panel: %w", err)
	}
	if err := b.Store.SavePanel(ctx, p); fault.CodeOf(err) == "form_not_found" {
		var c fault.Checks
		c.Add("form", "There is no such form in this server.")
		return Panel{}, c.Err("panel_invalid", "This panel cannot be saved.")
	} else if err != nil {
		return Panel{}, fmt.Errorf("saving a panel: %w", err)
	}
	b.Changed(p.Guild)
	return p, nil
}

// Post puts the panel into a channel, or brings the message up to date where it stands there already. Errors: those of Poster;
// NotFound.
func (b *Board) Post(ctx context.Context, g snowflake.Guild, id ID, channel snowflake.Channel) (Panel, error) {
	p, err := b.Store.Panel(ctx, g, id)
	if err != nil {
		return Panel{}, fmt.Errorf("looking for the panel: %w", err)
	}
	if p.Channel != channel {
		p.Channel, p.Message = channel, 0
	}
	if p.Message, err = b.Poster.PostPanel(ctx, p); err != nil {
		return Panel{}, fmt.Errorf("posting a panel: %w", err)
	}
	if err := b.Store.SavePanel(ctx, p); err != nil {
		return Panel{}, fmt.Errorf("noting where a panel is posted: %w", err)
	}
	b.Changed(g)
	return p, nil
}
