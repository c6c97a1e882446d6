// Package panel is the message with a button in a public channel, by which a member opens a ticket.
//
// It knows how a panel looks and what a ticket opened from it says first; it knows nothing of tickets themselves.
package panel

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"usher/internal/core/audit"
	"usher/internal/core/emoji"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/guild"
	"usher/internal/core/message"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// ID is a panel's own id: 1 to 32 characters of [a-z0-9], made once, never used again.
type ID string

// Panel is one way to open a ticket in a guild.
type Panel struct {
	ID         ID
	Guild      snowflake.Guild
	Name       string            // how administrators call it; unique in the guild, without regard to case; 1 to 80 characters
	Post       message.Template  // the message with the button; no placeholders are filled in it
	Button     Button            //
	Welcome    message.Template  // the first message of a ticket opened from it
	Category   snowflake.Channel // zero: the guild's
	StaffRoles []snowflake.Role  // empty: the guild's
	Form       form.ID           // the questions asked before a ticket opens; empty: none
	// ChannelName is how a ticket's channel is called, with placeholders of the ticket; empty: DefaultChannelName.
	ChannelName string
	MaxOpen     int               // open tickets that one member may have from this panel, 1 to MaxOpenLimit
	Channel     snowflake.Channel // where it is posted; zero: nowhere yet
	Message     snowflake.Message // the posted message; zero: none yet
	Revision    int64             // 1, 2, 3… with each change; 0: not saved yet
}

// Button is what the member presses.
type Button struct {
	Label string `json:"label"`           // 1 to 80 characters
	Emoji string `json:"emoji,omitempty"` // a unicode emoji
	Style Style  `json:"style"`           // the zero value is Primary
}

// Style is the colour of a button.
type Style string

// Discord's button styles that send an interaction.
const (
	Primary   Style = "primary"
	Secondary Style = "secondary"
	Success   Style = "success"
	Danger    Style = "danger"
)

// Limits. MaxName and MaxLabel are in characters.
const (
	MaxPanels    = 100 // of one guild
	MaxName      = 80
	MaxLabel     = 80
	MaxOpenLimit = 10
)

// AnswersRoom is how much of message.MaxEmbed answers to a form have for themselves, in UTF-16 units.
const AnswersRoom = 1500

// Store keeps panels. Every call is bound to a guild: another guild's panel is NotFound.
type Store interface {
	// Panel gives one panel; fault.NotFound.
	Panel(ctx context.Context, g snowflake.Guild, id ID) (Panel, error)
	// Panels lists a guild's panels by name.
	Panels(ctx context.Context, g snowflake.Guild) ([]Panel, error)
	// SavePanel writes a panel, new or not; fault.Conflict "panel_name_taken" when another panel of the guild has the name (folded);
	// fault.NotFound "form_not_found" when the guild has no such form; fault.Conflict "panel_limit" for a new one at MaxPanels.
	// Revision is the one that was read, or 0 for a new one or to write whatever is there; fault.Conflict "panel_changed" when it is another
	// one by now, or the panel is gone. Entries are written with it.
	SavePanel(ctx context.Context, p Panel, entries ...audit.Entry) error
	// SavePosted notes where a panel is posted, whatever its revision; fault.NotFound.
	SavePosted(ctx context.Context, g snowflake.Guild, id ID, channel snowflake.Channel, message snowflake.Message, entries ...audit.Entry) error
	// DeletePanel removes a panel; fault.NotFound. Tickets opened from it stay.
	DeletePanel(ctx context.Context, g snowflake.Guild, id ID, entries ...audit.Entry) error
}

// Check tells everything that is wrong with the panel, as one Invalid fault.
func (p Panel) Check() error {
	var c fault.Checks
	c.Require(within(p.Name, 1, MaxName), "name", fmt.Sprintf("Give a name of 1 to %d characters.", MaxName))
	placeholder.CheckName(&c, "name", p.Name)
	p.Button.check(&c, "button")
	c.Require(p.MaxOpen >= 1 && p.MaxOpen <= MaxOpenLimit, "max_open", fmt.Sprintf("Give a number from 1 to %d.", MaxOpenLimit))
	guild.CheckStaff(&c, p.Guild, p.StaffRoles)
	p.checkChannelName(&c)
	p.Post.Check("post", &c)
	p.Welcome.Check("welcome", &c)
	if p.Form != "" {
		p.Welcome.CheckRoom("welcome", &c, message.MaxEmbed-AnswersRoom, "the answers to the form")
	}
	return c.Err("panel_invalid", "This panel cannot be saved.")
}

func (b Button) check(c *fault.Checks, at string) {
	c.Require(within(b.Label, 1, MaxLabel), at+".label", fmt.Sprintf("Give the button a label of 1 to %d characters.", MaxLabel))
	placeholder.CheckName(c, at+".label", b.Label)
	emoji.Check(c, at+".emoji", b.Emoji)
	switch b.Style {
	case "", Primary, Secondary, Success, Danger:
	default:
		c.Add(at+".style", "Choose primary, secondary, success or danger.")
	}
}

func within(text string, low, high int) bool {
	n := utf8.RuneCountInString(strings.TrimSpace(text))
	return n >= low && n <= high
}
