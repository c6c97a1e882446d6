package bloxlink_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/bloxlink"
	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

const (
	home   snowflake.Guild = 508392876359680000
	abroad snowflake.Guild = 508392876359680001
	ryan   snowflake.User  = 585576154958921739
	mia    snowflake.User  = 585576154958921740

	operatorsKey = "operators-sesame"
	guildsKey    = "guilds-sesame"
)

// The documented answers.
const (
	linkedAnswer  = `{"robloxID":"1","resolved":{}}`
	nobodyAnswer  = `{"error":"User not found"}`
	profileAnswer = `{"description":"Welcome","created":"2006-02-27T21:06:40.3Z","isBanned":false,"externalAppDisplayName":null,"hasVerifiedBadge":true,"id":1,"name":"Roblox","displayName":"Mr. Roblox"}`
	goneAnswer    = `{"errors":[{"code":3,"message":"The user id is invalid.","userFacingMessage":"Something went wrong"}]}`
)

// services are Bloxlink and Roblox.
type services struct {
	mu      sync.Mutex
	answers map[string]bloxlink.Answer // by path
	down    bool
	asked   []string // path and key
	held    chan struct{}
}

func (s *services) Get(ctx context.Context, r bloxlink.Request) (bloxlink.Answer, error) {
	path := strings.TrimPrefix(strings.TrimPrefix(r.URL, "https://api.blox.link"), "https://users.roblox.com")
	s.mu.Lock()
	s.asked = append(s.asked, strings.TrimSpace(path+" "+r.Key.Reveal()))
	answer, ok := s.answers[path]
	down, held := s.down, s.held
	s.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-ctx.Done():
			return bloxlink.Answer{}, ctx.Err()
		}
	}
	if down {
		return bloxlink.Answer{}, errors.New("no connection")
	}
	if !ok {
		return bloxlink.Answer{Status: 404, Body: []byte(nobodyAnswer)}, nil
	}
	return answer, nil
}

func (s *services) set(path string, status int, body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[path] = bloxlink.Answer{Status: status, Body: []byte(body)}
}

func (s *services) wantAsked(t *testing.T, want ...string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if diff := cmp.Diff(want, s.asked); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	s.asked = nil
}

// drawer keeps keys, sealed by turning them round.
type drawer struct {
	mu      sync.Mutex
	keys    map[snowflake.Guild][]byte
	entries []audit.Entry
	fails   error
}

var errNone = fault.New(fault.NotFound, "bloxlink_key_not_found", "None.")

func (d *drawer) BloxlinkKey(_ context.Context, g snowflake.Guild) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails != nil {
		return nil, d.fails
	}
	sealed, ok := d.keys[g]
	if !ok {
		return nil, errNone
	}
	return sealed, nil
}

func (d *drawer) SaveBloxlinkKey(_ context.Context, g snowflake.Guild, sealed []byte, entries ...audit.Entry) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keys[g], d.entries = sealed, append(d.entries, entries...)
	return nil
}

func (d *drawer) DeleteBloxlinkKey(_ context.Context, g snowflake.Guild, entries ...audit.Entry) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.keys[g]; !ok {
		return errNone
	}
	delete(d.keys, g)
	d.entries = append(d.entries, entries...)
	return nil
}

func (d *drawer) Seal(_ context.Context, p secret.Purpose, v secret.Value) ([]byte, error) {
	return fmt.Appendf(nil, "%v|%s", p, v.Reveal()), nil
}

func (d *drawer) Open(_ context.Context, p secret.Purpose, sealed []byte) (secret.Value, error) {
	clear, ok := bytes.CutPrefix(sealed, fmt.Appendf(nil, "%v|", p))
	if !ok {
		return secret.Value{}, errors.New("does not open")
	}
	return secret.New(string(clear)), nil
}

// house is a source with a clock and a log that the test holds.
type house struct {
	*bloxlink.Source

	t      *testing.T
	out    *services
	drawer *drawer
	now    time.Time
	mu     sync.Mutex
	log    bytes.Buffer
}

func newHouse(t *testing.T, operator string) *house {
	t.Helper()
	h := &house{t: t, out: &services{answers: map[string]bloxlink.Answer{}}, drawer: &drawer{keys: map[snowflake.Guild][]byte{}}, now: time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)}
	h.Source = bloxlink.New(bloxlink.Parts{
		Fetcher: h.out, Store: h.drawer, Sealer: h.drawer, Operator: secret.New(operator), Log: slog.New(slog.NewTextHandler(h, nil)),
		Now: func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now },
	})
	h.out.set("/v4/public/discord-to-roblox/"+ryan.String(), 200, linkedAnswer)
	h.out.set("/v1/users/1", 200, profileAnswer)
	t.Cleanup(func() {
		if strings.Contains(h.logged(), "sesame") {
			t.Errorf("the log holds a key: %s", h.logged())
		}
	})
	return h
}

// Write takes the log.
func (h *house) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.Write(p)
}

func (h *house) logged() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.log.String()
}

func (h *house) later(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// name looks a user up and gives the user name, "" where there is none.
func (h *house) name(g snowflake.Guild, user snowflake.User) string {
	h.t.Helper()
	run := h.Begin(h.t.Context(), g, user, []string{"roblox_username"})
	if !run.Wait(h.t.Context()) {
		h.t.Fatal("no answer")
	}
	v := run.Values()["roblox_username"]
	if v.Missing != (v.Text == "") || v.Pending {
		h.t.Errorf("value %+v", v)
	}
	return v.Text
}

func (h *house) wantName(want string) {
	h.t.Helper()
	if got := h.name(home, ryan); got != want {
		h.t.Errorf("name %q, want %q", got, want)
	}
}

// wantStatus demands a status; no code: all is well.
func (h *house) wantStatus(key bloxlink.KeySource, code bloxlink.Code, roblox bool) {
	h.t.Helper()
	s, err := h.Status(h.t.Context(), home)
	if err != nil || s.Key != key {
		h.t.Errorf("status %+v, %v", s, err)
	}
	switch {
	case code == "" && s.Trouble != nil:
		h.t.Errorf("trouble %v", s.Trouble)
	case code != "" && (s.Trouble == nil || s.Trouble.Code != code || s.Trouble.Roblox != roblox || len(s.Trouble.Text()) < 30):
		h.t.Errorf("trouble %v, want %s", s.Trouble, code)
	}
}

func TestI37AllValuesOfALinkedAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t, operatorsKey)
	names := []string{"username", "bloxlink.roblox_id", "bloxlink.nothing", "game.roblox_id"}
	names = append(names, bloxlink.Names()...)
	run := h.Begin(t.Context(), home, ryan, names)
	if !run.Wait(t.Context()) {
		t.Fatal("no answer")
	}
	want := map[string]placeholder.Value{
		"roblox_username": {Text: "Roblox"}, "roblox_display_name": {Text: "Mr. Roblox"}, "roblox_id": {Text: "1"}, "bloxlink.roblox_id": {Text: "1"},
		"roblox_profile_url": {Text: "https://www.roblox.com/users/1/profile", Format: placeholder.URL},
		"roblox_account_age": {Text: "2006-02-27T21:06:40Z", Format: placeholder.Timestamp}, "roblox_account_created": {Text: "2006-02-27"},
	}
	if diff := cmp.Diff(want, run.Values()); diff != "" {
		t.Error(diff)
	}
	h.out.wantAsked(t, "/v4/public/discord-to-roblox/"+ryan.String()+" "+operatorsKey, "/v1/users/1")
	h.wantStatus(bloxlink.OperatorsKey, "", false)
}

// Nobody is contacted for a text without its placeholders: the opener's id is personal data (I-6).
func TestI37NobodyIsContactedInVain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, operatorsKey)
	run := h.Begin(t.Context(), home, ryan, []string{"username", "roblox", "roblox_", "game.roblox_id", "ticket.roblox_id"})
	if !run.Wait(t.Context()) || len(run.Values()) != 0 {
		t.Errorf("%v", run.Values())
	}
	h.out.wantAsked(t)
}

func TestI37AnswersAreKeptForADayNotLinkedToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t, operatorsKey)
	both := func() {
		t.Helper()
		h.wantName("Roblox")
		if got := h.name(abroad, mia); got != "" {
			t.Errorf("name %q", got)
		}
	}
	requests := []string{"/v4/public/discord-to-roblox/" + ryan.String() + " " + operatorsKey, "/v1/users/1", "/v4/public/discord-to-roblox/" + mia.String() + " " + operatorsKey}
	both()
	h.out.wantAsked(t, requests...)
	both()
	h.later(24*time.Hour - time.Second)
	both()
	h.out.wantAsked(t)
	h.later(2 * time.Second)
	both()
	h.out.wantAsked(t, requests...)
	h.wantStatus(bloxlink.OperatorsKey, "", false)
	if h.logged() != "" {
		t.Errorf("the log says %s", h.logged())
	}
}

func TestI37AGuildsOwnKeyGoesFirst(t *testing.T) {
	t.Parallel()
	h := newHouse(t, operatorsKey)
	by := audit.Actor{User: mia, Via: audit.Dashboard}
	if err := h.SetKey(t.Context(), home, by, secret.New(guildsKey)); err != nil {
		t.Fatal(err)
	}
	path := "/v4/public/guilds/" + home.String() + "/discord-to-roblox/"
	h.out.wantAsked(t, path+mia.String()+" "+guildsKey) // whether the key is right
	h.out.set(path+ryan.String(), 200, `{"robloxID":2}`)
	h.out.set("/v1/users/2", 200, strings.Replace(profileAnswer, `"Roblox"`, `"Guildie"`, 1))
	h.wantName("Guildie")
	h.out.wantAsked(t, path+ryan.String()+" "+guildsKey, "/v1/users/2")
	h.wantStatus(bloxlink.GuildsKey, "", false)
	if got := h.name(abroad, ryan); got != "Roblox" { // another guild is not served with it, nor with what it gave
		t.Errorf("abroad: %q", got)
	}
	h.out.wantAsked(t, "/v4/public/discord-to-roblox/"+ryan.String()+" "+operatorsKey, "/v1/users/1")
	if err := h.RemoveKey(t.Context(), home, by); err != nil {
		t.Fatal(err)
	}
	h.wantName("Roblox")
	if err := h.RemoveKey(t.Context(), home, by); fault.KindOf(err) != fault.NotFound {
		t.Errorf("again: %v", err)
	}
	var actions []string
	for _, e := range h.drawer.entries {
		actions = append(actions, string(e.Action))
		if e.Guild != home || e.Actor != by || strings.Contains(fmt.Sprint(e), "sesame") {
			t.Errorf("entry %+v", e)
		}
	}
	if diff := cmp.Diff([]string{"bloxlink.key_set", "bloxlink.key_removed"}, actions); diff != "" {
		t.Error(diff)
	}
}

func TestI37WithoutAKeyTheReasonIsKnown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.wantName("")
	h.out.wantAsked(t)
	h.wantStatus(bloxlink.NoKeyAtAll, bloxlink.NoKey, false)
	if h.logged() != "" {
		t.Errorf("the log says %s", h.logged())
	}
}

// Every way to fail shows the fallback, is told to those who ask, is not kept as an answer, and is not asked again at once.
func TestI37FailuresAreToldAndPaused(t *testing.T) {
	t.Parallel()
	link, profile := "/v4/public/discord-to-roblox/"+ryan.String(), "/v1/users/1"
	for name, c := range map[string]struct {
		path   string
		answer bloxlink.Answer
		down   bool
		code   bloxlink.Code
		pause  time.Duration
	}{
		"bad key":                  {link, bloxlink.Answer{Status: 401, Body: []byte(`{"error":"Invalid API key"}`)}, false, bloxlink.KeyRefused, 5 * time.Minute},
		"key without the right":    {link, bloxlink.Answer{Status: 403}, false, bloxlink.KeyRefused, 5 * time.Minute},
		"limit":                    {link, bloxlink.Answer{Status: 429}, false, bloxlink.Limited, time.Minute},
		"limit that says till":     {link, bloxlink.Answer{Status: 429, RetryAfter: 10 * time.Minute}, false, bloxlink.Limited, 10 * time.Minute},
		"limit that says for ever": {link, bloxlink.Answer{Status: 429, RetryAfter: 999 * time.Hour}, false, bloxlink.Limited, time.Hour},
		"broken":                   {link, bloxlink.Answer{Status: 502, Body: []byte("<html>")}, false, bloxlink.Failing, 30 * time.Second},
		"down":                     {link, bloxlink.Answer{}, true, bloxlink.Unreachable, 30 * time.Second},
		"no JSON":                  {link, bloxlink.Answer{Status: 200, Body: []byte("<html>")}, false, bloxlink.BadAnswer, 30 * time.Second},
		"JSON without an id":       {link, bloxlink.Answer{Status: 200, Body: []byte(`{}`)}, false, bloxlink.BadAnswer, 30 * time.Second},
		"an id that is a path":     {link, bloxlink.Answer{Status: 200, Body: []byte(`{"robloxID":"1/../2"}`)}, false, bloxlink.BadAnswer, 30 * time.Second},
		"Roblox limits":            {profile, bloxlink.Answer{Status: 429}, false, bloxlink.Limited, time.Minute},
		"Roblox refuses":           {profile, bloxlink.Answer{Status: 403}, false, bloxlink.Failing, 30 * time.Second},
		"Roblox broken":            {profile, bloxlink.Answer{Status: 503}, false, bloxlink.Failing, 30 * time.Second},
		"Roblox without a name":    {profile, bloxlink.Answer{Status: 200, Body: []byte(`{"id":1}`)}, false, bloxlink.BadAnswer, 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, operatorsKey)
			right := h.out.answers[c.path]
			h.out.answers[c.path], h.out.down = c.answer, c.down
			h.wantName("")
			h.wantStatus(bloxlink.OperatorsKey, c.code, c.path == profile)
			if !strings.Contains(h.logged(), string(c.code)) {
				t.Errorf("the log says %q", h.logged())
			}
			h.out.mu.Lock()
			h.out.answers[c.path], h.out.down, h.out.asked = right, false, nil
			h.out.mu.Unlock()
			h.later(c.pause - time.Second)
			h.wantName("")
			for _, asked := range h.out.asked {
				if strings.HasPrefix(asked, c.path) {
					t.Errorf("asked again during the pause: %s", asked)
				}
			}
			h.later(2 * time.Second)
			h.wantName("Roblox")
			h.wantStatus(bloxlink.OperatorsKey, "", false)
		})
	}
}

// An account that Roblox has deleted still has its id.
func TestI37AnAccountThatIsGone(t *testing.T) {
	t.Parallel()
	h := newHouse(t, operatorsKey)
	h.out.set("/v1/users/1", 404, goneAnswer)
	run := h.Begin(t.Context(), home, ryan, []string{"roblox_id", "roblox_username", "roblox_account_created"})
	if !run.Wait(t.Context()) {
		t.Fatal("no answer")
	}
	want := map[string]placeholder.Value{"roblox_id": {Text: "1"}, "roblox_username": {Missing: true}, "roblox_account_created": {Missing: true}}
	if diff := cmp.Diff(want, run.Values()); diff != "" {
		t.Error(diff)
	}
}

// While the answer is awaited the values are pending; when the ticket gives up, that is nobody's trouble.
func TestI37ValuesArePendingAndTimeIsOurs(t *testing.T) {
	t.Parallel()
	h := newHouse(t, operatorsKey)
	h.out.held = make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	run := h.Begin(ctx, home, ryan, []string{"roblox_id"})
	if v := run.Values()["roblox_id"]; !v.Pending {
		t.Errorf("%+v", v)
	}
	short, stop := context.WithCancel(t.Context())
	stop()
	if run.Wait(short) {
		t.Error("done before the answer")
	}
	cancel()
	if !run.Wait(t.Context()) || !run.Values()["roblox_id"].Missing {
		t.Errorf("%+v", run.Values())
	}
	close(h.out.held)
	h.wantStatus(bloxlink.OperatorsKey, "", false)
	h.wantName("Roblox")
}

func TestI37KeysThatAreNotSaved(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	by := audit.Actor{User: mia, Via: audit.Dashboard}
	path := "/v4/public/guilds/" + home.String() + "/discord-to-roblox/" + mia.String()
	for _, key := range []string{"", " ", "two words", "line\nbreak", "ü", strings.Repeat("x", 256)} {
		var f *fault.Error
		if err := h.SetKey(t.Context(), home, by, secret.New(key)); !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != "key" {
			t.Errorf("%.10q: %v", key, err)
		}
	}
	h.out.wantAsked(t)
	for status, want := range map[int]fault.Kind{401: fault.Invalid, 403: fault.Invalid, 429: fault.Unavailable, 500: fault.Unavailable, 302: fault.Unavailable} {
		h.out.set(path, status, "")
		if err := h.SetKey(t.Context(), home, by, secret.New(guildsKey)); fault.KindOf(err) != want || strings.Contains(fmt.Sprint(err), "sesame") {
			t.Errorf("%d: %v", status, err)
		}
	}
	h.out.down = true
	if err := h.SetKey(t.Context(), home, by, secret.New(guildsKey)); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("down: %v", err)
	}
	if len(h.drawer.keys) > 0 || len(h.drawer.entries) > 0 {
		t.Error("something was saved")
	}
}

func TestI37AKeyThatDoesNotOpenIsTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t, operatorsKey)
	h.drawer.keys[home] = []byte("sealed elsewhere")
	h.wantName("")
	h.wantStatus(bloxlink.GuildsKey, bloxlink.KeyClosed, false)
	h.drawer.fails = errors.New("database")
	if _, err := h.Status(t.Context(), home); err == nil {
		t.Error("no error")
	}
	h.wantName("")
}

func TestI25RotationKnowsTheKeysPurpose(t *testing.T) {
	t.Parallel()
	purpose := bloxlink.SealedPurposes()["bloxlink_key"]
	got, err := purpose([]string{home.String()})
	if diff := cmp.Diff(secret.Purpose{Kind: "bloxlink_key", Bounds: []string{home.String()}}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, bounds := range [][]string{nil, {"x"}, {"1", "2"}} {
		if _, err := purpose(bounds); err == nil {
			t.Errorf("%q", bounds)
		}
	}
}
