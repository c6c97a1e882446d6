package store

import (
	"context"
	"encoding/hex"
	"time"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// Sessions keeps who is signed in.
type Sessions struct{ db *DB }

var _ account.SessionStore = (*Sessions)(nil)

// Sessions gives the port account.SessionStore.
func (db *DB) Sessions() *Sessions { return &Sessions{db: db} }

var errNoSession = fault.New(fault.NotFound, "session_not_found", "There is no such session; it may have ended.")

const sessionColumns = `session_id, user_id, name, shown, avatar, agent, created_at, seen_at, expires_at`

// CreateSession implements account.SessionStore.
func (s *Sessions) CreateSession(ctx context.Context, r account.SessionRecord, idle time.Duration) error {
	return s.db.whole(ctx, "writing a session", answers{}, func(ctx context.Context, q querier) error {
		if _, err := affected(ctx, q, `DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2`,
			millis(r.Created), millis(r.Created.Add(-idle))); err != nil {
			return err
		}
		return must(ctx, q, `
			INSERT INTO sessions (`+sessionColumns+`, token_hash, discord)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			clean(r.ID), key(r.Person.ID), clean(r.Person.Name), clean(r.Person.Shown), clean(r.Person.Avatar), clean(r.Agent),
			millis(r.Created), millis(r.Seen), millis(r.Expires), hex.EncodeToString(r.Hash), r.Grant)
	})
}

// SessionByHash implements account.SessionStore.
func (s *Sessions) SessionByHash(ctx context.Context, hash []byte) (r account.SessionRecord, err error) {
	err = s.db.look(ctx, "reading a session", answers{none: errNoSession}, func(ctx context.Context, q querier) error {
		r = account.SessionRecord{Hash: hash}
		into := append(sessionInto(&r.Session), &r.Grant)
		return q.QueryRowContext(ctx, `SELECT `+sessionColumns+`, discord FROM sessions WHERE token_hash = $1`, hex.EncodeToString(hash)).Scan(into...)
	})
	if err != nil {
		return account.SessionRecord{}, err
	}
	return r, nil
}

// TouchSession implements account.SessionStore. It never inserts: a session that was ended meanwhile stays ended.
func (s *Sessions) TouchSession(ctx context.Context, id string, at time.Time) error {
	return s.db.step(ctx, "noting that a session was used", answers{}, func(ctx context.Context, q querier) error {
		_, err := affected(ctx, q, `UPDATE sessions SET seen_at = $2 WHERE session_id = $1 AND seen_at < $2`, clean(id), millis(at))
		return err
	})
}

// SessionsOf implements account.SessionStore.
func (s *Sessions) SessionsOf(ctx context.Context, user snowflake.User) (all []account.Session, err error) {
	err = s.db.look(ctx, "listing sessions", answers{}, func(ctx context.Context, q querier) error {
		all, err = collect(ctx, q, scanSession, `
			SELECT `+sessionColumns+` FROM sessions WHERE user_id = $1 ORDER BY seen_at DESC, session_id`, key(user))
		return err
	})
	return all, err
}

// EndSession implements account.SessionStore.
func (s *Sessions) EndSession(ctx context.Context, user snowflake.User, id string) error {
	return s.db.step(ctx, "ending a session", answers{none: errNoSession}, func(ctx context.Context, q querier) error {
		return must(ctx, q, `DELETE FROM sessions WHERE session_id = $1 AND user_id = $2`, clean(id), key(user))
	})
}

// EndSessions implements account.SessionStore.
func (s *Sessions) EndSessions(ctx context.Context, user snowflake.User) error {
	return s.db.step(ctx, "ending all sessions", answers{}, func(ctx context.Context, q querier) error {
		_, err := affected(ctx, q, `DELETE FROM sessions WHERE user_id = $1`, key(user))
		return err
	})
}

func scanSession(row scanner) (account.Session, error) {
	var s account.Session
	return s, row.Scan(sessionInto(&s)...)
}

// sessionInto is where sessionColumns go.
func sessionInto(s *account.Session) []any {
	return []any{
		&s.ID, &s.Person.ID, &s.Person.Name, &s.Person.Shown, &s.Person.Avatar, &s.Agent,
		moment{&s.Created},
		moment{&s.Seen},
		moment{&s.Expires},
	}
}
