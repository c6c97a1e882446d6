package guild_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
)

func TestCheckNamesWhatIsWrong(t *testing.T) {
	for want, s := range map[string]guild.Settings{
		"":                          {ID: 1, StaffRoles: []snowflake.Role{2, 3}, Category: 4, OverflowCategory: 5},
		"guild: ":                   {},
		"staff_roles: @everyone":    {ID: 1, StaffRoles: []snowflake.Role{1}},
		"staff_roles: Give each":    {ID: 1, StaffRoles: []snowflake.Role{0}},
		"close_message.content":     {ID: 1, CloseMessage: message.Template{Content: strings.Repeat("x", 2001)}},
		"overflow_category: Choose": {ID: 1, Category: 4, OverflowCategory: 4},
	} {
		err := s.Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestCacheLoadsOnceAndForgets(t *testing.T) {
	var loads atomic.Int64
	now := time.Unix(1000, 0)
	c := guild.NewCache(func(_ context.Context, g snowflake.Guild) (snowflake.Guild, error) {
		loads.Add(1)
		return g, nil
	}, func() time.Time { return now }, time.Minute, 2)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got, err := c.Get(t.Context(), 7); got != 7 || err != nil {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	all.Wait()
	if n := loads.Load(); n != 1 {
		t.Errorf("%d loads for one guild", n)
	}
	load := func(want int64, why string) {
		t.Helper()
		if _, err := c.Get(t.Context(), 7); err != nil || loads.Load() != want {
			t.Errorf("%s: %d loads, want %d (%v)", why, loads.Load(), want, err)
		}
	}
	c.Forget(7)
	load(2, "after a write")
	now = now.Add(2 * time.Minute)
	load(3, "after its time")
	for g := range snowflake.Guild(5) {
		if _, err := c.Get(t.Context(), 100+g); err != nil {
			t.Fatal(err)
		}
	}
	load(9, "after others took its place")
}

func TestCacheKeepsNoErrors(t *testing.T) {
	fail := true
	c := guild.NewCache(func(context.Context, snowflake.Guild) (int, error) {
		if fail {
			return 0, errors.New("down")
		}
		return 1, nil
	}, func() time.Time { return time.Unix(0, 0) }, time.Minute, 2)
	if _, err := c.Get(t.Context(), 1); err == nil {
		t.Error("the error is lost")
	}
	fail = false
	if v, err := c.Get(t.Context(), 1); v != 1 || err != nil {
		t.Errorf("%v, %v", v, err)
	}
}

// drawer keeps one guild's settings.
type drawer struct {
	kept    *guild.Settings
	entries []audit.Entry
}

func (d *drawer) Guild(context.Context, snowflake.Guild) (guild.Settings, error) {
	if d.kept == nil {
		return guild.Settings{}, fault.New(fault.NotFound, "guild_not_found", "None.")
	}
	return *d.kept, nil
}

func (d *drawer) SaveGuild(_ context.Context, s guild.Settings, entries ...audit.Entry) error {
	s.Revision++
	d.kept, d.entries = &s, append(d.entries, entries...)
	return nil
}

func TestRegistrySavesAndRecords(t *testing.T) {
	d, changed := &drawer{}, 0
	r := guild.Registry{Store: d, Now: func() time.Time { return time.Unix(9, 0) }, Changed: func(snowflake.Guild) { changed++ }}
	by := audit.Actor{User: 5, Via: audit.Dashboard}
	first, err := r.Settings(t.Context(), 1)
	if err != nil || first.ID != 1 || first.Revision != 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	first.StaffRoles, first.Category, first.CloseMessage.Content = []snowflake.Role{9, 8}, 4, "Bye"
	saved, err := r.Save(t.Context(), by, first)
	if err != nil || saved.Revision != 1 {
		t.Fatalf("%+v, %v", saved, err)
	}
	if again, err := r.Save(t.Context(), by, saved); err != nil || again.Revision != 1 || changed != 1 {
		t.Errorf("without a difference: %+v, %v", again, err)
	}
	saved.StaffRoles = []snowflake.Role{1}
	if _, err := r.Save(t.Context(), by, saved); fault.KindOf(err) != fault.Invalid {
		t.Errorf("@everyone as staff: %v", err)
	}
	want := []audit.Change{{Field: "staff_roles", After: "9, 8"}, {Field: "category", After: "4"}, {Field: "close_message.content", After: "Bye"}}
	if len(d.entries) != 1 || d.entries[0].Action != "guild.changed" || d.entries[0].Actor != by || !slices.Equal(d.entries[0].Detail, want) {
		t.Errorf("the record: %+v", d.entries)
	}
}

// place is a server's channels and roles.
type place struct{ guild.Directory }

func (place) Roles(snowflake.Guild) ([]guild.Role, error) { return []guild.Role{{ID: 8}}, nil }
func (place) Channels(snowflake.Guild) ([]guild.Channel, error) {
	return []guild.Channel{{ID: 4, Kind: guild.Category}, {ID: 5, Kind: guild.Text}}, nil
}

func TestCheckPlacesNamesWhatIsNotThere(t *testing.T) {
	var c fault.Checks
	err := guild.CheckPlaces(&c, place{}, 1, []snowflake.Role{8, 9}, map[string]snowflake.Channel{"category": 5, "overflow_category": 4, "other": 0})
	if err != nil {
		t.Fatal(err)
	}
	told := c.Err("x", "X.")
	if told == nil || !strings.Contains(told.Error(), "staff_roles: A role") || !strings.Contains(told.Error(), "category: There is no such") || strings.Contains(told.Error(), "overflow") {
		t.Errorf("%v", told)
	}
}
