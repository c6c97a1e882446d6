package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/integration"
	"usher/internal/store"
	"usher/internal/store/postgrestest"
)

// statement is SQL with its arguments.
type statement struct {
	text string
	args []any
}

// beforeRevisions writes the rows of a database from before there were revisions, as that release wrote them.
func beforeRevisions() []statement {
	return []statement{
		{`INSERT INTO integrations (integration_id, owner_id, name, name_folded, description, logo, privacy, public, placeholders, created_at, changed_at, signing_key)
			VALUES ('game', 7, 'Game Lookup', 'game lookup', 'Scores of PLAYERS', '', 'https://x.example/p', FALSE, '[{"name":"score","path":"a.b"}]', 1000, 2000, NULL),
				('bare', 8, 'Bare', 'bare', 'd', '', '', TRUE, '[]', 3000, 3000, NULL)`, nil},
		{`INSERT INTO integration_requests (integration_id, method, url, secrets)
			VALUES ('game', 'POST', 'https://game.example/?k=%key%', '[{"name":"key","description":"d"}]'), ('bare', 'GET', 'https://bare.example', '[]')`, nil},
		{
			`INSERT INTO integration_headers (integration_id, place, name, sealed) VALUES ('game', 1, 'Second', $1), ('game', 0, 'First', $2)`,
			[]any{[]byte("two"), []byte("one")},
		},
		{`INSERT INTO activations (guild_id, integration_id, place, activated_by, activated_at) VALUES (5, 'game', 1, 7, 4000), (6, 'bare', 1, 9, 5000)`, nil},
		{
			`INSERT INTO activation_secrets (guild_id, integration_id, place, name, sealed) VALUES (5, 'game', 0, 'key', $1)`,
			[]any{[]byte("sealed value")},
		},
	}
}

func TestI30MigrationMakesRevisionOneOfWhatIsThere(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func() store.Config{
		"sqlite":   func() store.Config { return store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "usher.db")} },
		"postgres": func() store.Config { return store.Config{URL: postgrestest.Open(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := opened(t, config())
			if err := db.MigrateTo(t.Context(), 6); err != nil {
				t.Fatal(err)
			}
			for _, s := range beforeRevisions() {
				if _, err := db.Tables().ExecContext(t.Context(), s.text, s.args...); err != nil {
					t.Fatalf("%s: %v", s.text, err)
				}
			}
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			active, err := db.Integrations().Active(t.Context(), 5)
			if err != nil {
				t.Fatal(err)
			}
			at := func(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
			want := integration.Activation{Guild: 5, By: 7, At: at(4000), Version: 1, Record: integration.Record{
				Integration: integration.Integration{
					ID: "game", Owner: 7, Name: "Game Lookup", Description: "Scores of PLAYERS", Privacy: "https://x.example/p", Method: integration.POST,
					URL: "https://game.example/?k=%key%", Secrets: []integration.Secret{{Name: "key", Description: "d"}},
					Placeholders: []integration.Placeholder{{Name: "score", Path: "a.b"}}, Version: 1, Created: at(1000), Changed: at(2000),
				},
				Revision: integration.Revision{Number: 1, State: integration.Draft, By: 7, At: at(1000)}, Newest: 1, Live: 1,
				Sealed: []integration.Sealed{{Name: "First", Sealed: []byte("one")}, {Name: "Second", Sealed: []byte("two")}},
			}, Secrets: []integration.Sealed{{Name: "key", Sealed: []byte("sealed value")}}}
			if diff := cmp.Diff([]integration.Activation{want}, active); diff != "" {
				t.Errorf("after the migration (-want +got):\n%s", diff)
			}
			bare, err := db.Integrations().Integration(t.Context(), "bare")
			if err != nil || !bare.Public || bare.Revision.State != integration.Approved || bare.Guilds != 1 || bare.URL != "https://bare.example" {
				t.Errorf("%+v, %v", bare, err)
			}
			found, err := db.Integrations().OwnedPage(t.Context(), 7, integration.Query{Search: "players GAME", Limit: 1})
			if err != nil || len(found.Items) != 1 {
				t.Errorf("search finds %d, %v", len(found.Items), err)
			}
		})
	}
}
