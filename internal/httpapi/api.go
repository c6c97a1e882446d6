package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"usher/internal/core/account"
	"usher/internal/core/audit"
	"usher/internal/core/bloxlink"
	"usher/internal/core/form"
	"usher/internal/core/guild"
	"usher/internal/core/health"
	"usher/internal/core/integration"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
	"usher/internal/core/tag"
	"usher/internal/core/ticket"
)

// Config is what the API stands on.
type Config struct {
	Public    *url.URL // where browsers reach this program
	Version   string   // of Usher
	Operators []snowflake.User
	Checks    []Check      // of /readyz
	Pages     http.Handler // the dashboard; nil: none
	Pictures  string       // where Discord's pictures are, such as https://cdn.discordapp.com
	CanSignIn bool         // whether the client's secret is set
	Log       *slog.Logger
	Now       func() time.Time
	NewID     func() string // a reference for each request, short and hard to guess
	Services
}

// Services are core's, behind the operations.
type Services struct {
	SignIn    *account.SignIn
	Keys      *account.Keyring
	Rights    *account.Rights
	Directory guild.Directory
	People    *guild.People
	Audit     audit.Log
	Panels    panel.Store
	Board     *panel.Board
	Guilds    *guild.Registry
	Bloxlink  *bloxlink.Source
	Forms     *form.Cabinet
	Tags      *tag.Book
	Tickets   ticket.Records
	Values    ticket.Values

	Health   *health.Watch    // of this instance
	Settings InstanceSettings // of this instance; they do not change while it runs

	Catalog    *integration.Catalog
	Resolver   *integration.Resolver
	Deliveries integration.Deliveries
	LogoPath   func(hash string, size int) string // where a kept logo is served
}

// api answers requests.
type api struct {
	Config
	log     *slog.Logger
	cookies cookies
	writes  writes
	huma    huma.API
}

// Paths.
const (
	basePath  = "/api/v1"
	guildPath = basePath + "/guilds/{guild}"
	docsPath  = "/api/docs"
	specPath  = "/api/openapi.json"
)

// bodyLimit is how much is read of what is sent to an operation, in bytes.
const bodyLimit = 256 << 10

// New makes the handler of everything that Usher says over HTTP. Errors tell of a program that was put together wrongly.
func New(c Config) (http.Handler, error) {
	a := &api{Config: c, log: c.Log, cookies: cookies{secure: c.Public.Scheme == "https"}}
	mux := http.NewServeMux()
	a.describe(mux)
	health := Health(c.Checks, c.Log)
	mux.Handle("GET /healthz", health)
	mux.Handle("GET /readyz", health)
	mux.HandleFunc("GET "+signInPath, a.signIn)
	mux.HandleFunc("GET "+callbackPath, a.callback)
	if err := a.document(mux); err != nil {
		return nil, err
	}
	if c.Pages == nil {
		mux.Handle("GET /{$}", http.RedirectHandler(docsPath, http.StatusFound))
	}
	return a.outside(a.routed(mux)), nil
}

// origin is the public address as browsers name it in Origin.
func (a *api) origin() string { return a.Public.Scheme + "://" + a.Public.Host }

// describe registers all operations.
func (a *api) describe(mux humago.Mux) {
	registry := huma.NewMapRegistry("#/components/schemas/", schemaName)
	registry.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), reflect.TypeFor[Problem]())
	aliasIDs(registry)
	a.huma = humago.New(mux, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Usher", Version: "1",
				Description: "Support tickets for Discord. The dashboard uses this API and nothing else, so whatever it does, a program can do.",
			},
			Components: &huma.Components{Schemas: registry, SecuritySchemes: map[string]*huma.SecurityScheme{
				"session": {Type: "apiKey", In: "cookie", Name: a.cookies.session(), Description: "A browser that signed in at " + signInPath + "."},
				"key":     {Type: "http", Scheme: "bearer", Description: "An API key: Authorization: Bearer " + account.KeyPrefix + "…"},
			}},
		},
		Formats:                      map[string]huma.Format{"application/json": jsonFormat(), "json": jsonFormat()},
		DefaultFormat:                "application/json",
		Transformers:                 []huma.Transformer{a.transform},
		RejectUnknownQueryParameters: true,
	})
	a.huma.UseMiddleware(a.guard)
	a.instanceOperations()
	a.accountOperations()
	a.keyOperations()
	a.guildOperations()
	a.auditOperations()
	a.formOperations()
	a.tagOperations()
	a.ticketOperations()
	a.integrationOperations()
	a.activationOperations()
	a.reviewOperations()
	a.operatorOperations()
	a.starterOperations()
	a.settingsOperations()
	a.panelOperations()
	a.previewOperations()
	a.solid()
}

// add registers an operation: who may call it is no option.
func add[I, O any](a *api, may access, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	op.Metadata = map[string]any{metadataAccess: may}
	op.Extensions = map[string]any{"x-who": string(may.who)}
	if may.scope != "" {
		op.Extensions["x-scope"] = string(may.scope)
	}
	op.Security = may.security()
	if op.MaxBodyBytes == 0 {
		op.MaxBodyBytes = bodyLimit
	}
	op.BodyReadTimeout = 10 * time.Second
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// answer is an operation's answer with a body.
type answer[T any] struct {
	Body T
}

func body[T any](v T) *answer[T] { return &answer[T]{Body: v} }

// made is the answer of an operation that makes something.
type made[T any] struct {
	Location string `header:"Location" doc:"The path of what was made."`
	Body     T
}

// madeAt says where what an operation made is.
func madeAt[T any](out *answer[T], err error, path func(T) string) (*made[T], error) {
	if err != nil {
		return nil, err
	}
	return &made[T]{Location: path(out.Body), Body: out.Body}, nil
}

// nothing is an operation's input or answer without anything.
type nothing struct{}
