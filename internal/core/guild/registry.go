package guild

import (
	"context"
	"fmt"
	"strings"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
)

// Registry is where settings are changed: the rule behind every door.
type Registry struct {
	Store   Store
	Now     func() time.Time
	Changed func(g snowflake.Guild) // told after a guild's settings changed
}

// Settings gives a guild's settings; where none were saved yet, those that count until then, with revision 0.
func (r *Registry) Settings(ctx context.Context, g snowflake.Guild) (Settings, error) {
	s, err := r.Store.Guild(ctx, g)
	if fault.KindOf(err) == fault.NotFound {
		return Settings{ID: g}, nil
	}
	if err != nil {
		return Settings{}, fmt.Errorf("reading the settings of guild %s: %w", g, err)
	}
	return s, nil
}

// Save checks and writes a guild's settings; s.Revision is that of the settings that were read. It gives them as they are now. Errors:
// Invalid with fields; Conflict "guild_changed".
func (r *Registry) Save(ctx context.Context, by audit.Actor, s Settings) (Settings, error) {
	if err := s.Check(); err != nil {
		return Settings{}, err
	}
	before, err := r.Settings(ctx, s.ID)
	if err != nil {
		return Settings{}, err
	}
	if before.Revision != s.Revision {
		return Settings{}, Outdated()
	}
	entry := audit.Entry{Guild: s.ID, Actor: by, At: r.Now(), Action: audit.GuildChanged, Target: s.ID.String(), Detail: s.changes(before)}
	if len(entry.Detail) == 0 && s.Revision > 0 {
		return before, nil
	}
	if err := r.Store.SaveGuild(ctx, s, entry); err != nil {
		return Settings{}, fmt.Errorf("saving the settings of guild %s: %w", s.ID, err)
	}
	s.Revision++
	r.Changed(s.ID)
	return s, nil
}

// Outdated answers an edit of settings that somebody else changed since they were read.
func Outdated() *fault.Error {
	return fault.New(fault.Conflict, "guild_changed", "Somebody else changed these settings in the meantime. Look at them as they are now, then change them again.")
}

func (s Settings) changes(before Settings) []audit.Change {
	all := audit.Changed("staff_roles", Roles(before.StaffRoles), Roles(s.StaffRoles))
	all = append(all, audit.Changed("category", ChannelText(before.Category), ChannelText(s.Category))...)
	all = append(all, audit.Changed("overflow_category", ChannelText(before.OverflowCategory), ChannelText(s.OverflowCategory))...)
	return append(all, message.Changes("close_message", before.CloseMessage, s.CloseMessage)...)
}

// Roles is a list of roles in the record of changes.
func Roles(roles []snowflake.Role) string {
	texts := make([]string, len(roles))
	for i, r := range roles {
		texts[i] = r.String()
	}
	return strings.Join(texts, ", ")
}

// ChannelText is a channel in the record of changes; empty for none.
func ChannelText(c snowflake.Channel) string {
	if c.IsZero() {
		return ""
	}
	return c.String()
}
