package egress

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"usher/internal/core/secret"
)

// through is a client whose way out is a proxy at url.
func through(t *testing.T, url string) *Client {
	t.Helper()
	cfg := loopback()
	cfg.Resolver = nobodyAsks{t}
	cfg.Timeout = 500 * time.Millisecond
	cfg.Proxy = &Proxy{URL: url, Credentials: secret.New(clientName + ":" + clientPassword)}
	return mustNew(t, cfg)
}

// proxyURL is the address of a raw server.
func proxyURL(s *rawServer) string { return fmt.Sprintf("http://127.0.0.1:%d", s.port) }

func TestI40WhatTheProxySaysBecomesAClass(t *testing.T) {
	tests := []struct {
		name, answer  string
		class, public Class
	}{
		{"forbidden", "HTTP/1.1 403 Forbidden\r\n\r\n", ClassPolicy, ClassConnect},
		{"bad gateway", "HTTP/1.1 502 Bad Gateway\r\n\r\n", ClassConnect, ClassConnect},
		{"unavailable", "HTTP/1.0 503 Service Unavailable\r\n\r\n", ClassConnect, ClassConnect},
		{"gateway timeout", "HTTP/1.1 504 Gateway Timeout\r\n\r\n", ClassConnect, ClassConnect},
		{"too many", "HTTP/1.1 429 Too Many Requests\r\n\r\n", ClassBusy, ClassBusy},
		{"prohibited address", "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: a; error=destination_ip_prohibited\r\n\r\n", ClassPolicy, ClassConnect},
		{"no such name", "HTTP/1.1 502 Bad Gateway\r\nProxy-Status: a; error=dns_error; rcode=NXDOMAIN\r\n\r\n", ClassResolve, ClassConnect},
		{"refused by the target", "HTTP/1.1 500 Odd\r\nProxy-Status: a, b;error=connection_refused\r\n\r\n", ClassConnect, ClassConnect},
		{"full", "HTTP/1.1 503 Unavailable\r\nProxy-Status: a; error=connection_limit_reached\r\n\r\n", ClassBusy, ClassBusy},
		{"wrong password", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n", ClassEgress, ClassEgress},
		{"wrong password at our own", "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Status: usher-egress; error=http_request_denied\r\n\r\n", ClassEgress, ClassEgress},
		{"redirect that says more", "HTTP/1.1 302 Found\r\nProxy-Status: a; error=dns_error\r\n\r\n", ClassEgress, ClassEgress},
		{"wrong password, another way", "HTTP/1.1 401 Unauthorized\r\n\r\n", ClassEgress, ClassEgress},
		{"no CONNECT here", "HTTP/1.1 405 Method Not Allowed\r\n\r\n", ClassEgress, ClassEgress},
		{"bad request", "HTTP/1.1 400 Bad Request\r\n\r\n", ClassEgress, ClassEgress},
		{"broken", "HTTP/1.1 500 Internal Server Error\r\n\r\n", ClassEgress, ClassEgress},
		{"interim", "HTTP/1.1 100 Continue\r\n\r\n", ClassEgress, ClassEgress},
		{"switching", "HTTP/1.1 101 Switching Protocols\r\n\r\n", ClassEgress, ClassEgress},
		{"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", ClassEgress, ClassEgress},
		{"HTTP/2 in name", "HTTP/2 200\r\n\r\n", ClassEgress, ClassEgress},
		{"no status", "HTTP/1.1 ok\r\n\r\n", ClassEgress, ClassEgress},
		{"hangs up", "", ClassEgress, ClassEgress},
		{"hangs up within", "HTTP/1.1 200 OK\r\nX-A: b\r\n", ClassEgress, ClassEgress},
		{"headers without end", "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 40), ClassEgress, ClassEgress},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			proxy := listen(t, answer(tt.answer))
			_, err := get(t, through(t, proxyURL(proxy)), "http://127.0.0.1:9/x?key=geheim")
			if f := wantClass(t, err, tt.class); f.Public() != tt.public {
				t.Errorf("the author sees %s", f.Public())
			}
			if n := proxy.connections.Load(); n != 1 {
				t.Errorf("%d connections to the proxy, want one and no second try", n)
			}
		})
	}
}

// proxyRedirects is the row of a proxy that answers with a Location.
func proxyRedirects(t *testing.T, _ egressCase) {
	elsewhere := listen(t, silent)
	for _, status := range []int{200, 301, 302, 307, 407} {
		head := fmt.Sprintf("HTTP/1.1 %d Odd\r\nLocation: http://127.0.0.1:%d/\r\n\r\n", status, elsewhere.port)
		proxy := listen(t, func(conn connection) {
			if readConnect(conn) != nil {
				_, _ = io.WriteString(conn, head)
			}
		})
		_, err := get(t, through(t, proxyURL(proxy)), "http://127.0.0.1:9/")
		if status == 200 { // a tunnel whose other end says nothing
			wantClass(t, err, ClassConnect)
		} else {
			wantClass(t, err, ClassEgress)
		}
	}
	if n := elsewhere.connections.Load(); n != 0 {
		t.Errorf("%d connections to where the Location points", n)
	}
}

// readConnect reads a CONNECT byte by byte, so that the tunnel's first bytes stay.
func readConnect(conn net.Conn) *http.Request {
	var head strings.Builder
	one := make([]byte, 1)
	for !strings.HasSuffix(head.String(), "\r\n\r\n") {
		if _, err := conn.Read(one); err != nil {
			return nil
		}
		head.Write(one)
	}
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head.String())))
	if err != nil || req.Method != http.MethodConnect {
		return nil
	}
	return req
}

func TestI40AMissingProxyIsNeverReplacedByDirect(t *testing.T) {
	server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	closed, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	authority := newAuthority(t)
	ways := map[string]string{
		"nobody listens":              "http://" + closed.Addr().String(),
		"TLS that is not trusted":     strings.Replace(proxyURL(listen(t, func(conn connection) { _ = handshake(conn, authority.serving(t, "127.0.0.1")) })), "http", "https", 1),
		"TLS of a proxy without":      strings.Replace(proxyURL(listen(t, func(connection) {})), "http", "https", 1),
		"no proxy, but a mail server": proxyURL(listen(t, func(conn connection) { _, _ = io.WriteString(conn, "220 mail ESMTP\r\n\r\n") })),
	}
	for name, url := range ways {
		t.Run(name, func(t *testing.T) {
			client := through(t, url)
			_, err := get(t, client, server.url())
			wantClass(t, err, ClassEgress)
			if err := client.Probe(t.Context()); err == nil || strings.Contains(err.Error(), "geheim") {
				t.Errorf("the operator is told %v", err)
			}
		})
	}
	if n := server.connections.Load(); n != 0 {
		t.Errorf("%d connections went directly", n)
	}
	for _, wrong := range []Proxy{
		{URL: ""},
		{URL: "127.0.0.1:3128"},
		{URL: "socks5://127.0.0.1:1080"},
		{URL: "http://127.0.0.1"},
		{URL: "http://127.0.0.1:0"},
		{URL: "http://u:p@127.0.0.1:3128"},
		{URL: "http://127.0.0.1:3128/path"},
		{URL: "http://127.0.0.1:3128/?a"},
		{URL: "http://127.0.0.1:3128", Credentials: secret.New("geheim")},
		{URL: "http://127.0.0.1:3128", Credentials: secret.New("geheim:a\r\nX: y")},
		{URL: "http://127.0.0.1:3128", Credentials: secret.New(":geheim")},
	} {
		if _, err := New(Config{Now: time.Now, Proxy: &wrong}); err == nil || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", wrong.URL, err)
		}
	}
}

func TestI40AProxyThatNeverStopsTalkingIsNoWayOut(t *testing.T) {
	_, err := get(t, through(t, proxyURL(listen(t, endless("HTTP/1.1 200 OK\r\n", "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")))), "http://127.0.0.1:9/")
	wantClass(t, err, ClassEgress)
}

func TestI40ASilentProxyLooksLikeASilentServer(t *testing.T) {
	_, err := get(t, through(t, proxyURL(listen(t, silent))), "http://127.0.0.1:9/")
	wantClass(t, err, ClassConnect)
}

// TestI40TheTargetNeverSeesTheProxysCredentials holds what each side gets: the proxy host and port and who is asking, the target the request.
func TestI40TheTargetNeverSeesTheProxysCredentials(t *testing.T) {
	heads, requests := make(chan *http.Request, 1), make(chan *http.Request, 1)
	proxy := listen(t, func(conn connection) {
		heads <- readConnect(conn)
		// The answer and the tunnel's first bytes may come in one packet.
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
		req, _ := http.ReadRequest(bufio.NewReader(conn))
		requests <- req
	})
	resp, err := through(t, proxyURL(proxy)).Do(t.Context(), Key{}, Request{
		Method: http.MethodGet, URL: target(t, "http://api.customer-name.com/x?key=geheim"), Header: []Header{{Name: "X-Key", Value: secret.New("sesame")}},
	})
	if err != nil || string(resp.Body) != "{}" {
		t.Fatalf("body %q, %v", resp.Body, err)
	}
	head, request := <-heads, <-requests
	if head.RequestURI != "api.customer-name.com:80" || head.Host != head.RequestURI || head.Header.Get("X-Key") != "" || len(head.Header) != 2 {
		t.Errorf("the proxy got %s %v", head.RequestURI, head.Header)
	}
	if user, password, ok := basic(head); !ok || user != clientName || password != clientPassword {
		t.Errorf("credentials: %q %q", user, password)
	}
	for name := range request.Header {
		if strings.HasPrefix(name, "Proxy-") {
			t.Errorf("the target got %s", name)
		}
	}
	if request.RequestURI != "/x?key=geheim" || request.Header.Get("X-Key") != "sesame" {
		t.Errorf("the target got %s", request.RequestURI)
	}
}

func basic(r *http.Request) (user, password string, ok bool) {
	r.Header.Set("Authorization", r.Header.Get("Proxy-Authorization"))
	return r.BasicAuth()
}

// TestI3ConfidentialHTTPNeedsAProxyThatConfirms holds that a secret goes over plain http only where the proxy says that an allowed network was
// reached; any other proxy does not say so, and sees nothing.
func TestI3ConfidentialHTTPNeedsAProxyThatConfirms(t *testing.T) {
	sent := make(chan int, 1)
	proxy := listen(t, func(conn connection) {
		if head := readConnect(conn); head == nil || head.Header.Get(onlyHeader) != onlyValue {
			t.Error("the proxy is not told")
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		n, _ := io.Copy(io.Discard, conn)
		sent <- int(n)
	})
	wantClass(t, confidential(t, through(t, proxyURL(proxy)), "http://inner.customer-name.com/"), ClassPolicy)
	if n := <-sent; n != 0 {
		t.Errorf("%d bytes went into a tunnel of which nobody knows where it ends", n)
	}
}

func confidential(t *testing.T, c *Client, url string) error {
	_, err := c.Do(t.Context(), Key{}, Request{
		Method: http.MethodGet, URL: target(t, url), Confidential: true, Header: []Header{{Name: "X-Key", Value: secret.New("geheim")}},
	})
	return err
}

// TestI40TLSIsEndToEnd holds that a proxy which answers in the target's place is found out, and that a proxy may itself be spoken to by TLS.
func TestI40TLSIsEndToEnd(t *testing.T) {
	authority := newAuthority(t)
	server, _ := secureServer(t, authority.serving(t, "api.customer-name.com"))
	cfg := TunnelConfig{
		AllowNetworks: prefixes("127.0.0.0/8"), TLS: authority.serving(t, "127.0.0.1"),
		Resolver: &fakeResolver{answers: map[string][]netip.Addr{"api.customer-name.com.": {netip.MustParseAddr("127.0.0.1")}}},
	}
	_, url := serveTunnels(t, cfg)
	client := loopback()
	client.RootCAs = authority.pool
	client.Proxy = &Proxy{URL: url, Credentials: secret.New(clientName + ":" + clientPassword), RootCAs: authority.pool}
	c := mustNew(t, client)
	raw := fmt.Sprintf("https://api.customer-name.com:%d/", server.port)
	if _, err := get(t, c, raw); err != nil {
		t.Fatal(err)
	}
	if err := c.Probe(t.Context()); err != nil {
		t.Error(err)
	}
	cfg.TLS = newAuthority(t).serving(t, "127.0.0.1")
	_, stranger := serveTunnels(t, cfg)
	client.Proxy = &Proxy{URL: stranger, Credentials: client.Proxy.Credentials, RootCAs: authority.pool}
	_, err := get(t, mustNew(t, client), raw)
	wantClass(t, err, ClassEgress) // it works as a proxy, but the password is not for it
	liar := listen(t, func(conn connection) {
		if readConnect(conn) == nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+onlyHeader+": "+onlyValue+"\r\n\r\n")
		_ = handshake(conn, newAuthority(t).serving(t, "api.customer-name.com"))
	})
	client.Proxy = &Proxy{URL: proxyURL(liar)}
	_, err = get(t, mustNew(t, client), raw)
	wantClass(t, err, ClassTLS)
}
