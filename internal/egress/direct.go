package egress

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// direct is the back end that dials from this machine.
type direct struct {
	dialer    *dialer
	tls       *tls.Config
	handshake time.Duration
	wire      wire
}

func newDirect(cfg Config, g guard) *direct {
	return &direct{
		dialer: newDialer(g, cfg.Resolver, cfg.ConnectTimeout),
		// No session cache: a resumed session would tie two guilds' calls together for the server that sees them.
		tls:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: cfg.RootCAs, NextProtos: []string{"http/1.1"}},
		handshake: cfg.ConnectTimeout,
		wire:      wire{maxHeader: cfg.MaxHeader, maxBody: cfg.MaxBody, userAgent: cfg.UserAgent},
	}
}

// exchange implements backEnd with one connection for one call.
func (d *direct) exchange(ctx context.Context, c call) (Response, error) {
	conn, err := d.dialer.dial(ctx, c.URL.origin, c.allowedOnly)
	if err != nil {
		return Response{}, err
	}
	defer func() { _ = conn.Close() }()
	// The deadline is on the connection itself: it ends reads and writes that no context reaches.
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return Response{}, unreachable(ClassConnect)
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if c.URL.origin.Scheme != "https" {
		return d.wire.exchange(ctx, conn, c.Request)
	}
	secured, err := d.secure(ctx, conn, serverName(c.URL))
	if err != nil {
		return Response{}, err
	}
	return d.wire.exchange(ctx, secured, c.Request)
}

func (d *direct) secure(ctx context.Context, conn net.Conn, name string) (net.Conn, error) {
	cfg := d.tls.Clone()
	cfg.ServerName = name
	secured := tls.Client(conn, cfg)
	ctx, cancel := context.WithTimeout(ctx, d.handshake)
	defer cancel()
	if err := secured.HandshakeContext(ctx); err != nil {
		return nil, fail(ClassTLS, "There is no secure connection to the server: its certificate must be valid for the host name, from a known authority, with TLS 1.2 or newer.")
	}
	return secured, nil
}

func serverName(t Target) string {
	if name := t.origin.Host.Name(); name != "" {
		return name
	}
	return t.origin.Host.Addr().String()
}
