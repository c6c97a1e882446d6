package store

import (
	"context"
	"fmt"
	"slices"

	"usher/internal/core/audit"
	"usher/internal/core/integration"
)

// SaveSigning implements integration.Store.
func (s *Integrations) SaveSigning(ctx context.Context, id integration.ID, was, keys [][]byte, told ...audit.Entry) error {
	stored, err := signingColumns(was)
	if err != nil {
		return err
	}
	next, err := signingColumns(keys)
	if err != nil {
		return err
	}
	return s.db.whole(ctx, "changing signing keys", answers{none: errSigningChanged}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `
			UPDATE integrations SET signing_key = $4, signing_key_before = $5
			WHERE integration_id = $1 AND signing_key IS NOT DISTINCT FROM $2 AND signing_key_before IS NOT DISTINCT FROM $3`,
			clean(string(id)), stored[0], stored[1], next[0], next[1]); err != nil {
			return err
		}
		return writeAudit(ctx, q, told...)
	})
}

// signingColumns are how signing keys are stored, the newest first.
func signingColumns(keys [][]byte) (columns [2]any, err error) {
	if len(keys) > len(columns) {
		return columns, fmt.Errorf("%d signing keys cannot be stored: there is room for %d", len(keys), len(columns))
	}
	for i, key := range keys {
		columns[i] = blob(key)
	}
	return columns, nil
}

// sealedKey reads one of the columns of signing keys and adds what is there.
type sealedKey struct{ into *[][]byte }

// Scan implements sql.Scanner.
func (k sealedKey) Scan(column any) error {
	switch key := column.(type) {
	case nil:
	case []byte:
		*k.into = append(*k.into, slices.Clone(key)) // the driver may use its bytes again
	default:
		return fmt.Errorf("a signing key is stored as %T", column)
	}
	return nil
}
