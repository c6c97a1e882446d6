package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"usher/internal/core/account"
	"usher/internal/core/guild"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/discord"
	"usher/internal/httpapi"
	"usher/internal/logo"
	"usher/web"
)

// people is who may do what: signing in, keys and rights.
type people struct {
	version   string
	canSignIn bool
	signIn    *account.SignIn
	keys      *account.Keyring
	rights    *account.Rights
}

// wirePeople makes core's services for people over the rooms.
func (a *App) wirePeople(sealer secret.Sealer, version string) (people, error) {
	clientSecret, err := a.config.Web.Secret()
	if err != nil {
		return people{}, err
	}
	client := a.config.Web.ClientID
	if client.IsZero() {
		client = a.bot.Application()
	}
	identity, err := discord.NewIdentity(discord.IdentityConfig{
		APIURL: a.config.Discord.APIURL, ClientID: client, ClientSecret: clientSecret, Version: version, Now: time.Now,
	})
	if err != nil {
		return people{}, fmt.Errorf("signing in with Discord: %w", err)
	}
	signIn := &account.SignIn{Identity: identity, Store: a.store.Sessions(), Sealer: sealer, Random: rand.Reader, Now: time.Now}
	return people{
		version: version, canSignIn: !clientSecret.Empty(), signIn: signIn, rights: account.NewRights(signIn, a.bot.Presence()),
		keys: &account.Keyring{Store: a.store.Keys(), Random: rand.Reader, Now: time.Now},
	}, nil
}

// handler answers everything over HTTP, for a server that listens on address.
func (a *App) handler(address string) (http.Handler, error) {
	public, err := a.config.Web.Public(address)
	if err != nil {
		return nil, err
	}
	pictures := pictures(a.config.Discord.APIURL)
	c := httpapi.Config{
		Public: public, Version: a.people.version, Operators: a.config.Web.Operators, CanSignIn: a.people.canSignIn, Pictures: pictures,
		Log: a.log, Now: time.Now, NewID: func() string { return newID()[:12] },
		Checks: []httpapi.Check{
			{Name: "database", Run: a.store.Ping},
			{Name: "discord", Run: func(context.Context) error { return a.bot.Ready() }},
		},
		Services: httpapi.Services{
			SignIn: a.people.signIn, Keys: a.people.keys, Rights: a.people.rights, Directory: a.bot.Presence(), People: guild.NewPeople(a.bot.Presence(), time.Now), Audit: a.store.Audit(),
			Catalog: a.catalog, Resolver: a.values, Deliveries: a.store.Deliveries(), LogoPath: logo.Path,
			Panels: a.store.Panels(), Board: a.board, Guilds: a.guilds, Bloxlink: a.bloxlink, Forms: a.forms, Tags: a.tags, Tickets: a.store.Tickets(), Values: a.ticketValues(),
			Health: a.watch(), Settings: instanceSettings(a.config),
		},
	}
	if files, built := web.Assets(); built {
		if c.Pages, err = httpapi.NewPages(files, pictures); err != nil {
			return nil, err
		}
	}
	api, err := httpapi.New(c)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", api)
	mux.Handle("/logos/", logo.Handler(a.blobs, a.log))
	return mux, nil
}

// pictures is where the pictures of people and servers are: at Discord on a host of its own, elsewhere beside the API.
func pictures(apiURL string) string {
	u, err := url.Parse(apiURL)
	if err != nil || strings.HasSuffix(u.Hostname(), "discord.com") {
		return "https://cdn.discordapp.com"
	}
	return u.Scheme + "://" + u.Host
}

// MakeKey makes an API key of a user, for whoever runs the program, and gives its token, which is shown this once. Errors: those of
// account.Keyring.Create.
func (a *App) MakeKey(ctx context.Context, user snowflake.User, name string, life time.Duration, scopes ...account.Scope) (secret.Value, error) {
	by := account.Caller{Person: account.Person{ID: user}}
	for _, o := range a.config.Web.Operators {
		by.Operator = by.Operator || o == user
	}
	_, token, err := a.people.keys.Create(ctx, by, account.Key{Name: name, Scopes: scopes, Expires: time.Now().Add(life)})
	return token, err
}
