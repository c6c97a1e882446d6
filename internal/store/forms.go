package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/snowflake"
)

// Forms keeps forms.
type Forms struct{ db *DB }

var _ form.Store = (*Forms)(nil)

// Forms gives the port form.Store.
func (db *DB) Forms() *Forms { return &Forms{db: db} }

var (
	errNoForm        = fault.New(fault.NotFound, "form_not_found", "There is no such form in this server.")
	errFormNameTaken = fault.New(fault.Conflict, "form_name_taken", "Another form of this server has this name. Choose another one.")
	errFormChanged   = fault.New(fault.Conflict, "form_changed", "Somebody else changed this form in the meantime. Look at it again.")
	errFormLimit     = fault.New(fault.Conflict, "form_limit", fmt.Sprintf("This server has %d forms already; that is as many as it may have. Delete one first.", form.MaxForms))
)

const formSelect = `
	SELECT f.guild_id, f.form_id, f.name, r.title, r.questions, r.revision
	FROM forms f JOIN form_revisions r ON r.guild_id = f.guild_id AND r.form_id = f.form_id `

// Form implements form.Store.
func (s *Forms) Form(ctx context.Context, g snowflake.Guild, id form.ID) (form.Form, error) {
	return s.one(ctx, formSelect+`WHERE f.guild_id = $1 AND f.form_id = $2 AND r.revision = f.revision`, key(g), clean(string(id)))
}

// FormRevision implements form.Store.
func (s *Forms) FormRevision(ctx context.Context, g snowflake.Guild, id form.ID, revision int64) (form.Form, error) {
	return s.one(ctx, formSelect+`WHERE f.guild_id = $1 AND f.form_id = $2 AND r.revision = $3`, key(g), clean(string(id)), revision)
}

func (s *Forms) one(ctx context.Context, query string, args ...any) (found form.Form, err error) {
	err = s.db.look(ctx, "reading a form", answers{none: errNoForm}, func(ctx context.Context, q querier) (err error) {
		found, err = scanForm(q.QueryRowContext(ctx, query, args...))
		return err
	})
	return found, err
}

// Forms implements form.Store.
func (s *Forms) Forms(ctx context.Context, g snowflake.Guild) (all []form.Form, err error) {
	err = s.db.look(ctx, "listing forms", answers{}, func(ctx context.Context, q querier) (err error) {
		all, err = collect(ctx, q, scanForm, formSelect+`
			WHERE f.guild_id = $1 AND r.revision = f.revision ORDER BY f.name_folded, f.form_id`, key(g))
		return err
	})
	return all, err
}

// SaveForm implements form.Store.
func (s *Forms) SaveForm(ctx context.Context, f form.Form, entries ...audit.Entry) (revision int64, err error) {
	questions, err := listJSON(f.Questions)
	if err != nil {
		return 0, err
	}
	write := changeForm
	if f.Revision == 0 {
		write = insertForm
	}
	err = s.db.whole(ctx, "saving a form", answers{unique: errFormNameTaken}, func(ctx context.Context, q querier) (err error) {
		if revision, err = write(ctx, q, f); err != nil {
			return err
		}
		if err := must(ctx, q, `
			INSERT INTO form_revisions (guild_id, form_id, revision, title, questions) VALUES ($1, $2, $3, $4, $5)`,
			key(f.Guild), clean(string(f.ID)), revision, clean(f.Title), questions); err != nil {
			return err
		}
		if _, err := affected(ctx, q, `DELETE FROM form_revisions WHERE guild_id = $1 AND form_id = $2 AND revision <= $3`,
			key(f.Guild), clean(string(f.ID)), revision-form.KeptRevisions); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
	if err != nil {
		return 0, err
	}
	return revision, nil
}

func insertForm(ctx context.Context, q querier, f form.Form) (revision int64, err error) {
	err = q.QueryRowContext(ctx, `
		INSERT INTO forms (guild_id, form_id, name, name_folded, revision)
		SELECT $1, $2, $3, $4, 1
		WHERE (SELECT COUNT(*) FROM forms WHERE guild_id = $1) < $5
		RETURNING revision`, key(f.Guild), clean(string(f.ID)), clean(f.Name), fold(f.Name), int64(form.MaxForms)).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, errFormLimit
	}
	return revision, err
}

func changeForm(ctx context.Context, q querier, f form.Form) (revision int64, err error) {
	err = q.QueryRowContext(ctx, `
		UPDATE forms SET name = $3, name_folded = $4, revision = revision + 1
		WHERE guild_id = $1 AND form_id = $2 AND revision = $5
		RETURNING revision`, key(f.Guild), clean(string(f.ID)), clean(f.Name), fold(f.Name), f.Revision).Scan(&revision)
	if !errors.Is(err, sql.ErrNoRows) {
		return revision, err
	}
	if err := holdForm(ctx, q, f.Guild, f.ID); err != nil {
		return 0, err
	}
	return 0, errFormChanged
}

// holdForm keeps a form as it is until the transaction ends; errNoForm when it is not there. A panel that begins to ask a form and the
// form's deletion take this turn, so that whoever comes second sees what the first did.
func holdForm(ctx context.Context, q querier, g snowflake.Guild, id form.ID) error {
	n, err := affected(ctx, q, `UPDATE forms SET revision = revision WHERE guild_id = $1 AND form_id = $2`, key(g), clean(string(id)))
	if err == nil && n == 0 {
		return errNoForm
	}
	return err
}

// DeleteForm implements form.Store.
func (s *Forms) DeleteForm(ctx context.Context, g snowflake.Guild, id form.ID, entries ...audit.Entry) error {
	return s.db.whole(ctx, "deleting a form", answers{none: errNoForm}, func(ctx context.Context, q querier) error {
		if err := holdForm(ctx, q, g, id); err != nil {
			return err
		}
		used, err := collect(ctx, q, scanText, `SELECT name FROM panels WHERE guild_id = $1 AND form_id = $2 ORDER BY name_folded, panel_id`, key(g), clean(string(id)))
		if err != nil {
			return err
		}
		if len(used) > 0 {
			return fault.New(fault.Conflict, "form_in_use", "This form is asked by these panels: "+strings.Join(used, ", ")+". Give them another form, or none, first.")
		}
		if err := must(ctx, q, `DELETE FROM forms WHERE guild_id = $1 AND form_id = $2`, key(g), clean(string(id))); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
}

func scanText(row scanner) (text string, err error) { return text, row.Scan(&text) }

func scanForm(row scanner) (form.Form, error) {
	var f form.Form
	if err := row.Scan(&f.Guild, &f.ID, &f.Name, &f.Title, listFrom[form.Question]{&f.Questions}, &f.Revision); err != nil {
		return form.Form{}, err
	}
	return f, nil
}
