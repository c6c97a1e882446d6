package account

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Times of sessions. A session also ends with the grant that Discord gave for it, which lasts seven days.
const (
	SessionLife = 7 * 24 * time.Hour  // from signing in, whatever is done
	SessionIdle = 3 * 24 * time.Hour  // without a request
	SignInTime  = 10 * time.Minute    // from leaving for Discord to coming back
	maxAgent    = 200                 // characters kept of what a browser calls itself
	sealedKind  = "session_grant"     // purpose of the sealed grant
	pendingKind = "sign_in_under_way" // purpose of the sealed Pending
)

// Session is one browser that a person signed in with.
type Session struct {
	ID      string // for lists and revoking; opens nothing
	Person  Person
	Agent   string // what the browser calls itself; not to be trusted
	Created time.Time
	Seen    time.Time // last used, to the minute
	Expires time.Time // at the latest
}

// SessionRecord is a session as it is stored.
type SessionRecord struct {
	Session
	Hash  []byte // SHA-256 of the token
	Grant []byte // Discord's token, sealed
}

// SessionStore keeps sessions.
type SessionStore interface {
	// CreateSession writes a new one, and removes those whose time was over by r.Created.
	CreateSession(ctx context.Context, r SessionRecord, idle time.Duration) error
	// SessionByHash gives the session of a token; fault.NotFound.
	SessionByHash(ctx context.Context, hash []byte) (SessionRecord, error)
	// TouchSession notes that it was used. One that is gone stays gone, and that is no error.
	TouchSession(ctx context.Context, id string, at time.Time) error
	// SessionsOf lists a user's sessions, the last used first.
	SessionsOf(ctx context.Context, user snowflake.User) ([]Session, error)
	// EndSession removes one of the user's; fault.NotFound.
	EndSession(ctx context.Context, user snowflake.User, id string) error
	// EndSessions removes all of the user's.
	EndSessions(ctx context.Context, user snowflake.User) error
}

// SignIn is the rule of signing in and out.
type SignIn struct {
	Identity Identity
	Store    SessionStore
	Sealer   secret.Sealer
	Random   io.Reader
	Now      func() time.Time
	Ended    func(id string) // told after a session ended, so that nothing of it stays cached
}

// pending is what a browser carries while it is at Discord.
type pending struct {
	State    string    `json:"state"`
	Verifier string    `json:"verifier"`
	Return   string    `json:"return"`
	Until    time.Time `json:"until"`
}

// Departure is a browser on its way to Discord.
type Departure struct {
	URL     string // where to
	State   string // what Discord sends back beside the code
	Pending string // to be kept by the browser and given to Finish; it is sealed
}

// Begin starts to sign somebody in: Discord will send the browser to redirect, and in the end it goes to back, a path of ours.
func (s *SignIn) Begin(ctx context.Context, redirect, back string) (Departure, error) {
	state, err := randomText(s.Random, tokenBytes)
	if err != nil {
		return Departure{}, err
	}
	verifier, err := randomText(s.Random, tokenBytes)
	if err != nil {
		return Departure{}, err
	}
	text, err := json.Marshal(pending{State: state, Verifier: verifier, Return: back, Until: s.Now().Add(SignInTime)})
	if err != nil {
		return Departure{}, fmt.Errorf("writing down a sign-in: %w", err)
	}
	sealed, err := s.Sealer.Seal(ctx, secret.Purpose{Kind: pendingKind}, secret.New(string(text)))
	if err != nil {
		return Departure{}, fmt.Errorf("sealing a sign-in: %w", err)
	}
	return Departure{
		URL: s.Identity.AuthorizeURL(redirect, state, verifier), State: state, Pending: base64.RawURLEncoding.EncodeToString(sealed),
	}, nil
}

// Return is a browser that comes back from Discord.
type Return struct {
	Pending  string // what it kept of Departure
	State    string // from the address
	Code     string // from the address
	Redirect string // the same as at Begin
	Agent    string // what the browser calls itself
}

// errStale answers a browser that did not leave from here, or too long ago.
func errStale() *fault.Error {
	return fault.New(fault.Invalid, "sign_in_stale", "This sign-in was not begun in this browser, or more than ten minutes ago. Please sign in again.")
}

// Finish signs the person in and gives the session, its token and the path to go to. Errors: Invalid "sign_in_stale", "code_refused";
// Unavailable.
func (s *SignIn) Finish(ctx context.Context, r Return) (Session, secret.Value, string, error) {
	p, err := s.pending(ctx, r)
	if err != nil {
		return Session{}, secret.Value{}, "", err
	}
	grant, err := s.Identity.Exchange(ctx, r.Redirect, r.Code, p.Verifier)
	if err != nil {
		return Session{}, secret.Value{}, "", fmt.Errorf("exchanging the code of a sign-in: %w", err)
	}
	person, err := s.Identity.Me(ctx, grant.Token)
	if err != nil {
		return Session{}, secret.Value{}, "", fmt.Errorf("asking Discord who signed in: %w", err)
	}
	session, token, err := s.open(ctx, person, grant, r.Agent)
	return session, token, p.Return, err
}

// Back is where somebody wanted to be whose sign-in came back from Discord, for another try when it failed: also where it took too long or
// has no code. It is the start where that is not known.
func (s *SignIn) Back(ctx context.Context, r Return) string {
	p, err := s.kept(ctx, r)
	if err != nil {
		return "/"
	}
	return p.Return
}

// pending opens what the browser kept, if it belongs to what came back in time.
func (s *SignIn) pending(ctx context.Context, r Return) (pending, error) {
	p, err := s.kept(ctx, r)
	if err != nil {
		return pending{}, err
	}
	if s.Now().After(p.Until) || r.Code == "" {
		return pending{}, errStale()
	}
	return p, nil
}

// kept opens what the browser kept, if it belongs to what came back.
func (s *SignIn) kept(ctx context.Context, r Return) (pending, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(r.Pending)
	if err != nil || len(sealed) == 0 {
		return pending{}, errStale()
	}
	text, err := s.Sealer.Open(ctx, secret.Purpose{Kind: pendingKind}, sealed)
	if err != nil {
		return pending{}, errStale().Because(err)
	}
	var p pending
	if err := json.Unmarshal([]byte(text.Reveal()), &p); err != nil {
		return pending{}, errStale()
	}
	if subtle.ConstantTimeCompare([]byte(p.State), []byte(r.State)) != 1 {
		return pending{}, errStale()
	}
	return p, nil
}

// open makes a session.
func (s *SignIn) open(ctx context.Context, person Person, grant Grant, agent string) (Session, secret.Value, error) {
	id, err := randomText(s.Random, 12)
	if err != nil {
		return Session{}, secret.Value{}, err
	}
	token, err := newToken(s.Random, "")
	if err != nil {
		return Session{}, secret.Value{}, err
	}
	now := s.Now()
	session := Session{ID: id, Person: person, Agent: cut(placeholder.Clean(agent), maxAgent), Created: now, Seen: now, Expires: now.Add(SessionLife)}
	if grant.Expires.Before(session.Expires) {
		session.Expires = grant.Expires
	}
	sealed, err := s.Sealer.Seal(ctx, grantPurpose(session), grant.Token)
	if err != nil {
		return Session{}, secret.Value{}, fmt.Errorf("sealing Discord's grant: %w", err)
	}
	if err := s.Store.CreateSession(ctx, SessionRecord{Session: session, Hash: hashOf(token), Grant: sealed}, SessionIdle); err != nil {
		return Session{}, secret.Value{}, fmt.Errorf("writing a session: %w", err)
	}
	return session, token, nil
}

// grantPurpose binds Discord's token to the session it was given for.
func grantPurpose(s Session) secret.Purpose {
	return secret.Purpose{Kind: sealedKind, Bounds: []string{s.Person.ID.String(), s.ID}}
}

// Session gives the session of a token and notes that it was used. Errors: Forbidden "signed_out".
func (s *SignIn) Session(ctx context.Context, token secret.Value) (SessionRecord, error) {
	r, err := s.Store.SessionByHash(ctx, hashOf(token))
	if fault.KindOf(err) == fault.NotFound {
		return SessionRecord{}, errSignedOut()
	}
	if err != nil {
		return SessionRecord{}, fmt.Errorf("looking for a session: %w", err)
	}
	now := s.Now()
	if !now.Before(r.Expires) || now.Sub(r.Seen) >= SessionIdle {
		return SessionRecord{}, errors.Join(errSignedOut(), s.drop(ctx, r.Session))
	}
	if now.Sub(r.Seen) >= seenEvery {
		if err := s.Store.TouchSession(ctx, r.ID, now); err != nil {
			return SessionRecord{}, fmt.Errorf("noting that a session was used: %w", err)
		}
		r.Seen = now
	}
	return r, nil
}

// drop removes a session whose time is over; another request may have done so already.
func (s *SignIn) drop(ctx context.Context, session Session) error {
	if err := s.SignOut(ctx, session.Person.ID, session.ID); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	return nil
}

// Sessions lists a person's sessions, the last used first.
func (s *SignIn) Sessions(ctx context.Context, user snowflake.User) ([]Session, error) {
	all, err := s.Store.SessionsOf(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	now := s.Now()
	var alive []Session
	for _, one := range all {
		if now.Before(one.Expires) && now.Sub(one.Seen) < SessionIdle {
			alive = append(alive, one)
		}
	}
	return alive, nil
}

// SignOut ends one of the person's sessions. Errors: NotFound.
func (s *SignIn) SignOut(ctx context.Context, user snowflake.User, id string) error {
	if err := s.Store.EndSession(ctx, user, id); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	s.Ended(id)
	return nil
}

// SignOutEverywhere ends all of the person's sessions, and at Discord the grants behind them. Where Discord does not answer the
// sessions have ended all the same; the grants then end by themselves after seven days at most.
func (s *SignIn) SignOutEverywhere(ctx context.Context, r SessionRecord) error {
	all, err := s.Store.SessionsOf(ctx, r.Person.ID)
	if err != nil {
		return fmt.Errorf("listing sessions: %w", err)
	}
	if err := s.Store.EndSessions(ctx, r.Person.ID); err != nil {
		return fmt.Errorf("ending all sessions: %w", err)
	}
	for _, one := range all {
		s.Ended(one.ID)
	}
	token, err := s.Sealer.Open(ctx, grantPurpose(r.Session), r.Grant)
	if err != nil {
		return fmt.Errorf("opening Discord's grant: %w", err)
	}
	if err := s.Identity.Revoke(ctx, token); err != nil && fault.KindOf(err) != fault.Unavailable {
		return fmt.Errorf("revoking Discord's grant: %w", err)
	}
	return nil
}

// cut keeps the first n characters of a text.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n])
}
