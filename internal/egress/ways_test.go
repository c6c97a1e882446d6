package egress

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"usher/internal/core/secret"
)

// wayVariable makes newClient's clients go another way than direct: each case then runs that way too.
const wayVariable = "USHER_TEST_EGRESS_WAY"

const (
	clientName     = "test-instance"
	clientPassword = "geheim-geheim-geheim"
)

// throughTunnels is the proxy back end with our own proxy behind it, whose dialer a test may reach.
type throughTunnels struct {
	*proxied
	server *Tunnels
}

func newClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	if os.Getenv(wayVariable) != "proxy" {
		return mustNew(t, cfg)
	}
	server, url := serveTunnels(t, TunnelConfig{
		AllowNetworks: cfg.AllowNetworks, AllowPorts: cfg.AllowPorts, OwnAddresses: cfg.OwnAddresses, ConnectTimeout: cfg.ConnectTimeout, Resolver: cfg.Resolver,
	})
	cfg.Resolver = nobodyAsks{t}
	cfg.Proxy = &Proxy{URL: url, Credentials: secret.New(clientName + ":" + clientPassword)}
	c := mustNew(t, cfg)
	c.back = throughTunnels{c.back.(*proxied), server}
	return c
}

func mustNew(t *testing.T, cfg Config) *Client {
	t.Helper()
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// dialerOf is what dials for c, on whichever side.
func dialerOf(c *Client) *dialer {
	if b, ok := c.back.(throughTunnels); ok {
		return b.server.dialer
	}
	return c.back.(*direct).dialer
}

// nobodyAsks is the resolver of a machine on which no name may be looked up.
type nobodyAsks struct{ t *testing.T }

func (n nobodyAsks) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	n.t.Error("a name was looked up on this side of the proxy")
	return nil, nil
}

// serveTunnels runs our proxy until the test ends and gives its address.
func serveTunnels(t *testing.T, cfg TunnelConfig) (server *Tunnels, url string) {
	t.Helper()
	cfg.Now = time.Now
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Clients == nil {
		cfg.Clients = []TunnelClient{{Name: clientName, Password: secret.New(clientPassword)}}
	}
	server, err := NewTunnels(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("the proxy ended with %v", err)
			}
		case <-time.After(30 * time.Second):
			t.Error("the proxy does not end")
		}
		if n := server.running.count(); n != 0 {
			t.Errorf("%d tunnels are left", n)
		}
	})
	scheme := "http://"
	if cfg.TLS != nil {
		scheme = "https://"
	}
	return server, scheme + l.Addr().String()
}

// TestI40EgressCasesThroughTheProxy runs every case again with our own proxy as the way out: same classes, same texts, nothing looked up here.
func TestI40EgressCasesThroughTheProxy(t *testing.T) {
	t.Setenv(wayVariable, "proxy")
	TestEgressCases(t)
	t.Run("http", TestI3HTTPOnlyWithoutSecretsOrToAllowedNetworks)
	t.Run("oracle", TestAuthorsCannotTellPolicyResolveAndConnectApart)
	t.Run("what is sent", TestDoSendsWhatItIsGivenAndNothingElse)
	t.Run("body", TestI11LimitsOfTheBody)
	t.Run("early answer", TestAnswerBeforeTheRequestIsRead)
	t.Run("context", TestDoEndsWithItsContext)
}
