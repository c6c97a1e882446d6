package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/snowflake"
)

// The chapters of the description.
const (
	tagInstance = "Instance"
	tagAccount  = "Your account"
	tagGuilds   = "Servers"
	tagAudit    = "Record of changes"
	tagPanels   = "Panels"
	tagForms    = "Forms"
	tagTags     = "Tags"
	tagTickets  = "Tickets"

	tagIntegrations = "Integrations"
	tagOwn          = "Integrations: making them"
	tagActive       = "Integrations: in a server"
	tagReview       = "Integrations: operators"
	tagOperator     = "Operators"
)

// Instance is what everybody may know of this program.
type Instance struct {
	Version   string `json:"version"`
	SignIn    bool   `json:"sign_in" doc:"Whether people can sign in; else whoever runs this instance has to set it up."`
	SignInURL string `json:"sign_in_url" doc:"Send a browser there, with ?return=/path to come back to."`
	SignedIn  bool   `json:"signed_in" doc:"Whether this browser, or this key, is somebody's."`
}

// Me is who asks.
type Me struct {
	ID       snowflake.User `json:"id"`
	Name     string         `json:"name,omitempty" doc:"Your unique name at Discord; not known of an API key."`
	Shown    string         `json:"shown,omitempty" doc:"The name that others see."`
	Avatar   string         `json:"avatar,omitempty" doc:"Address of your picture."`
	Operator bool           `json:"operator" doc:"Whether you run this instance."`
	Session  string         `json:"session,omitempty" doc:"The id of this browser's session."`
	Key      *Key           `json:"key,omitempty" doc:"The API key that was sent."`
}

// Session is one browser that you signed in with.
type Session struct {
	ID      string    `json:"id"`
	Agent   string    `json:"agent" doc:"What the browser calls itself."`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen" doc:"When it was last used, to the minute."`
	Expires time.Time `json:"expires"`
	Current bool      `json:"current" doc:"Whether it is the one that asks."`
}

// Key is an API key of yours, without the key itself.
type Key struct {
	ID      string          `json:"id"`
	Name    string          `json:"name"`
	Scopes  []account.Scope `json:"scopes"`
	Guild   snowflake.Guild `json:"guild,omitempty" doc:"The one server it is for; absent: all of yours."`
	Created time.Time       `json:"created"`
	Expires time.Time       `json:"expires"`
	Used    *time.Time      `json:"used,omitempty" doc:"When it was last used, to the minute; absent: never."`
}

// NewKey asks for an API key.
type NewKey struct {
	Name    string          `json:"name" doc:"What will use it; 1 to 64 characters." example:"deploy script"`
	Scopes  []account.Scope `json:"scopes" doc:"read: see what you may see. write: change servers. integrations: make and change your integrations, switch them on and off. operate: an operator's work." example:"[\"read\"]"`
	Guild   snowflake.Guild `json:"guild,omitempty" doc:"The one server it shall be for; absent: all of yours."`
	Expires time.Time       `json:"expires" doc:"At most a year from now."`
}

// MadeKey is an API key with the key itself, which is shown this once.
type MadeKey struct {
	Key   Key    `json:"key"`
	Token string `json:"token" doc:"The API key. It is shown this once: keep it safe. Send it as Authorization: Bearer TOKEN."`
}

// instanceOperations tell of the program.
func (a *api) instanceOperations() {
	add(a, access{who: anyone}, huma.Operation{
		OperationID: "get-instance", Method: http.MethodGet, Path: basePath + "/instance", Tags: []string{tagInstance}, Summary: "Look at this instance",
	}, func(ctx context.Context, _ *nothing) (*answer[Instance], error) {
		return body(Instance{Version: a.Version, SignIn: a.CanSignIn, SignInURL: signInPath, SignedIn: !callerOf(ctx).Person.ID.IsZero()}), nil
	})
}

// accountOperations are about who asks.
func (a *api) accountOperations() {
	add(a, access{who: signedIn, scope: account.Read}, huma.Operation{
		OperationID: "get-me", Method: http.MethodGet, Path: basePath + "/me", Tags: []string{tagAccount}, Summary: "See who you are",
	}, func(ctx context.Context, _ *nothing) (*answer[Me], error) { return body(a.me(callerOf(ctx))), nil })
	add(a, access{who: signedIn}, huma.Operation{
		OperationID: "list-sessions", Method: http.MethodGet, Path: basePath + "/me/sessions", Tags: []string{tagAccount},
		Summary: "List your sessions", Description: "The browsers that you signed in with, the last used first.",
	}, a.sessions)
	add(a, access{who: signedIn}, huma.Operation{
		OperationID: "end-session", Method: http.MethodDelete, Path: basePath + "/me/sessions/{session}", Tags: []string{tagAccount}, DefaultStatus: http.StatusNoContent,
		Summary: "End one of your sessions",
	}, func(ctx context.Context, in *struct {
		Session string `path:"session" maxLength:"64"`
	},
	) (*nothing, error) {
		return nil, a.SignIn.SignOut(ctx, callerOf(ctx).Person.ID, in.Session)
	})
	a.signOutOperations()
}

func (a *api) me(c asking) Me {
	m := Me{ID: c.Person.ID, Name: c.Person.Name, Shown: c.Person.Shown, Operator: c.Operator}
	if c.Session != nil {
		m.Session, m.Avatar = c.Session.ID, a.avatar(c.Person.ID, c.Person.Avatar)
	}
	if c.Key != nil {
		k := keyOf(*c.Key)
		m.Key = &k
	}
	return m
}

// avatar is the address of a user's picture.
// https://discord.com/developers/docs/reference#image-formatting-cdn-endpoints
func (a *api) avatar(user snowflake.User, hash string) string {
	if hash == "" {
		return a.Pictures + "/embed/avatars/" + strconv.FormatUint(uint64(user)>>22%6, 10) + ".png"
	}
	return a.Pictures + "/avatars/" + user.String() + "/" + hash + ".png?size=128"
}

func (a *api) sessions(ctx context.Context, _ *nothing) (*answer[[]Session], error) {
	c := callerOf(ctx)
	found, err := a.SignIn.Sessions(ctx, c.Person.ID)
	if err != nil {
		return nil, err
	}
	all := make([]Session, 0, len(found))
	for _, s := range found {
		all = append(all, Session{ID: s.ID, Agent: s.Agent, Created: s.Created, Seen: s.Seen, Expires: s.Expires, Current: s.ID == c.Session.ID})
	}
	return body(all), nil
}

// keyOperations are about API keys. No key can make another: one that leaks would live for ever.
func (a *api) keyOperations() {
	people := access{who: signedIn}
	add(a, people, huma.Operation{
		OperationID: "list-keys", Method: http.MethodGet, Path: basePath + "/me/keys", Tags: []string{tagAccount}, Summary: "List your API keys",
	}, a.keys)
	add(a, people, huma.Operation{
		OperationID: "create-key", Method: http.MethodPost, Path: basePath + "/me/keys", Tags: []string{tagAccount}, DefaultStatus: http.StatusCreated,
		Summary: "Make an API key", Description: "The key acts for you, within its scopes, and never may more than you. The answer shows it this once.",
	}, func(ctx context.Context, in *struct{ Body NewKey }) (*made[MadeKey], error) {
		out, err := a.createKey(ctx, in.Body)
		return madeAt(out, err, func(m MadeKey) string { return basePath + "/me/keys/" + m.Key.ID })
	})
	add(a, people, huma.Operation{
		OperationID: "revoke-key", Method: http.MethodDelete, Path: basePath + "/me/keys/{key}", Tags: []string{tagAccount}, DefaultStatus: http.StatusNoContent,
		Summary: "Revoke one of your API keys", Description: "It opens nothing from now on.",
	}, func(ctx context.Context, in *struct {
		Key string `path:"key" maxLength:"64"`
	},
	) (*nothing, error) {
		return nil, a.Keys.Revoke(ctx, callerOf(ctx).Caller, in.Key)
	})
}

// createKey also holds the server to those of the person: a key for another one would open nothing.
func (a *api) createKey(ctx context.Context, n NewKey) (*answer[MadeKey], error) {
	c := callerOf(ctx)
	if !n.Guild.IsZero() {
		may, err := a.Rights.SessionManages(ctx, c.session, n.Guild)
		if err != nil {
			return nil, err
		}
		if !may {
			return nil, wrong("key_invalid", "This key cannot be made.", "guild", "Choose a server that you may manage, or none for all of them.")
		}
	}
	created, token, err := a.Keys.Create(ctx, c.Caller, account.Key{Name: n.Name, Scopes: n.Scopes, Guild: n.Guild, Expires: n.Expires})
	return body(MadeKey{Key: keyOf(created), Token: token.Reveal()}), err
}

func (a *api) keys(ctx context.Context, _ *nothing) (*answer[[]Key], error) {
	found, err := a.Keys.Keys(ctx, callerOf(ctx).Person.ID)
	if err != nil {
		return nil, err
	}
	all := make([]Key, 0, len(found))
	for _, k := range found {
		all = append(all, keyOf(k))
	}
	return body(all), nil
}

func keyOf(k account.Key) Key {
	out := Key{ID: k.ID, Name: k.Name, Scopes: k.Scopes, Guild: k.Guild, Created: k.Created, Expires: k.Expires}
	if !k.Used.IsZero() {
		out.Used = &k.Used
	}
	return out
}
