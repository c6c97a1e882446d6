package egress

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// TunnelConfig is what the operator of the other machine decides. A zero field takes the default in brackets; Clients, Log and Now have none.
type TunnelConfig struct {
	Clients        []TunnelClient
	AllowNetworks  []netip.Prefix // as in Config
	AllowPorts     []uint16
	OwnAddresses   []netip.Addr
	ConnectTimeout time.Duration // for resolving and for connecting, each [2 s]
	Resolver       Resolver
	MaxTunnels     int           // open at one moment [512]
	PerClient      int           // of them for one client [256]
	PerHost        int           // of them to one host and port [128]
	Idle           time.Duration // a tunnel in which nothing moves ends after it [30 s]
	Age            time.Duration // and every tunnel after it [2 min]
	Drain          time.Duration // how long tunnels may go on when told to stop [10 s]
	TLS            *tls.Config   // [in the clear: for a private network or this machine alone]
	Log            *slog.Logger  // required
	Now            func() time.Time
}

// maxTunnelHeader bounds a CONNECT's headers, in bytes; net/http adds 4 KiB of its own.
const maxTunnelHeader = 8 << 10

// headerTimeout is how long a client may take for TLS and its CONNECT.
const headerTimeout = 5 * time.Second

// Tunnels is a guarded HTTP CONNECT proxy (I-40): the way out of instances whose own machines dial nobody. It judges each target as a
// [Client] that dials does, with the same code: it resolves the name itself, and checks the address at the socket again.
//
// It serves CONNECT from known clients only. It knows no secret but theirs, sees no request and no answer, and adds nothing to either.
type Tunnels struct {
	clients clients
	gate    gate
	dialer  *dialer
	slots   *slots
	running running
	most    int
	idle    time.Duration
	age     time.Duration
	drain   time.Duration
	tls     *tls.Config
	log     *slog.Logger
	now     func() time.Time
}

// NewTunnels checks cfg. The error names what cannot be used.
func NewTunnels(cfg TunnelConfig) (*Tunnels, error) {
	if cfg.Now == nil || cfg.Log == nil {
		return nil, errors.New("egress: Now or Log is missing: hand in a clock and a logger")
	}
	known, err := newClients(cfg.Clients)
	if err != nil {
		return nil, err
	}
	guarded := withDefaults(Config{
		AllowNetworks: cfg.AllowNetworks, AllowPorts: cfg.AllowPorts, OwnAddresses: cfg.OwnAddresses,
		ConnectTimeout: cfg.ConnectTimeout, Resolver: cfg.Resolver,
	})
	g, err := newGate(guarded)
	if err != nil {
		return nil, err
	}
	most, perClient := or(cfg.MaxTunnels, 512), or(cfg.PerClient, 256)
	return &Tunnels{
		clients: known,
		gate:    g,
		dialer:  newDialer(g.guard, guarded.Resolver, guarded.ConnectTimeout),
		// A client takes the place of a guild: it is whom a share belongs to.
		slots: newSlots(Limits{Total: most, PerGuild: perClient, PerIntegration: perClient, PerHost: or(cfg.PerHost, 128)}),
		most:  most,
		idle:  or(cfg.Idle, 30*time.Second),
		age:   or(cfg.Age, 2*time.Minute),
		drain: or(cfg.Drain, 10*time.Second),
		tls:   cfg.TLS,
		log:   cfg.Log,
		now:   cfg.Now,
	}, nil
}

// Serve answers on l until ctx ends; then it accepts nobody, lets open tunnels go on for the time to drain, cuts what is left and returns nil.
func (t *Tunnels) Serve(ctx context.Context, l net.Listener) error {
	if t.tls != nil {
		l = tls.NewListener(l, t.tls)
	}
	cutting, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := t.server(cutting)
	drained := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(drained)
		t.end(cutting, server)
	})
	err := server.Serve(l)
	if stop() { // it ended by itself
		return errors.Join(fmt.Errorf("serving tunnels: %w", err), server.Close())
	}
	<-drained
	cut()
	return t.running.wait(context.WithoutCancel(ctx))
}

// end closes what is idle at once and waits for the others.
func (t *Tunnels) end(ctx context.Context, server *http.Server) {
	ctx, cancel := context.WithTimeout(ctx, t.drain)
	defer cancel()
	err := server.Shutdown(ctx)
	if err == nil {
		err = t.running.wait(ctx)
	}
	if err != nil {
		t.log.LogAttrs(ctx, slog.LevelWarn, "tunnels are cut that did not end in time", slog.Int("tunnels", t.running.count()))
		_ = server.Close()
	}
}

func (t *Tunnels) server(cutting context.Context) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	waiting := &connections{most: t.most}
	return &http.Server{
		Handler:           http.HandlerFunc(t.serve),
		BaseContext:       func(net.Listener) context.Context { return cutting },
		ConnState:         waiting.changed,
		MaxHeaderBytes:    maxTunnelHeader,
		ReadHeaderTimeout: headerTimeout,
		WriteTimeout:      headerTimeout + 4*t.dialer.timeout, // of a refusal; a tunnel has its own
		IdleTimeout:       headerTimeout,
		Protocols:         protocols,
		// What strangers send on an open port is no event.
		ErrorLog: slog.NewLogLogger(t.log.Handler(), slog.LevelDebug),
	}
}

// serve answers one request: with a tunnel, or with a refusal by which the connection ends.
func (t *Tunnels) serve(w http.ResponseWriter, r *http.Request) {
	defer t.running.begin()()
	asked, refused := t.judge(r)
	if refused == nil {
		refused = t.tunnel(w, r, asked)
	}
	if refused == nil {
		return
	}
	t.log.LogAttrs(r.Context(), slog.LevelInfo, "tunnel refused", slog.String("client", asked.client), slog.String("from", r.RemoteAddr),
		slog.String("host", asked.host()), slog.String("reason", refused.kind), slog.Int("status", refused.status))
	refused.write(w)
}

// asking is a CONNECT as it was judged. What is not known yet is empty.
type asking struct {
	client      string
	target      Target
	allowedOnly bool
	confirm     bool // that an allowed network was reached
}

// host is for the log: never anything but a host and a port.
func (a asking) host() string {
	if a.target.location == nil {
		return ""
	}
	return tunnelTarget(a.target.origin)
}

// judge refuses what can be refused without asking anybody.
func (t *Tunnels) judge(r *http.Request) (a asking, refused *refusal) {
	if r.Method != http.MethodConnect {
		return a, &refusal{status: http.StatusMethodNotAllowed, kind: "http_request_denied", text: "This is a CONNECT proxy."}
	}
	client, known := t.clients.named(r.Header.Get("Proxy-Authorization"))
	if !known {
		return a, &refusal{status: http.StatusProxyAuthRequired, kind: "http_request_denied", text: "Send Proxy-Authorization: Basic with a known name and password."}
	}
	a.client = client
	if text := oddHead(r); text != "" {
		return a, &refusal{status: http.StatusBadRequest, kind: "http_request_error", text: text}
	}
	target, err := parseTunnelTarget(r.RequestURI)
	if err != nil {
		return a, refusalOf(err)
	}
	a.target = target
	if a.allowedOnly, err = t.gate.admit(target, false); err != nil {
		return a, refusalOf(err)
	}
	a.confirm = r.Header.Get(onlyHeader) != ""
	a.allowedOnly = a.allowedOnly || a.confirm
	return a, nil
}

// tunnel dials, answers and carries bytes until the tunnel ends.
func (t *Tunnels) tunnel(w http.ResponseWriter, r *http.Request, a asking) *refusal {
	begun := t.now()
	release, ok := t.slots.acquire(Key{Guild: a.client, Integration: a.client}, a.target.origin)
	if !ok {
		return refusalOf(busy())
	}
	defer release()
	ctx, cancel := context.WithTimeout(r.Context(), 2*t.dialer.timeout+time.Second)
	defer cancel()
	server, err := t.dialer.dial(ctx, a.target.origin, a.allowedOnly)
	if err != nil {
		return refusalOf(err)
	}
	defer func() { _ = server.Close() }()
	client, early, err := hijack(w)
	if err != nil {
		return &refusal{status: http.StatusInternalServerError, kind: "proxy_internal_error", text: "The connection cannot become a tunnel."}
	}
	defer func() { _ = client.Close() }()
	carried := t.carry(r.Context(), client, server, early, a.confirm)
	t.log.LogAttrs(r.Context(), slog.LevelInfo, "tunnel ended", slog.String("client", a.client), slog.String("host", a.host()),
		slog.Int64("sent", carried.up), slog.Int64("received", carried.down), slog.Duration("lasted", t.now().Sub(begun)))
	return nil
}

// hijack takes the connection, and what the client sent behind its CONNECT.
func hijack(w http.ResponseWriter) (net.Conn, []byte, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("taking the connection: %w", err)
	}
	early := make([]byte, buffered.Reader.Buffered())
	if _, err := buffered.Read(early); err != nil && len(early) > 0 {
		return nil, nil, errors.Join(err, conn.Close())
	}
	return conn, early, nil
}

// parseTunnelTarget reads host:port by the function that reads every URL.
func parseTunnelTarget(text string) (Target, error) {
	for _, r := range text {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-', r == '_', r == ':', r == '[', r == ']':
		default:
			return Target{}, fail(ClassURL, "The target must be host:port.")
		}
	}
	t, err := ParseURL("https://" + text + "/")
	if err != nil {
		return Target{}, err
	}
	if !strings.EqualFold(text, tunnelTarget(t.origin)) { // without a port, or spelt otherwise than it is read
		return Target{}, fail(ClassURL, "The target must be host:port.")
	}
	return t, nil
}
