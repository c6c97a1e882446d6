package audit_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
)

func TestChangedTellsOfWhatDiffersAlone(t *testing.T) {
	t.Parallel()
	if got := audit.Changed("name", "same", "same"); got != nil {
		t.Errorf("an equal field gives %v", got)
	}
	if diff := cmp.Diff([]audit.Change{{Field: "name", Before: "old", After: ""}}, audit.Changed("name", "old", "")); diff != "" {
		t.Errorf("a field that was emptied differs (-want +got):\n%s", diff)
	}
}

func TestChangedIsCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", audit.MaxText)
	if got := audit.Changed("text", long, "")[0]; got.Before != long || got.After != "" {
		t.Errorf("a text of %d characters was cut", audit.MaxText)
	}
	got := audit.Changed("text", "", long+"é")[0]
	if n := utf8.RuneCountInString(got.After); n != audit.MaxText || !strings.HasSuffix(got.After, "…") {
		t.Errorf("a longer one has %d characters and ends in %q", n, got.After[len(got.After)-3:])
	}
}

func TestChangedShowsTheDifferenceOfLongTexts(t *testing.T) {
	t.Parallel()
	same := strings.Repeat("a", 500)
	got := audit.Changed("text", same+"old", same+"new"+same)[0]
	lead := "…" + strings.Repeat("a", 60)
	if got.Before != lead+"old" || !strings.HasPrefix(got.After, lead+"newaaa") || !strings.HasSuffix(got.After, "a…") || utf8.RuneCountInString(got.After) != audit.MaxText {
		t.Errorf("%q became %q", got.Before, got.After)
	}
	if got := audit.Changed("text", same, same+"end")[0]; got.Before != lead || got.After != lead+"end" {
		t.Errorf("%q became %q", got.Before, got.After)
	}
}
