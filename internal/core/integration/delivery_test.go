package integration_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

func TestI35EveryRequestIsWrittenDown(t *testing.T) {
	took := 80 * time.Millisecond
	for name, c := range map[string]struct {
		reply   integration.Reply
		err     error
		subject func(*integration.Subject)
		want    integration.Delivery
	}{
		"good": {
			reply: integration.Reply{Status: 200, Body: []byte(guide)},
			want:  integration.Delivery{Trigger: "welcome", Status: 200, Took: took, Size: len(guide), Missing: []string{"clan"}},
		},
		"a tag": {
			reply: integration.Reply{Status: 200, Body: []byte(guide)}, subject: func(s *integration.Subject) { s.IsNew = false },
			want: integration.Delivery{Trigger: "tag", Status: 200, Took: took, Size: len(guide), Missing: []string{"clan"}},
		},
		"a closing message": {
			reply: integration.Reply{Status: 200, Body: []byte(guide)}, subject: func(s *integration.Subject) { s.Trigger = integration.ForClose },
			want: integration.Delivery{Trigger: "close", Status: 200, Took: took, Size: len(guide), Missing: []string{"clan"}},
		},
		"status": {
			reply: integration.Reply{Status: 404, Body: []byte(`{}`)},
			want:  integration.Delivery{Trigger: "welcome", Status: 404, Took: took, Size: 2, Class: "status", Missing: []string{"clan", "username"}},
		},
		"not JSON": {
			reply: integration.Reply{Status: 200, Body: []byte(`<p>`)},
			want:  integration.Delivery{Trigger: "welcome", Status: 200, Took: took, Size: 3, Class: "bad_json", Missing: []string{"clan", "username"}},
		},
		"timeout": {
			err:  &integration.Failure{Class: "timeout", Text: "no answer"},
			want: integration.Delivery{Trigger: "welcome", Took: took, Class: "timeout", Missing: []string{"clan", "username"}},
		},
		// Cases oracle-01 and oracle-02: neither the class nor the time tells what stands in the way of a connection.
		"refused by policy": {
			err:  &integration.Failure{Class: "policy", Text: "unreachable", Shown: "connect"},
			want: integration.Delivery{Trigger: "welcome", Class: "connect", Missing: []string{"clan", "username"}},
		},
		"closed port": {
			err:  &integration.Failure{Class: "connect", Text: "unreachable"},
			want: integration.Delivery{Trigger: "welcome", Class: "connect", Missing: []string{"clan", "username"}},
		},
		"a defect of ours": {
			err:  errors.New("disk full at /secret/path"),
			want: integration.Delivery{Trigger: "welcome", Took: took, Class: "internal", Missing: []string{"clan", "username"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice()
			o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
				o.clock.add(took)
				return c.reply, c.err
			}
			made := o.add(t, lookup(), nil)
			s := subject()
			if c.subject != nil {
				c.subject(&s)
			}
			o.resolve(t, s, "username", "game-lookup.username", "clan")
			c.want.Guild, c.want.Integration, c.want.At, c.want.Alias = arcade, made.ID, o.clock.now(), "alias"
			if diff := cmp.Diff([]integration.Delivery{c.want}, o.written(t)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestI35AnswersOfTheCacheAreToldApart(t *testing.T) {
	o := cached(t, nil)
	o.resolve(t, subject(), "username")
	o.resolve(t, subject(), "username")
	all := o.written(t)
	if len(all) != 2 || all[0].Cached || !all[1].Cached || all[1].Status != 200 || all[1].Size != len(guide) {
		t.Errorf("%+v", all)
	}
}

// No body, no secret, no URL, nobody's id: a delivery has no place for one, but what is named by others could smuggle it in.
func TestI35ADeliveryHoldsNothingOfTheRequest(t *testing.T) {
	o := newOffice()
	o.world.answer = func(_ context.Context, c integration.Call) (integration.Reply, error) {
		return integration.Reply{Status: 200, Body: []byte(`{"echo":"` + c.Headers[0].Value.Reveal() + `"`)}, nil
	}
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "key"}}
	i.Headers = []integration.Header{{Name: "X-Key", Value: secret.New("sesame-%key%")}}
	o.add(t, i, map[string]secret.Value{"key": secret.New("opendoor")})
	o.resolve(t, subject(), "username")
	text := fmt.Sprintf("%+v", o.written(t))
	for _, hidden := range []string{"sesame", "opendoor", ryan.String(), "example.com", "echo"} {
		if strings.Contains(text, hidden) {
			t.Errorf("%q is in %s", hidden, text)
		}
	}
}

func note(o *office, n int) {
	o.journal.Note(integration.Delivery{Guild: arcade, Integration: "x", Status: n})
}

func TestJournalWritesInBatchesAndTheRestAtTheEnd(t *testing.T) {
	o := newOffice()
	var sizes []int
	o.deliveries.append = func(all []integration.Delivery) error { sizes = append(sizes, len(all)); return nil }
	for n := range 600 {
		note(o, n)
	}
	all := o.written(t)
	if diff := cmp.Diff([]int{256, 256, 88}, sizes); diff != "" {
		t.Error(diff)
	}
	for n, d := range all {
		if d.Status != n {
			t.Fatalf("delivery %d is number %d", n, d.Status)
		}
	}
}

func TestJournalWritesWhileItRunsAndStopsCleanly(t *testing.T) {
	o := newOffice()
	written := make(chan int, 10)
	o.deliveries.append = func(all []integration.Delivery) error { written <- len(all); return nil }
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); o.journal.Run(ctx) }()
	note(o, 1)
	if n := <-written; n != 1 {
		t.Errorf("%d written", n)
	}
	note(o, 2)
	<-written
	stop()
	<-ended
	note(o, 3) // after the end nobody waits and nothing breaks
}

func TestJournalNeverWaitsForTheDatabase(t *testing.T) {
	o := newOffice()
	for n := range 10_000 { // nothing runs that would take them
		note(o, n)
	}
	all := o.written(t)
	if len(all) != 4096 || all[0].Status != 0 {
		t.Errorf("%d kept, the first is number %d", len(all), all[0].Status)
	}
	if !strings.Contains(o.log.String(), "deliveries were lost") {
		t.Errorf("log %s", o.log)
	}
}

func TestJournalOutlivesAFailingDatabase(t *testing.T) {
	o := newOffice()
	fails := true
	o.deliveries.append = func([]integration.Delivery) error {
		if fails {
			return fault.New(fault.Unavailable, "store_unavailable", "The database does not answer.")
		}
		return nil
	}
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
	o.add(t, lookup(), nil)
	if got := o.resolve(t, subject(), "username"); got["username"] != "Ryan" {
		t.Errorf("values %v", got)
	}
	if all := o.written(t); len(all) != 0 || !strings.Contains(o.log.String(), "deliveries could not be written down") {
		t.Errorf("%d written, log %s", len(all), o.log)
	}
	fails = false
	o.resolve(t, subject(), "username")
	if all := o.written(t); len(all) != 1 {
		t.Errorf("%d written after the database is back", len(all))
	}
}

func TestJournalLosesOnlyTheDeletedIntegrationsDeliveries(t *testing.T) {
	o := newOffice()
	o.deliveries.append = func(all []integration.Delivery) error {
		for _, d := range all {
			if d.Integration == "gone" {
				return fault.New(fault.NotFound, "integration_not_found", "None.")
			}
		}
		return nil
	}
	note(o, 1)
	o.journal.Note(integration.Delivery{Integration: "gone"})
	note(o, 2)
	if all := o.written(t); len(all) != 2 || all[0].Status != 1 || all[1].Status != 2 {
		t.Errorf("%+v", all)
	}
}
