package integration

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// TestI25RotationKnowsEveryPurpose: from what the store tells, the same purpose is made as when the value was sealed.
func TestI25RotationKnowsEveryPurpose(t *testing.T) {
	t.Parallel()
	i := Integration{ID: "game", Method: GET, URL: "https://Game.example.com:8443/%api_key%?q=%user_id%", Secrets: []Secret{{Name: "api_key"}}}
	origin, err := i.origin()
	if err != nil {
		t.Fatal(err)
	}
	const guild snowflake.Guild = 508392876359680000
	for _, c := range []struct {
		kind   string
		bounds []string
		want   secret.Purpose
	}{
		{"integration_header", []string{"game", "2", "X-Key"}, headerPurpose("game", 2, "X-Key")},
		{"integration_secret", []string{guild.String(), "game", i.URL, "api_key"}, secretPurpose(guild, "game", origin, "api_key")},
		{"integration_secret", []string{guild.String(), "game", "https://game.example.com:8443?key=%api_key%", "api_key"}, secretPurpose(guild, "game", origin, "api_key")},
		{"integration_signing_key", []string{"game"}, signingPurpose("game")},
		{"integration_signing_key_before", []string{"game"}, signingPurpose("game")},
	} {
		got, err := SealedPurposes()[c.kind](c.bounds)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s %q: %v\n%s", c.kind, c.bounds, err, diff)
		}
	}
	for kind, bounds := range map[string][]string{
		"integration_header": {"game", "x", "X-Key"}, "integration_secret": {"0x", "game", i.URL, "k"}, "integration_signing_key": {}, "integration_signing_key_before": {"a", "b"},
	} {
		if p, err := SealedPurposes()[kind](bounds); err == nil {
			t.Errorf("%s %q: %v", kind, bounds, p)
		}
	}
	for _, url := range []string{"", "game.example", "https://%x%.example/", "ftp://a.example"} {
		if p, err := SealedPurposes()["integration_secret"]([]string{"1", "game", url, "k"}); err == nil {
			t.Errorf("%q: %v", url, p)
		}
	}
}
