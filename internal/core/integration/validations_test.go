package integration_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// validating is an office whose one integration lets secrets be validated, through the resolver's way, with a small rate.
func validating(t *testing.T, answer func() (integration.Reply, error)) (o *office, activate func() error, id integration.ID) {
	t.Helper()
	o = tunedOffice(func(tuning *integration.Tuning) { tuning.GuildRate = integration.Rate{PerMinute: 60, Burst: 3} })
	o.catalog.Fetcher = o.resolver.Validations()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		o.clock.add(70 * time.Millisecond)
		return answer()
	}
	i := lookup()
	i.Secrets, i.Validation = []integration.Secret{{Name: "key"}}, "https://game.example.com/validate"
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	return o, func() error {
		return o.catalog.Activate(t.Context(), byAuthor(), arcade, made.ID, 1, map[string]secret.Value{"key": secret.New("sesame")})
	}, made.ID
}

func TestI26I35ValidationsAreWrittenDown(t *testing.T) {
	for name, c := range map[string]struct {
		reply integration.Reply
		err   error
		want  integration.Delivery
	}{
		"accepted": {reply: integration.Reply{Status: 204}, want: integration.Delivery{Status: 204, Took: 70 * time.Millisecond}},
		"refused": {
			reply: integration.Reply{Status: 400, Body: []byte(`{"error":"no"}`)},
			want:  integration.Delivery{Status: 400, Took: 70 * time.Millisecond, Size: 14, Class: "status"},
		},
		"unreachable": {
			err:  &integration.Failure{Class: "resolve", Text: "unreachable", Shown: "connect"},
			want: integration.Delivery{Class: "connect"},
		},
	} {
		o, activate, id := validating(t, func() (integration.Reply, error) { return c.reply, c.err })
		if err := activate(); (err == nil) != (name == "accepted") {
			t.Errorf("%s: %v", name, err)
		}
		c.want.Guild, c.want.Integration, c.want.Trigger, c.want.At, c.want.Alias = arcade, id, integration.ForValidation, o.clock.now(), "alias"
		if diff := cmp.Diff([]integration.Delivery{c.want}, o.written(t)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestI26I43ValidationsHaveTheGuildsRate(t *testing.T) {
	o, activate, _ := validating(t, func() (integration.Reply, error) { return integration.Reply{Status: 400}, nil })
	for range 3 {
		if err := activate(); fault.CodeOf(err) != "validation_refused" {
			t.Fatal(err)
		}
	}
	if err := activate(); fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "validation_failed" {
		t.Errorf("beyond the rate: %v", err)
	}
	o.wantCalls(t, 3, "within the rate")
	all := o.written(t)
	if last := all[len(all)-1]; last.Class != "busy" || last.Status != 0 {
		t.Errorf("%+v", last)
	}
}
