package store_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/integration"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/egress"
	"usher/internal/store"
	"usher/internal/vault"
)

// internet answers everybody and remembers what it was sent.
type internet struct {
	mu    sync.Mutex
	calls []string // URL, headers and body of each
}

func (n *internet) Fetch(_ context.Context, c integration.Call) (integration.Reply, error) {
	text := c.URL.Reveal()
	for _, h := range c.Headers {
		text += "\n" + h.Name + ": " + h.Value.Reveal()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls = append(n.calls, text+"\n"+string(c.Body))
	return integration.Reply{Status: 200, Body: []byte(`{"value":"fine"}`)}, nil
}

func (n *internet) take() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	calls := n.calls
	n.calls = nil
	return calls
}

// anywhere is the guard without a network.
type anywhere struct{}

func (anywhere) CheckTarget(requesttemplate.Template, bool) error                 { return nil }
func (anywhere) CheckReach(context.Context, requesttemplate.Template, bool) error { return nil }
func (anywhere) SameSite(a, b requesttemplate.Host) bool                          { return egress.SameSite(a, b) }

const (
	sentinel          = "sentinel-b7c1e0"
	victim            = snowflake.Guild(5)
	attackersOwn      = snowflake.Guild(6)
	honest            = "good.example.com"
	evil              = "evil.example.org"
	attacker, manager = snowflake.User(66), snowflake.User(7)
)

// scene is the whole of integrations over a real database and real sealing, with an attacker who owns one that is approved, and a guild
// that gave it a secret.
type scene struct {
	*testing.T
	catalog  *integration.Catalog
	resolver *integration.Resolver
	net      *internet
	db       *store.DB
	id       integration.ID
}

func (scene) author() audit.Actor   { return audit.Actor{User: attacker, Via: audit.Dashboard} }
func (scene) operator() audit.Actor { return audit.Actor{User: 1, Via: audit.Dashboard} }
func (scene) manager() audit.Actor  { return audit.Actor{User: manager, Via: audit.Dashboard} }

func honestIntegration() integration.Integration {
	return integration.Integration{
		Name: "Helpful", Description: "Helps", Method: integration.GET, URL: "https://" + honest + "/v1", Secrets: []integration.Secret{{Name: "key"}, {Name: "id"}},
		Headers:      []integration.Header{{Name: "Authorization", Value: secret.New("Bearer %key%")}},
		Placeholders: []integration.Placeholder{{Name: "value", Path: "value"}},
	}
}

func newScene(t *testing.T, db *store.DB) *scene {
	t.Helper()
	text, err := vault.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := vault.FromText(text)
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, net: &internet{}, db: db}
	rows, log := db.Integrations(), slog.New(slog.DiscardHandler)
	active := guild.NewCache(rows.Active, time.Now, time.Hour, 100)
	signer := &integration.Signer{Store: rows, Sealer: sealer, Random: rand.Reader, Now: time.Now}
	s.catalog = &integration.Catalog{
		Store: rows, Activations: rows, Listing: rows, Sealer: sealer, Signer: signer, Fetcher: s.net, Guard: anywhere{},
		Limits: integration.DefaultLimits(), NewID: func() integration.ID { return integration.ID(strings.ToLower(rand.Text())) }, Now: time.Now, Changed: active.Forget,
	}
	wait := func(context.Context, time.Duration) error { return errors.New("nothing waits here") }
	s.resolver, err = integration.NewResolver(integration.Parts{
		Active: active, Sealer: sealer, Signer: signer, Fetch: s.net, Guard: anywhere{}, Limits: integration.DefaultLimits(), Tuning: integration.DefaultTuning(),
		Journal: integration.NewJournal(db.Deliveries(), rand.Text, wait, log), Now: time.Now, Wait: wait, Log: log,
	})
	s.must(err)
	made, err := s.catalog.Create(t.Context(), s.author(), honestIntegration())
	s.must(err)
	s.id = made.ID
	s.must(s.catalog.RequestPublication(t.Context(), s.author(), s.id, 1))
	s.must(s.catalog.Approve(t.Context(), s.operator(), s.id, 1))
	s.must(s.catalog.Activate(t.Context(), s.manager(), victim, s.id, 1, s.values()))
	return s
}

func (scene) values() map[string]secret.Value {
	return map[string]secret.Value{"key": secret.New(sentinel), "id": secret.New(sentinel + "-id")}
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// edit is the attacker's: it changes the newest revision and gives its number.
func (s *scene) edit(change func(*integration.Integration)) int64 {
	s.Helper()
	own, err := s.catalog.Own(s.Context(), s.author(), s.id)
	s.must(err)
	change(&own.Integration)
	saved, err := s.catalog.Update(s.Context(), s.author(), own.Integration)
	s.must(err)
	return saved.Revision.Number
}

func (s *scene) approve(number int64) {
	s.Helper()
	s.must(s.catalog.Approve(s.Context(), s.operator(), s.id, number))
}

// ticket opens one in a guild and gives what went out for it.
func (s *scene) ticket(g snowflake.Guild) string {
	s.Helper()
	s.net.take()
	run := s.resolver.Begin(s.Context(), integration.Subject{Guild: g, User: 9, Ticket: 1, IsNew: true, Answers: []integration.Answer{{Question: "q", Text: "an answer"}}}, []string{"value"})
	run.Channel(3)
	if !run.Wait(s.Context()) {
		s.Fatal("not all answers came")
	}
	return strings.Join(s.net.take(), "\n\n")
}

// untouched demands that the victim's tickets still go to the honest host as they were approved, secret in its one place.
func (s *scene) untouched(after string) {
	s.Helper()
	sent := s.ticket(victim)
	if !strings.HasPrefix(sent, "https://"+honest+"/v1\nAuthorization: Bearer "+sentinel+"\n") || strings.Count(sent, sentinel) != 1 || strings.Contains(sent, evil) {
		s.Errorf("after %s the victim sends:\n%s", after, sent)
	}
}

func (s *scene) refused(after string, err error) {
	s.Helper()
	if fault.KindOf(err) != fault.Conflict || fault.CodeOf(err) != "integration_changed" {
		s.Errorf("%s: %v", after, err)
	}
}

func TestI30I41TheAttackerDoesNotGetTheSecret(t *testing.T) {
	t.Parallel()
	attacks := map[string]func(*scene){
		"an edit of the approved URL": func(s *scene) {
			s.edit(func(i *integration.Integration) { i.URL = "https://" + evil + "/%key%" })
		},
		"bait and switch before the operator's eyes": func(s *scene) {
			looked := s.edit(func(i *integration.Integration) { i.URL = "https://" + honest + "/v2" })
			review, err := s.catalog.Review(s.Context(), s.id)
			s.must(err)
			if review.Revision.Number != looked || review.Hosts[0] != honest {
				s.Errorf("review %+v", review)
			}
			s.edit(func(i *integration.Integration) { i.URL = "https://" + evil })
			s.refused("approving what was switched", s.catalog.Approve(s.Context(), s.operator(), s.id, looked))
		},
		"a switch back and forth": func(s *scene) {
			looked := s.edit(func(i *integration.Integration) { i.URL = "https://" + honest + "/v2" })
			s.edit(func(i *integration.Integration) { i.URL = "https://" + evil })
			s.edit(func(i *integration.Integration) { i.URL = "https://" + honest + "/v2" })
			s.refused("approving an older one", s.catalog.Approve(s.Context(), s.operator(), s.id, looked))
		},
		"an operator who approves another host": func(s *scene) {
			s.approve(s.edit(func(i *integration.Integration) { i.URL = "https://" + evil }))
		},
		"an operator who approves a look-alike host": func(s *scene) {
			s.approve(s.edit(func(i *integration.Integration) { i.URL = "https://" + honest + "." + evil + "/v1" }))
		},
		"an approved header that carries the other secret": func(s *scene) {
			s.approve(s.edit(func(i *integration.Integration) {
				i.Headers = append(i.Headers, integration.Header{Name: "X-Id", Value: secret.New("%id%")})
			}))
		},
		"an approved URL that carries the secret into logs": func(s *scene) {
			s.approve(s.edit(func(i *integration.Integration) { i.URL = "https://" + honest + "/v1?k=%key%" }))
		},
		"an approved secret more": func(s *scene) {
			s.approve(s.edit(func(i *integration.Integration) { i.Secrets = append(i.Secrets, integration.Secret{Name: "third"}) }))
		},
		"going by a host without secrets": func(s *scene) {
			old := honestIntegration()
			s.edit(func(i *integration.Integration) { i.Secrets, i.Headers, i.URL = nil, nil, "https://"+evil })
			s.approve(s.edit(func(i *integration.Integration) { i.Secrets, i.Headers = old.Secrets, old.Headers }))
		},
		"unpublishing, editing, publishing again": func(s *scene) {
			s.must(s.catalog.Unpublish(s.Context(), s.author(), s.id))
			s.edit(func(i *integration.Integration) { i.URL = "https://" + evil })
			s.untouched("a private edit")
			own, err := s.catalog.Own(s.Context(), s.author(), s.id)
			s.must(err)
			s.must(s.catalog.RequestPublication(s.Context(), s.author(), s.id, own.Revision.Number))
			s.refused("approving the old one", s.catalog.Approve(s.Context(), s.operator(), s.id, 1))
		},
		"activating it in a guild of the attacker's": func(s *scene) {
			s.must(s.catalog.Activate(s.Context(), s.author(), attackersOwn, s.id, 1, map[string]secret.Value{"key": secret.New("own"), "id": secret.New("own")}))
			s.edit(func(i *integration.Integration) { i.URL = "https://" + evil })
			if sent := s.ticket(attackersOwn); strings.Contains(sent, evil) || strings.Contains(sent, "form_data") {
				s.Errorf("I-30: of a public one even its author uses what is approved: %s", sent)
			}
		},
		"writing into the database": func(s *scene) {
			s.edit(func(i *integration.Integration) { i.URL = "https://" + evil })
			// Tables alone are not enough: the value is sealed for the honest host.
			_, err := s.db.Tables().ExecContext(s.Context(), `UPDATE activations SET revision = 2`)
			s.must(err)
			s.catalog.Changed(victim)
			if sent := s.ticket(victim); sent != "" {
				s.Errorf("sent %s", sent)
			}
			_, err = s.db.Tables().ExecContext(s.Context(), `UPDATE activations SET revision = 1`)
			s.must(err)
			s.catalog.Changed(victim)
		},
		"another integration with the victim's row": func(s *scene) {
			other := honestIntegration()
			made, err := s.catalog.Create(s.Context(), s.author(), other)
			s.must(err)
			s.must(s.catalog.Activate(s.Context(), s.author(), attackersOwn, made.ID, 1, map[string]secret.Value{"key": secret.New("own"), "id": secret.New("own")}))
			_, err = s.db.Tables().ExecContext(s.Context(), `UPDATE activation_secrets SET sealed = (SELECT sealed FROM activation_secrets WHERE guild_id = 5 AND name = 'key')
				WHERE guild_id = 6 AND name = 'key'`)
			s.must(err)
			s.catalog.Changed(attackersOwn)
			if sent := s.ticket(attackersOwn); sent != "" { // secret-07
				s.Errorf("sent %s", sent)
			}
		},
	}
	for name, open := range engines() {
		for what, attack := range attacks {
			t.Run(name+"/"+what, func(t *testing.T) {
				t.Parallel()
				s := newScene(t, open(t))
				s.untouched("activation")
				attack(s)
				s.untouched(what)
			})
		}
	}
}

// The attacker edits as fast as he can while the operator approves whatever waits, after looking at it: only honest ones. Whatever
// order they come in, the victim sends to the honest host alone, and what is live was looked at.
func TestI30TheAttackerRacesTheOperator(t *testing.T) {
	t.Parallel()
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, open(t))
			const rounds = 25
			var work sync.WaitGroup
			work.Go(func() {
				for n := range rounds {
					own, err := s.catalog.Own(t.Context(), s.author(), s.id)
					if err == nil {
						own.URL = fmt.Sprintf("https://%s/v1?round=%d", []string{honest, evil}[n%2], n)
						_, err = s.catalog.Update(t.Context(), s.author(), own.Integration)
					}
					if err != nil && fault.KindOf(err) != fault.Conflict {
						t.Error(err)
					}
				}
			})
			work.Go(func() {
				for range rounds {
					review, err := s.catalog.Review(t.Context(), s.id)
					if err == nil && review.Hosts[0] == honest {
						err = s.catalog.Approve(t.Context(), s.operator(), s.id, review.Revision.Number)
					}
					if k := fault.KindOf(err); err != nil && k != fault.Conflict && k != fault.NotFound {
						t.Error(err)
					}
				}
			})
			work.Go(func() {
				for range rounds {
					if sent := s.ticket(victim); !strings.HasPrefix(sent, "https://"+honest+"/v1") {
						t.Errorf("the victim sends %s", sent)
					}
					if card, err := s.catalog.Show(t.Context(), manager, s.id); err != nil || card.Host != honest {
						t.Errorf("live: %+v, %v", card, err)
					}
				}
			})
			work.Wait()
		})
	}
}

// Servers add it while its author makes harmless changes: at the end all of them use the newest revision, with their values.
func TestI30NobodyIsLeftBehindByHarmlessChanges(t *testing.T) {
	t.Parallel()
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, open(t))
			const guilds, rounds = 6, 12
			var work sync.WaitGroup
			work.Go(func() {
				for n := range rounds {
					s.approve(s.edit(func(i *integration.Integration) { i.URL = fmt.Sprintf("https://%s/v1?round=%d", honest, n) }))
				}
			})
			for g := range snowflake.Guild(guilds) {
				work.Go(func() {
					for {
						card, err := s.catalog.Show(t.Context(), manager, s.id)
						if err == nil {
							err = s.catalog.Activate(t.Context(), s.manager(), 100+g, s.id, card.Revision, s.values())
						}
						if err == nil {
							return
						}
						if fault.CodeOf(err) != "integration_changed" {
							t.Error(err)
							return
						}
					}
				})
			}
			work.Wait()
			want := fmt.Sprintf("https://%s/v1?round=%d\nAuthorization: Bearer %s\n", honest, rounds-1, sentinel)
			for g := range snowflake.Guild(guilds) {
				if sent := s.ticket(100 + g); !strings.HasPrefix(sent, want) {
					t.Errorf("guild %d sends %s", 100+g, sent)
				}
			}
		})
	}
}

// A server that uses somebody's integration reads what became of it, and not who its author and the instance's operator are (I-31).
func TestI31ServersReadWhatBecameOfItAndNotWhoDidIt(t *testing.T) {
	t.Parallel()
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t, open(t))
			s.approve(s.edit(func(i *integration.Integration) { i.URL = "https://" + honest + "/v2" }))
			s.must(s.catalog.Revoke(t.Context(), s.operator(), s.id, "It does harm."))
			other, err := s.catalog.Create(t.Context(), s.author(), honestIntegration())
			s.must(err)
			s.must(s.catalog.RequestPublication(t.Context(), s.author(), other.ID, 1))
			s.must(s.catalog.Approve(t.Context(), s.operator(), other.ID, 1))
			s.must(s.catalog.Activate(t.Context(), s.manager(), victim, other.ID, 1, s.values()))
			s.must(s.catalog.Delete(t.Context(), s.author(), other.ID))
			read, err := s.db.Audit().Entries(t.Context(), audit.Query{Guild: victim, Limit: 50})
			s.must(err)
			var told []audit.Action
			for _, e := range read {
				if e.Actor.User != manager {
					told = append(told, e.Action)
					if e.Actor != (audit.Actor{Via: audit.Program}) {
						t.Errorf("%s names %+v", e.Action, e.Actor)
					}
				}
			}
			want := []audit.Action{audit.IntegrationDeleted, audit.IntegrationRevoked, audit.IntegrationUpdated}
			if diff := cmp.Diff(want, told); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
