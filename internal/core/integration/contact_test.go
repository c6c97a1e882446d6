package integration_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"usher/internal/core/integration"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
)

// reasons are an integration with a placeholder for each way to have no value.
func reasons() integration.Integration {
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "api_key"}}
	i.Placeholders = []integration.Placeholder{
		{Name: "Score", Path: "score"},
		{Name: "gone", Path: "user.gone"},
		{Name: "nothing", Path: "nothing"},
		{Name: "object", Path: "user"},
		{Name: "query", Path: "$.nothing"},
		{Name: "several", Path: "$.user.*"},
		{Name: "echo", Path: "echo"},
		{Name: "nulls", Path: "nulls"},
	}
	return i
}

func TestI10I17ContactsTellWhyThereIsNoValue(t *testing.T) {
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return ok(`{"score":3000,"nothing":null,"nulls":[null],"user":{"id":1,"name":null},"echo":"key s3cret-key"}`)
	}
	made := o.add(t, reasons(), map[string]secret.Value{"api_key": secret.New("s3cret-key")})
	run := o.resolver.Begin(t.Context(), subject(), []string{"score", "game-lookup.score", "gone", "nothing", "object", "query", "several", "echo", "nulls"})
	run.Channel(1)
	if !run.Wait(t.Context()) {
		t.Fatal("not all answers came")
	}
	got := run.Contacts()
	if len(got) != 1 || got[0].Integration != made.ID || got[0].Name != made.Name || got[0].Delivery == nil || got[0].Delivery.Class != "" {
		t.Fatalf("contacts %+v", got)
	}
	want := []integration.Gift{
		{Name: "Score", Value: placeholder.Value{Text: "3000"}},
		{Name: "echo", Value: placeholder.Value{Text: "key " + secret.Mask}},
		{Name: "gone", Value: placeholder.Value{Missing: true}},
		{Name: "nothing", Value: placeholder.Value{Missing: true, Lack: placeholder.Null}},
		{Name: "nulls", Value: placeholder.Value{Missing: true, Lack: placeholder.Unusable}},
		{Name: "object", Value: placeholder.Value{Missing: true, Lack: placeholder.Unusable}},
		{Name: "query", Value: placeholder.Value{Missing: true, Lack: placeholder.Null}},
		{Name: "several", Value: placeholder.Value{Missing: true, Lack: placeholder.Unusable}},
	}
	if diff := cmp.Diff(want, got[0].Values, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestI10ContactsTellOfFailuresAndOfWhatIsAwaited(t *testing.T) {
	o := newOffice()
	answered := make(chan struct{})
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		<-answered
		return integration.Reply{Status: 503}, nil
	}
	o.add(t, lookup(), nil)
	run := o.resolver.Begin(t.Context(), subject(), []string{"high_score", "clan"})
	if got := run.Contacts(); len(got) != 1 || got[0].Delivery != nil || got[0].Values[0].Value.Lacking() != placeholder.Late {
		t.Errorf("while waiting: %+v", got)
	}
	close(answered)
	if !run.Wait(t.Context()) {
		t.Fatal("no answer")
	}
	got := run.Contacts()[0]
	if got.Delivery == nil || got.Delivery.Class != integration.ClassStatus || got.Delivery.Status != 503 {
		t.Errorf("delivery %+v", got.Delivery)
	}
	for _, g := range got.Values {
		if g.Value.Lacking() != placeholder.Failed {
			t.Errorf("%+v", g)
		}
	}
}
