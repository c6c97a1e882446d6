// Package rest is Discord's REST API v10 as bots meet it (S-1): routes, authentication, bodies, rate limits, faults,
// schemas, answers. The rules behind the routes are the world's; this package translates between them and HTTP.
package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/sandbox/internal/fault"
	"usher/sandbox/internal/oauth"
	"usher/sandbox/internal/openapi"
	"usher/sandbox/internal/ratelimit"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/witness"
	"usher/sandbox/internal/world"
)

// Witness is the sandbox's witness.
type Witness = witness.Witness[world.Ping, world.InteractionRecord]

// Judge checks bodies against Discord's description (S-9); a path template is that of the description.
type Judge interface {
	CheckRequest(method, template, contentType string, body []byte) []openapi.Problem
	CheckResponse(method, template string, status int, body []byte) []openapi.Problem
}

// Config is what the API depends on.
type Config struct {
	World   *world.World
	Witness *Witness
	Faults  *fault.Board
	Limits  *ratelimit.Limiter
	// OAuth knows the tokens of people.
	OAuth  *oauth.Server
	Logger *slog.Logger
	// Judge is nil when there is no description to check against.
	Judge Judge
	// Now is the witness's clock: the real one, because it measures.
	Now func() time.Time
	// GatewayURL and GatewayInfo answer GET /gateway and /gateway/bot.
	GatewayURL  func() string
	GatewayInfo func(world.Login) any
}

// API serves /api, /api/v10.
type API struct {
	cfg    Config
	router *router
}

// New makes the API.
func New(cfg Config) *API {
	a := &API{cfg: cfg}
	a.router = newRouter(a.routes())
	return a
}

// call is one request on its way.
type call struct {
	api    *API
	req    *http.Request
	route  *route
	params map[string]string
	raw    []byte
	body   []byte
	files  []world.File
	login  world.Login
	actor  world.Actor
	// bearer is whose token came; nil when a bot or nobody calls.
	bearer *oauth.Bearer
	// parsed tells that body is known to be JSON.
	parsed bool
	record *witness.Call
	bucket string
	struck []string
	header http.Header
}

// answer is what a call gives back.
type answer struct {
	status int
	body   []byte
	code   int
	html   bool
}

// maxBody is the largest request Discord reads: 25 MiB of files and some room for the rest.
const maxBody = 26 << 20

// ServeHTTP serves one call. The path is that after /api or /api/v10.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request, path string) {
	route, params, known := a.router.find(r.Method, path)
	c := &call{api: a, req: r, route: route, params: params, header: http.Header{}}
	template := withoutTokens(path)
	if route != nil {
		template = route.template
	}
	c.record = a.cfg.Witness.Begin(a.cfg.Now(), r.Method, template, hidden(r, params))
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	c.raw, c.body = raw, raw
	var out answer
	switch {
	case err != nil:
		out = refused(refusal.Code(40005))
	case route == nil:
		out = a.unknown(c, template, known)
	default:
		out = a.serve(c)
	}
	if out.status == 0 {
		a.finish(c, out)
		drop(w)
		return
	}
	a.write(w, c, out)
}

// unknown answers a route that the sandbox does not have, and says so loudly: a gap must be seen (S-1).
func (a *API) unknown(c *call, path string, known bool) answer {
	status := http.StatusNotFound
	if known {
		status = http.StatusMethodNotAllowed
	}
	a.cfg.Witness.Find("error", witness.UnknownRoute, path, c.req.Method+" "+path+" is no route that the sandbox knows")
	a.cfg.Logger.Error("unknown route", slog.String("method", c.req.Method), slog.String("path", path))
	return refused(refusal.Status(status))
}

// serve runs the pipeline: who, faults before, limits, shape, rules, schema, faults after.
func (a *API) serve(c *call) answer {
	if d, banned := a.cfg.Limits.Banned(address(c.req)); banned {
		c.header = d.Header
		return answer{status: d.Status, body: d.Body, html: true}
	}
	if err := c.authenticate(); err != nil {
		a.cfg.Limits.CountInvalid(address(c.req), err.Status)
		out := refused(err)
		a.judgeResponse(c, out)
		return out
	}
	if c.fromBot() && !userAgent.MatchString(c.req.UserAgent()) {
		return a.cloudflare(c)
	}
	strikes := a.strikes(c)
	if out, over := a.strike(c, strikes, false); over {
		return out
	}
	out := a.limited(c)
	if later, over := a.strike(c, strikes, true); over {
		return later
	}
	return out
}

// userAgent is the form that Discord demands (reference "User Agent").
var userAgent = regexp.MustCompile(`^DiscordBot \([^,()]+, ?[^()]*\)`)

// fromBot tells that the rules for bots hold. Web servers that sign people in call with any User-Agent. (Not documented.)
func (c *call) fromBot() bool { return c.route.by != byClient && c.bearer == nil }

// cloudflare is the answer to a User-Agent that Discord does not let in: HTML and not JSON.
func (a *API) cloudflare(c *call) answer {
	text := "User-Agent must look like \"DiscordBot (url, version)\", not " + strconv.Quote(c.req.UserAgent())
	a.find("error", witness.Rule, c, text)
	return answer{status: http.StatusForbidden, html: true, body: []byte("<html><head><title>403 Forbidden</title></head><body><h1>Error 1010</h1></body></html>")}
}

func (c *call) authenticate() *refusal.Error {
	header := c.req.Header.Get("Authorization")
	c.actor.Reason = auditReason(c.req)
	if c.route.by == byClient || c.route.by == byToken && header == "" {
		return nil
	}
	if token, isBearer := strings.CutPrefix(header, "Bearer "); isBearer {
		return c.asBearer(token)
	}
	token, isBot := strings.CutPrefix(header, "Bot ")
	login, ok := c.api.cfg.World.Login(token)
	if ok && isBot && c.route.by != byBearer {
		c.login, c.actor.App, c.actor.User = login, login.App, login.App
		return nil
	}
	if c.route.by == byToken {
		return nil
	}
	return unauthorized()
}

func unauthorized() *refusal.Error { return refusal.Status(http.StatusUnauthorized) }

// limited takes the call through the rate limits and carries it out.
func (a *API) limited(c *call) answer {
	d := a.cfg.Limits.Take(c.limit())
	c.bucket = d.Bucket
	maps.Copy(c.header, d.Header)
	if !d.OK {
		return answer{status: d.Status, body: d.Body, html: !json.Valid(d.Body)}
	}
	out := a.carryOut(c)
	a.cfg.Limits.CountInvalid(address(c.req), out.status)
	return out
}

func (c *call) limit() ratelimit.Request {
	app := uint64(c.login.App)
	if c.bearer != nil {
		// The token of a person has limits of its own.
		app = uint64(c.bearer.User)
	}
	return ratelimit.Request{
		App: app, IP: address(c.req), Method: c.req.Method, Route: c.route.template,
		Majors: majors(c.route, c.params), Fields: c.topFields,
	}
}

// topFields are the names at the top of a JSON body, for limits that look at them.
func (c *call) topFields() []string {
	var m map[string]json.RawMessage
	if len(c.raw) == 0 || json.Unmarshal(c.raw, &m) != nil {
		return nil
	}
	return slices.Collect(maps.Keys(m))
}

func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// carryOut reads the body, judges it and lets the route's handler act.
func (a *API) carryOut(c *call) answer {
	if err := c.checkPath(); err != nil {
		return a.refuse(c, err)
	}
	if err := c.readBody(); err != nil {
		return a.refuse(c, err)
	}
	if err := c.checkBody(); err != nil {
		return a.refuse(c, err)
	}
	status, value, err := c.route.handle(c)
	if err != nil {
		return a.refuse(c, err)
	}
	out := answer{status: status}
	if value != nil {
		if out.body, err = json.Marshal(value); err != nil {
			a.cfg.Logger.Error("encoding an answer", slog.String("route", c.route.template), slog.Any("error", err))
			return refused(refusal.Status(http.StatusInternalServerError))
		}
	}
	a.judgeResponse(c, out)
	return out
}

// refuse turns an error into Discord's answer, and notes what a bot got wrong.
func (a *API) refuse(c *call, err error) answer {
	var r *refusal.Error
	if !errors.As(err, &r) {
		a.cfg.Logger.Error("handling a call", slog.String("route", c.route.template), slog.Any("error", err))
		return refused(refusal.Status(http.StatusInternalServerError))
	}
	if r.Code == 50035 || r.Code == 50006 || r.Code == 50109 {
		a.find("warning", witness.Rule, c, r.Error())
	}
	if r.RetryAfter > 0 {
		c.header.Set("Retry-After", strconv.Itoa(int(r.RetryAfter)+1))
		c.header.Set("X-RateLimit-Scope", "shared")
		c.header.Set("Via", "1.1 google")
	}
	out := refused(r)
	a.judgeResponse(c, out)
	return out
}

func (a *API) find(severity, kind string, c *call, text string) {
	a.cfg.Witness.Find(severity, kind, c.req.Method+" "+c.route.template, text)
	a.cfg.Logger.Warn("finding", slog.String("kind", kind), slog.String("method", c.req.Method), slog.String("route", c.route.template),
		slog.String("text", text))
}

func (a *API) judgeResponse(c *call, out answer) {
	if a.cfg.Judge == nil || c.route.by == byClient {
		return
	}
	for _, p := range a.cfg.Judge.CheckResponse(c.req.Method, c.route.template, out.status, out.body) {
		a.find("error", witness.SchemaResponse, c, strconv.Itoa(out.status)+" "+p.String())
	}
}

func refused(e *refusal.Error) answer {
	body, err := json.Marshal(e.Body())
	if err != nil {
		body = []byte(`{"message":"500: Internal Server Error","code":0}`)
	}
	return answer{status: e.Status, body: body, code: e.Code}
}

// write sends the answer and tells the witness.
func (a *API) write(w http.ResponseWriter, c *call, out answer) {
	for name, values := range c.header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	switch {
	case out.html:
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
	case len(out.body) > 0:
		w.Header().Set("Content-Type", "application/json")
	}
	a.finish(c, out)
	w.WriteHeader(out.status)
	_, _ = io.Copy(w, bytes.NewReader(out.body))
}

func (a *API) finish(c *call, out answer) {
	code := out.code
	if code == 0 && out.status >= 400 && len(out.body) > 0 {
		var named struct {
			Code int `json:"code"`
		}
		_ = json.Unmarshal(out.body, &named)
		code = named.Code
	}
	var body json.RawMessage
	if (c.parsed || json.Valid(c.body)) && (c.route == nil || !c.route.private) {
		body = c.body
	}
	a.cfg.Witness.End(c.record, a.cfg.Now(), func(r *witness.Call) {
		if c.login.App != 0 {
			r.Bot = c.login.App.String()
		}
		r.Body, r.Status, r.Code, r.Bucket, r.Fault = body, out.status, code, c.bucket, strings.Join(c.struck, ",")
	})
	a.cfg.Logger.Debug("call", slog.String("method", c.req.Method), slog.String("route", c.record.Route), slog.Int("status", out.status),
		slog.Int("code", code))
}

// drop closes the connection without an answer.
func drop(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close()
}
