package store

import (
	"context"
	"encoding/hex"
	"time"

	"usher/internal/core/account"
	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// Keys keeps people's keys for programs.
type Keys struct{ db *DB }

var _ account.KeyStore = (*Keys)(nil)

// Keys gives the port account.KeyStore.
func (db *DB) Keys() *Keys { return &Keys{db: db} }

var (
	errNoKey    = fault.New(fault.NotFound, "api_key_not_found", "There is no such API key; it may have been revoked.")
	errKeyLimit = fault.New(fault.Conflict, "key_limit", "You have as many API keys as one person may have. Revoke one first.")
)

const keyColumns = `key_id, user_id, name, scopes, guild_id, created_at, expires_at, used_at`

// CreateKey implements account.KeyStore. The counter row of the record of changes serialises creations, so that the count is true
// until the commit.
func (s *Keys) CreateKey(ctx context.Context, r account.KeyRecord, limit int, e audit.Entry) error {
	scopes, err := listJSON(r.Scopes)
	if err != nil {
		return err
	}
	return s.db.whole(ctx, "making an API key", answers{}, func(ctx context.Context, q querier) error {
		if err := writeAudit(ctx, q, e); err != nil {
			return err
		}
		var count int64
		if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM api_keys WHERE user_id = $1`, key(r.User)).Scan(&count); err != nil {
			return err
		}
		if count >= int64(limit) {
			return errKeyLimit
		}
		return must(ctx, q, `
			INSERT INTO api_keys (`+keyColumns+`, token_hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			clean(r.ID), key(r.User), clean(r.Name), scopes, key(r.Guild), millis(r.Created), millis(r.Expires), millis(r.Used), hex.EncodeToString(r.Hash))
	})
}

// KeyByHash implements account.KeyStore.
func (s *Keys) KeyByHash(ctx context.Context, hash []byte) (found account.Key, err error) {
	err = s.db.look(ctx, "reading an API key", answers{none: errNoKey}, func(ctx context.Context, q querier) (err error) {
		found, err = scanKey(q.QueryRowContext(ctx, `SELECT `+keyColumns+` FROM api_keys WHERE token_hash = $1`, hex.EncodeToString(hash)))
		return err
	})
	return found, err
}

// TouchKey implements account.KeyStore.
func (s *Keys) TouchKey(ctx context.Context, id string, at time.Time) error {
	return s.db.step(ctx, "noting that an API key was used", answers{}, func(ctx context.Context, q querier) error {
		_, err := affected(ctx, q, `UPDATE api_keys SET used_at = $2 WHERE key_id = $1 AND used_at < $2`, clean(id), millis(at))
		return err
	})
}

// KeysOf implements account.KeyStore.
func (s *Keys) KeysOf(ctx context.Context, user snowflake.User) (all []account.Key, err error) {
	err = s.db.look(ctx, "listing API keys", answers{}, func(ctx context.Context, q querier) error {
		all, err = collect(ctx, q, scanKey, `
			SELECT `+keyColumns+` FROM api_keys WHERE user_id = $1 ORDER BY created_at DESC, key_id`, key(user))
		return err
	})
	return all, err
}

// DeleteKey implements account.KeyStore.
func (s *Keys) DeleteKey(ctx context.Context, user snowflake.User, id string, e audit.Entry) error {
	return s.db.whole(ctx, "revoking an API key", answers{none: errNoKey}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `DELETE FROM api_keys WHERE key_id = $1 AND user_id = $2`, clean(id), key(user)); err != nil {
			return err
		}
		return writeAudit(ctx, q, e)
	})
}

func scanKey(row scanner) (account.Key, error) {
	var k account.Key
	err := row.Scan(&k.ID, &k.User, &k.Name, listFrom[account.Scope]{&k.Scopes}, &k.Guild, moment{&k.Created}, moment{&k.Expires}, moment{&k.Used})
	if err != nil {
		return account.Key{}, err
	}
	return k, nil
}
