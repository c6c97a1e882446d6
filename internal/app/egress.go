package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/internal/config"
	"usher/internal/egress"
	"usher/internal/httpapi"
)

// wayOutConfig is what the operator decided about the way out. Errors name the variable.
func wayOutConfig(c config.Egress, version string) (egress.Config, error) {
	cfg := egress.Config{
		AllowNetworks: c.AllowNetworks, AllowPorts: c.AllowPorts, OwnAddresses: c.OwnAddresses, UserAgent: "Usher/" + version, Now: time.Now,
		ConnectTimeout: c.ConnectTimeout, Timeout: c.Timeout, MaxBody: c.AnswerKiB << 10,
	}
	switch c.Way {
	case config.WayProxy:
		credentials, err := c.Credentials()
		if err != nil {
			return egress.Config{}, err
		}
		cfg.Proxy = &egress.Proxy{URL: c.ProxyURL, Credentials: credentials}
		if c.ProxyCAFile != "" {
			cfg.Proxy.RootCAs, err = authorities("USHER_EGRESS_PROXY_CA_FILE", c.ProxyCAFile)
		}
		return cfg, err
	case config.WayWorker:
		key, err := c.Key()
		cfg.Worker = &egress.Worker{URL: c.WorkerURL, Key: key}
		return cfg, err
	default:
		return cfg, nil
	}
}

func authorities(variable, file string) (*x509.CertPool, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", variable, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s: %s holds no certificate in PEM form", variable, file)
	}
	return pool, nil
}

// probeWayOut tells the operator at start what each integration's failure would tell one by one. Usher serves on: tickets open without values.
func (a *App) probeWayOut(ctx context.Context) {
	if err := a.wayOut.client.Probe(ctx); err != nil && ctx.Err() == nil {
		a.log.LogAttrs(ctx, slog.LevelError, "the way out for integrations does not work, and there is no other: every request fails until it does", slog.Any("error", err))
	}
}

// ServeEgress is `usher egress`: it serves tunnels until ctx ends, lets them end within the time to drain, and returns nil. ready is called once
// with both addresses. It opens no database and knows no token. Errors are one line each that says what to do.
func ServeEgress(ctx context.Context, c config.EgressServer, log *slog.Logger, ready func(address, health string)) error {
	tunnels, err := newTunnels(c, log)
	if err != nil {
		return err
	}
	listen := func(variable, address string) (net.Listener, error) {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err != nil {
			return nil, fmt.Errorf("%s: cannot listen on %s (%w): stop the other program there or choose another port", variable, address, err)
		}
		return l, nil
	}
	listener, err := listen("USHER_EGRESS_LISTEN", c.Listen)
	if err != nil {
		return err
	}
	health, err := listen("USHER_EGRESS_HEALTH_LISTEN", c.HealthListen)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	ready(listener.Addr().String(), health.Addr().String())
	return serveBoth(ctx, tunnels, listener, health, log)
}

// serveBoth serves the health checks a little longer than tunnels: while these drain, /readyz says that nobody new should come.
func serveBoth(ctx context.Context, tunnels *egress.Tunnels, listener, health net.Listener, log *slog.Logger) error {
	check := httpapi.Check{Name: "tunnels", Run: func(context.Context) error {
		if ctx.Err() != nil {
			return errors.New("told to stop: tunnels are ending")
		}
		return nil
	}}
	server := &http.Server{
		Handler:           httpapi.Health([]httpapi.Check{check}, log),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute,
	}
	group, inner := errgroup.WithContext(ctx)
	group.Go(func() error {
		err := tunnels.Serve(inner, listener)
		return errors.Join(err, server.Close())
	})
	group.Go(func() error {
		if err := server.Serve(health); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving health checks: %w", err)
		}
		return nil
	})
	return group.Wait()
}

func newTunnels(c config.EgressServer, log *slog.Logger) (*egress.Tunnels, error) {
	text, err := c.Clients()
	if err != nil {
		return nil, err
	}
	clients, err := egress.ParseTunnelClients(text)
	if err != nil {
		return nil, fmt.Errorf("the clients of USHER_EGRESS_CLIENTS or its file: %w", err)
	}
	cfg := egress.TunnelConfig{
		Clients: clients, AllowNetworks: c.AllowNetworks, AllowPorts: c.AllowPorts, OwnAddresses: c.OwnAddresses,
		MaxTunnels: c.MaxTunnels, PerClient: c.PerClient, PerHost: c.PerHost, Idle: c.Idle, Age: c.Age, Drain: c.Drain, Log: log, Now: time.Now,
	}
	if c.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("USHER_EGRESS_TLS_CERT_FILE and USHER_EGRESS_TLS_KEY_FILE: %w", err)
		}
		cfg.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
	}
	return egress.NewTunnels(cfg)
}
