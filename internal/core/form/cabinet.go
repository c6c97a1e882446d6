package form

import (
	"context"
	"fmt"
	"strings"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/snowflake"
)

// Cabinet is where forms are made and changed: the rule behind every door.
type Cabinet struct {
	Store   Store
	NewID   func() ID
	Now     func() time.Time
	Changed func(g snowflake.Guild) // told after a guild's forms changed
}

// Save completes, checks and writes a form; one without an id is new and gets one. A change names the revision that it was made from.
// Errors: Invalid with fields; those of Store.SaveForm.
func (c *Cabinet) Save(ctx context.Context, by audit.Actor, f Form) (Form, error) {
	f = f.Completed()
	if err := f.Check(); err != nil {
		return Form{}, err
	}
	entry := audit.Entry{Guild: f.Guild, Actor: by, At: c.Now(), Action: audit.FormCreated, Name: f.Name}
	if f.ID == "" {
		f.ID, f.Revision = c.NewID(), 0
	} else {
		before, err := c.Store.Form(ctx, f.Guild, f.ID)
		if err != nil {
			return Form{}, fmt.Errorf("looking for the form: %w", err)
		}
		entry.Action, entry.Detail = audit.FormChanged, f.changes(before)
	}
	entry.Target = string(f.ID)
	var err error
	if f.Revision, err = c.Store.SaveForm(ctx, f, entry); err != nil {
		return Form{}, fmt.Errorf("saving a form: %w", err)
	}
	c.Changed(f.Guild)
	return f, nil
}

// Delete removes a form that no panel asks. Errors: those of Store.DeleteForm.
func (c *Cabinet) Delete(ctx context.Context, by audit.Actor, g snowflake.Guild, id ID) error {
	f, err := c.Store.Form(ctx, g, id)
	if err != nil {
		return fmt.Errorf("looking for the form: %w", err)
	}
	entry := audit.Entry{Guild: g, Actor: by, At: c.Now(), Action: audit.FormDeleted, Target: string(id), Name: f.Name}
	if err := c.Store.DeleteForm(ctx, g, id, entry); err != nil {
		return fmt.Errorf("deleting a form: %w", err)
	}
	c.Changed(g)
	return nil
}

func (f Form) changes(before Form) []audit.Change {
	all := audit.Changed("name", before.Name, f.Name)
	all = append(all, audit.Changed("title", before.Title, f.Title)...)
	return append(all, audit.Changed("questions", before.outline(), f.outline())...)
}

// outline is the questions in few words.
func (f Form) outline() string {
	var all []string
	for _, q := range f.Questions {
		what := string(q.Kind)
		if q.Required {
			what += ", required"
		}
		all = append(all, q.Label+" ("+what+")")
	}
	return strings.Join(all, "; ")
}
