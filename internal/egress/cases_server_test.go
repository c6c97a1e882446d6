package egress

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"usher/internal/core/secret"
)

// hostile holds that a server's behaviour ends in class, in time, with one connection that is closed (listen sees to that).
func hostile(class Class, handle func(connection)) runner {
	return func(t *testing.T, _ egressCase) {
		cfg := loopback()
		cfg.Timeout = 300 * time.Millisecond
		if class != ClassTimeout {
			cfg.Timeout = time.Minute // the limit must end it, not the clock
		}
		server := listen(t, handle)
		err := postTo(t, cfg, server.url())
		wantClass(t, err, class)
		if n := server.connections.Load(); n != 1 {
			t.Errorf("%d connections, want one and no retry", n)
		}
	}
}

func serverRunners() map[string]runner {
	ok := "HTTP/1.1 200 OK\r\n"
	return map[string]runner{
		"server-01": hostile(ClassTimeout, silent),
		"server-05": hostile(ClassTooLarge, endless(ok, "X-Flood: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n")),
		"server-08": hostile(ClassTooLarge, endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")),
		"server-09": hostile(ClassConnect, func(conn connection) {
			answer("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")(conn)
			silent(conn)
		}),
		"server-10": hostile(ClassTooLarge, endless(ok+"Connection: close\r\n\r\n", strings.Repeat("a", 4096))),
		"server-12": hostile(ClassConnect, endless(ok+"Transfer-Encoding: chunked\r\n\r\n", "1;"+strings.Repeat("x", 4000)+"\r\na\r\n")),
		"server-14": hostile(ClassTimeout, drip),
		"server-16": hostile(ClassEncoding, answer(encoded("gzip, gzip", zipped(zipped([]byte("{}")))))),
		"server-18": func(t *testing.T, c egressCase) {
			for _, encoding := range []string{"zstd", "deflate", "br", "gzip\r\nContent-Encoding: gzip", "x-unknown"} {
				hostile(ClassEncoding, answer(encoded(encoding, []byte("{}"))))(t, c)
			}
		},
		"server-19": func(t *testing.T, c egressCase) {
			whole := zipped(bytes.Repeat([]byte("abcdefgh"), 100))
			for _, n := range []int{1, len(whole) / 2, len(whole) - 1} {
				hostile(ClassEncoding, answer(encoded("gzip", whole[:n])))(t, c)
			}
		},
		"server-23": twoFramings,
		"server-24": hostile(ClassConnect, answer("<html>hello</html>\r\n")),
		"server-25": hostile(ClassConnect, func(conn connection) {
			if readRequest(conn) {
				_ = conn.(*net.TCPConn).SetLinger(0)
			}
		}),
		"server-26": extraBytes,
		"server-45": secondCall(ok+"Set-Cookie: a=b; Path=/\r\nContent-Length: 2\r\n\r\n{}", "Cookie"),
		"server-46": unfollowed(ok+"Alt-Svc: h2=\"%s\"; ma=99\r\nContent-Length: 2\r\n\r\n{}", 200),
		"server-47": secondCall("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\nContent-Length: 2\r\n\r\n{}", "Authorization"),
		"server-48": secondCall("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\n{}", "Proxy-Authorization"),
		"server-49": unfollowed("HTTP/1.1 103 Early Hints\r\nLink: <http://%s/>; rel=preload\r\n\r\n"+ok+"Content-Length: 2\r\n\r\n{}", 200),
		"egress-01": ignoresProxy("HTTP_PROXY", "http_proxy", "HTTPS_PROXY"),
		"egress-02": ignoresProxy("ALL_PROXY", "all_proxy", "NO_PROXY"),
	}
}

func encoded(encoding string, body []byte) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", encoding, len(body), body)
}

func zipped(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}

// drip sends a byte of body now and then until the client closes.
func drip(conn connection) {
	if !readRequest(conn) {
		return
	}
	_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for err == nil {
		<-tick.C
		_, err = io.WriteString(conn, "a")
	}
}

// twoFramings holds that one framing is taken and the connection is not used again.
func twoFramings(t *testing.T, _ egressCase) {
	server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"))
	client := newClient(t, loopback())
	for range 2 {
		resp, err := get(t, client, server.url())
		if err != nil || string(resp.Body) != "{}" {
			t.Errorf("body %q, %v", resp.Body, err)
		}
	}
	if n := server.connections.Load(); n != 2 {
		t.Errorf("%d connections for two calls", n)
	}
}

func extraBytes(t *testing.T, _ egressCase) {
	server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"))
	client := newClient(t, loopback())
	for _, key := range []Key{{Guild: "1"}, {Guild: "2"}} {
		resp, err := client.Do(t.Context(), key, Request{Method: http.MethodGet, URL: target(t, server.url())})
		if err != nil || string(resp.Body) != "{}" {
			t.Errorf("body %q, %v", resp.Body, err)
		}
	}
	if n := server.connections.Load(); n != 2 {
		t.Errorf("%d connections for two calls", n)
	}
}

// secondCall holds that an answer teaches the client nothing: it is handed back, and neither this nor the next request carries name.
func secondCall(text, name string) runner {
	return func(t *testing.T, _ egressCase) {
		seen := make(chan http.Header, 4)
		server := listen(t, func(conn connection) {
			req, err := http.ReadRequest(bufio.NewReader(conn))
			if err != nil {
				return
			}
			seen <- req.Header
			_, _ = io.WriteString(conn, text)
		})
		client := newClient(t, loopback())
		for range 2 {
			resp, err := get(t, client, server.url())
			if err != nil || string(resp.Body) != "{}" {
				t.Fatalf("body %q, %v", resp.Body, err)
			}
			if values := (<-seen).Values(name); len(values) > 0 {
				t.Errorf("%s: %q was sent", name, values)
			}
		}
		if n := server.connections.Load(); n != 2 {
			t.Errorf("%d requests for two calls", n)
		}
	}
}

func ignoresProxy(variables ...string) runner {
	return func(t *testing.T, _ egressCase) {
		proxy := listen(t, silent)
		for _, name := range variables {
			t.Setenv(name, fmt.Sprintf("http://127.0.0.1:%d", proxy.port))
		}
		server := listen(t, answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"))
		if _, err := get(t, newClient(t, loopback()), server.url()); err != nil {
			t.Error(err)
		}
		if proxy.connections.Load() != 0 || server.connections.Load() != 1 {
			t.Errorf("%d connections to the proxy, %d to the server", proxy.connections.Load(), server.connections.Load())
		}
	}
}

func TestI11LimitsOfTheBody(t *testing.T) {
	const limit = 4096
	exact := strings.Repeat("a", limit)
	tests := []struct {
		name, answer string
		class        Class
		body         string
		size         int
	}{
		{"exact", "HTTP/1.1 200 OK\r\n\r\n" + exact, "", exact, limit},
		{"one more", "HTTP/1.1 200 OK\r\n\r\n" + exact + "a", ClassTooLarge, "", 0},
		{"declared too long, nothing sent", "HTTP/1.1 200 OK\r\nContent-Length: 4097\r\n\r\n", ClassTooLarge, "", 0},
		{"declared and cut short", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}", ClassConnect, "", 0},
		{"gzip", encoded("gzip", zipped([]byte(exact))), "", exact, len(zipped([]byte(exact)))},
		{"gzip, letter case", encoded(" GZIP ", zipped([]byte("{}"))), "", "{}", len(zipped([]byte("{}")))},
		{"gzip bomb", encoded("gzip", zipped(bytes.Repeat([]byte("a"), 3<<20))), ClassTooLarge, "", 0},
		{"gzip, decoded one more", encoded("gzip", zipped([]byte(exact+"a"))), ClassTooLarge, "", 0},
		{"gzip and then garbage", encoded("gzip", append(zipped([]byte("{}")), "garbage"...)), ClassEncoding, "", 0},
		{"gzip, sent one more", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + string(zipped(noise(limit))), ClassTooLarge, "", 0},
		{"gzip, declared and cut short", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n" + string(zipped([]byte("{}"))[:15]), ClassConnect, "", 0},
		{"chunks of one byte, beyond twice the limit and the headers' share", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1\r\na\r\n", limit) + "0\r\n\r\n", ClassTooLarge, "", 0},
		{"not gzip at all", encoded("gzip", []byte("{}")), ClassEncoding, "", 0},
		{"identity", encoded("identity", []byte("{}")), "", "{}", 2},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", "", "", 0},
		{"HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n{}", "", "{}", 2},
		{"status 099", "HTTP/1.1 099 Odd\r\n\r\n{}", ClassConnect, "", 0},
		{"HTTP/2 in name", "HTTP/2.0 200 OK\r\n\r\n{}", ClassConnect, "", 0},
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}a", ClassConnect, "", 0},
		{"bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}", ClassConnect, "", 0},
		{"endless trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + strings.Repeat("X-A: aaaaaaaaaaaaaa\r\n", 4000), ClassConnect, "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := loopback()
			cfg.MaxBody, cfg.MaxHeader = limit, 2048
			resp, err := get(t, newClient(t, cfg), listen(t, answer(tt.answer)).url())
			if tt.class != "" {
				wantClass(t, err, tt.class)
				return
			}
			if err != nil || string(resp.Body) != tt.body || resp.Size != tt.size {
				t.Errorf("%d bytes (%d sent), %v; want %d (%d)", len(resp.Body), resp.Size, err, len(tt.body), tt.size)
			}
		})
	}
}

// noise cannot be compressed.
func noise(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func TestI11AGzipBombCostsNoMemory(t *testing.T) {
	server := listen(t, answer(encoded("gzip", zipped(make([]byte, 16<<20)))))
	client := newClient(t, loopback())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := get(t, client, server.url())
	runtime.ReadMemStats(&after)
	wantClass(t, err, ClassTooLarge)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 4<<20 {
		t.Errorf("%d KiB were allocated", grown>>10)
	}
}

func TestAnswerBeforeTheRequestIsRead(t *testing.T) {
	server := listen(t, func(conn connection) {
		_, _ = io.WriteString(conn, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\n{}")
		silent(conn)
	})
	resp, err := newClient(t, loopback()).Do(t.Context(), Key{}, Request{Method: http.MethodPost, URL: target(t, server.url()), Body: make([]byte, 100<<10)})
	if err != nil || resp.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, %v", resp.Status, err)
	}
}

func TestDoRefusesWhatCannotBeSent(t *testing.T) {
	client := newClient(t, loopback())
	good := target(t, "http://127.0.0.1:9/")
	tests := []struct {
		name  string
		req   Request
		class Class
	}{
		{"no URL", Request{Method: "GET"}, ClassURL},
		{"method", Request{Method: "DELETE", URL: good}, ClassURL},
		{"method with a line break", Request{Method: "GET / HTTP/1.1\r\nX: y", URL: good}, ClassURL},
		{"framing header", Request{Method: "GET", URL: good, Header: []Header{{Name: "Transfer-Encoding", Value: secret.New("chunked")}}}, ClassURL},
		{"proxy header", Request{Method: "GET", URL: good, Header: []Header{{Name: "Proxy-Authorization", Value: secret.New("x")}}}, ClassURL},
		{"header name", Request{Method: "GET", URL: good, Header: []Header{{Name: "A: b\r\nC", Value: secret.New("x")}}}, ClassURL},
		{"header value", Request{Method: "GET", URL: good, Header: []Header{{Name: "A", Value: secret.New("geheim\r\nB: c")}}}, ClassURL},
		{"body", Request{Method: "POST", URL: good, Body: make([]byte, 1<<20)}, ClassTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := client.Do(t.Context(), Key{}, tt.req)
			wantClass(t, err, tt.class)
		})
	}
}
