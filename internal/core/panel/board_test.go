package panel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
)

// shelf keeps one panel and what was recorded.
type shelf struct {
	panel.Store
	kept    panel.Panel
	entries []audit.Entry
	refuses error
}

func (s *shelf) Panel(_ context.Context, g snowflake.Guild, id panel.ID) (panel.Panel, error) {
	if g != s.kept.Guild || id != s.kept.ID {
		return panel.Panel{}, fault.New(fault.NotFound, "panel_not_found", "None.")
	}
	return s.kept, nil
}

func (s *shelf) SavePanel(_ context.Context, p panel.Panel, entries ...audit.Entry) error {
	if s.refuses != nil {
		return s.refuses
	}
	s.kept, s.entries = p, append(s.entries, entries...)
	s.kept.Revision++
	return nil
}

func (s *shelf) SavePosted(_ context.Context, _ snowflake.Guild, _ panel.ID, channel snowflake.Channel, m snowflake.Message, entries ...audit.Entry) error {
	s.kept.Channel, s.kept.Message, s.entries = channel, m, append(s.entries, entries...)
	return nil
}

func (s *shelf) DeletePanel(_ context.Context, _ snowflake.Guild, _ panel.ID, entries ...audit.Entry) error {
	s.kept, s.entries = panel.Panel{}, append(s.entries, entries...)
	return nil
}

// wall is Discord's side: channels 10 to 19 are in the guild 1.
type wall struct {
	stands  map[snowflake.Channel]snowflake.Message
	fails   error // of posting
	keeps   error // of taking down
	highest snowflake.Message
}

func (w *wall) PostPanel(_ context.Context, p panel.Panel) (snowflake.Message, error) {
	if w.fails != nil {
		return 0, w.fails
	}
	if p.Message.IsZero() {
		w.highest++
		p.Message = w.highest
	}
	w.stands[p.Channel] = p.Message
	return p.Message, nil
}

func (w *wall) TakeDownPanel(_ context.Context, p panel.Panel) error {
	if w.keeps == nil {
		delete(w.stands, p.Channel)
	}
	return w.keeps
}

func (w *wall) InGuild(_ context.Context, g snowflake.Guild, channel snowflake.Channel) (bool, error) {
	return g == 1 && channel >= 10 && channel < 20, nil
}

func board() (*panel.Board, *shelf, *wall) {
	s, w := &shelf{}, &wall{stands: map[snowflake.Channel]snowflake.Message{}}
	return &panel.Board{
		Store: s, Poster: w, NewID: func() panel.ID { return "new" }, Now: func() time.Time { return time.Unix(9, 0) }, Changed: func(snowflake.Guild) {},
	}, s, w
}

func olga() audit.Actor { return audit.Actor{User: 5, Via: audit.Dashboard} }

func TestBoardSavesPostsMovesAndDeletes(t *testing.T) {
	t.Parallel()
	b, s, w := board()
	made := good()
	made.Channel, made.Message = 3, 4 // where it is posted is not the editor's to say
	one, err := b.Save(t.Context(), olga(), made)
	if err != nil || one.ID != "new" || one.Revision != 1 || !one.Channel.IsZero() || !one.Message.IsZero() {
		t.Fatalf("%+v, %v", one, err)
	}
	if again, err := b.Save(t.Context(), olga(), one); err != nil || again.Revision != 1 {
		t.Errorf("without a difference: %+v, %v", again, err)
	}
	for _, channel := range []snowflake.Channel{10, 10, 11} {
		posted, err := b.Post(t.Context(), olga(), 1, "new", channel)
		if err != nil || posted.Panel.Channel != channel || !posted.Left.IsZero() {
			t.Fatalf("%+v, %v", posted, err)
		}
	}
	if diff := cmp.Diff(map[snowflake.Channel]snowflake.Message{11: 2}, w.stands); diff != "" {
		t.Errorf("what stands at Discord (-want +got):\n%s", diff)
	}
	one.MaxOpen = 3
	if one, err = b.Save(t.Context(), olga(), one); err != nil || one.Channel != 11 || one.Message != 2 {
		t.Errorf("a change forgets where the panel stands: %+v, %v", one, err)
	}
	w.keeps = fault.New(fault.Unavailable, "discord_failed", "Later.")
	if posted, err := b.Post(t.Context(), olga(), 1, "new", 12); err != nil || posted.Left != 11 {
		t.Errorf("a message that stays is not told: %+v, %v", posted, err)
	}
	if left, err := b.Delete(t.Context(), olga(), 1, "new"); err != nil || left != 12 {
		t.Errorf("left %v, %v", left, err)
	}
	var told []string
	for _, e := range s.entries {
		if e.Actor != olga() || e.Target != "new" || e.Name != "Support" || e.Guild != 1 || e.At.IsZero() {
			t.Errorf("entry %+v", e)
		}
		text := string(e.Action)
		for _, d := range e.Detail {
			text += " " + d.Field + ":" + d.Before + ">" + d.After
		}
		told = append(told, text)
	}
	want := []string{
		"panel.created", "panel.posted channel:>10", "panel.posted", "panel.posted channel:10>11", "panel.changed max_open:1>3",
		"panel.posted channel:11>12", "panel.deleted",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("the record (-want +got):\n%s", diff)
	}
}

func TestBoardTellsWhyItDidNotPost(t *testing.T) {
	t.Parallel()
	b, s, w := board()
	if _, err := b.Save(t.Context(), olga(), good()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		channel snowflake.Channel
		fails   error
		want    string
	}{
		{0, nil, "channel: Choose a channel."},
		{99, nil, "channel: There is no such channel"},
		{10, fault.New(fault.Forbidden, "bot_forbidden", "x"), "channel: Discord does not let the bot post there."},
		{10, fault.New(fault.NotFound, "gone", "x"), "channel: This channel is gone"},
		{10, &fault.Error{Kind: fault.Internal, Code: "discord_refused"}, "Discord does not take this message."},
		{10, fault.New(fault.Unavailable, "discord_busy", "Discord asks us to slow down."), "slow down"},
	} {
		w.fails = c.fails
		if _, err := b.Post(t.Context(), olga(), 1, "new", c.channel); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want %q, got %v", c.want, err)
		}
	}
	if len(s.entries) != 1 || !s.kept.Channel.IsZero() {
		t.Errorf("what was not done is noted: %+v", s.entries)
	}
	if _, err := b.Post(t.Context(), olga(), 2, "new", 10); fault.CodeOf(err) != "panel_not_found" {
		t.Errorf("another guild's panel: %v", err)
	}
	s.refuses = fault.New(fault.NotFound, "form_not_found", "x")
	p := s.kept
	p.Form = "f"
	if _, err := b.Save(t.Context(), olga(), p); err == nil || !strings.Contains(err.Error(), "form: There is no such form") {
		t.Errorf("a form that is not there: %v", err)
	}
}
