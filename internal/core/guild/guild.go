// Package guild is what Usher keeps about one Discord server: who its staff are, where tickets go, how many one member may have.
//
// It knows nothing of panels, tickets or integrations; they refer to it.
package guild

import (
	"context"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
)

// Settings of one guild. A guild that never saved any has none: Store answers NotFound.
type Settings struct {
	ID               snowflake.Guild
	StaffRoles       []snowflake.Role  // may see and close every ticket; at most MaxStaffRoles
	Category         snowflake.Channel // where ticket channels are made; zero: at the top of the server
	OverflowCategory snowflake.Channel // when the category is full (50 channels); zero: at the top of the server
	CloseMessage     message.Template  // what a closed ticket's opener is written; zero: a sentence of ours, unless the opener closed it
	Revision         int64             // 1, 2, 3… with each change; 0: not saved yet
}

// MaxStaffRoles bounds the permission overwrites that a ticket channel gets.
const MaxStaffRoles = 20

// Store keeps settings.
type Store interface {
	// Guild gives the settings of one guild; fault.NotFound when it has none.
	Guild(ctx context.Context, id snowflake.Guild) (Settings, error)
	// SaveGuild writes the settings, with what is recorded of it. Revision is the one that was read, or 0 to write whatever is there;
	// fault.Conflict "guild_changed" when it is another one by now.
	SaveGuild(ctx context.Context, s Settings, entries ...audit.Entry) error
}

// Check tells everything that is wrong with the settings, as one Invalid fault.
func (s Settings) Check() error {
	var c fault.Checks
	c.Require(!s.ID.IsZero(), "guild", "Give the server's id.")
	CheckStaff(&c, s.ID, s.StaffRoles)
	c.Require(s.Category.IsZero() || s.Category != s.OverflowCategory, "overflow_category", "Choose another category than the first: it is used when that one is full.")
	if !s.CloseMessage.IsZero() {
		s.CloseMessage.Check("close_message", &c)
	}
	return c.Err("guild_invalid", "These server settings cannot be saved.")
}

// CheckStaff adds to c what is wrong with the roles that shall see tickets of a guild.
func CheckStaff(c *fault.Checks, g snowflake.Guild, roles []snowflake.Role) {
	c.Require(len(roles) <= MaxStaffRoles, "staff_roles", "Give at most 20 staff roles.")
	seen := map[snowflake.Role]bool{}
	for _, r := range roles {
		c.Require(!r.IsZero() && !seen[r], "staff_roles", "Give each staff role once, by its id.")
		c.Require(uint64(r) != uint64(g), "staff_roles", "@everyone cannot be staff: every member would see every ticket.")
		seen[r] = true
	}
}
