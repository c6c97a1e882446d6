package firstrun_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/firstrun"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// portal is a Discord with two applications.
type portal struct {
	asked  int
	down   bool
	guilds []firstrun.Guild
}

var _ firstrun.Discord = (*portal)(nil)

func (p *portal) Application(_ context.Context, token secret.Value) (firstrun.Application, error) {
	p.asked++
	if p.down {
		return firstrun.Application{}, fault.New(fault.Unavailable, "discord_unreachable", "Discord cannot be asked just now.")
	}
	owner := firstrun.Person{ID: 41, Name: "olga"}
	switch token.Reveal() {
	case "a.b.c":
		return firstrun.Application{ID: 1, Name: "One", Owner: owner, Redirects: []string{"https://one.example/auth/callback"}}, nil
	case "d.e.f":
		return firstrun.Application{ID: 2, Name: "Two", Owner: firstrun.Person{ID: 42, Name: "otto"}}, nil
	}
	return firstrun.Application{}, fault.New(fault.Invalid, "token_refused", "Discord does not take this token.")
}

func (p *portal) CheckSecret(_ context.Context, a snowflake.Application, s secret.Value) error {
	p.asked++
	if s.Reveal() != fmt.Sprintf("secret-%s", a) {
		return fault.New(fault.Invalid, "secret_refused", "Discord does not take this.")
	}
	return nil
}

func (p *portal) User(_ context.Context, _ secret.Value, id snowflake.User) (firstrun.Person, error) {
	if id != 43 {
		return firstrun.Person{}, fault.New(fault.Invalid, "user_unknown", "Discord knows nobody with this id.")
	}
	return firstrun.Person{ID: id, Name: "mia"}, nil
}

func (p *portal) Guilds(context.Context, secret.Value) ([]firstrun.Guild, error) {
	p.asked++
	if p.down {
		return nil, fault.New(fault.Unavailable, "discord_unreachable", "Discord cannot be asked just now.")
	}
	return p.guilds, nil
}

func (p *portal) InviteURL(a snowflake.Application) string { return "invite " + a.String() }

// shelf keeps settings in memory.
type shelf struct {
	kept []firstrun.Choice
	err  error
}

func (s *shelf) Keep(c firstrun.Choice) error {
	if s.err == nil {
		s.kept = append(s.kept, c)
	}
	return s.err
}

// house is a desk with everything around it.
type house struct {
	*firstrun.Desk
	t      *testing.T
	ctx    context.Context
	portal *portal
	shelf  *shelf
	code   string
	clock  time.Time
}

func newHouse(t *testing.T, f firstrun.Fixed) *house {
	t.Helper()
	h := &house{t: t, ctx: t.Context(), portal: &portal{}, shelf: &shelf{}, clock: time.Unix(1_800_000_000, 0)}
	n := 0
	desk, code := firstrun.New(h.portal, h.shelf, f, func() time.Time { return h.clock }, func() string { n++; return fmt.Sprintf("text-%d", n) })
	h.Desk, h.code = desk, code.Reveal()
	return h
}

func (h *house) want(code string, err error) {
	h.t.Helper()
	if fault.CodeOf(err) != code || code == "" && err != nil {
		h.t.Fatalf("got %v, want %q", err, code)
	}
}

// choose gives everything but what a test changes.
func (h *house) choose() {
	h.t.Helper()
	h.want("", h.Token(h.ctx, secret.New("a.b.c")))
	h.want("", h.Address("https://one.example"))
	h.want("", h.Secret(h.ctx, secret.New("secret-1")))
}

func TestTheCodeLetsOneBrowserIn(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	_, err := h.Enter("text-2")
	h.want("code_wrong", err)
	h.want("session_unknown", h.Admit(""))
	session, err := h.Enter(h.code)
	h.want("", err)
	h.want("", h.Admit(session.Reveal()))
	h.want("session_unknown", h.Admit(h.code))
	_, err = h.Enter(h.code)
	h.want("code_spent", err)
	h.want("", h.Admit(session.Reveal()))
	h.Done()
	h.want("setup_over", h.Admit(session.Reveal()))
	_, err = h.Enter(h.code)
	h.want("setup_over", err)
}

func TestGuessingTheCodeEndsTheSetUp(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	for range 9 {
		_, err := h.Enter("guess")
		h.want("code_wrong", err)
	}
	if h.Idle() {
		t.Fatal("ended too early")
	}
	_, err := h.Enter("guess")
	h.want("setup_over", err)
	_, err = h.Enter(h.code)
	h.want("setup_over", err)
	if !h.Idle() {
		t.Error("it goes on after ten wrong codes")
	}
}

func TestGuessingDoesNotThrowOutWhoIsIn(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	session, err := h.Enter(h.code)
	h.want("", err)
	for range 30 {
		_, err := h.Enter("guess")
		h.want("code_wrong", err)
	}
	h.want("", h.Admit(session.Reveal()))
}

func TestTheSetUpEndsByItself(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	h.clock = h.clock.Add(firstrun.CodeLife - time.Second)
	session, err := h.Enter(h.code) // who comes late has the whole time again
	h.want("", err)
	h.clock = h.clock.Add(firstrun.CodeLife - time.Second)
	h.want("", h.Admit(session.Reveal()))
	h.clock = h.clock.Add(time.Second)
	h.want("setup_over", h.Admit(session.Reveal()))
	if !h.Idle() {
		t.Error("not idle")
	}
	late := newHouse(t, firstrun.Fixed{})
	late.clock = late.clock.Add(firstrun.CodeLife)
	_, err = late.Enter(late.code)
	late.want("setup_over", err)
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	err := h.Finish()
	h.want("setup_incomplete", err)
	var f *fault.Error
	var paths []string
	if errors.As(err, &f) {
		for _, field := range f.Fields {
			paths = append(paths, field.Path)
		}
	}
	if diff := cmp.Diff([]string{"token", "address", "secret", "user"}, paths); diff != "" {
		t.Error(diff)
	}
	h.want("setup_incomplete", h.Secret(h.ctx, secret.New("x")))
	h.want("setup_incomplete", h.Operator(h.ctx, "43"))
	h.want("setup_incomplete", h.Refresh(h.ctx))
	if h.portal.asked != 0 || len(h.shelf.kept) != 0 {
		t.Errorf("asked %d, kept %v", h.portal.asked, h.shelf.kept)
	}
}

func TestWholeChoiceIsKeptAndHandedOnOnce(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	h.want("", h.Token(h.ctx, secret.New(" Bot a.b.c\n")))
	h.want("", h.Address(" https://One.Example/ "))
	h.want("", h.Secret(h.ctx, secret.New(" secret-1 ")))
	s := h.State(h.ctx)
	if s.Phase != firstrun.Choosing || s.Redirect != "https://one.example/auth/callback" || !s.Registered || !s.SecretKnown || s.Operator.Name != "olga" || s.Invite != "invite 1" {
		t.Errorf("%+v", s)
	}
	h.want("", h.Operator(h.ctx, "43"))
	h.want("", h.Finish())
	got := <-h.Finished()
	if got.Token.Reveal() != "a.b.c" || got.Client != 1 || got.Secret.Reveal() != "secret-1" || got.PublicURL != "https://one.example" || got.Operator != 43 || len(h.shelf.kept) != 1 {
		t.Errorf("%+v, kept %d", got, len(h.shelf.kept))
	}
	for _, err := range []error{h.Finish(), h.Token(h.ctx, secret.New("d.e.f")), h.Address("https://b.example"), h.Secret(h.ctx, secret.New("x")), h.Operator(h.ctx, "43")} {
		h.want("setup_started", err)
	}
	h.Fail("the database is gone")
	if s := h.State(h.ctx); s.Phase != firstrun.Failed || s.Failure != "the database is gone" {
		t.Errorf("%+v", s)
	}
	h.want("", h.Finish())
	<-h.Finished()
	h.Started()
	h.want("setup_started", h.Finish())
	h.Done()
	if h.Idle() {
		t.Error("a finished set-up is no idle one")
	}
}

func TestAnotherBotForgetsTheSecretOfTheFirst(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	h.choose()
	h.want("", h.Operator(h.ctx, "43"))
	h.want("", h.Refresh(h.ctx))
	if s := h.State(h.ctx); !s.SecretKnown || s.Operator.ID != 43 {
		t.Errorf("looking again lost something: %+v", s)
	}
	h.want("", h.Token(h.ctx, secret.New("d.e.f")))
	if s := h.State(h.ctx); s.SecretKnown || s.Operator.Name != "otto" || s.Registered {
		t.Errorf("%+v", s)
	}
	h.want("setup_incomplete", h.Finish())
}

func TestWrongValuesAreToldBesideTheirFieldAndNotKept(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	h.choose()
	field := func(err error, path string) {
		t.Helper()
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Path != path || f.Kind != fault.Invalid {
			t.Errorf("want the field %s: %v", path, err)
		}
	}
	field(h.Token(h.ctx, secret.New("x.y.z")), "token")
	field(h.Token(h.ctx, secret.New(" ")), "token")
	field(h.Secret(h.ctx, secret.New("secret-2")), "secret")
	field(h.Secret(h.ctx, secret.New("")), "secret")
	field(h.Secret(h.ctx, secret.New("a.b.c")), "secret")
	field(h.Address("ftp://x"), "address")
	field(h.Operator(h.ctx, "me"), "user")
	field(h.Operator(h.ctx, "44"), "user")
	if s := h.State(h.ctx); s.Application.Name != "One" || !s.SecretKnown || s.PublicURL != "https://one.example" || s.Operator.Name != "olga" {
		t.Errorf("what was right before is gone: %+v", s)
	}
}

func TestUnreachableDiscordIsNotAWrongToken(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	h.portal.down = true
	err := h.Token(h.ctx, secret.New("a.b.c"))
	h.want("discord_unreachable", err)
	var f *fault.Error
	if errors.As(err, &f) && len(f.Fields) != 0 {
		t.Errorf("a field is blamed: %v", err)
	}
}

func TestWhatTheEnvironmentFixesIsNotAskedFor(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{Secret: secret.New("secret-1"), PublicURL: "https://fixed.example", Operator: 45})
	h.want("", h.Token(h.ctx, secret.New("a.b.c")))
	h.want("setting_fixed", h.Address("https://one.example"))
	h.want("setting_fixed", h.Secret(h.ctx, secret.New("secret-1")))
	h.want("setting_fixed", h.Operator(h.ctx, "43"))
	if diff := cmp.Diff([]string{"address", "secret", "operator"}, h.State(h.ctx).Fixed); diff != "" {
		t.Error(diff)
	}
	h.want("", h.Finish())
	if kept := h.shelf.kept[0]; !kept.Secret.Empty() || kept.PublicURL != "" || !kept.Operator.IsZero() || kept.Token.Empty() {
		t.Errorf("what the environment fixes was written: %+v", kept)
	}
}

func TestChecksAreBounded(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	for range 30 {
		h.want("token_refused", h.Token(h.ctx, secret.New("x.y.z")))
	}
	h.want("too_fast", h.Token(h.ctx, secret.New("x.y.z")))
	if h.portal.asked != 30 {
		t.Errorf("discord was asked %d times", h.portal.asked)
	}
	h.clock = h.clock.Add(2 * time.Second)
	h.want("token_refused", h.Token(h.ctx, secret.New("x.y.z")))
}

func TestWhatCannotBeKeptIsToldAndMayBeTriedAgain(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	h.choose()
	h.shelf.err = errors.New("no space left on device")
	err := h.Finish()
	h.want("settings_unwritable", err)
	if !strings.Contains(err.Error(), "no space left") {
		t.Error(err)
	}
	h.shelf.err = nil
	h.want("", h.Finish())
}

func TestServersAreAskedForOnlyWhileRunning(t *testing.T) {
	h := newHouse(t, firstrun.Fixed{})
	h.choose()
	h.portal.guilds = []firstrun.Guild{{ID: 7, Name: "Arcade"}}
	if s := h.State(h.ctx); s.Guilds != nil {
		t.Errorf("%+v", s.Guilds)
	}
	h.want("", h.Finish())
	h.Started()
	before := h.portal.asked
	for range 5 {
		if s := h.State(h.ctx); len(s.Guilds) != 1 {
			t.Errorf("%+v", s.Guilds)
		}
	}
	h.clock = h.clock.Add(3 * time.Second)
	h.portal.down = true
	if s := h.State(h.ctx); len(s.Guilds) != 1 || h.portal.asked != before+2 {
		t.Errorf("%+v, asked %d times", s.Guilds, h.portal.asked-before)
	}
}

func TestPublicAddress(t *testing.T) {
	for text, want := range map[string]string{
		"https://Tickets.example.org/": "https://tickets.example.org", "https://tickets.example.org:8443": "https://tickets.example.org:8443",
		"http://127.0.0.1:8380": "http://127.0.0.1:8380", "http://localhost": "http://localhost", "http://[::1]:8380/": "http://[::1]:8380",
		"http://192.168.1.5": "http://192.168.1.5", " https://a.example ": "https://a.example", "https://[2001:db8::1]": "https://[2001:db8::1]",
	} {
		if got, err := firstrun.PublicAddress(text); err != nil || got != want {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for text, says := range map[string]string{
		"": "Give the address", "tickets.example.org": "Begin with https://", "http://tickets.example.org": "in the clear", "ftp://a.example": "Begin with https://",
		"https://a.example/usher": "without a path", "https://a.example/?x": "without a path", "https://a.example/#x": "without a path", "https://u:p@a.example": "user name",
		"https://": "no address", "https://a b": "no address", "https://a\nb": "no address", "https://-a": "no address", "https://a..b": "no address", "https://ä.example": "no address",
		"https://a.example:0": "no port 0", "https://a.example:x": "no address", "http://8.8.8.8": "in the clear", "http://169.254.1.1": "in the clear",
	} {
		_, err := firstrun.PublicAddress(text)
		if fault.CodeOf(err) != "address_invalid" || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
