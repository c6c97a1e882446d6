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
