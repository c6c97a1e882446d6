package httpapi

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// who may call an operation.
type who string

// Everybody that there is. The zero value is nobody: an operation that forgets to say is refused, and a test finds it.
const (
	anyone       who = "anyone"
	signedIn     who = "whoever is signed in"
	guildManager who = "whoever may manage the server"        // the path has {guild}
	author       who = "the author of the integration"        // core knows no other author's
	operator     who = "the operators of this instance alone" //
)

// access says who may call an operation, and what a key must be made for. Without a scope no key opens it: it is for people.
type access struct {
	who   who
	scope account.Scope
}

// metadataAccess is where an operation carries its access.
const metadataAccess = "access"

// security is access in the words of OpenAPI.
func (a access) security() []map[string][]string {
	switch {
	case a.who == anyone:
		return []map[string][]string{}
	case a.scope == "":
		return []map[string][]string{{"session": {}}}
	default:
		return []map[string][]string{{"session": {}}, {"key": {}}}
	}
}

// callerKey is where a request's context has its caller.
type callerKey struct{}

// asking is who asks, with the grant behind a session.
type asking struct {
	account.Caller
	session account.SessionRecord
}

// callerOf gives who asks; the zero value where nobody was looked for.
func callerOf(ctx context.Context) asking {
	c, _ := ctx.Value(callerKey{}).(asking)
	return c
}

// guard lets through whom the operation declares. It is the one place where this is decided. It is huma middleware.
func (a *api) guard(ctx huma.Context, next func(huma.Context)) {
	declared, _ := ctx.Operation().Metadata[metadataAccess].(access)
	caller, err := a.caller(ctx.Context(), ctx.Header("Authorization"), cookieOf(ctx, a.cookies.session()))
	switch {
	case declared.who == anyone && fault.KindOf(err) == fault.Forbidden:
		next(ctx) // nobody is anyone, too
		return
	case err == nil && declared.who != anyone:
		err = a.admit(ctx.Context(), declared, caller, ctx.Param("guild"))
	}
	if err == nil {
		err = onceEach(ctx)
	}
	if err == nil && isWrite(ctx.Method()) && !a.writes.take(caller.Person.ID, a.Now()) {
		err = errTooManyWrites()
	}
	if err != nil {
		a.refuse(ctx, err)
		return
	}
	next(huma.WithValue(ctx, callerKey{}, caller))
}

// onceEach refuses a parameter that is there twice: which one counts would be a guess. None of ours is a list.
func onceEach(ctx huma.Context) error {
	var c fault.Checks
	address := ctx.URL()
	query := address.Query()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if len(query[name]) > 1 && slices.ContainsFunc(ctx.Operation().Parameters, func(p *huma.Param) bool { return p.In == "query" && p.Name == name }) {
			c.Add("query."+name, "This is there twice. Give it once.")
		}
	}
	return c.Err("query_invalid", "The address cannot be read in one way only.")
}

// refuse answers with an error before the operation was reached.
func (a *api) refuse(ctx huma.Context, err error) {
	p := a.problem(ctx.Context(), err)
	ctx.SetHeader("Content-Type", problemType)
	if p.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", `Bearer realm="usher"`) // RFC 6750
	}
	for name, values := range p.GetHeaders() {
		ctx.SetHeader(name, values[0])
	}
	ctx.SetStatus(p.Status)
	_ = writeJSON(ctx.BodyWriter(), p) // a client that went away is nobody's problem
}

// caller finds out who asks. A key counts before a cookie: a program that sends one means it. Errors: Forbidden "signed_out".
func (a *api) caller(ctx context.Context, authorization, cookie string) (asking, error) {
	var c asking
	switch {
	case authorization != "":
		scheme, token, _ := strings.Cut(authorization, " ")
		if !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(token, account.KeyPrefix) {
			return c, fault.New(fault.Forbidden, account.CodeSignedOut, "Send an API key as \"Authorization: Bearer "+account.KeyPrefix+"…\".")
		}
		key, err := a.Keys.Key(ctx, secret.New(token))
		if err != nil {
			return c, err
		}
		c.Key, c.Person = &key, account.Person{ID: key.User}
	case cookie != "":
		session, err := a.SignIn.Session(ctx, secret.New(cookie))
		if err != nil {
			return c, err
		}
		c.session, c.Session, c.Person = session, &session.Session, session.Person
	default:
		return c, fault.New(fault.Forbidden, account.CodeSignedOut, "Sign in, or send an API key.")
	}
	c.Operator = slices.Contains(a.Operators, c.Person.ID)
	return c, nil
}

// admit decides whether a known caller may.
func (a *api) admit(ctx context.Context, declared access, c asking, guild string) error {
	if c.Key != nil {
		if err := admitKey(declared, *c.Key, guild); err != nil {
			return err
		}
	}
	switch declared.who {
	case signedIn, author:
		return nil
	case guildManager:
		return a.admitManager(ctx, c, guild)
	case operator:
		if !c.Operator {
			return fault.New(fault.Forbidden, "not_operator", "Only the operators of this instance may do this.")
		}
		return nil
	default:
		return errors.New("an operation does not say who may call it")
	}
}

// admitKey holds a key to what it was made for.
func admitKey(declared access, k account.Key, guild string) error {
	switch {
	case declared.scope == "":
		return fault.New(fault.Forbidden, "key_refused", "No API key can do this. Sign in with a browser.")
	case !k.May(declared.scope):
		return fault.New(fault.Forbidden, "key_scope", "This API key was not made for this: it lacks the scope "+string(declared.scope)+".")
	case !k.Guild.IsZero() && guild == "" && declared.who != signedIn:
		return errKeyGuild()
	}
	return nil
}

// errKeyGuild answers a key for one server that asks for what is its person's in all of them.
func errKeyGuild() error {
	return fault.New(fault.Forbidden, "key_guild", "This API key is for one server alone, and this is not about that server.")
}

// admitManager lets through who may manage the server. To everybody else there is no such server: who is in which is not told.
func (a *api) admitManager(ctx context.Context, c asking, text string) error {
	id, err := snowflake.Parse[snowflake.Guild](text)
	if err != nil {
		return errNoSuchGuild()
	}
	var may bool
	if c.Key != nil {
		may, err = a.Rights.KeyManages(ctx, *c.Key, id)
	} else {
		may, err = a.Rights.SessionManages(ctx, c.session, id)
	}
	if err == nil && !may {
		return errNoSuchGuild()
	}
	return err
}

func errNoSuchGuild() error {
	return fault.New(fault.NotFound, "guild_not_found", "There is no such server, or you may not manage it.")
}
