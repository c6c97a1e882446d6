package guild_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
