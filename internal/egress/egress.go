// Package egress is the guarded way out: every request that a stranger's text caused (an integration's URL, a validation URL, a logo)
// leaves through [Client.Do] and nowhere else. No such request reaches an address that is not public unicast, whatever URL, DNS answer,
// redirect or encoding says (I-39); the operator may allow networks by name.
//
// The order, each step failing closed: the URL is parsed by the function that judged it when it was saved; ports and schemes are
// judged; the name is resolved once, by Go's own resolver, as an absolute name; if any answer is refused, the name is; the vetted address
// is dialled and checked again at the socket, and that check is the guard. Then one HTTP/1.1 exchange with bounded header, body and time: no
// redirect is followed, no proxy taken from the environment, no cookie kept, no connection used twice.
//
// The operator may move the way out to another machine ([Proxy], [Worker]), so that the addresses of the bot's own machines stay hidden (I-40). The
// guard then stands there too: [Tunnels] is that machine's side, the same guard behind an HTTP CONNECT proxy. Where the chosen way does not
// work, calls fail; there is no falling back.
//
// It must never know integrations, guild settings, Discord, the database or how a secret is stored. What it says about a failure never
// holds a URL, an address or a header value.
package egress

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
)

// Config is what the operator decides. A zero field takes the default in brackets; Now has none.
type Config struct {
	AllowNetworks  []netip.Prefix // may be reached although they are not public, on any port (I-39)
	AllowPorts     []uint16       // of public servers, besides 80 and 443
	OwnAddresses   []netip.Addr   // never reached, allowed network or not: the instance's own nodes
	ConnectTimeout time.Duration  // for resolving, for connecting and for the TLS handshake, each [2 s]
	Timeout        time.Duration  // for a whole call [5 s] (I-11)
	MaxBody        int            // bytes of an answer, as sent and as decoded [256 KiB] (I-11)
	MaxHeader      int            // bytes of an answer's headers, interim answers included [32 KiB]
	MaxRequestBody int            // bytes of a body to send [256 KiB]
	Limits         Limits
	UserAgent      string           // [Usher]
	Resolver       Resolver         // [Go's resolver, never the C library's, which reads 2130706433 as an address]
	RootCAs        *x509.CertPool   // [the system's]
	Now            func() time.Time // required: measures durations
	Proxy          *Proxy           // calls go through it [they are dialled from this machine]
	Worker         *Worker          // or through this
}

// Limits bounds the calls in flight at one moment (I-43). A call over a limit fails at once with [ClassBusy]; nobody waits in a queue.
type Limits struct {
	Total          int // [512]
	PerGuild       int // [64]
	PerIntegration int // over all guilds [128]
	PerHost        int // host and port, over all guilds [128]
}

// Resolver looks up the addresses of an absolute name (with its trailing dot). [net.Resolver] is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// Key says for whom a call is made. Limits are counted by it, and calls of different keys share nothing: no connection, no TLS session.
type Key struct {
	Guild       string
	Integration string
}

// Header is a line of a request. The value may be a secret and is treated as one.
type Header struct {
	Name  string
	Value secret.Value
}

// Request is one call.
type Request struct {
	Method string // GET or POST
	URL    Target
	Header []Header
	Body   []byte
	// Confidential says that a secret or a header value of the author travels in URL, headers or body: over http it then goes to allowed
	// networks only (I-3).
	Confidential bool
}

// Response is a complete answer with any status but an interim or a redirecting one.
type Response struct {
	Status   int
	Header   http.Header   // of usefulHeaders, those that were sent
	Body     []byte        // decoded, at most Config.MaxBody bytes
	Size     int           // bytes of the body as they were sent; through a worker, as decoded
	Duration time.Duration // of the whole call
}

// backEnd carries one judged call to its server. The caller has set the deadline of ctx.
type backEnd interface {
	exchange(ctx context.Context, c call) (Response, error)
}

// call is a judged request on its way to a back end.
type call struct {
	Request
	allowedOnly bool // may reach allowed networks only
}

// Client is safe for concurrent use. It keeps no connections and no goroutines between calls, so it needs no closing.
type Client struct {
	gate    gate
	slots   *slots
	back    backEnd
	timeout time.Duration
	maxBody int
	now     func() time.Time
}

// New makes a client. The error names the setting that cannot be used: a way out that is misconfigured is never replaced by another.
func New(cfg Config) (*Client, error) {
	if cfg.Now == nil {
		return nil, errors.New("egress: Now is missing: hand in a clock")
	}
	cfg = withDefaults(cfg)
	g, err := newGate(cfg)
	if err != nil {
		return nil, err
	}
	g.namesOnly = cfg.Worker != nil
	back, err := newBackEnd(cfg, g.guard)
	if err != nil {
		return nil, err
	}
	return &Client{
		gate:    g,
		slots:   newSlots(cfg.Limits),
		back:    back,
		timeout: cfg.Timeout,
		maxBody: cfg.MaxRequestBody,
		now:     cfg.Now,
	}, nil
}

func newBackEnd(cfg Config, g guard) (backEnd, error) {
	switch {
	case cfg.Proxy != nil && cfg.Worker != nil:
		return nil, errors.New("egress: there is a proxy and a worker: name one")
	case cfg.Proxy != nil:
		return newProxied(cfg)
	case cfg.Worker != nil:
		return newForwarded(cfg)
	default:
		return newDirect(cfg, g), nil
	}
}

// probeName is a name that exists nowhere (RFC 6761, 6.4).
const probeName = "usher-egress-check.invalid"

// Probe says whether the proxy or worker can be used at all, for the operator: the error names its address and what is wrong, and no
// credentials. From this machine itself there is nothing to probe.
func (c *Client) Probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if back, ok := c.back.(interface{ probe(context.Context) error }); ok {
		return back.probe(ctx)
	}
	return nil
}

// Do sends one request and reads the whole answer. The error is always a [*Failure]. There is no retry.
func (c *Client) Do(ctx context.Context, key Key, req Request) (Response, error) {
	start := c.now()
	judged, err := c.judge(req)
	if err != nil {
		return Response{}, err
	}
	release, ok := c.slots.acquire(key, req.URL.origin)
	if !ok {
		return Response{}, busy()
	}
	defer release()
	bounded, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	response, err := c.back.exchange(bounded, judged)
	if err != nil {
		if ctx.Err() != nil {
			return Response{}, fail(ClassEgress, "The request was given up before it ended.")
		}
		return Response{}, asFailure(err)
	}
	response.Duration = c.now().Sub(start)
	return response, nil
}

// judge refuses what can be refused without asking anybody.
func (c *Client) judge(req Request) (call, error) {
	if req.URL.location == nil {
		return call{}, fail(ClassURL, "There is no URL.")
	}
	if req.Method != http.MethodGet && req.Method != http.MethodPost {
		return call{}, fail(ClassURL, "The method must be GET or POST.")
	}
	if len(req.Body) > c.maxBody {
		return call{}, fail(ClassTooLarge, fmt.Sprintf("The body to send is longer than %d bytes.", c.maxBody))
	}
	for _, h := range req.Header {
		if err := checkField(h); err != nil {
			return call{}, err
		}
	}
	allowedOnly, err := c.gate.admit(req.URL, req.Confidential)
	return call{Request: req, allowedOnly: allowedOnly}, err
}

// checkField is the last look at a header: whatever was saved, a call carries no framing of its own and no line break. Names that an
// author may not use but the product does, such as webhook-id, pass.
func checkField(h Header) error {
	framing := []string{"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect", "accept-encoding", "user-agent", "cookie"}
	lower := strings.ToLower(h.Name)
	if !requesttemplate.IsToken(h.Name) || slices.Contains(framing, lower) || strings.HasPrefix(lower, "proxy-") {
		return fail(ClassURL, "A header has a name that cannot be sent.")
	}
	if strings.ContainsFunc(h.Value.Reveal(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fail(ClassURL, "A header value holds a control character.")
	}
	return nil
}

// Defaults are the limits of a configuration that sets none.
func Defaults() Config { return withDefaults(Config{}) }

func withDefaults(cfg Config) Config {
	cfg.ConnectTimeout = or(cfg.ConnectTimeout, 2*time.Second)
	cfg.Timeout = or(cfg.Timeout, 5*time.Second)
	cfg.MaxBody = or(cfg.MaxBody, 256<<10)
	cfg.MaxHeader = or(cfg.MaxHeader, 32<<10)
	cfg.MaxRequestBody = or(cfg.MaxRequestBody, 256<<10)
	cfg.Limits.Total = or(cfg.Limits.Total, 512)
	cfg.Limits.PerGuild = or(cfg.Limits.PerGuild, 64)
	cfg.Limits.PerIntegration = or(cfg.Limits.PerIntegration, 128)
	cfg.Limits.PerHost = or(cfg.Limits.PerHost, 128)
	if cfg.UserAgent == "" {
		cfg.UserAgent = "Usher"
	}
	if cfg.Resolver == nil {
		cfg.Resolver = &net.Resolver{PreferGo: true}
	}
	return cfg
}

// or is value, or fallback where value is not positive.
func or[T int | time.Duration](value, fallback T) T {
	if value <= 0 {
		return fallback
	}
	return value
}
