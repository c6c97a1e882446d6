package integration_test

import (
	"strings"
	"testing"

	"usher/internal/core/integration"
)

// What nobody sees, or what turns the direction of writing, makes one integration look like another.
func TestNamesAndDescriptionsHoldWhatIsSeenAlone(t *testing.T) {
	for path, edit := range map[string]func(i *integration.Integration, text string){
		"name":                     func(i *integration.Integration, text string) { i.Name = text },
		"description":              func(i *integration.Integration, text string) { i.Description = text },
		"secrets[0].description":   func(i *integration.Integration, text string) { i.Secrets[0].Description = text },
		"placeholders[0].fallback": func(i *integration.Integration, text string) { i.Placeholders[0].Fallback = text },
	} {
		for _, text := range []string{"\u200b", "\u0007x", "\u202eabc"} {
			i := keyed()
			edit(&i, text)
			if err := i.Check(integration.DefaultLimits(), openGuard{}); err == nil || !strings.Contains(err.Error(), path+": Use no") {
				t.Errorf("%s = %+q: %v", path, text, err)
			}
		}
		i := keyed()
		edit(&i, "one\ntwo")
		if err := i.Check(integration.DefaultLimits(), openGuard{}); (err != nil) != (path == "name") {
			t.Errorf("%s with two lines: %v", path, err)
		}
	}
	o := newOffice()
	made := o.add(t, keyed(), value("key", "k"))
	if err := o.catalog.Reject(t.Context(), byAuthor(), made.ID, 1, "no\u202e"); err == nil || !strings.Contains(err.Error(), "reason: Use no") {
		t.Errorf("a reason: %v", err)
	}
}

// A request that is known to fail each time is not saved; what is saved already stays as it is until the request changes.
func TestI3AHostOutOfReachIsRefusedWhenSaved(t *testing.T) {
	o := newOffice()
	far := keyed()
	far.URL, far.Validation = "https://far.example.com/", "https://far.example.com/v"
	if _, err := o.catalog.Create(t.Context(), byAuthor(), far); err == nil || !strings.Contains(err.Error(), "; url: Out of reach.; validation: Out of reach.") {
		t.Errorf("%v", err)
	}
	made := o.add(t, keyed(), value("key", "k"))
	change := o.own(t, made.ID).Integration
	change.URL = "https://far.example.com/%user_id%"
	if _, err := o.catalog.Update(t.Context(), byAuthor(), change); err == nil || !strings.Contains(err.Error(), "; url: Out of reach.") {
		t.Errorf("%v", err)
	}
	r := o.shelf.rows[made.ID]
	r.URL = "https://far.example.com/%user_id%"
	o.shelf.rows[made.ID] = r
	o.edit(t, made.ID, func(i *integration.Integration) { i.Name = "Another name" })
}
