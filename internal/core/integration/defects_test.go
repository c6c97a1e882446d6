package integration_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// defects are what went wrong in the system whose guide this one follows, and which test holds that it does not go wrong here. A test
// of the store's suite is named by its rule.
func defects() []struct{ defect, file, test string } {
	const (
		here       = "internal/core/integration/"
		values     = "internal/core/placeholder/placeholder_test.go"
		storetests = "internal/store/storetest/"
	)
	return []struct{ defect, file, test string }{
		{"one failing integration loses the values of all", here + "resolve_test.go", "TestI10OneFailureTouchesNoOther"},
		{"integrations whose placeholders are not used are contacted", here + "resolve_test.go", "TestI6OnlyIntegrationsInUseAreAsked"},
		{"the status of an answer is ignored", here + "resolve_test.go", "TestI10OneFailureTouchesNoOther"},
		{"an over-long value loses the message", "internal/core/message/message_test.go", "TestI22LongValuesNeverBreakALimit"},
		{"secrets lie in the clear", "cmd/usher/sentinel_test.go", "TestI24SecretsAreFoundNowhereButInTheirRequest"},
		{"an approval survives a changed URL", here + "publication_test.go", "TestI30ApprovalDoesNotSurviveAChange"},
		{"values stand unescaped in URLs", "internal/core/requesttemplate/template_test.go", "TestI7ValuesAreEncodedForTheirPlace"},
		{"values stand unescaped in messages", values, "TestI22ValuesAreDataInMarkdown"},
		{"a value is read as a template again, in messages", values, "TestI19OnePassAndUnknownNames"},
		{"a value is read as a template again, in requests", here + "resolve_test.go", "TestI6I7RequestVariablesAndSecrets"},
		{"concurrent fetches write to one map", here + "defects_test.go", "TestManyTicketsAtOnceShareNothing"},
		{"a map that is nil is written to", here + "defects_test.go", "TestNothingOptionalIsNeeded"},
		{"null and arrays are printed as the program's own structures", here + "extract_test.go", "TestI16I17I18Values"},
		{"large numbers lose digits", here + "extract_test.go", "TestI16I17I18Values"},
		{"the numbers of secrets, headers and placeholders are not limited", here + "resolve_test.go", "TestCatalogRefusesWhatCannotBeSaved"},
		{"the numbers of integrations are not limited when many are made at once", storetests + "integrations.go", "IntegrationLimitHoldsForManyAtOnce"},
		{"the numbers of activations are not limited when many are made at once", storetests + "activations.go", "ActivationLimitHoldsForManyAtOnce"},
		{"capital letters get around the ban of hosts", "internal/core/requesttemplate/template_test.go", "TestI3DiscordsOwnHostsAreRefused"},
		{"replaced secrets are not validated", here + "activation_test.go", "TestI26ReplacedValuesAreValidatedTogetherWithThoseThatStay"},
		{"a validation that times out is told as something else", here + "activation_test.go", "TestI26ATimeOutSaysSoAndNamesTheAuthor"},
		{"headers are dropped silently", "internal/core/requesttemplate/header_test.go", "TestI5RefusedHeaderNames"},
		{"activating twice is an error of the server", here + "activation_test.go", "TestActivatingTwiceReplaces"},
		{"pages of a list hide an item", storetests + "listing.go", "ListsArePagedAndHideNothing"},
		{"is_new_ticket is always true", here + "resolve_test.go", "TestI8I9BodyOfAPost"},
		{"is_new_ticket is true for tags", "cmd/usher/tag_test.go", "TestI9TagsShowLiveValues"},
		{"an integration is half saved", storetests + "integrations.go", "IntegrationUpdateIsSeenWholeOrNotAtAll"},
		{"ids are JSON numbers", here + "resolve_test.go", "TestI8I9BodyOfAPost"},
	}
}

// The table names tests that exist.
func TestEveryKnownDefectHasItsTest(t *testing.T) {
	for _, d := range defects() {
		content, err := os.ReadFile(filepath.Join("..", "..", "..", d.file))
		if err != nil || !strings.Contains(string(content), "func "+d.test+"(") && !strings.Contains(string(content), `{"`+d.test+`"`) {
			t.Errorf("%s: there is no %s in %s (%v)", d.defect, d.test, d.file, err)
		}
	}
}

// Defect: a data race. Under the race detector, many tickets of one guild use one activation from one cache, each for its own user.
func TestManyTicketsAtOnceShareNothing(t *testing.T) {
	o := newOffice()
	o.world.answer = func(_ context.Context, c integration.Call) (integration.Reply, error) {
		_, user, _ := strings.Cut(c.URL.Reveal(), "user=")
		return ok(`{"online_status":"` + user + `","user":{"username":"` + user + `"}}`)
	}
	i := lookup()
	i.CacheSeconds = 60
	o.add(t, i, nil)
	other := lookup()
	other.Name, other.URL = "Other", "https://other.example.com/?user=%user_id%"
	other.Placeholders = []integration.Placeholder{{Name: "other", Path: "$.online_status"}}
	o.add(t, other, nil)
	var group sync.WaitGroup
	for n := range 40 {
		group.Go(func() {
			s := subject()
			s.User = snowflake.User(n%20 + 1) // two tickets of each user, so that some share an answer
			run := o.resolver.Begin(t.Context(), s, []string{"online_status", "username", "other", "game-lookup.username"})
			go run.Channel(snowflake.Channel(n))
			for !run.Wait(t.Context()) {
				run.Values()
			}
			for name, v := range run.Values() {
				if v.Text != s.User.String() {
					t.Errorf("user %s reads %q at %s", s.User, v.Text, name)
				}
			}
			o.resolver.Health(arcade)
		})
	}
	group.Wait()
}

// Defect: a nil map. Everything that may be left out is left out.
func TestNothingOptionalIsNeeded(t *testing.T) {
	for _, method := range []integration.Method{integration.GET, integration.POST} {
		o := newOffice()
		o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(`{}`) }
		bare := integration.Integration{
			Owner: author, Name: "Bare", Description: "d", Method: method, URL: "https://bare.example.com",
			Placeholders: []integration.Placeholder{{Name: "p", Path: "a.b"}},
		}
		o.add(t, bare, nil)
		if got := o.resolve(t, integration.Subject{Guild: arcade, User: ryan}, "p"); fmt.Sprint(got) != "map[p:—]" {
			t.Errorf("%s: %v", method, got)
		}
		if got := o.resolve(t, integration.Subject{Guild: abroad}, "p"); len(got) != 0 {
			t.Errorf("%s, a guild without integrations: %v", method, got)
		}
		if got := o.resolve(t, subject()); len(got) != 0 {
			t.Errorf("%s, a text without placeholders: %v", method, got)
		}
		if method == integration.POST && !strings.Contains(string(o.world.seen()[0].Body), `"form_data":{}`) {
			t.Errorf("body %s", o.world.seen()[0].Body)
		}
		without := bare
		without.Placeholders = nil
		result, err := o.resolver.Try(t.Context(), integration.Trial{By: author, Draft: without, Subject: integration.Subject{Guild: arcade}})
		if err != nil || result.Failure != nil || len(result.Yields) != 0 {
			t.Errorf("%s, a test request: %+v, %v", method, result, err)
		}
	}
}
