package account

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

const (
	ann  snowflake.User  = 101
	home snowflake.Guild = 201
)

// sealer keeps what it seals readable, with the purpose before it.
type sealer struct{}

func (sealer) Seal(_ context.Context, p secret.Purpose, v secret.Value) ([]byte, error) {
	return []byte(p.Kind + "|" + strings.Join(p.Bounds, "|") + "|" + v.Reveal()), nil
}

func (sealer) Open(_ context.Context, p secret.Purpose, sealed []byte) (secret.Value, error) {
	text, ok := strings.CutPrefix(string(sealed), p.Kind+"|"+strings.Join(p.Bounds, "|")+"|")
	if !ok {
		return secret.Value{}, errors.New("it does not open")
	}
	return secret.New(text), nil
}

// sessions keeps sessions in memory.
type sessions struct {
	mu      sync.Mutex
	rows    map[string]SessionRecord
	touches int
}

func (s *sessions) CreateSession(_ context.Context, r SessionRecord, _ time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows[r.ID] = r
	return nil
}

func (s *sessions) SessionByHash(_ context.Context, hash []byte) (SessionRecord, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if slices.Equal(r.Hash, hash) {
			return r, nil
		}
	}
	return SessionRecord{}, fault.New(fault.NotFound, "session_not_found", "None.")
}

func (s *sessions) TouchSession(_ context.Context, id string, at time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.rows[id]; ok {
		s.touches++
		r.Seen = at
		s.rows[id] = r
	}
	return nil
}

func (s *sessions) SessionsOf(_ context.Context, user snowflake.User) (all []Session, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rows {
		if r.Person.ID == user {
			all = append(all, r.Session)
		}
	}
	return all, nil
}

func (s *sessions) EndSession(_ context.Context, user snowflake.User, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rows[id].Person.ID != user {
		return fault.New(fault.NotFound, "session_not_found", "None.")
	}
	delete(s.rows, id)
	return nil
}

func (s *sessions) EndSessions(_ context.Context, user snowflake.User) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.rows, func(_ string, r SessionRecord) bool { return r.Person.ID == user })
	return nil
}

// discord answers as Discord would.
type discord struct {
	guilds  []Guild
	err     error
	asked   atomic.Int64
	revoked atomic.Int64
	wait    chan struct{} // Guilds waits for it
	life    time.Duration
	now     func() time.Time
	may     bool
}

func (d *discord) AuthorizeURL(redirect, state, _ string) string {
	return "https://discord.test/?" + redirect + "&" + state
}

func (d *discord) Exchange(context.Context, string, string, string) (Grant, error) {
	return Grant{Token: secret.New("grant"), Expires: d.now().Add(d.life)}, nil
}

func (d *discord) Me(context.Context, secret.Value) (Person, error) {
	return Person{ID: ann, Name: "ann"}, nil
}

func (d *discord) Guilds(ctx context.Context, token secret.Value) ([]Guild, error) {
	d.asked.Add(1)
	if token.Reveal() != "grant" {
		return nil, errors.New("another token")
	}
	if d.wait != nil {
		select {
		case <-d.wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return d.guilds, d.err
}

func (d *discord) Revoke(context.Context, secret.Value) error {
	d.revoked.Add(1)
	return d.err
}

func (d *discord) Here(snowflake.Guild) bool { return true }

func (d *discord) MayManage(context.Context, snowflake.Guild, snowflake.User) (bool, error) {
	d.asked.Add(1)
	return d.may, d.err
}

func (d *discord) InviteURL(snowflake.Guild) string { return "" }

// world is everything around, with a clock that stands.
type world struct {
	*SignIn
	discord *discord
	store   *sessions
	rights  *Rights
	now     time.Time
}

func newWorld() *world {
	w := &world{now: time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC), store: &sessions{rows: map[string]SessionRecord{}}}
	clock := func() time.Time { return w.now }
	w.discord = &discord{life: 30 * 24 * time.Hour, now: clock, may: true, guilds: []Guild{
		{ID: home, Permissions: PermissionManageGuild}, {ID: 202, Permissions: 1 << 10}, {ID: 203, Owner: true}, {ID: 204, Permissions: PermissionAdministrator},
	}}
	w.SignIn = &SignIn{Identity: w.discord, Store: w.store, Sealer: sealer{}, Random: rand.Reader, Now: clock}
	w.rights = NewRights(w.SignIn, w.discord)
	return w
}

func (w *world) come(t *testing.T) (Session, secret.Value) {
	t.Helper()
	d, err := w.Begin(t.Context(), "https://u.test/back", "/there")
	if err != nil {
		t.Fatal(err)
	}
	s, token, path, err := w.Finish(t.Context(), Return{Pending: d.Pending, State: d.State, Code: "code", Redirect: "https://u.test/back", Agent: "\u202e" + strings.Repeat("é", 500)})
	if err != nil || path != "/there" || s.Agent != strings.Repeat("é", maxAgent) {
		t.Fatalf("%v, %q, %q", err, path, s.Agent)
	}
	return s, token
}

func (w *world) want(t *testing.T, token secret.Value, alive bool, why string) {
	t.Helper()
	_, err := w.Session(t.Context(), token)
	if alive && err != nil || !alive && fault.CodeOf(err) != CodeSignedOut {
		t.Errorf("%s: %v", why, err)
	}
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		life  time.Duration // of Discord's grant
		steps []time.Duration
		alive bool
	}{
		"at once":              {SessionLife, []time.Duration{0}, true},
		"used now and then":    {SessionLife, []time.Duration{SessionIdle - 1, SessionIdle - 1, 0}, true},
		"never used":           {SessionLife, []time.Duration{SessionIdle}, false},
		"used, but for long":   {SessionLife, []time.Duration{SessionIdle - 1, SessionIdle - 1, 24*time.Hour + 2}, false},
		"longer grant":         {2 * SessionLife, []time.Duration{SessionIdle - 1, SessionIdle - 1, 24*time.Hour + 2}, false},
		"the grant ends first": {time.Hour, []time.Duration{time.Hour}, false},
		"the grant still is":   {time.Hour, []time.Duration{time.Hour - 1}, true},
	} {
		w := newWorld()
		w.discord.life = c.life
		_, token := w.come(t)
		for i, step := range c.steps {
			w.now = w.now.Add(step)
			w.want(t, token, c.alive || i < len(c.steps)-1, name)
		}
		if gone := len(w.store.rows) == 0; gone == c.alive {
			t.Errorf("%s: %d rows", name, len(w.store.rows))
		}
	}
}

func TestLastUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, token := w.come(t)
	for range 180 {
		w.now = w.now.Add(time.Second)
		w.want(t, token, true, "in use")
	}
	if w.store.touches != 3 {
		t.Errorf("%d writes in three minutes", w.store.touches)
	}
}

func TestOnlyTheTokenOpens(t *testing.T) {
	t.Parallel()
	w := newWorld()
	s, token := w.come(t)
	for _, text := range []string{"", s.ID, token.Reveal()[1:], token.Reveal() + "A", string(w.store.rows[s.ID].Hash)} {
		w.want(t, secret.New(text), false, text)
	}
	if strings.Contains(string(w.store.rows[s.ID].Hash), token.Reveal()) || len(token.Reveal()) != 43 {
		t.Error("the token is stored or too short")
	}
	w.want(t, token, true, "the token")
}

func TestSignInIsBoundToItsBrowserAndTime(t *testing.T) {
	t.Parallel()
	w := newWorld()
	d, err := w.Begin(t.Context(), "r", "/")
	if err != nil {
		t.Fatal(err)
	}
	other, err := w.Begin(t.Context(), "r", "/")
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(why string, r Return) {
		t.Helper()
		if _, _, _, err := w.Finish(t.Context(), r); fault.CodeOf(err) != "sign_in_stale" {
			t.Errorf("%s: %v", why, err)
		}
	}
	refuse("no cookie", Return{State: d.State, Code: "c"})
	refuse("another's cookie", Return{Pending: other.Pending, State: d.State, Code: "c"})
	refuse("no state", Return{Pending: d.Pending, Code: "c"})
	refuse("no code", Return{Pending: d.Pending, State: d.State})
	refuse("a broken cookie", Return{Pending: "****", State: d.State, Code: "c"})
	refuse("a made-up cookie", Return{Pending: "e30", State: "", Code: "c"})
	w.now = w.now.Add(SignInTime + 1)
	refuse("too late", Return{Pending: d.Pending, State: d.State, Code: "c"})
	if len(w.store.rows) != 0 {
		t.Error("somebody is signed in")
	}
}

func TestSignOutEverywhereRevokesAtDiscordAndEndsAllTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, first := w.come(t)
	_, second := w.come(t)
	r, err := w.Session(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	w.discord.err = fault.New(fault.Unavailable, "discord_unreachable", "Down.")
	if err := w.SignOutEverywhere(t.Context(), r); err != nil {
		t.Error(err)
	}
	w.want(t, first, false, "first")
	w.want(t, second, false, "second")
	if w.discord.revoked.Load() != 1 {
		t.Error("the grant stays")
	}
}

func TestRightsAreAskedOnceAndForgottenAfterFiveMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, token := w.come(t)
	r, err := w.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	w.discord.wait = make(chan struct{})
	gone, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { // the one that asked first goes away; the others are served all the same
		if _, err := w.rights.Manageable(gone, r); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	for range 20 {
		all.Go(func() {
			if may, err := w.rights.SessionManages(t.Context(), r, home); !may || err != nil {
				t.Errorf("%v, %v", may, err)
			}
		})
	}
	leave()
	close(w.discord.wait)
	all.Wait()
	if n := w.discord.asked.Load(); n > 2 {
		t.Errorf("Discord was asked %d times", n)
	}
	before := w.discord.asked.Load()
	for g, want := range map[snowflake.Guild]bool{home: true, 202: false, 203: true, 204: true, 205: false} {
		if may, err := w.rights.SessionManages(t.Context(), r, g); may != want || err != nil {
			t.Errorf("guild %s: %v, %v", g, may, err)
		}
	}
	w.discord.guilds = nil
	w.now = w.now.Add(RightsLife)
	if may, _ := w.rights.SessionManages(t.Context(), r, home); !may || w.discord.asked.Load() != before {
		t.Error("it was asked again too soon")
	}
	w.now = w.now.Add(1)
	if may, err := w.rights.SessionManages(t.Context(), r, home); may || err != nil {
		t.Errorf("rights stay: %v, %v", may, err)
	}
}

// TestNoRightsWhereDiscordIsSilent: after five minutes nothing is left of what was known.
func TestNoRightsWhereDiscordIsSilent(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, token := w.come(t)
	r, err := w.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if may, _ := w.rights.SessionManages(t.Context(), r, home); !may {
		t.Fatal("no rights")
	}
	if may, _ := w.rights.KeyManages(t.Context(), Key{User: ann}, home); !may {
		t.Fatal("no rights")
	}
	w.discord.err = fault.New(fault.Unavailable, "discord_unreachable", "Down.")
	w.now = w.now.Add(RightsLife + 1)
	if may, err := w.rights.SessionManages(t.Context(), r, home); may || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v, %v", may, err)
	}
	if may, err := w.rights.KeyManages(t.Context(), Key{User: ann}, home); may || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v, %v", may, err)
	}
	w.discord.err = nil
	if may, err := w.rights.SessionManages(t.Context(), r, home); !may || err != nil {
		t.Errorf("an error was kept: %v, %v", may, err)
	}
	if may, err := w.rights.KeyManages(t.Context(), Key{User: ann, Guild: 999}, home); may || err != nil {
		t.Errorf("a key of another server: %v, %v", may, err)
	}
}

// TestAWithdrawnGrantEndsTheSession: who takes back at Discord what was granted is signed out here.
func TestAWithdrawnGrantEndsTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, token := w.come(t)
	r, err := w.Session(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	w.discord.err = fault.New(fault.Forbidden, CodeSignedOut, "Gone.")
	if _, err := w.rights.Manageable(t.Context(), r); fault.CodeOf(err) != CodeSignedOut {
		t.Error(err)
	}
	w.want(t, token, false, "after the grant")
}

func TestI25RotationKnowsTheGrantsPurpose(t *testing.T) {
	t.Parallel()
	got, err := SealedPurposes()["session_grant"]([]string{ann.String(), "abc"})
	if diff := cmp.Diff(grantPurpose(Session{ID: "abc", Person: Person{ID: ann}}), got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, bounds := range [][]string{nil, {"1"}, {"x", "abc"}} {
		if _, err := SealedPurposes()["session_grant"](bounds); err == nil {
			t.Errorf("%q makes a purpose", bounds)
		}
	}
}

func TestWhoDidIt(t *testing.T) {
	t.Parallel()
	p := Person{ID: ann}
	for want, c := range map[audit.Via]Caller{
		audit.APIKey: {Person: p, Key: &Key{Name: "ci"}}, audit.Dashboard: {Person: p, Session: &Session{}}, audit.SetupFile: {Person: p},
	} {
		actor := audit.Actor{User: ann, Via: want}
		if c.Key != nil {
			actor.Key = "ci"
		}
		if got := c.Actor(); got != actor {
			t.Errorf("%+v, want %s", got, want)
		}
	}
}
