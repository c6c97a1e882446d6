package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"usher/internal/core/keyring"
)

// Sealed walks over what is sealed, in whatever table.
type Sealed struct{ db *DB }

var _ keyring.Store = (*Sealed)(nil)

// Sealed gives the port keyring.Store.
func (db *DB) Sealed() *Sealed { return &Sealed{db: db} }

// sealedPlace is where one kind of sealed values stands. The parts are SQL; none of them comes from outside.
type sealedPlace struct {
	kind   string
	table  string
	column string
	key    []rowKey // the table's primary key
	bounds []string // expressions over t, and over what joins adds
	joins  string
}

// rowKey is a column of a primary key.
type rowKey struct {
	name   string
	number bool // else a text
}

// sealedPlaces is the whole list: a column of bytes that is missing in it would be lost in a rotation, and a test says so.
func sealedPlaces() []sealedPlace {
	integrations := []rowKey{{name: "integration_id"}}
	return []sealedPlace{
		{
			kind: "integration_header", table: "revision_headers", column: "sealed",
			key: []rowKey{{name: "integration_id"}, {name: "revision", number: true}, {name: "place", number: true}}, bounds: []string{"t.integration_id", "t.place", "t.name"},
		},
		{
			kind: "integration_secret", table: "activation_secrets", column: "sealed",
			key:    []rowKey{{name: "guild_id", number: true}, {name: "integration_id"}, {name: "place", number: true}},
			bounds: []string{"t.guild_id", "t.integration_id", "r.url", "t.name"},
			joins: "JOIN activations a ON a.guild_id = t.guild_id AND a.integration_id = t.integration_id " +
				"JOIN integration_revisions r ON r.integration_id = t.integration_id AND r.revision = a.revision",
		},
		{kind: "integration_signing_key", table: "integrations", column: "signing_key", key: integrations, bounds: []string{"t.integration_id"}},
		{kind: "integration_signing_key_before", table: "integrations", column: "signing_key_before", key: integrations, bounds: []string{"t.integration_id"}},
		{kind: "bloxlink_key", table: "bloxlink_keys", column: "sealed", key: []rowKey{{name: "guild_id", number: true}}, bounds: []string{"t.guild_id"}},
		{
			kind: "reply_token", table: "tickets", column: "reply",
			key: []rowKey{{name: "guild_id", number: true}, {name: "number", number: true}}, bounds: []string{"t.guild_id", "t.interaction_id"},
		},
		{kind: "session_grant", table: "sessions", column: "discord", key: []rowKey{{name: "session_id"}}, bounds: []string{"t.user_id", "t.session_id"}},
	}
}

func sealedPlaceOf(kind string) (sealedPlace, error) {
	for _, c := range sealedPlaces() {
		if c.kind == kind {
			return c, nil
		}
	}
	return sealedPlace{}, fmt.Errorf("no sealed values of the kind %q are stored", kind)
}

// Kinds implements keyring.Store.
func (s *Sealed) Kinds() []string {
	var kinds []string
	for _, c := range sealedPlaces() {
		kinds = append(kinds, c.kind)
	}
	return kinds
}

// Kept implements keyring.Store.
func (s *Sealed) Kept(ctx context.Context, kind string, after []string, limit int) (kept []keyring.Kept, err error) {
	c, err := sealedPlaceOf(kind)
	if err != nil {
		return nil, err
	}
	query, args, err := c.page(after, limit)
	if err != nil {
		return nil, err
	}
	err = s.db.look(ctx, "reading sealed values", answers{}, func(ctx context.Context, q querier) (err error) {
		kept, err = collect(ctx, q, c.scan, query, args...)
		return err
	})
	return kept, err
}

// Heads implements keyring.Store.
func (s *Sealed) Heads(ctx context.Context, kind string, size int) (heads []keyring.Head, err error) {
	c, err := sealedPlaceOf(kind)
	if err != nil {
		return nil, err
	}
	err = s.db.look(ctx, "counting sealed values", answers{}, func(ctx context.Context, q querier) (err error) {
		heads, err = collect(ctx, q, scanHead, `SELECT substr(t.`+c.column+`, 1, $1), COUNT(*) FROM `+c.table+` t
			WHERE length(t.`+c.column+`) > 0 GROUP BY 1 ORDER BY 1`, int64(size))
		return err
	})
	return heads, err
}

func scanHead(row scanner) (h keyring.Head, err error) { return h, row.Scan(&h.Bytes, &h.Count) }

// page is the query of one page.
func (c sealedPlace) page(after []string, limit int) (query string, args []any, err error) {
	var names, marks []string
	for i, k := range c.key {
		names = append(names, "t."+k.name)
		marks = append(marks, "$"+strconv.Itoa(i+1))
	}
	where := "length(t." + c.column + ") > 0" // neither absent nor emptied because nobody needs it any more
	if after != nil {
		if args, err = c.args(after); err != nil {
			return "", nil, err
		}
		where += " AND (" + strings.Join(names, ", ") + ") > (" + strings.Join(marks, ", ") + ")"
	}
	args = append(args, int64(max(limit, 0)))
	columns := append(append([]string{"t." + c.column}, names...), c.bounds...)
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + c.table + " t " + c.joins + " WHERE " + where +
		" ORDER BY " + strings.Join(names, ", ") + " LIMIT $" + strconv.Itoa(len(args)), args, nil
}

// args are a row's key as arguments.
func (c sealedPlace) args(row []string) ([]any, error) {
	if len(row) != len(c.key) {
		return nil, fmt.Errorf("%d parts of a row's key in %s, want %d", len(row), c.table, len(c.key))
	}
	args := make([]any, 0, len(row)+1)
	for i, k := range c.key {
		if !k.number {
			args = append(args, clean(row[i]))
			continue
		}
		n, err := strconv.ParseInt(row[i], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("reading a row's key in %s: %w", c.table, err)
		}
		args = append(args, n)
	}
	return args, nil
}

func (c sealedPlace) scan(row scanner) (keyring.Kept, error) {
	kept := keyring.Kept{Kind: c.kind, Row: make([]string, len(c.key)), Bounds: make([]string, len(c.bounds))}
	into := []any{&kept.Sealed}
	for i := range kept.Row {
		into = append(into, &kept.Row[i]) // database/sql writes numbers in decimal digits
	}
	for i := range kept.Bounds {
		into = append(into, &kept.Bounds[i])
	}
	return kept, row.Scan(into...)
}

// Replace implements keyring.Store.
func (s *Sealed) Replace(ctx context.Context, changes []keyring.Change) (replaced int, err error) {
	err = s.db.whole(ctx, "replacing sealed values", answers{}, func(ctx context.Context, q querier) error {
		replaced = 0
		for _, change := range changes {
			c, err := sealedPlaceOf(change.Kind)
			if err != nil {
				return err
			}
			args, err := c.args(change.Row)
			if err != nil {
				return err
			}
			n, err := affected(ctx, q, c.update(), append(args, change.Sealed, change.New)...)
			if err != nil {
				return err
			}
			replaced += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return replaced, nil
}

// update replaces one value where it is still the one that was read.
func (c sealedPlace) update() string {
	var where []string
	for i, k := range c.key {
		where = append(where, k.name+" = $"+strconv.Itoa(i+1))
	}
	was, next := strconv.Itoa(len(c.key)+1), strconv.Itoa(len(c.key)+2)
	return "UPDATE " + c.table + " SET " + c.column + " = $" + next + " WHERE " + strings.Join(where, " AND ") + " AND " + c.column + " = $" + was
}
