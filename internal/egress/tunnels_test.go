package egress

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/core/secret"
)

// raw sends text to our proxy and gives the connection and the answer's head.
func raw(t *testing.T, url, text string) (net.Conn, tunnelAnswer) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	resp, err := readTunnelAnswer(t.Context(), conn)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	return &tunnel{Conn: conn, from: resp.rest}, resp
}

// connectTo is a CONNECT with the test's credentials and further lines.
func connectTo(target string, lines ...string) string {
	return "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\nProxy-Authorization: " + authorization(clientName, clientPassword) + "\r\n" + strings.Join(append(lines, "", ""), "\r\n")
}

func authorization(name, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
}

// logged is a log that a test may read while it is written.
type logged struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestI40TunnelsRefuse(t *testing.T) {
	server := listen(t, silent)
	inner := fmt.Sprintf("127.0.0.1:%d", server.port)
	log := &logged{}
	_, url := serveTunnels(t, TunnelConfig{AllowPorts: []uint16{server.port}, Log: slog.New(slog.NewTextHandler(log, nil)), Resolver: &fakeResolver{}})
	tests := []struct {
		name, text string
		status     int
	}{
		{"another method", "GET http://93.184.216.34/?key=geheim HTTP/1.1\r\nHost: 93.184.216.34\r\nProxy-Authorization: " + authorization(clientName, clientPassword) + "\r\n\r\n", 405},
		{"its own pages", "GET / HTTP/1.1\r\nHost: proxy\r\n\r\n", 405},
		{"nobody", "CONNECT 93.184.216.34:443 HTTP/1.1\r\nHost: 93.184.216.34:443\r\n\r\n", 407},
		{"a wrong password", "CONNECT 93.184.216.34:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: " + authorization(clientName, clientPassword+"x") + "\r\n\r\n", 407},
		{"a wrong name", "CONNECT 93.184.216.34:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: " + authorization("stranger", clientPassword) + "\r\n\r\n", 407},
		{"no base64", "CONNECT 93.184.216.34:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: Basic geheim!\r\n\r\n", 407},
		{"another scheme", "CONNECT 93.184.216.34:443 HTTP/1.1\r\nHost: a\r\nProxy-Authorization: " + strings.Replace(authorization(clientName, clientPassword), "Basic", "Bearer", 1) + "\r\n\r\n", 407},
		{"Authorization", "CONNECT 93.184.216.34:443 HTTP/1.1\r\nHost: a\r\nAuthorization: " + authorization(clientName, clientPassword) + "\r\n\r\n", 407},
		{"loopback", connectTo(inner), 403},
		{"metadata", connectTo("169.254.169.254:80"), 403},
		{"IPv6 loopback", connectTo("[::1]:443"), 403},
		{"IPv4 in IPv6", connectTo("[::ffff:127.0.0.1]:443"), 403},
		{"a reserved name", connectTo("localhost:443"), 403},
		{"a number", connectTo("2130706433:80"), 403},
		{"another port", connectTo("93.184.216.34:22"), 403},
		{"no port", connectTo("93.184.216.34"), 403},
		{"user", connectTo("user@93.184.216.34:443"), 400},
		{"a path", connectTo("93.184.216.34:443/x"), 400},
		{"a name that is nowhere", connectTo("nowhere.customer-name.com:443"), 502},
		{"a body", connectTo("93.184.216.34:443", "Content-Length: 3") + "abc", 400},
		{"chunks", connectTo("93.184.216.34:443", "Transfer-Encoding: chunked") + "0\r\n\r\n", 400},
		{"an unknown header", connectTo("93.184.216.34:443", "X-Forwarded-For: 10.0.0.1"), 400},
		{"credentials twice", connectTo("93.184.216.34:443", "Proxy-Authorization: Basic x"), 400},
		{"large headers", connectTo("93.184.216.34:443", "User-Agent: "+strings.Repeat("a", 14<<10)), 431},
		{"another only", connectTo("93.184.216.34:443", onlyHeader+": everything"), 400},
		{"allowed networks only", connectTo("93.184.216.34:443", onlyHeader+": "+onlyValue), 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn, resp := raw(t, url, tt.text)
			if resp.status != tt.status {
				t.Errorf("status %d, want %d", resp.status, tt.status)
			}
			_, _ = io.Copy(io.Discard, conn) // it is closed
		})
	}
	if n := server.connections.Load(); n != 0 {
		t.Errorf("%d connections reached the listener", n)
	}
	for _, leak := range []string{"geheim", authorization(clientName, clientPassword), "/?key"} {
		if strings.Contains(log.String(), leak) {
			t.Errorf("the log holds %q", leak)
		}
	}
	if !strings.Contains(log.String(), "client="+clientName) || !strings.Contains(log.String(), "host=169.254.169.254:80") {
		t.Errorf("the log does not say who was refused what:\n%s", log)
	}
}

// upstreamHeader is the row of a header that leads a proxy elsewhere: an author cannot set it, and our proxy refuses it.
func upstreamHeader(t *testing.T, c egressCase) {
	refusedNames("X-Upstream-Https-Proxy")(t, c)
	evil, server := listen(t, silent), listen(t, silent)
	_, url := serveTunnels(t, TunnelConfig{AllowNetworks: prefixes("127.0.0.0/8")})
	_, resp := raw(t, url, connectTo(fmt.Sprintf("127.0.0.1:%d", server.port), fmt.Sprintf("X-Upstream-Https-Proxy: http://127.0.0.1:%d", evil.port)))
	if resp.status != http.StatusBadRequest || evil.connections.Load()+server.connections.Load() != 0 {
		t.Errorf("status %d, %d connections", resp.status, evil.connections.Load()+server.connections.Load())
	}
}

func TestI43TunnelsAreLimited(t *testing.T) {
	server := listen(t, silent)
	other := listen(t, silent)
	second := TunnelClient{Name: "second", Password: secret.New("sesame-sesame-sesame")}
	clients := []TunnelClient{{Name: clientName, Password: secret.New(clientPassword)}, second}
	secondTo := func(s *rawServer) string {
		return strings.Replace(connectTo(fmt.Sprintf("127.0.0.1:%d", s.port)), authorization(clientName, clientPassword), authorization(second.Name, "sesame-sesame-sesame"), 1)
	}
	firstTo := func(s *rawServer) string { return connectTo(fmt.Sprintf("127.0.0.1:%d", s.port)) }
	for name, tt := range map[string]struct {
		cfg               TunnelConfig
		refused, accepted string
	}{
		"in all":     {TunnelConfig{MaxTunnels: 1}, secondTo(other), ""},
		"per client": {TunnelConfig{PerClient: 1}, firstTo(other), secondTo(server)},
		"per host":   {TunnelConfig{PerHost: 1}, secondTo(server), firstTo(other)},
	} {
		t.Run(name, func(t *testing.T) {
			tt.cfg.Clients, tt.cfg.AllowNetworks = clients, prefixes("127.0.0.0/8")
			tunnels, url := serveTunnels(t, tt.cfg)
			first, resp := raw(t, url, firstTo(server))
			if resp.status != http.StatusOK {
				t.Fatalf("status %d", resp.status)
			}
			if _, resp := raw(t, url, tt.refused); resp.status != http.StatusServiceUnavailable || !strings.Contains(resp.header.Get("Proxy-Status"), "connection_limit_reached") {
				t.Errorf("status %d", resp.status)
			}
			if tt.accepted != "" {
				if _, resp := raw(t, url, tt.accepted); resp.status != http.StatusOK {
					t.Errorf("whom the limit does not concern: status %d", resp.status)
				}
			}
			_ = first.Close()
			if tt.accepted == "" {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				if err := tunnels.running.wait(ctx); err != nil {
					t.Fatalf("the slot does not come back: %v", err)
				}
				if _, resp := raw(t, url, tt.refused); resp.status != http.StatusOK {
					t.Errorf("the slot came back, but: status %d", resp.status)
				}
			}
		})
	}
}

// TestTunnelsEndByTheirClocks holds both deadlines: of a tunnel that rests, and of one that never does.
func TestTunnelsEndByTheirClocks(t *testing.T) {
	chatty := listen(t, func(conn connection) {
		var err error
		for err == nil {
			_, err = io.WriteString(conn, "a")
			tick := time.NewTimer(10 * time.Millisecond)
			<-tick.C
		}
	})
	for name, tt := range map[string]struct {
		cfg    TunnelConfig
		server *rawServer
	}{
		"idle": {TunnelConfig{Idle: 100 * time.Millisecond, Age: time.Hour}, listen(t, silent)},
		"age":  {TunnelConfig{Idle: time.Hour, Age: 300 * time.Millisecond}, chatty},
	} {
		t.Run(name, func(t *testing.T) {
			tt.cfg.AllowNetworks = prefixes("127.0.0.0/8")
			_, url := serveTunnels(t, tt.cfg)
			conn, resp := raw(t, url, connectTo(fmt.Sprintf("127.0.0.1:%d", tt.server.port)))
			if resp.status != http.StatusOK {
				t.Fatalf("status %d", resp.status)
			}
			if _, err := io.Copy(io.Discard, conn); err != nil && strings.Contains(err.Error(), "timeout") {
				t.Errorf("the tunnel stays open: %v", err)
			}
		})
	}
}

// TestTunnelsDrain holds that a tunnel under way ends in peace when the proxy is told to stop, that nobody new is served, and that what does not
// end in time is cut.
func TestTunnelsDrain(t *testing.T) {
	echo := listen(t, func(conn connection) { _, _ = io.Copy(conn, conn) })
	for name, peaceful := range map[string]bool{"ends": true, "is cut": false} {
		t.Run(name, func(t *testing.T) {
			cfg := TunnelConfig{
				AllowNetworks: prefixes("127.0.0.0/8"), Now: time.Now, Log: slog.New(slog.DiscardHandler), Drain: 200 * time.Millisecond,
				Clients: []TunnelClient{{Name: clientName, Password: secret.New(clientPassword)}},
			}
			if peaceful {
				cfg.Drain = time.Minute
			}
			server, err := NewTunnels(cfg)
			if err != nil {
				t.Fatal(err)
			}
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			ctx, stop := context.WithCancel(t.Context())
			ended := make(chan error, 1)
			go func() { ended <- server.Serve(ctx, l) }()
			conn, resp := raw(t, l.Addr().String(), connectTo(fmt.Sprintf("127.0.0.1:%d", echo.port)))
			if resp.status != http.StatusOK {
				t.Fatalf("status %d", resp.status)
			}
			stop()
			for conn, err := net.Dial("tcp", l.Addr().String()); err == nil; conn, err = net.Dial("tcp", l.Addr().String()) {
				_ = conn.Close() // until it listens no more
			}
			if peaceful {
				if got := said(conn, "hello"); got != "hello" {
					t.Errorf("the tunnel says %q", got)
				}
				_ = conn.Close()
			}
			if err := <-ended; err != nil {
				t.Error(err)
			}
			if got := said(conn, "hello"); got != "" {
				t.Errorf("a tunnel is left: %q", got)
			}
		})
	}
}

func said(conn net.Conn, text string) string {
	if _, err := io.WriteString(conn, text); err != nil {
		return ""
	}
	got := make([]byte, len(text))
	n, _ := io.ReadFull(conn, got)
	return string(got[:n])
}

// TestTunnelsCarryWhole holds that a large body arrives though its server closes at once behind it.
func TestTunnelsCarryWhole(t *testing.T) {
	const size = 4 << 20
	server := listen(t, func(conn connection) { _, _ = conn.Write(noise(size)) })
	_, url := serveTunnels(t, TunnelConfig{AllowNetworks: prefixes("127.0.0.0/8")})
	conn, resp := raw(t, url, connectTo(fmt.Sprintf("127.0.0.1:%d", server.port)))
	n, err := io.Copy(io.Discard, conn)
	if resp.status != http.StatusOK || err != nil || n != size {
		t.Errorf("status %d, %d bytes, %v", resp.status, n, err)
	}
}

// TestTunnelsShedSilentStrangers holds that connections which say nothing do not keep out a client.
func TestTunnelsShedSilentStrangers(t *testing.T) {
	server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
	_, url := serveTunnels(t, TunnelConfig{AllowNetworks: prefixes("127.0.0.0/8"), MaxTunnels: 4})
	for range 3 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
	}
	if _, err := get(t, through(t, url), server.url()); err != nil {
		t.Errorf("beside silent strangers: %v", err)
	}
}

func TestNewTunnelsNamesTheWrongSetting(t *testing.T) {
	good := TunnelClient{Name: "a", Password: secret.New("geheim-geheim-geheim")}
	log := slog.New(slog.DiscardHandler)
	for name, cfg := range map[string]TunnelConfig{
		"client":     {Now: time.Now, Log: log},
		"client 1":   {Now: time.Now, Log: log, Clients: []TunnelClient{{Name: "a", Password: secret.New("geheim")}}},
		"client 2":   {Now: time.Now, Log: log, Clients: []TunnelClient{good, {Name: "a b", Password: good.Password}}},
		"Now or Log": {Now: time.Now, Clients: []TunnelClient{good}},
		"0.0.0.0/0":  {Now: time.Now, Log: log, Clients: []TunnelClient{good}, AllowNetworks: prefixes("0.0.0.0/0")},
		"port 0":     {Now: time.Now, Log: log, Clients: []TunnelClient{good}, AllowPorts: []uint16{0}},
	} {
		if _, err := NewTunnels(cfg); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseTunnelClients(t *testing.T) {
	list, err := ParseTunnelClients(secret.New("# who may\n\nfirst:geheim-geheim:geheim\r\nfirst:geheim-geheim-new\n"))
	if err != nil || len(list) != 2 || list[0].Password.Reveal() != "geheim-geheim:geheim" {
		t.Fatalf("%d clients, %v", len(list), err)
	}
	known, err := newClients(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, password := range []string{"geheim-geheim:geheim", "geheim-geheim-new"} { // both, while one replaces the other
		if name, ok := known.named(authorization("first", password)); !ok || name != "first" {
			t.Errorf("%q, %v", name, ok)
		}
	}
	for text, want := range map[string]string{"geheim": "line 1", "# a\na:geheim": "line 2", ":geheim-geheim-geheim": "line 1", "a:geheim geheim geheim geheim": "line 1"} {
		if _, err := ParseTunnelClients(secret.New(text)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
