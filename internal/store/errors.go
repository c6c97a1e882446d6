package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"usher/internal/core/fault"
)

// Faults that any call may answer.
var (
	errUnavailable = fault.New(fault.Unavailable, "store_unavailable", "The database does not answer right now. Try again in a minute.")
	errBusy        = fault.New(fault.Unavailable, "store_busy", "The database is too busy right now. Try again in a moment.")
)

// class is what a driver's error means to us.
type class uint8

const (
	classUnknown class = iota
	classUnique        // a unique key is taken
	classForeign       // what is referred to does not exist
	classBusy          // rolled back because of others; doing it again may succeed
	classGone          // no connection, or the server or disk cannot work now
)

// answers are the faults by which one call explains what the database says. Where one is nil the case cannot happen, and is Internal
// if it does.
type answers struct {
	none    *fault.Error // no row
	unique  *fault.Error
	foreign *fault.Error
}

// explain turns whatever a call ended with into what leaves the store. ctx is the caller's own context, without our time limit.
func (db *DB) explain(ctx context.Context, doing string, err error, known answers) error {
	var said *fault.Error
	if err == nil || errors.As(err, &said) {
		return err
	}
	cause := fmt.Errorf("%s: %w", doing, err)
	found := db.dialect.classify(err)
	switch {
	case errors.Is(err, sql.ErrNoRows) && known.none != nil:
		return known.none
	case found == classUnique && known.unique != nil:
		return known.unique.Because(cause)
	case found == classForeign && known.foreign != nil:
		return known.foreign.Because(cause)
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	case found == classBusy:
		return errBusy.Because(cause)
	case found == classGone, errors.Is(err, context.DeadlineExceeded), db.closed.Load():
		return errUnavailable.Because(cause)
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: a row is missing", doing) // without %w: sql.ErrNoRows never leaves
	default:
		return cause
	}
}

// flatError prints an error on one line.
type flatError struct{ err error }

// Error implements error.
func (o flatError) Error() string { return strings.Join(strings.Fields(o.err.Error()), " ") }

// Unwrap gives the error itself.
func (o flatError) Unwrap() error { return o.err }
