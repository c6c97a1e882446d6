package egress

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// secureServer serves {} over TLS and shows the state of each connection.
func secureServer(t *testing.T, cfg *tls.Config) (*rawServer, <-chan tls.ConnectionState) {
	t.Helper()
	states := make(chan tls.ConnectionState, 4)
	return listen(t, func(conn connection) {
		secured := tls.Server(conn, cfg)
		if !readRequest(secured) {
			return
		}
		states <- secured.ConnectionState()
		_, _ = io.WriteString(secured, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
	}), states
}

func getSecure(t *testing.T, a *authority, s *rawServer, guild string) error {
	t.Helper()
	cfg := loopback()
	cfg.RootCAs = a.pool
	_, err := newClient(t, cfg).Do(t.Context(), Key{Guild: guild}, Request{Method: http.MethodGet, URL: target(t, strings.Replace(s.url(), "http:", "https:", 1))})
	return err
}

// refusedTLS holds that a server with cfg is not talked to.
func refusedTLS(serving func(*testing.T, *authority) *tls.Config) runner {
	return func(t *testing.T, _ egressCase) {
		a := newAuthority(t)
		server, _ := secureServer(t, serving(t, a))
		wantClass(t, getSecure(t, a, server, "1"), ClassTLS)
	}
}

func tlsRunners() map[string]runner {
	return map[string]runner{
		"server-02": func(t *testing.T, _ egressCase) {
			server := listen(t, silent)
			cfg := loopback()
			cfg.ConnectTimeout, cfg.Timeout = 100*time.Millisecond, time.Minute
			_, err := get(t, newClient(t, cfg), strings.Replace(server.url(), "http:", "https:", 1))
			wantClass(t, err, ClassTLS)
		},
		"server-27": neverHTTP2,
		"server-39": refusedTLS(func(t *testing.T, a *authority) *tls.Config { return a.serving(t, "other.example.com") }),
		"server-42": neverFetchesIssuers,
		"server-44": sendsNoCertificate,
		"tenant-01": guildsApart,
	}
}

// neverHTTP2 holds that HTTP/2 is neither offered nor understood.
func neverHTTP2(t *testing.T, c egressCase) {
	a := newAuthority(t)
	cfg := a.serving(t, "127.0.0.1")
	cfg.NextProtos = []string{"h2", "http/1.1"}
	server, states := secureServer(t, cfg)
	if err := getSecure(t, a, server, "1"); err != nil {
		t.Fatal(err)
	}
	if protocol := (<-states).NegotiatedProtocol; protocol != "http/1.1" {
		t.Errorf("negotiated %q", protocol)
	}
	hostile(ClassTooLarge, endless("", "\x00\x00\x00\x04\x00\x00\x00\x00\x00"))(t, c)
}

func neverFetchesIssuers(t *testing.T, c egressCase) {
	issuers := listen(t, silent)
	refusedTLS(func(t *testing.T, _ *authority) *tls.Config {
		stranger := newAuthority(t)
		return stranger.serving(t, "127.0.0.1", func(cert *x509.Certificate) {
			cert.IssuingCertificateURL = []string{fmt.Sprintf("http://127.0.0.1:%d/ca.der", issuers.port)}
			cert.OCSPServer = cert.IssuingCertificateURL
			cert.CRLDistributionPoints = cert.IssuingCertificateURL
		})
	})(t, c)
	if n := issuers.connections.Load(); n != 0 {
		t.Errorf("%d connections to the issuer's URL", n)
	}
}

func sendsNoCertificate(t *testing.T, _ egressCase) {
	a := newAuthority(t)
	cfg := a.serving(t, "127.0.0.1")
	cfg.ClientAuth = tls.RequestClientCert
	server, states := secureServer(t, cfg)
	if err := getSecure(t, a, server, "1"); err != nil {
		t.Fatal(err)
	}
	if n := len((<-states).PeerCertificates); n != 0 {
		t.Errorf("%d certificates sent", n)
	}
}

func TestTLSIsAtLeast12(t *testing.T) {
	refusedTLS(func(t *testing.T, a *authority) *tls.Config {
		cfg := a.serving(t, "127.0.0.1")
		cfg.MinVersion, cfg.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
		return cfg
	})(t, egressCase{})
}

// guildsApart holds that calls share neither a connection nor a TLS session.
func guildsApart(t *testing.T, _ egressCase) {
	a := newAuthority(t)
	server, states := secureServer(t, a.serving(t, "127.0.0.1"))
	cfg := loopback()
	cfg.RootCAs = a.pool
	client := newClient(t, cfg)
	for _, guild := range []string{"1", "2", "1"} {
		_, err := client.Do(t.Context(), Key{Guild: guild}, Request{Method: http.MethodGet, URL: target(t, strings.Replace(server.url(), "http:", "https:", 1))})
		if err != nil {
			t.Fatal(err)
		}
		if state := <-states; state.DidResume || state.NegotiatedProtocol != "" && state.NegotiatedProtocol != "http/1.1" {
			t.Errorf("guild %s: resumed %v, protocol %q", guild, state.DidResume, state.NegotiatedProtocol)
		}
	}
	if n := server.connections.Load(); n != 3 {
		t.Errorf("%d connections for three calls", n)
	}
}
