package app

import (
	"context"
	"fmt"
	"io"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// FormSetup is one form, for panels to ask.
type FormSetup struct {
	Name      string          `json:"name"`
	Title     string          `json:"title"`
	Questions []form.Question `json:"questions"`
}

func (f FormSetup) describe(g snowflake.Guild) form.Form {
	return form.Form{Guild: g, Name: f.Name, Title: f.Title, Questions: f.Questions}.Completed()
}

// checkForms checks the file's forms, and gives the ids of all forms that panels may ask by folded names; those that are not made yet have
// none.
func (a *App) checkForms(ctx context.Context, c *fault.Checks, s Setup) (map[string]form.ID, error) {
	known, err := a.formIDs(ctx, s.Guild)
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for n, f := range s.Forms {
		at := fmt.Sprintf("forms[%d].", n)
		gather(c, at, f.describe(s.Guild).Check())
		name := placeholder.Fold(f.Name)
		c.Require(!named[name], at+"name", "Another form in this file has the same name.")
		named[name] = true
		if _, there := known[name]; !there {
			known[name] = ""
		}
	}
	c.Require(len(known) <= form.MaxForms, "forms", fmt.Sprintf("The server would have %d forms; at most %d are allowed.", len(known), form.MaxForms))
	for n, p := range s.Panels {
		_, there := known[placeholder.Fold(p.Form)]
		c.Require(p.Form == "" || there, fmt.Sprintf("panels[%d].form", n), "Neither this file nor the server has a form of this name.")
	}
	return known, nil
}

// formIDs are a guild's forms by folded names.
func (a *App) formIDs(ctx context.Context, g snowflake.Guild) (map[string]form.ID, error) {
	all, err := a.store.Forms().Forms(ctx, g)
	if err != nil {
		return nil, err
	}
	ids := make(map[string]form.ID, len(all))
	for _, f := range all {
		ids[placeholder.Fold(f.Name)] = f.ID
	}
	return ids, nil
}

// bySetup is who changes things by a file.
func bySetup(s Setup) audit.Actor { return audit.Actor{User: s.Administrator, Via: audit.SetupFile} }

func (a *App) applyForm(ctx context.Context, s Setup, f FormSetup, out io.Writer) error {
	described := f.describe(s.Guild)
	all, err := a.store.Forms().Forms(ctx, s.Guild)
	if err != nil {
		return err
	}
	for _, old := range all {
		if placeholder.Fold(old.Name) == placeholder.Fold(f.Name) {
			described.ID, described.Revision = old.ID, old.Revision
		}
	}
	if _, err := a.forms.Save(ctx, bySetup(s), described); err != nil {
		return err
	}
	say(out, "form %q: saved", f.Name)
	return nil
}
