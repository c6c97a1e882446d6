package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
)

// Tags keeps tags.
type Tags struct{ db *DB }

var _ tag.Store = (*Tags)(nil)

// Tags gives the port tag.Store.
func (db *DB) Tags() *Tags { return &Tags{db: db} }

var (
	errNoTag        = fault.New(fault.NotFound, "tag_not_found", "There is no such tag in this server.")
	errTagNameTaken = fault.New(fault.Conflict, "tag_name_taken", "Another tag of this server has this name. Choose another one.")
	errTagChanged   = fault.New(fault.Conflict, "tag_changed", "Somebody else changed this tag in the meantime. Look at it again.")
	errTagLimit     = fault.New(fault.Conflict, "tag_limit", fmt.Sprintf("This server has %d tags already; that is as many as it may have. Delete one first.", tag.MaxTags))
)

const tagColumns = `guild_id, tag_id, name, message, everyone, revision`

// Tag implements tag.Store.
func (s *Tags) Tag(ctx context.Context, g snowflake.Guild, id tag.ID) (found tag.Tag, err error) {
	err = s.db.look(ctx, "reading a tag", answers{none: errNoTag}, func(ctx context.Context, q querier) (err error) {
		found, err = scanTag(q.QueryRowContext(ctx, `
			SELECT `+tagColumns+` FROM tags WHERE guild_id = $1 AND tag_id = $2`, key(g), clean(string(id))))
		return err
	})
	return found, err
}

// Tags implements tag.Store.
func (s *Tags) Tags(ctx context.Context, g snowflake.Guild) (all []tag.Tag, err error) {
	err = s.db.look(ctx, "listing tags", answers{}, func(ctx context.Context, q querier) (err error) {
		all, err = collect(ctx, q, scanTag, `
			SELECT `+tagColumns+` FROM tags WHERE guild_id = $1 ORDER BY name_folded, tag_id`, key(g))
		return err
	})
	return all, err
}

// SaveTag implements tag.Store.
func (s *Tags) SaveTag(ctx context.Context, t tag.Tag, entries ...audit.Entry) (revision int64, err error) {
	text, err := asJSON(t.Message)
	if err != nil {
		return 0, err
	}
	err = s.db.whole(ctx, "saving a tag", answers{unique: errTagNameTaken}, func(ctx context.Context, q querier) (err error) {
		if t.Revision == 0 {
			revision, err = insertTag(ctx, q, t, text)
		} else {
			revision, err = changeTag(ctx, q, t, text)
		}
		if err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
	if err != nil {
		return 0, err
	}
	return revision, nil
}

func insertTag(ctx context.Context, q querier, t tag.Tag, text string) (revision int64, err error) {
	err = q.QueryRowContext(ctx, `
		INSERT INTO tags (guild_id, tag_id, name, name_folded, message, everyone, revision)
		SELECT $1, $2, $3, $4, $5, $6, 1
		WHERE (SELECT COUNT(*) FROM tags WHERE guild_id = $1) < $7
		RETURNING revision`, key(t.Guild), clean(string(t.ID)), clean(t.Name), fold(t.Name), text, t.Everyone, int64(tag.MaxTags)).Scan(&revision)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, errTagLimit
	}
	return revision, err
}

func changeTag(ctx context.Context, q querier, t tag.Tag, text string) (revision int64, err error) {
	err = q.QueryRowContext(ctx, `
		UPDATE tags SET name = $3, name_folded = $4, message = $5, everyone = $6, revision = revision + 1
		WHERE guild_id = $1 AND tag_id = $2 AND revision = $7
		RETURNING revision`, key(t.Guild), clean(string(t.ID)), clean(t.Name), fold(t.Name), text, t.Everyone, t.Revision).Scan(&revision)
	if !errors.Is(err, sql.ErrNoRows) {
		return revision, err
	}
	var there int64
	err = q.QueryRowContext(ctx, `SELECT revision FROM tags WHERE guild_id = $1 AND tag_id = $2`, key(t.Guild), clean(string(t.ID))).Scan(&there)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, errNoTag
	case err != nil:
		return 0, err
	}
	return 0, errTagChanged
}

// DeleteTag implements tag.Store.
func (s *Tags) DeleteTag(ctx context.Context, g snowflake.Guild, id tag.ID, entries ...audit.Entry) error {
	return s.db.whole(ctx, "deleting a tag", answers{none: errNoTag}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `DELETE FROM tags WHERE guild_id = $1 AND tag_id = $2`, key(g), clean(string(id))); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
}

func scanTag(row scanner) (tag.Tag, error) {
	var t tag.Tag
	if err := row.Scan(&t.Guild, &t.ID, &t.Name, fromJSON{&t.Message}, &t.Everyone, &t.Revision); err != nil {
		return tag.Tag{}, err
	}
	return t, nil
}
