package tag

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
)

// Book is where tags are written and changed: the rule behind every door.
type Book struct {
	Store   Store
	NewID   func() ID
	Now     func() time.Time
	Changed func(g snowflake.Guild) // told after a guild's tags changed
}

// Save checks and writes a tag; one without an id is new and gets one. A change names the revision that it was made from.
// Errors: Invalid with fields; those of Store.SaveTag.
func (b *Book) Save(ctx context.Context, by audit.Actor, t Tag) (Tag, error) {
	t.Name = strings.TrimSpace(t.Name)
	if err := t.Check(); err != nil {
		return Tag{}, err
	}
	entry := audit.Entry{Guild: t.Guild, Actor: by, At: b.Now(), Action: audit.TagCreated, Name: t.Name}
	if t.ID == "" {
		t.ID, t.Revision = b.NewID(), 0
	} else {
		before, err := b.Store.Tag(ctx, t.Guild, t.ID)
		if err != nil {
			return Tag{}, fmt.Errorf("looking for the tag: %w", err)
		}
		entry.Action = audit.TagChanged
		entry.Detail = audit.Changed("name", before.Name, t.Name)
		entry.Detail = append(entry.Detail, message.Changes("message", before.Message, t.Message)...)
		entry.Detail = append(entry.Detail, audit.Changed("everyone", strconv.FormatBool(before.Everyone), strconv.FormatBool(t.Everyone))...)
	}
	entry.Target = string(t.ID)
	var err error
	if t.Revision, err = b.Store.SaveTag(ctx, t, entry); err != nil {
		return Tag{}, fmt.Errorf("saving a tag: %w", err)
	}
	b.Changed(t.Guild)
	return t, nil
}

// Delete removes a tag. Errors: those of Store.DeleteTag.
func (b *Book) Delete(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID) error {
	t, err := b.Store.Tag(ctx, g, id)
	if err != nil {
		return fmt.Errorf("looking for the tag: %w", err)
	}
	entry := audit.Entry{Guild: g, Actor: by, At: b.Now(), Action: audit.TagDeleted, Target: string(id), Name: t.Name}
	if err := b.Store.DeleteTag(ctx, g, id, entry); err != nil {
		return fmt.Errorf("deleting a tag: %w", err)
	}
	b.Changed(g)
	return nil
}
