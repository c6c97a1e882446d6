// Package tag is a guild's prepared answers: a message under a short name, with placeholders, to be shown by a command.
//
// It knows how a tag is written down and changed; where one may be shown is for the ticket's desk to say.
package tag

import (
	"context"
	"fmt"
	"strings"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// ID is a tag's own id: 1 to 32 characters of [a-z0-9], made once, never used again.
type ID string

// Tag is one prepared answer.
type Tag struct {
	ID       ID
	Guild    snowflake.Guild
	Name     string           // by which it is called; unique in the guild, without regard to case; 1 to MaxName characters
	Message  message.Template //
	Everyone bool             // whoever may use commands may show it; else staff alone
	Revision int64            // 1, 2, 3… with each change; 0: not saved yet
}

// Limits. MaxName is in UTF-16 units, and what Discord's command takes.
const (
	MaxName = 32
	MaxTags = 200 // of one guild
)

// Store keeps tags. Every call is bound to a guild: another guild's tag is NotFound.
type Store interface {
	// Tag gives one tag; fault.NotFound "tag_not_found".
	Tag(ctx context.Context, g snowflake.Guild, id ID) (Tag, error)
	// Tags lists a guild's tags by name.
	Tags(ctx context.Context, g snowflake.Guild) ([]Tag, error)
	// SaveTag writes a tag and gives its revision. With Revision 0 it is new; else Revision must be the one that is there.
	// fault.Conflict "tag_name_taken" (folded), "tag_changed" when it is another revision now, "tag_limit" at MaxTags;
	// fault.NotFound "tag_not_found".
	SaveTag(ctx context.Context, t Tag, entries ...audit.Entry) (int64, error)
	// DeleteTag removes a tag; fault.NotFound.
	DeleteTag(ctx context.Context, g snowflake.Guild, id ID, entries ...audit.Entry) error
}

// Check tells everything that is wrong with the tag, as one Invalid fault.
func (t Tag) Check() error {
	var c fault.Checks
	n := placeholder.Units(t.Name)
	c.Require(strings.TrimSpace(t.Name) != "" && n <= MaxName, "name", fmt.Sprintf("Give a name of 1 to %d characters.", MaxName))
	placeholder.CheckName(&c, "name", t.Name)
	t.Message.Check("message", &c)
	return c.Err("tag_invalid", "This tag cannot be saved.")
}

// Find gives the tag of a name, without regard to case and to spaces around it.
func Find(all []Tag, name string) (Tag, bool) {
	for _, t := range all {
		if strings.EqualFold(strings.TrimSpace(t.Name), strings.TrimSpace(name)) {
			return t, true
		}
	}
	return Tag{}, false
}

// Suggest gives up to limit names that fit what was typed so far: those that begin with it, then those that hold it.
func Suggest(all []Tag, typed string, limit int) []string {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var first, second []string
	for _, t := range all {
		switch name := strings.ToLower(t.Name); {
		case strings.HasPrefix(name, typed):
			first = append(first, t.Name)
		case strings.Contains(name, typed):
			second = append(second, t.Name)
		}
	}
	fit := append(first, second...)
	return fit[:min(len(fit), limit)]
}
