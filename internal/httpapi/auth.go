package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
)

// Addresses of signing in and out.
const (
	signInPath     = "/auth/sign-in"
	callbackPath   = "/auth/callback"
	signOutPath    = "/auth/sign-out"
	everywherePath = "/auth/sign-out-everywhere"
)

// redirect is where Discord sends browsers back to. It must be registered with Discord to the letter.
func (a *api) redirect() string { return a.origin() + callbackPath }

// maxReturn is the longest path to come back to, in bytes: it travels in a cookie, of which browsers drop those above 4 KiB without a word.
const maxReturn = 1 << 10

// localPath reads where somebody wants to be after signing in: a path of this site, or its start, also in place of one that is too long.
// Nothing else is ever followed, for a link here could lead anywhere.
func localPath(text string) string {
	u, err := url.Parse(text)
	if err != nil || len(text) > maxReturn || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") ||
		strings.ContainsAny(text, "\\\r\n\t") || strings.HasPrefix(u.Path, "//") || strings.HasPrefix(u.Path, "/auth/") {
		return "/"
	}
	return text
}

// signIn sends a browser to Discord.
func (a *api) signIn(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back := localPath(q.Get("return"))
	if !a.CanSignIn {
		a.tell(w, http.StatusServiceUnavailable, "Signing in is not set up", "Whoever runs this instance has to set DISCORD_CLIENT_SECRET first.", "")
		return
	}
	if r.Host != a.Public.Host && q.Get("moved") == "" {
		// A cookie that is set under another name of this machine would not be there when Discord sends the browser back.
		http.Redirect(w, r, a.origin()+signInPath+"?"+url.Values{"return": {back}, "moved": {"1"}}.Encode(), http.StatusFound)
		return
	}
	leaving, err := a.SignIn.Begin(r.Context(), a.redirect(), back)
	if err != nil {
		a.tellError(w, r, err, back)
		return
	}
	http.SetCookie(w, a.cookies.leaving(leaving))
	http.Redirect(w, r, leaving.URL, http.StatusFound)
}

// isState matches what may be a state of ours: it is part of a cookie's name.
func isState(text string) bool { return regexp.MustCompile(`^[A-Za-z0-9_-]{20,64}$`).MatchString(text) }

// callback takes a browser back from Discord.
func (a *api) callback(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	back := account.Return{State: q.Get("state"), Code: q.Get("code"), Redirect: a.redirect(), Agent: r.UserAgent()}
	if isState(back.State) {
		if c, err := r.Cookie(a.cookies.pending(back.State)); err == nil {
			back.Pending = c.Value
			http.SetCookie(w, a.cookies.forget(c.Name))
		}
	}
	again := a.SignIn.Back(r.Context(), back)
	if q.Get("error") == "access_denied" {
		a.tell(w, http.StatusForbidden, "You are not signed in", "You did not allow Usher to see who you are, so nobody was signed in.", again)
		return
	}
	session, token, path, err := a.SignIn.Finish(r.Context(), back)
	if err != nil {
		a.tellError(w, r, err, again)
		return
	}
	a.endBefore(r)
	http.SetCookie(w, a.cookies.signedIn(token, session.Expires.Sub(session.Created)))
	http.Redirect(w, r, path, http.StatusSeeOther)
}

// endBefore ends the session that this browser had until now; it would be forgotten, not ended.
func (a *api) endBefore(r *http.Request) {
	c, err := r.Cookie(a.cookies.session())
	if err != nil {
		return
	}
	before, err := a.SignIn.Session(r.Context(), secret.New(c.Value))
	if err == nil {
		err = a.SignIn.SignOut(r.Context(), before.Person.ID, before.ID)
	}
	if err != nil && fault.KindOf(err) != fault.NotFound && fault.CodeOf(err) != account.CodeSignedOut {
		a.log.LogAttrs(r.Context(), slog.LevelWarn, "a browser's session before could not be ended", slog.Any("error", err)) // the new one stands
	}
}

// tellError shows a page about what failed, with a way to try again.
func (a *api) tellError(w http.ResponseWriter, r *http.Request, err error, back string) {
	p := a.problem(r.Context(), err)
	text := p.Detail
	if p.Reference != "" {
		text += " (Reference " + p.Reference + ")"
	}
	a.tell(w, p.Status, "You are not signed in", text, back)
}

// signedOut is the answer to signing out: the cookie goes.
type signedOut struct {
	SetCookie string `header:"Set-Cookie"`
}

// signOutOperations are signing out, here and everywhere.
func (a *api) signOutOperations() {
	people := access{who: signedIn}
	add(a, people, huma.Operation{
		OperationID: "sign-out", Method: http.MethodPost, Path: signOutPath, Tags: []string{tagAccount}, DefaultStatus: http.StatusNoContent,
		Summary: "Sign out", Description: "Ends this browser's session.",
	}, func(ctx context.Context, _ *nothing) (*signedOut, error) {
		c := callerOf(ctx)
		err := a.SignIn.SignOut(ctx, c.Person.ID, c.Session.ID)
		if fault.KindOf(err) == fault.NotFound {
			err = nil // ended by another request meanwhile
		}
		return &signedOut{SetCookie: a.cookies.forget(a.cookies.session()).String()}, err
	})
	add(a, people, huma.Operation{
		OperationID: "sign-out-everywhere", Method: http.MethodPost, Path: everywherePath, Tags: []string{tagAccount}, DefaultStatus: http.StatusNoContent,
		Summary: "Sign out everywhere", Description: "Ends all your sessions, this one too, and takes back what Discord granted for them. API keys stay: revoke them one by one.",
	}, func(ctx context.Context, _ *nothing) (*signedOut, error) {
		err := a.SignIn.SignOutEverywhere(ctx, callerOf(ctx).session)
		return &signedOut{SetCookie: a.cookies.forget(a.cookies.session()).String()}, err
	})
}
