package panel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/guild"
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
	Now     func() time.Time
	Changed func(g snowflake.Guild) // told after a guild's panels changed
}

// Save checks and writes a panel; one without an id is new and gets one. A change names the revision that it was made from; where
// nothing differs, nothing is done. Where it is
// posted stays as it is: see Post. Errors: Invalid with fields; Conflict "panel_name_taken", "panel_changed"; NotFound when there is no
// panel of this id.
func (b *Board) Save(ctx context.Context, by audit.Actor, p Panel) (Panel, error) {
	if err := p.Check(); err != nil {
		return Panel{}, err
	}
	entry := b.entry(by, p, "panel.created")
	if p.ID == "" {
		p.ID, p.Revision, p.Channel, p.Message = b.NewID(), 0, 0, 0
	} else {
		before, err := b.Store.Panel(ctx, p.Guild, p.ID)
		if err != nil {
			return Panel{}, fmt.Errorf("looking for the panel: %w", err)
		}
		if before.Revision != p.Revision {
			return Panel{}, Outdated()
		}
		p.Channel, p.Message = before.Channel, before.Message
		entry.Action, entry.Detail = "panel.changed", p.changes(before)
		if len(entry.Detail) == 0 {
			return before, nil
		}
	}
	entry.Target = string(p.ID)
	if err := b.Store.SavePanel(ctx, p, entry); fault.CodeOf(err) == "form_not_found" {
		var c fault.Checks
		c.Add("form", "There is no such form in this server.")
		return Panel{}, c.Err("panel_invalid", "This panel cannot be saved.")
	} else if err != nil {
		return Panel{}, fmt.Errorf("saving a panel: %w", err)
	}
	p.Revision++
	b.Changed(p.Guild)
	return p, nil
}

// Outdated answers an edit of a panel that somebody else changed since it was read.
func Outdated() *fault.Error {
	return fault.New(fault.Conflict, "panel_changed", "Somebody else changed this panel in the meantime. Look at it as it is now, then change it again.")
}

// Post puts the panel into a channel, or brings the message up to date where it stands there already. Errors: those of Poster;
// NotFound.
func (b *Board) Post(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID, channel snowflake.Channel) (Panel, error) {
	p, err := b.Store.Panel(ctx, g, id)
	if err != nil {
		return Panel{}, fmt.Errorf("looking for the panel: %w", err)
	}
	before := p.Channel
	if p.Channel != channel {
		p.Channel, p.Message = channel, 0
	}
	if p.Message, err = b.Poster.PostPanel(ctx, p); err != nil {
		return Panel{}, fmt.Errorf("posting a panel: %w", err)
	}
	entry := b.entry(by, p, "panel.posted")
	entry.Detail = audit.Changed("channel", guild.ChannelText(before), guild.ChannelText(channel))
	if err := b.Store.SavePosted(ctx, g, id, p.Channel, p.Message, entry); err != nil {
		return Panel{}, fmt.Errorf("noting where a panel is posted: %w", err)
	}
	b.Changed(g)
	if p, err = b.Store.Panel(ctx, g, id); err != nil {
		return Panel{}, fmt.Errorf("reading the panel again: %w", err)
	}
	return p, nil
}

// Delete removes a panel. Its message stays where it is posted, and its button tells whoever presses it that the panel is gone; tickets
// opened from it stay. Errors: NotFound.
func (b *Board) Delete(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID) error {
	p, err := b.Store.Panel(ctx, g, id)
	if err != nil {
		return fmt.Errorf("looking for the panel: %w", err)
	}
	if err := b.Store.DeletePanel(ctx, g, id, b.entry(by, p, "panel.deleted")); err != nil {
		return fmt.Errorf("deleting a panel: %w", err)
	}
	b.Changed(g)
	return nil
}

func (b *Board) entry(by audit.Actor, p Panel, action string) audit.Entry {
	return audit.Entry{Guild: p.Guild, Actor: by, At: b.Now(), Action: action, Target: string(p.ID), Name: p.Name}
}

func (p Panel) changes(before Panel) []audit.Change {
	return slices.Concat(
		audit.Changed("name", before.Name, p.Name),
		audit.Changed("post", guild.TemplateText(before.Post), guild.TemplateText(p.Post)),
		audit.Changed("button", before.Button.text(), p.Button.text()),
		audit.Changed("welcome", guild.TemplateText(before.Welcome), guild.TemplateText(p.Welcome)),
		audit.Changed("category", guild.ChannelText(before.Category), guild.ChannelText(p.Category)),
		audit.Changed("staff_roles", guild.Roles(before.StaffRoles), guild.Roles(p.StaffRoles)),
		audit.Changed("form", string(before.Form), string(p.Form)),
		audit.Changed("channel_name", before.ChannelName, p.ChannelName),
		audit.Changed("max_open", strconv.Itoa(before.MaxOpen), strconv.Itoa(p.MaxOpen)),
	)
}

// text is a button in the record of changes.
func (b Button) text() string {
	return strings.TrimSpace(b.Emoji + " " + b.Label + " (" + string(cmp.Or(b.Style, Primary)) + ")")
}
