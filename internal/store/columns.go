package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"usher/internal/core/snowflake"
)

// key is how an id is stored. Ids are below 2^63: snowflake reads no others, and Discord reaches that number in 2084.
func key[K any](id snowflake.ID[K]) int64 {
	return int64(id) //nolint:gosec // see above
}

// millis is how a moment is stored; 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// moment reads what millis wrote into a time.
type moment struct{ into *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(column any) error {
	n, ok := column.(int64)
	if !ok {
		return fmt.Errorf("a moment is stored as %T", column)
	}
	*m.into = time.Time{}
	if n != 0 {
		*m.into = time.UnixMilli(n).UTC()
	}
	return nil
}

// blob is how bytes that may be absent are stored: NULL for none.
func blob(b []byte) any {
	if len(b) == 0 {
		return nil
	}
	return b
}

// asJSON is how structures are stored. NUL, which PostgreSQL's JSON functions refuse even escaped, is replaced as in clean.
func asJSON(v any) (string, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("writing %T as JSON: %w", v, err)
	}
	return replaceNUL(string(text)), nil
}

// listJSON is asJSON for lists: one without elements is [], not null.
func listJSON[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	return asJSON(list)
}

// replaceNUL replaces each escaped NUL in JSON text. An escaped backslash before "u0000" makes it plain text, so escapes are
// walked one by one.
func replaceNUL(text string) string {
	const nul, replacement = `\u0000`, `\ufffd`
	if !strings.Contains(text, nul) {
		return text
	}
	var b strings.Builder
	for text != "" {
		at := strings.IndexByte(text, '\\')
		if at < 0 || at+1 >= len(text) {
			break
		}
		b.WriteString(text[:at])
		text = text[at:]
		if strings.HasPrefix(text, nul) {
			b.WriteString(replacement)
			text = text[len(nul):]
			continue
		}
		b.WriteString(text[:2])
		text = text[2:]
	}
	b.WriteString(text)
	return b.String()
}

// fromJSON reads what asJSON wrote.
type fromJSON struct{ into any }

// Scan implements sql.Scanner.
func (f fromJSON) Scan(column any) error {
	text, ok := column.(string)
	if !ok {
		return fmt.Errorf("JSON is stored as %T", column)
	}
	if err := json.Unmarshal([]byte(text), f.into); err != nil {
		// The decoder's own message may quote what is stored.
		return errors.New("a JSON column cannot be read")
	}
	return nil
}

// listFrom reads what listJSON wrote; an empty list is nil.
type listFrom[T any] struct{ into *[]T }

// Scan implements sql.Scanner.
func (l listFrom[T]) Scan(column any) error {
	*l.into = nil
	if column == "[]" {
		return nil
	}
	return fromJSON{l.into}.Scan(column)
}
