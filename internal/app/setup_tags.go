package app

import (
	"context"
	"fmt"
	"io"

	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
)

// TagSetup is one prepared answer.
type TagSetup struct {
	Name     string           `json:"name"`
	Message  message.Template `json:"message"`
	Everyone bool             `json:"everyone,omitempty"`
}

func (t TagSetup) describe(g snowflake.Guild) tag.Tag {
	return tag.Tag{Guild: g, Name: t.Name, Message: t.Message, Everyone: t.Everyone}
}

func (a *App) checkTags(ctx context.Context, c *fault.Checks, s Setup) error {
	all, err := a.store.Tags().Tags(ctx, s.Guild)
	if err != nil {
		return err
	}
	count := len(all)
	named := map[string]bool{}
	for n, t := range s.Tags {
		at := fmt.Sprintf("tags[%d].", n)
		gather(c, at, t.describe(s.Guild).Check())
		name := placeholder.Fold(t.Name)
		c.Require(!named[name], at+"name", "Another tag in this file has the same name.")
		named[name] = true
		if _, there := tag.Find(all, t.Name); !there {
			count++
		}
	}
	c.Require(count <= tag.MaxTags, "tags", fmt.Sprintf("The server would have %d tags; at most %d are allowed.", count, tag.MaxTags))
	return nil
}

func (a *App) applyTag(ctx context.Context, s Setup, t TagSetup, out io.Writer) error {
	described := t.describe(s.Guild)
	all, err := a.store.Tags().Tags(ctx, s.Guild)
	if err != nil {
		return err
	}
	if old, there := tag.Find(all, t.Name); there {
		described.ID, described.Revision = old.ID, old.Revision
	}
	if _, err := a.tags.Save(ctx, bySetup(s), described); err != nil {
		return err
	}
	say(out, "tag %q: saved", t.Name)
	return nil
}
