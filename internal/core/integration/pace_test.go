package integration_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// crowd is an office with small rates and one integration that is active in two guilds.
func crowd(t *testing.T, perGuild, perIntegration integration.Rate) (o *office, ask func(g snowflake.Guild) bool) {
	t.Helper()
	o = tunedOffice(func(tuning *integration.Tuning) { tuning.GuildRate, tuning.IntegrationRate = perGuild, perIntegration })
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
	made := o.add(t, lookup(), nil)
	if err := o.catalog.Activate(t.Context(), byAuthor(), abroad, made.ID, 1, nil); err != nil {
		t.Fatal(err)
	}
	n := 0
	return o, func(g snowflake.Guild) bool {
		n++
		s := subject()
		s.Guild, s.User = g, snowflake.User(n)
		return o.resolve(t, s, "username")["username"] == "Ryan"
	}
}

const abroad = snowflake.Guild(200)

// many asks until it is refused, at most 1000 times.
func many(ask func(snowflake.Guild) bool, g snowflake.Guild) int {
	for n := range 1000 {
		if !ask(g) {
			return n
		}
	}
	return 1000
}

func TestI43AGuildHasItsRate(t *testing.T) {
	o, ask := crowd(t, integration.Rate{PerMinute: 60, Burst: 10}, integration.Rate{PerMinute: 6000, Burst: 1000})
	if n := many(ask, arcade); n != 10 {
		t.Errorf("a burst of %d", n)
	}
	if !strings.Contains(o.log.String(), "class=busy") {
		t.Errorf("log %s", o.log)
	}
	if !ask(abroad) {
		t.Error("another guild pays for it")
	}
	o.clock.add(3 * time.Second)
	if n := many(ask, arcade); n != 3 {
		t.Errorf("%d after three seconds", n)
	}
	o.clock.add(time.Hour)
	if n := many(ask, arcade); n != 10 {
		t.Errorf("%d after an hour", n)
	}
	if h := o.resolver.Health(arcade); len(h) != 0 {
		t.Errorf("our own limit is the integration's fault: %+v", h)
	}
}

func TestI43AnIntegrationHasItsRateOverAllGuilds(t *testing.T) {
	o, ask := crowd(t, integration.Rate{PerMinute: 600, Burst: 100}, integration.Rate{PerMinute: 60, Burst: 6})
	other := lookup()
	other.Name, other.URL = "Other", "https://other.example.com/"
	other.Placeholders = []integration.Placeholder{{Name: "other", Path: "online_status"}}
	o.add(t, other, nil)
	for range 3 {
		if !ask(arcade) || !ask(abroad) {
			t.Fatal("within the burst")
		}
	}
	if ask(arcade) || ask(abroad) {
		t.Error("beyond the burst")
	}
	if got := o.resolve(t, subject(), "other"); got["other"] != "Online" {
		t.Errorf("another integration pays for it: %v", got)
	}
}

// What is refused because of the integration's rate does not use up the guild's.
func TestI43ARefusalCostsNothing(t *testing.T) {
	o, ask := crowd(t, integration.Rate{PerMinute: 1, Burst: 5}, integration.Rate{PerMinute: 60, Burst: 2})
	ask(arcade)
	ask(arcade)
	for range 20 {
		if ask(arcade) {
			t.Fatal("beyond the integration's burst")
		}
	}
	o.clock.add(2 * time.Second)
	if n := many(ask, arcade); n != 2 {
		t.Errorf("%d more, want 2", n)
	}
}

func TestI43AnswersFromTheCacheCostNothing(t *testing.T) {
	o := tunedOffice(func(tuning *integration.Tuning) { tuning.GuildRate = integration.Rate{PerMinute: 1, Burst: 1} })
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
	i := lookup()
	i.CacheSeconds = 60
	o.add(t, i, nil)
	for range 10 {
		if got := o.resolve(t, subject(), "username"); got["username"] != "Ryan" {
			t.Errorf("values %v", got)
		}
	}
}
