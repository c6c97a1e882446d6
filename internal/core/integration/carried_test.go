package integration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

func TestI30AuthorsSeeWhatTheHeadersOfARevisionCarry(t *testing.T) {
	o := newOffice()
	made := o.add(t, keyed(), value("key", "k"))
	o.edit(t, made.ID, func(i *integration.Integration) {
		i.Headers = append(i.Headers, integration.Header{Name: "X-Own", Value: secret.New("authors-own-key")})
	})
	own := integration.HeaderSketch{Name: "X-Own"}
	both := []integration.HeaderSketch{{Name: "Authorization", Secrets: []string{"key"}}, own}
	got, err := o.catalog.Carried(t.Context(), byAuthor(), made.ID, 2)
	if diff := cmp.Diff(both, got); diff != "" || err != nil {
		t.Errorf("%v: %s", err, diff)
	}
	r := o.shelf.rows[made.ID]
	r.Sealed[0].Sealed = nil // destroyed
	o.shelf.rows[made.ID] = r
	if got, err := o.catalog.Carried(t.Context(), byAuthor(), made.ID, 2); got != nil || err != nil {
		t.Errorf("of what is destroyed: %v, %v", got, err)
	}
	if _, err := o.catalog.Carried(t.Context(), byGuest(), made.ID, 2); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another's: %v", err)
	}
	if _, err := o.catalog.Carried(t.Context(), byAuthor(), made.ID, 9); fault.KindOf(err) != fault.NotFound {
		t.Errorf("none: %v", err)
	}
}
