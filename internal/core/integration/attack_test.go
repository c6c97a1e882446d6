package integration_test

import (
	"context"
	"strings"
	"testing"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// The letters of the mask itself as secrets, and an author's server that says them back: each mask would be masked again, and twenty
// characters were gigabytes.
func TestI26SecretsThatAreLettersOfTheMaskAreMaskedOnce(t *testing.T) {
	o := newOffice()
	i := lookup()
	i.Validation = "https://game.example.com/v"
	values := map[string]secret.Value{}
	for _, letter := range []string{"s", "e", "c", "r", "t"} {
		i.Secrets = append(i.Secrets, integration.Secret{Name: letter})
		values[letter] = secret.New(letter)
	}
	own, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return integration.Reply{Status: 400, Body: []byte(`{"error":"` + strings.Repeat("s", 20) + ` [ok]"}`)}, nil
	}
	err = o.catalog.Activate(t.Context(), byAuthor(), arcade, own.ID, 1, values)
	if want := "“" + strings.Repeat(secret.Mask, 20) + " [ok]”"; fault.CodeOf(err) != "validation_refused" || !strings.Contains(err.Error(), want) {
		t.Errorf("%.300v", err)
	}
}
