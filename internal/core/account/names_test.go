package account

import (
	"strings"
	"testing"
	"time"
)

func TestAKeysNameHoldsWhatIsSeenAlone(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for _, name := range []string{"a\nb", "\u200b", "\u0007x", "\u202eabc"} {
		k := Key{Name: name, Scopes: []Scope{Read}, Expires: now.Add(time.Hour)}
		if err := k.Check(now, false); err == nil || !strings.Contains(err.Error(), "name: Use no line breaks") {
			t.Errorf("%+q: %v", name, err)
		}
	}
}
