package bloxlink

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// Run is the looking up for one message.
type Run struct {
	wanted []string // folded names
	done   chan struct{}
	values map[string]placeholder.Value // by plain names; set before done is closed
	class  string                       // why there are none; set before done is closed
	at     time.Time                    // when that was known; set before done is closed
	took   time.Duration                // set before done is closed
	asked  bool                         // somebody was asked, and it was not remembered; set before done is closed
}

// Begin starts to look a user up if one of the folded names asks for it, and else contacts nobody (I-6, I-37). It ends with ctx. It never
// fails: what cannot be had is missing, and [Source.Status] says why.
func (s *Source) Begin(ctx context.Context, g snowflake.Guild, user snowflake.User, names []string) *Run {
	run := &Run{wanted: Wanted(names), done: make(chan struct{})}
	if len(run.wanted) == 0 {
		close(run.done)
		return run
	}
	go func() {
		defer close(run.done)
		run.values = missing()
		start := s.parts.Now()
		a, asked, err := s.lookUp(ctx, g, user)
		run.at, run.asked = s.parts.Now(), asked
		if asked {
			run.took = run.at.Sub(start)
		}
		if err == nil {
			run.values = a.values()
			return
		}
		for name, v := range run.values {
			v.Lack = placeholder.Failed
			run.values[name] = v
		}
		run.class = classOf(err)
		s.logFailure(ctx, g, err)
	}()
	return run
}

// logFailure says why there are no values; that there is no key is a setting and no failure.
func (s *Source) logFailure(ctx context.Context, g snowflake.Guild, err error) {
	var t Trouble
	if errors.As(err, &t) && t.Code == NoKey {
		return
	}
	s.parts.Log.LogAttrs(ctx, slog.LevelWarn, "Roblox values could not be had", slog.String("guild", g.String()), slog.Any("error", err))
}

// Wait returns true as soon as the values are known, or false when ctx ends before.
func (r *Run) Wait(ctx context.Context) bool {
	select {
	case <-r.done:
		return true
	default:
	}
	select {
	case <-r.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// Values are the values known now, under the names that were asked for.
func (r *Run) Values() map[string]placeholder.Value {
	now := make(map[string]placeholder.Value, len(r.wanted))
	select {
	case <-r.done:
		for _, name := range r.wanted {
			now[name] = r.values[strings.TrimPrefix(name, Slug+".")]
		}
	default:
		for _, name := range r.wanted {
			now[name] = placeholder.Value{Pending: true}
		}
	}
	return now
}

// Class says why there are no values: a Code, "internal", or empty where nothing failed, as for who linked no Roblox account.
func (r *Run) Class() string {
	select {
	case <-r.done:
		return r.class
	default:
		return ""
	}
}

// Outcome is what became of the looking up, for those who look back.
type Outcome struct {
	Class string // why there are no values, as Run.Class
	At    time.Time
	Took  time.Duration
	Asked bool // Bloxlink or Roblox was asked, and it was not remembered
}

// Outcome is false while the answer is awaited.
func (r *Run) Outcome() (Outcome, bool) {
	select {
	case <-r.done:
		return Outcome{Class: r.class, At: r.at, Took: r.took, Asked: r.asked}, true
	default:
		return Outcome{}, false
	}
}

func classOf(err error) string {
	var t Trouble
	if errors.As(err, &t) {
		return string(t.Code)
	}
	return "internal"
}

// Known is one of the placeholders, for those who write messages.
type Known struct {
	Name, Description, Sample string
}

// Describe lists the placeholders, with what people are told of them.
func Describe() []Known {
	return []Known{
		{username, "The member's Roblox user name", "builderman"},
		{robloxID, "The id of the member's Roblox account", "156"},
		{displayName, "The name that Roblox shows", "Builderman"},
		{profileURL, "Address of the Roblox profile", "https://www.roblox.com/users/156/profile"},
		{accountAge, "How long ago the Roblox account was made", "19 years ago"},
		{accountCreated, "The day on which the Roblox account was made", "2006-03-08"},
	}
}
