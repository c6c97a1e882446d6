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
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
)

// Poster puts a panel's message into its channel at Discord, and takes it away.
type Poster interface {
	// PostPanel posts p to p.Channel, or edits p.Message where there is one, and gives the message. Errors: fault.NotFound when the
	// channel is gone; Forbidden; Unavailable; "discord_refused" for what Discord does not take.
	PostPanel(ctx context.Context, p Panel) (snowflake.Message, error)
	// TakeDownPanel deletes p.Message in p.Channel; nil when it is gone already. Errors: Forbidden; Unavailable.
	TakeDownPanel(ctx context.Context, p Panel) error
	// InGuild reports whether a channel is in a guild, for our bot to see. Errors: Unavailable.
	InGuild(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) (bool, error)
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
// nothing differs, nothing is done. Where it is posted stays as it is: see Post. Errors: Invalid with fields; Conflict "panel_name_taken",
// "panel_changed"; NotFound when there is no panel of this id.
func (b *Board) Save(ctx context.Context, by audit.Actor, p Panel) (Panel, error) {
	if err := p.Check(); err != nil {
		return Panel{}, err
	}
	entry := b.entry(by, p, audit.PanelCreated)
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
		entry.Action, entry.Detail = audit.PanelChanged, p.changes(before)
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

// Posted is what came of posting a panel.
type Posted struct {
	Panel Panel
	Left  snowflake.Channel // where its message stood before and could not be taken away; zero: nowhere
}

// Post puts the panel into a channel of its guild, or brings the message up to date where it stands there already; a message in another
// channel is taken away. Errors: Invalid with the field "channel"; Conflict "panel_refused"; Unavailable; NotFound "panel_not_found".
func (b *Board) Post(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID, channel snowflake.Channel) (Posted, error) {
	p, err := b.Store.Panel(ctx, g, id)
	if err != nil {
		return Posted{}, fmt.Errorf("looking for the panel: %w", err)
	}
	if err := b.checkChannel(ctx, g, channel); err != nil {
		return Posted{}, err
	}
	before := p
	if p.Channel != channel {
		p.Channel, p.Message = channel, 0
	}
	if p.Message, err = b.Poster.PostPanel(ctx, p); err != nil {
		return Posted{}, fmt.Errorf("posting a panel: %w", notPosted(err))
	}
	entry := b.entry(by, p, audit.PanelPosted)
	entry.Detail = audit.Changed("channel", guild.ChannelText(before.Channel), guild.ChannelText(channel))
	if err := b.Store.SavePosted(ctx, g, id, p.Channel, p.Message, entry); err != nil {
		return Posted{}, fmt.Errorf("noting where a panel is posted: %w", err)
	}
	b.Changed(g)
	posted := Posted{}
	if before.Channel != channel {
		posted.Left = b.takeDown(ctx, before)
	}
	if posted.Panel, err = b.Store.Panel(ctx, g, id); err != nil {
		return Posted{}, fmt.Errorf("reading the panel again: %w", err)
	}
	return posted, nil
}

// Delete removes a panel, and its message at Discord; left is where that message stands if it could not be taken away: its button says
// that the panel is gone. Tickets opened from it stay. Errors: NotFound.
func (b *Board) Delete(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID) (left snowflake.Channel, err error) {
	p, err := b.Store.Panel(ctx, g, id)
	if err != nil {
		return 0, fmt.Errorf("looking for the panel: %w", err)
	}
	if err := b.Store.DeletePanel(ctx, g, id, b.entry(by, p, audit.PanelDeleted)); err != nil {
		return 0, fmt.Errorf("deleting a panel: %w", err)
	}
	b.Changed(g)
	return b.takeDown(ctx, p), nil
}

// takeDown takes a panel's message away and gives the channel where that failed: a button there says that the panel is gone.
func (b *Board) takeDown(ctx context.Context, p Panel) snowflake.Channel {
	if p.Message.IsZero() || b.Poster.TakeDownPanel(ctx, p) == nil {
		return 0
	}
	return p.Channel
}

func (b *Board) checkChannel(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) error {
	if channel.IsZero() {
		return channelFault("Choose a channel.")
	}
	in, err := b.Poster.InGuild(ctx, g, channel)
	if err != nil {
		return fmt.Errorf("looking for the channel: %w", err)
	}
	if !in {
		return channelFault("There is no such channel in this server that the bot can see. Choose another one, or give the bot the permission View Channel.")
	}
	return nil
}

func channelFault(text string) error {
	var c fault.Checks
	c.Add("channel", text)
	return c.Err("panel_not_posted", "The panel was not posted.")
}

// notPosted says to administrators what the poster's errors say to members.
func notPosted(err error) error {
	var c fault.Checks
	switch {
	case fault.KindOf(err) == fault.Forbidden:
		c.Add("channel", "Discord does not let the bot post there. Give it the permissions View Channel, Send Messages and Embed Links in this channel.")
	case fault.KindOf(err) == fault.NotFound:
		c.Add("channel", "This channel is gone, or the bot does not see it any more. Choose another one.")
	case fault.CodeOf(err) == "discord_refused":
		return fault.New(fault.Conflict, "panel_refused", "Discord does not take this message. Check the button's emoji and the addresses of the pictures.").Because(err)
	default:
		return err
	}
	return c.Err("panel_not_posted", "The panel was not posted.")
}

func (b *Board) entry(by audit.Actor, p Panel, action audit.Action) audit.Entry {
	return audit.Entry{Guild: p.Guild, Actor: by, At: b.Now(), Action: action, Target: string(p.ID), Name: p.Name}
}

func (p Panel) changes(before Panel) []audit.Change {
	return slices.Concat(
		audit.Changed("name", before.Name, p.Name),
		message.Changes("post", before.Post, p.Post),
		audit.Changed("button", before.Button.text(), p.Button.text()),
		message.Changes("welcome", before.Welcome, p.Welcome),
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
