package ticket

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestI25RotationKnowsTheReplyTokensPurpose(t *testing.T) {
	t.Parallel()
	purpose := SealedPurposes()["reply_token"]
	got, err := purpose([]string{"508392876359680000", "7"})
	if diff := cmp.Diff(replyPurpose(508392876359680000, 7), got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, bounds := range [][]string{nil, {"1"}, {"x", "1"}, {"1", "x"}} {
		if p, err := purpose(bounds); err == nil {
			t.Errorf("%q: %v", bounds, p)
		}
	}
}
