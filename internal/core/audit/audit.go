// Package audit is the record of who changed what: one entry for every change that a person, or a key of theirs, made.
//
// An entry is written in the same transaction as the change that it tells of, so neither is ever there without the other: the ports
// of the nouns take entries beside what they write. Of the nouns it knows their names alone, and it never holds a secret: a change of a
// secret names it and no more.
package audit

import (
	"context"
	"time"

	"usher/internal/core/snowflake"
)

// Via says through which door a change came.
type Via string

// The doors.
const (
	Dashboard Via = "dashboard" // a person signed in at the web page
	APIKey    Via = "api_key"   // a program with a person's key
	Discord   Via = "discord"   // a command or button
	SetupFile Via = "setup"     // whoever runs the program, by a file or a command
	Program   Via = "program"   // nobody: the program itself
)

// Actor is who did it.
type Actor struct {
	User snowflake.User // zero: nobody, or whoever runs the program
	Via  Via
	Key  string // what the API key was called, where it was one
}

// Entry is one change.
type Entry struct {
	ID     int64           // 1, 2, 3… in its guild, given when it is written
	Guild  snowflake.Guild // zero: not about one guild
	Actor  Actor
	At     time.Time
	Action Action
	Target string // id of what was changed
	Name   string // what it was called then, for it may be gone
	Detail []Change
}

// Change is one thing that is different now, in words for people. Secret values are never given, not even masked.
type Change struct {
	Field  string `json:"field"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// MaxText is how much of a value an entry keeps, in characters.
const MaxText = 200

// Changed tells of a field that differs, cut to MaxText so that the first difference is seen; nothing where it does not differ.
func Changed(field, before, after string) []Change {
	if before == after {
		return nil
	}
	old, now := []rune(before), []rune(after)
	from := 0
	if max(len(old), len(now)) > MaxText {
		from = max(alike(old, now)-lead, 0)
	}
	return []Change{{Field: field, Before: cut(old, from), After: cut(now, from)}}
}

// Shortened cuts the values of changes as Changed does.
func Shortened(changes []Change) []Change {
	var short []Change
	for _, c := range changes {
		short = append(short, Changed(c.Field, c.Before, c.After)...)
	}
	return short
}

// lead is how much stands before the first difference of long texts, in characters.
const lead = 60

// alike is how many characters two texts have in common at their beginnings.
func alike(a, b []rune) int {
	for n := range min(len(a), len(b)) {
		if a[n] != b[n] {
			return n
		}
	}
	return min(len(a), len(b))
}

// cut gives at most MaxText characters from a place on, with an ellipsis where something is missing.
func cut(text []rune, from int) string {
	start := ""
	if from > 0 && len(text) > 0 {
		text, start = text[min(from, len(text)):], "…"
	}
	if room := MaxText - len([]rune(start)); len(text) > room {
		return start + string(text[:room-1]) + "…"
	}
	return start + string(text)
}

// Query asks for a part of a guild's entries, the newest first.
type Query struct {
	Guild  snowflake.Guild // zero: those about no guild
	Noun   string          // entries whose actions begin with it and a dot alone; empty: all
	User   snowflake.User  // what this user did alone; zero: whoever
	Before int64           // entries with smaller ids alone; zero: from the newest
	Limit  int             // at most; 1 to 200
}

// Log is read here; it is written by the stores of what changes.
type Log interface {
	// Entries lists entries, the newest first; none is no error.
	Entries(ctx context.Context, q Query) ([]Entry, error)
	// Append writes entries about changes that are in no table of ours.
	Append(ctx context.Context, entries ...Entry) error
}
