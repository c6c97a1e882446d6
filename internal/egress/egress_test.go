package egress

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/secret"
)

// loopback is a configuration that allows the test's own servers, as the demo's does.
func loopback() Config {
	return Config{AllowNetworks: prefixes("127.0.0.0/8"), Timeout: 2 * time.Second, ConnectTimeout: time.Second, Now: time.Now}
}

func target(t *testing.T, raw string) Target {
	t.Helper()
	u, err := ParseURL(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func get(t *testing.T, c *Client, raw string) (Response, error) {
	t.Helper()
	return c.Do(t.Context(), Key{Guild: "1", Integration: "a"}, Request{Method: http.MethodGet, URL: target(t, raw)})
}

// wantClass fails unless err is a Failure of that class which tells nothing it must not.
func wantClass(t *testing.T, err error, want Class) *Failure {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) {
		t.Fatalf("error is %v, want a Failure of class %s", err, want)
	}
	if f.Class != want {
		t.Errorf("class = %s (%s), want %s", f.Class, f.Text, want)
	}
	for _, leak := range []string{"127.0.0.1", "geheim", "dial", "lookup", "read tcp"} {
		if strings.Contains(f.Error(), leak) && (leak == "geheim" || want != ClassRedirect) { // a redirect's text names a host
			t.Errorf("the failure tells %q: %v", leak, f)
		}
	}
	return f
}

func TestDoSendsWhatItIsGivenAndNothingElse(t *testing.T) {
	type seen struct {
		Method, URI, Host, Body string
		Header                  http.Header
	}
	got := make(chan seen, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got <- seen{Method: r.Method, URI: r.RequestURI, Host: r.Host, Body: string(body), Header: r.Header}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", "a=b")
		_, _ = io.WriteString(w, `{"a":1}`)
	}))
	t.Cleanup(server.Close)
	cfg := loopback()
	cfg.UserAgent = "Usher/1.2.3 (+integration)"
	resp, err := newClient(t, cfg).Do(t.Context(), Key{Guild: "1", Integration: "a"}, Request{
		Method:       http.MethodPost,
		URL:          target(t, server.URL+"/a%2Fb/%41//?k=%26&l"),
		Header:       []Header{{Name: "Authorization", Value: secret.New("Bearer geheim")}, {Name: "Content-Type", Value: secret.New("application/json")}},
		Body:         []byte(`{"x":"y"}`),
		Confidential: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := seen{
		Method: http.MethodPost, URI: "/a%2Fb/%41//?k=%26&l", Host: strings.TrimPrefix(server.URL, "http://"), Body: `{"x":"y"}`,
		Header: http.Header{
			"Authorization": {"Bearer geheim"}, "Content-Type": {"application/json"}, "User-Agent": {"Usher/1.2.3 (+integration)"},
			"Accept-Encoding": {"gzip"}, "Connection": {"close"}, "Content-Length": {"9"},
		},
	}
	if diff := cmp.Diff(want, <-got); diff != "" {
		t.Error(diff)
	}
	if resp.Status != http.StatusOK || string(resp.Body) != `{"a":1}` || resp.Size != 7 || resp.Duration <= 0 {
		t.Errorf("response = %+v", resp)
	}
	if diff := cmp.Diff(http.Header{"Content-Type": {"application/json"}}, resp.Header); diff != "" {
		t.Error(diff)
	}
}

func TestDoHandsBackErrorStatuses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", "Negotiate")
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"no"}`)
	}))
	t.Cleanup(server.Close)
	resp, err := get(t, newClient(t, loopback()), server.URL)
	if err != nil || resp.Status != http.StatusUnauthorized || string(resp.Body) != `{"error":"no"}` {
		t.Errorf("response %+v, %v", resp, err)
	}
}

func TestI39LoopbackIsRefusedUnlessTheOperatorAllowsIt(t *testing.T) {
	server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	cfg := loopback()
	cfg.AllowNetworks = nil
	cfg.AllowPorts = []uint16{server.port}
	_, err := get(t, newClient(t, cfg), server.url())
	wantClass(t, err, ClassPolicy)
	if n := server.connections.Load(); n != 0 {
		t.Errorf("%d connections reached the listener", n)
	}
	if _, err := get(t, newClient(t, loopback()), server.url()); err != nil {
		t.Errorf("allowed network: %v", err)
	}
	if n := server.connections.Load(); n != 1 {
		t.Errorf("%d connections, want the one that was allowed", n)
	}
}

// TestI39TheSocketCheckStandsAlone takes every earlier check away: the control at the socket must refuse by itself.
func TestI39TheSocketCheckStandsAlone(t *testing.T) {
	server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	g, err := newGuard(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	d := newDialer(g, nil, time.Second)
	conn, err := d.dialOne(t.Context(), netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), server.port), false, 1)
	if err == nil {
		_ = conn.Close()
	}
	wantClass(t, err, ClassPolicy)
	if n := server.connections.Load(); n != 0 {
		t.Errorf("%d connections reached the listener", n)
	}
	for _, other := range []string{"1.1.1.1:443", "93.184.216.34:80"} {
		if err := d.checkSocket("93.184.216.34:443", netip.MustParseAddrPort(other), false); err == nil {
			t.Errorf("a socket to another place than the vetted %s passes", other)
		}
	}
}

func TestNewNamesTheWrongSetting(t *testing.T) {
	for _, network := range []string{"0.0.0.0/0", "::/0", "169.254.0.0/16", "169.254.169.254/32", "10.1.2.3/8", "::ffff:10.0.0.0/104", "fd00::/8"} {
		_, err := New(Config{Now: time.Now, AllowNetworks: []netip.Prefix{netip.MustParsePrefix(network)}})
		if err == nil || !strings.Contains(err.Error(), network) {
			t.Errorf("%s: %v", network, err)
		}
	}
	if _, err := New(Config{}); err == nil || !strings.Contains(err.Error(), "Now") {
		t.Errorf("no clock: %v", err)
	}
	if _, err := New(Config{Now: time.Now, AllowPorts: []uint16{0}}); err == nil || !strings.Contains(err.Error(), "port 0") {
		t.Errorf("port 0: %v", err)
	}
}

func TestDoEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := listen(t, func(conn connection) {
		if readRequest(conn) {
			cancel()
			silent(conn)
		}
	})
	cfg := loopback()
	cfg.Timeout = time.Hour // nothing but the context ends it
	_, err := newClient(t, cfg).Do(ctx, Key{}, Request{Method: http.MethodGet, URL: target(t, server.url())})
	wantClass(t, err, ClassEgress)
}

// fakeResolver answers from a table and counts.
type fakeResolver struct {
	answers map[string][]netip.Addr
	asked   []string
}

func (r *fakeResolver) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	r.asked = append(r.asked, host)
	if addrs, ok := r.answers[host]; ok {
		return addrs, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}
