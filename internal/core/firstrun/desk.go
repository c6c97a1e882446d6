package firstrun

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Phase is how far the set-up is.
type Phase string

// The phases.
const (
	Choosing Phase = "choosing" // the settings are asked for
	Starting Phase = "starting" // they are kept, and Usher starts with them
	Failed   Phase = "failed"   // it did not start; they can be changed
	Running  Phase = "running"  // it serves
)

// guildsLife is how old the list of servers may be that a waiting page is shown.
const guildsLife = 2 * time.Second

// State is everything that the page shows. It holds no secret.
type State struct {
	Phase       Phase
	Until       time.Time // when the set-up ends by itself
	Failure     string    // of the phase Failed
	Application *Application
	PublicURL   string
	Redirect    string // what has to be registered with Discord
	Registered  bool   // whether it is
	SecretKnown bool
	Operator    *Person
	Fixed       []string // "address", "secret", "operator": settled by the environment
	Invite      string   // where to add the bot to a server
	Guilds      []Guild  // of the phase Running
}

// Desk carries out a set-up. Make it with New.
type Desk struct {
	discord  Discord
	settings Settings
	door     *door
	now      func() time.Time
	fixed    Fixed
	finished chan Choice

	mu          sync.Mutex
	phase       Phase
	failure     string
	choice      Choice
	application *Application
	operator    *Person
	guilds      []Guild
	guildsAt    time.Time
}

// New makes the desk and the code that lets one browser in. text gives what cannot be guessed, of 128 bits or more: the code and the session.
func New(d Discord, s Settings, f Fixed, now func() time.Time, text func() string) (*Desk, secret.Value) {
	door, code := newDoor(now, text)
	desk := &Desk{discord: d, settings: s, door: door, now: now, fixed: f, finished: make(chan Choice, 1), phase: Choosing}
	desk.choice.PublicURL, desk.choice.Secret = f.PublicURL, f.Secret
	return desk, code
}

// Enter gives a session for the code, once. Errors: Forbidden "code_wrong", "code_spent", "setup_over".
func (d *Desk) Enter(code string) (secret.Value, error) { return d.door.enter(code) }

// Admit is nil for the session that Enter gave. Errors: Forbidden "session_unknown", "setup_over".
func (d *Desk) Admit(session string) error { return d.door.admit(session) }

// Over reports whether the set-up has ended: done, out of time, or closed after too many wrong codes.
func (d *Desk) Over() bool {
	_, over := d.door.ends()
	return over
}

// Idle reports whether the set-up has ended before Usher was started by it.
func (d *Desk) Idle() bool {
	d.mu.Lock()
	phase := d.phase
	d.mu.Unlock()
	return d.Over() && (phase == Choosing || phase == Failed)
}

// Done ends the set-up.
func (d *Desk) Done() { d.door.close() }

// Finished has the choice each time that Usher shall be started with it.
func (d *Desk) Finished() <-chan Choice { return d.finished }

// Started says that Usher serves.
func (d *Desk) Started() { d.turn(Running, "") }

// Fail says in a sentence why Usher could not be started, so that the choice can be changed.
func (d *Desk) Fail(why string) { d.turn(Failed, why) }

func (d *Desk) turn(p Phase, failure string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.phase, d.failure = p, failure
}

// Token checks a bot's token with Discord and keeps it. A token of another application forgets what belonged to the one before. Errors:
// Invalid "token_refused" with the field token, Conflict "setup_started", Unavailable.
func (d *Desk) Token(ctx context.Context, token secret.Value) error {
	token = secret.New(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(token.Reveal()), "Bot ")))
	if err := d.mayChange(); err != nil {
		return err
	}
	if token.Empty() {
		return fieldFault("token_refused", "token", "Paste the bot's token.")
	}
	if err := d.door.check(); err != nil {
		return err
	}
	found, err := d.discord.Application(ctx, token)
	if err != nil {
		return named(err, "token")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.application != nil && d.application.ID != found.ID {
		d.choice.Secret, d.operator, d.choice.Operator = d.fixed.Secret, nil, 0
	}
	d.application, d.choice.Token, d.choice.Client = &found, token, found.ID
	if d.operator == nil && d.fixed.Operator.IsZero() && !found.Owner.ID.IsZero() {
		d.operator, d.choice.Operator = &found.Owner, found.Owner.ID
	}
	return nil
}

// Refresh looks at the application again, for it may have been changed in Discord's portal. Errors: those of Token.
func (d *Desk) Refresh(ctx context.Context) error {
	token := d.token()
	if token.Empty() {
		return errToken()
	}
	return d.Token(ctx, token)
}

func (d *Desk) token() secret.Value {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.choice.Token
}

// Address checks the public address and keeps it. Errors: Invalid "address_invalid" with the field address; Conflict.
func (d *Desk) Address(text string) error {
	if err := d.mayChange(); err != nil {
		return err
	}
	if d.fixed.PublicURL != "" {
		return errFixed("USHER_PUBLIC_URL")
	}
	address, err := PublicAddress(text)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.choice.PublicURL = address
	return nil
}

// Secret checks the client's secret with Discord and keeps it. Errors: Invalid "secret_refused" with the field secret; Conflict, Unavailable.
func (d *Desk) Secret(ctx context.Context, clientSecret secret.Value) error {
	clientSecret = secret.New(strings.TrimSpace(clientSecret.Reveal()))
	if err := d.mayChange(); err != nil {
		return err
	}
	d.mu.Lock()
	client, token := d.choice.Client, d.choice.Token
	d.mu.Unlock()
	switch {
	case !d.fixed.Secret.Empty():
		return errFixed("DISCORD_CLIENT_SECRET")
	case client.IsZero():
		return errToken()
	case clientSecret.Empty():
		return fieldFault("secret_refused", "secret", "Paste the client secret.")
	case clientSecret.Equal(token):
		return fieldFault("secret_refused", "secret", "This is the bot's token. The client secret is on the page OAuth2.")
	}
	if err := d.door.check(); err != nil {
		return err
	}
	if err := d.discord.CheckSecret(ctx, client, clientSecret); err != nil {
		return named(err, "secret")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.choice.Client != client {
		return fault.New(fault.Conflict, "token_changed", "The bot was changed meanwhile. Give its client secret.")
	}
	d.choice.Secret = clientSecret
	return nil
}

// Operator names who will run this instance. Errors: Invalid "user_unknown" with the field user; Conflict, Unavailable.
func (d *Desk) Operator(ctx context.Context, id string) error {
	if err := d.mayChange(); err != nil {
		return err
	}
	if !d.fixed.Operator.IsZero() {
		return errFixed("USHER_OPERATORS")
	}
	token := d.token()
	if token.Empty() {
		return errToken()
	}
	user, err := snowflake.Parse[snowflake.User](strings.TrimSpace(id))
	if err != nil {
		return fieldFault("user_unknown", "user", "Give the number of 17 to 20 digits that \"Copy User ID\" gives.")
	}
	if err := d.door.check(); err != nil {
		return err
	}
	found, err := d.discord.User(ctx, token, user)
	if err != nil {
		return named(err, "user")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.operator, d.choice.Operator = &found, found.ID
	return nil
}

// Finish keeps the choice and has Usher started with it. Errors: Invalid "setup_incomplete" with the fields that are missing, Conflict
// "setup_started", Unavailable "settings_unwritable".
func (d *Desk) Finish() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.phase != Choosing && d.phase != Failed {
		return errStarted()
	}
	var c fault.Checks
	c.Require(!d.choice.Token.Empty(), "token", "Give the bot's token.")
	c.Require(d.choice.PublicURL != "", "address", "Give the public address.")
	c.Require(!d.choice.Secret.Empty(), "secret", "Give the client secret.")
	c.Require(!d.choice.Operator.IsZero() || !d.fixed.Operator.IsZero(), "user", "Say who runs this instance.")
	if err := c.Err("setup_incomplete", "Something is missing yet."); err != nil {
		return err
	}
	if err := d.settings.Keep(d.unfixed()); err != nil {
		return fault.New(fault.Unavailable, "settings_unwritable", "The settings could not be written: "+err.Error()).Because(err)
	}
	d.phase, d.failure = Starting, ""
	d.finished <- d.choice // never full: one start is under way at most
	return nil
}

// unfixed is the choice without what the environment has settled. The lock is held.
func (d *Desk) unfixed() Choice {
	c := d.choice
	if !d.fixed.Secret.Empty() {
		c.Secret = secret.Value{}
	}
	if d.fixed.PublicURL != "" {
		c.PublicURL = ""
	}
	return c
}

// State gives what the page shows. Where Discord does not answer, the servers of before stay.
func (d *Desk) State(ctx context.Context) State {
	d.mu.Lock()
	fresh := d.now().Sub(d.guildsAt) < guildsLife
	ask := d.phase == Running && !fresh
	if ask {
		d.guildsAt = d.now()
	}
	token := d.choice.Token
	d.mu.Unlock()
	if ask {
		if found, err := d.discord.Guilds(ctx, token); err == nil {
			d.mu.Lock()
			d.guilds = found
			d.mu.Unlock()
		}
	}
	return d.state()
}

func (d *Desk) state() State {
	until, _ := d.door.ends()
	d.mu.Lock()
	defer d.mu.Unlock()
	s := State{
		Phase: d.phase, Until: until, Failure: d.failure, Application: d.application, PublicURL: d.choice.PublicURL,
		SecretKnown: !d.choice.Secret.Empty(), Operator: d.operator, Fixed: d.fixedNames(),
	}
	if s.PublicURL != "" {
		s.Redirect = s.PublicURL + CallbackPath
	}
	if d.application != nil {
		s.Registered = slices.Contains(d.application.Redirects, s.Redirect)
		s.Invite = d.discord.InviteURL(d.application.ID)
	}
	if d.phase == Running {
		s.Guilds = slices.Clone(d.guilds)
	}
	return s
}

func (d *Desk) fixedNames() []string {
	var names []string
	if d.fixed.PublicURL != "" {
		names = append(names, "address")
	}
	if !d.fixed.Secret.Empty() {
		names = append(names, "secret")
	}
	if !d.fixed.Operator.IsZero() {
		names = append(names, "operator")
	}
	return names
}

// mayChange refuses while Usher starts or runs with the choice.
func (d *Desk) mayChange() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.phase != Choosing && d.phase != Failed {
		return errStarted()
	}
	return nil
}

func errStarted() error {
	return fault.New(fault.Conflict, "setup_started", "The settings are kept already, and Usher starts with them.")
}

func errToken() error {
	return fieldFault("setup_incomplete", "token", "Give the bot's token first.")
}

func errFixed(variable string) error {
	return fault.New(fault.Conflict, "setting_fixed", variable+" is set in the environment and holds. Change it there.")
}

func fieldFault(code, field, text string) error {
	return &fault.Error{Kind: fault.Invalid, Code: code, Text: text, Fields: []fault.Field{{Path: field, Text: text}}}
}

// named puts the name of the field to what Discord refused.
func named(err error, field string) error {
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Invalid && len(f.Fields) == 0 {
		with := *f
		with.Fields = []fault.Field{{Path: field, Text: f.Text}}
		return &with
	}
	return err
}
