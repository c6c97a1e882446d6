package placeholder_test

import (
	"encoding/json"
	"os"
	"testing"

	"usher/internal/core/placeholder"
)

// The dashboard's preview reads templates by code of its own: one file of cases holds both (I-19, I-20).
func TestI19TheDashboardReadsTheSame(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../../web/src/lib/placeholder/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases struct {
		Values, Missing map[string]string
		Fills           [][2]string
	}
	if err := json.Unmarshal(content, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Fills) < 20 {
		t.Fatalf("only %d cases", len(cases.Fills))
	}
	lookup := func(name string) (placeholder.Value, bool) {
		if text, ok := cases.Values[name]; ok {
			return placeholder.Value{Text: text}, true
		}
		fallback, ok := cases.Missing[name]
		return placeholder.Value{Missing: true, Fallback: fallback}, ok
	}
	for _, c := range cases.Fills {
		if got := placeholder.Parse(c[0]).Fill(placeholder.InPlain, lookup).String(); got != c[1] {
			t.Errorf("%q gives %q, want %q", c[0], got, c[1])
		}
	}
}
