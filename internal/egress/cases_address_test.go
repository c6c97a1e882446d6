package egress

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"usher/internal/core/secret"
)

// strict is what a stranger's URL meets on an instance without any allowed network.
func strict(r Resolver) Config {
	return Config{Resolver: r, ConnectTimeout: time.Second, Timeout: 2 * time.Second, Now: time.Now}
}

// dialled replaces the network: it runs the socket check as the real one does, notes the address, and leads to a server of the test.
type dialled struct {
	to    []netip.AddrPort
	serve string // host:port; empty: connecting fails
}

func (d *dialled) connect(ctx context.Context, to netip.AddrPort, check control) (net.Conn, error) {
	d.to = append(d.to, to)
	if err := check(ctx, "tcp", to.String(), nil); err != nil {
		return nil, err
	}
	if d.serve == "" {
		return nil, errors.New("nobody is there")
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", d.serve)
}

func (d *dialled) install(c *Client) { dialerOf(c).connect = d.connect }

// rejectedUnasked holds `reject-before-dns`: refused when saved and when sent, no name looked up, nothing dialled.
func rejectedUnasked(t *testing.T, c egressCase) {
	if c.expected != "reject-before-dns" {
		t.Fatalf("this runner cannot hold %q", c.expected)
	}
	resolver := &fakeResolver{answers: map[string][]netip.Addr{}}
	client := newClient(t, strict(resolver))
	net := &dialled{}
	net.install(client)
	wantRefusedURL(t, client.Check(c.input, false))
	if u, err := ParseURL(c.input); err == nil {
		_, err = client.Do(t.Context(), Key{}, Request{Method: http.MethodGet, URL: u})
		wantRefusedURL(t, err)
	}
	if len(resolver.asked) > 0 || len(net.to) > 0 {
		t.Errorf("looked up %v, dialled %v", resolver.asked, net.to)
	}
}

func wantRefusedURL(t *testing.T, err error) {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) || (f.Class != ClassURL && f.Class != ClassPolicy) || f.Text == "" {
		t.Errorf("error = %v, want a Failure of class url or policy", err)
	}
}

// allowed holds `allow`: the whole call works, and what is dialled is the vetted address.
func allowed(t *testing.T, c egressCase) {
	public := netip.MustParseAddr("93.184.216.34")
	resolver := &fakeResolver{answers: map[string][]netip.Addr{"example-customer.com.": {public}, "under-score.example-customer.com.": {public}}}
	authority := newAuthority(t)
	cfg := strict(resolver)
	cfg.RootCAs = authority.pool
	client := newClient(t, cfg)
	if err := client.Check(c.input, false); err != nil {
		t.Fatalf("refused when saved: %v", err)
	}
	u := target(t, c.input)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{}") }))
	if u.origin.Scheme == "https" {
		server.TLS = authority.serving(t, serverName(u))
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	net := &dialled{serve: server.Listener.Addr().String()}
	net.install(client)
	resp, err := client.Do(t.Context(), Key{}, Request{Method: http.MethodGet, URL: u})
	if err != nil || string(resp.Body) != "{}" {
		t.Fatalf("response %q, %v", resp.Body, err)
	}
	want := netip.AddrPortFrom(public, u.origin.Port)
	if addr := u.origin.Host.Addr(); addr.IsValid() {
		want = netip.AddrPortFrom(addr, u.origin.Port)
	}
	if len(net.to) != 1 || net.to[0] != want {
		t.Errorf("dialled %v, want %v", net.to, want)
	}
}

// nameToPrivate holds a public name that answers with a loopback address, against a real listener.
func nameToPrivate(t *testing.T, c egressCase) {
	name, _, found := strings.Cut(strings.TrimPrefix(c.input, "http://"), "/ (public DNS answers 127.0.0.1)")
	if !found || c.expected != "reject-at-dial" {
		t.Fatalf("this runner cannot hold %q %q", c.input, c.expected)
	}
	server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	cfg := strict(&fakeResolver{answers: map[string][]netip.Addr{name + ".": {netip.MustParseAddr("127.0.0.1")}}})
	cfg.AllowPorts = []uint16{server.port}
	raw := fmt.Sprintf("http://%s:%d/", name, server.port)
	_, err := get(t, newClient(t, cfg), raw)
	wantClass(t, err, ClassPolicy)
	if n := server.connections.Load(); n != 0 {
		t.Errorf("%d connections reached the listener", n)
	}
	cfg.AllowNetworks = prefixes("127.0.0.1/32")
	if _, err := get(t, newClient(t, cfg), raw); err != nil || server.connections.Load() != 1 {
		t.Errorf("the same name in an allowed network: %v, %d connections", err, server.connections.Load())
	}
}

func TestI3HTTPOnlyWithoutSecretsOrToAllowedNetworks(t *testing.T) {
	public, inner := netip.MustParseAddr("93.184.216.34"), netip.MustParseAddr("10.1.2.3")
	resolver := &fakeResolver{answers: map[string][]netip.Addr{"public.example.com.": {public}, "inner.example.com.": {inner}}}
	tests := []struct {
		name, raw    string
		networks     []netip.Prefix
		confidential bool
		saved, sent  Class // "" is allowed; sent by a network that does not answer, so connect
	}{
		{"plain http without secrets", "http://public.example.com/", nil, false, "", ClassConnect},
		{"plain http with secrets", "http://public.example.com/", nil, true, ClassPolicy, ClassPolicy},
		{"https with secrets", "https://public.example.com/", nil, true, "", ClassConnect},
		{"http with secrets to an allowed network", "http://10.1.2.3/", prefixes("10.0.0.0/8"), true, "", ClassConnect},
		{"http with secrets to a public address though a network is allowed", "http://93.184.216.34/", prefixes("10.0.0.0/8"), true, ClassPolicy, ClassPolicy},
		{"http with secrets to a name in the allowed network", "http://inner.example.com/", prefixes("10.0.0.0/8"), true, "", ClassConnect},
		{"http with secrets to a public name though a network is allowed", "http://public.example.com/", prefixes("10.0.0.0/8"), true, "", ClassPolicy},
		{"odd port in an allowed network", "http://inner.example.com:8123/", prefixes("10.0.0.0/8"), false, "", ClassConnect},
		{"odd port of a public name though a network is allowed", "http://public.example.com:8123/", prefixes("10.0.0.0/8"), false, "", ClassPolicy},
		{"odd port of a public address", "https://93.184.216.34:8123/", prefixes("10.0.0.0/8"), false, ClassPolicy, ClassPolicy},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := strict(resolver)
			cfg.AllowNetworks = tt.networks
			client := newClient(t, cfg)
			net := &dialled{}
			net.install(client)
			if err := client.Check(tt.raw, tt.confidential); tt.saved == "" && err != nil {
				t.Errorf("refused when saved: %v", err)
			} else if tt.saved != "" {
				wantClass(t, err, tt.saved)
			}
			_, err := client.Do(t.Context(), Key{}, Request{
				Method: http.MethodGet, URL: target(t, tt.raw), Confidential: tt.confidential,
				Header: []Header{{Name: "Authorization", Value: secret.New("geheim")}},
			})
			wantClass(t, err, tt.sent)
			if (tt.sent == ClassConnect) != (len(net.to) > 0) {
				t.Errorf("dialled %v", net.to)
			}
		})
	}
}

func TestAuthorsCannotTellPolicyResolveAndConnectApart(t *testing.T) {
	resolver := &fakeResolver{answers: map[string][]netip.Addr{"inner.example.com.": {netip.MustParseAddr("10.0.0.1")}, "closed.example.com.": {netip.MustParseAddr("93.184.216.34")}}}
	client := newClient(t, strict(resolver))
	(&dialled{}).install(client)
	texts := make(map[string]Class)
	for name, class := range map[string]Class{"inner": ClassPolicy, "closed": ClassConnect, "nowhere": ClassResolve} {
		resp, err := get(t, client, "https://"+name+".example.com/?key=geheim")
		f := wantClass(t, err, class)
		texts[f.Text] = class
		if f.Public() != ClassConnect || resp.Status != 0 {
			t.Errorf("%s: the author sees %s, status %d", name, f.Public(), resp.Status)
		}
	}
	if len(texts) != 1 {
		t.Errorf("the texts differ: %v", texts)
	}
}
