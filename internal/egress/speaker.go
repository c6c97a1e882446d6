package egress

import (
	"context"
	"crypto/tls"
	"net"
	"time"
)

// speaker talks with a server over a connection that leads to it: one's own, or a tunnel through a proxy. TLS is end to end either way.
type speaker struct {
	tls       *tls.Config
	handshake time.Duration
	wire      wire
}

func newSpeaker(cfg Config) speaker {
	return speaker{
		// No session cache: a resumed session would tie two guilds' calls together for the server that sees them.
		tls:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: cfg.RootCAs, NextProtos: []string{"http/1.1"}},
		handshake: cfg.ConnectTimeout,
		wire:      wire{maxHeader: cfg.MaxHeader, maxBody: cfg.MaxBody, userAgent: cfg.UserAgent, kept: usefulHeaders()},
	}
}

// speak makes one exchange on conn and closes it.
func (s speaker) speak(ctx context.Context, conn net.Conn, c call) (Response, error) {
	defer func() { _ = conn.Close() }()
	defer bind(ctx, conn)()
	if c.URL.origin.Scheme != "https" {
		return s.wire.exchange(ctx, conn, c.Request)
	}
	secured, err := s.secure(ctx, conn, serverName(c.URL))
	if err != nil {
		return Response{}, err
	}
	return s.wire.exchange(ctx, secured, c.Request)
}

// bind puts the deadline of ctx on the connection itself, where it ends reads and writes that no context reaches, and closes conn when ctx
// ends, until release is called.
func bind(ctx context.Context, conn net.Conn) (release func() bool) {
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline) // it fails on a closed connection only, as the next read will
	}
	return context.AfterFunc(ctx, func() { _ = conn.Close() })
}

func (s speaker) secure(ctx context.Context, conn net.Conn, name string) (net.Conn, error) {
	cfg := s.tls.Clone()
	cfg.ServerName = name
	secured := tls.Client(conn, cfg)
	ctx, cancel := context.WithTimeout(ctx, s.handshake)
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
