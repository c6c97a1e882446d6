package guild_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/snowflake"
)

// crowd is members of guild 1 and users of Discord.
type crowd struct {
	guild.Directory

	mu      sync.Mutex
	asked   map[snowflake.User]int
	members map[snowflake.User]string
	users   map[snowflake.User]string
	down    bool
}

func (c *crowd) find(in map[snowflake.User]string, user snowflake.User, count bool) (guild.Member, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if count {
		c.asked[user]++
	}
	switch {
	case c.down:
		return guild.Member{}, fault.New(fault.Unavailable, "discord_down", "No.")
	case in[user] == "":
		return guild.Member{}, fault.New(fault.NotFound, "member_not_found", "No.")
	}
	return guild.Member{ID: user, Shown: in[user]}, nil
}

func (c *crowd) Member(_ context.Context, g snowflake.Guild, user snowflake.User) (guild.Member, error) {
	if g != 1 {
		return guild.Member{}, fault.New(fault.Conflict, "bot_not_here", "No.")
	}
	return c.find(c.members, user, true)
}

func (c *crowd) User(_ context.Context, user snowflake.User) (guild.Member, error) {
	return c.find(c.users, user, false)
}

func shown(found map[snowflake.User]guild.Member) map[snowflake.User]string {
	texts := map[snowflake.User]string{}
	for user, m := range found {
		texts[user] = m.Shown
	}
	return texts
}

func TestPeopleAreNamedAndRemembered(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	c := &crowd{asked: map[snowflake.User]int{}, members: map[snowflake.User]string{5: "Olga"}, users: map[snowflake.User]string{5: "olga_everywhere", 6: "Gone"}}
	p := guild.NewPeople(c, func() time.Time { return now })
	for range 2 {
		if diff := cmp.Diff(map[snowflake.User]string{5: "Olga", 6: "Gone"}, shown(p.Named(t.Context(), 1, 5, 6, 7, 5, 0))); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff(map[snowflake.User]int{5: 1, 6: 1, 7: 1}, c.asked); diff != "" {
		t.Errorf("asked: %s", diff)
	}
	for _, g := range []snowflake.Guild{0, 2} {
		if diff := cmp.Diff(map[snowflake.User]string{5: "olga_everywhere"}, shown(p.Named(t.Context(), g, 5, 7))); diff != "" {
			t.Errorf("guild %s: %s", g, diff)
		}
	}
	now = now.Add(time.Hour)
	c.members[5] = "Olga the Second"
	if got := shown(p.Named(t.Context(), 1, 5))[5]; got != "Olga the Second" {
		t.Errorf("an hour later: %q", got)
	}
}

func TestPeopleWithoutDiscordAreNotNamedAndAskedAgain(t *testing.T) {
	t.Parallel()
	c := &crowd{asked: map[snowflake.User]int{}, members: map[snowflake.User]string{5: "Olga"}, down: true}
	p := guild.NewPeople(c, func() time.Time { return time.Unix(1000, 0) })
	if got := p.Named(t.Context(), 1, 5); len(got) != 0 {
		t.Errorf("%v", got)
	}
	c.down = false
	if got := shown(p.Named(t.Context(), 1, 5)); got[5] != "Olga" {
		t.Errorf("%v", got)
	}
}

func TestPeopleAskForOneListIsBounded(t *testing.T) {
	t.Parallel()
	c := &crowd{asked: map[snowflake.User]int{}, members: map[snowflake.User]string{}}
	var many []snowflake.User
	for n := range 100 {
		many = append(many, snowflake.User(n+1))
	}
	guild.NewPeople(c, func() time.Time { return time.Unix(1000, 0) }).Named(t.Context(), 1, many...)
	if len(c.asked) != 25 {
		t.Errorf("%d were asked for", len(c.asked))
	}
}
