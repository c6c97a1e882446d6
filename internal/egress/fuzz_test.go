package egress

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
)

// FuzzTunnelAnswer holds that no bytes of a proxy make the client crash, hang, fail outside the closed set, or take for a tunnel what is none; and
// that nothing of the tunnel is lost.
func FuzzTunnelAnswer(f *testing.F) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\n\r\nrest", "HTTP/1.1 407 X\r\nProxy-Status: a; error=dns_error\r\n\r\n", "HTTP/1.1 302 X\r\nLocation: http://127.0.0.1/\r\n\r\n", "HTTP/1.0 299\n\nrest",
		"HTTP/1.1 100 X\r\n\r\nHTTP/1.1 200 X\r\n\r\n", "HTTP/2 200\r\n\r\n", "\x05\x00", "HTTP/1.1 200 OK\r\n" + onlyHeader + ": " + onlyValue + "\r\n\r\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		ours, theirs := net.Pipe()
		defer func() { _ = ours.Close() }()
		_ = ours.SetDeadline(time.Now().Add(5 * time.Second))
		go func() {
			defer func() { _ = theirs.Close() }()
			_, _ = theirs.Write(answer)
		}()
		got, err := readTunnelAnswer(context.Background(), ours)
		var failure *Failure
		if err != nil {
			if !errors.As(err, &failure) || failure.Class != ClassEgress {
				t.Errorf("error = %v", err)
			}
			return
		}
		first, _, _ := strings.Cut(string(answer), "\n")
		if refused := got.refusal(); refused == nil && !strings.HasPrefix(first, "HTTP/1.1 2") && !strings.HasPrefix(first, "HTTP/1.0 2") {
			t.Errorf("%q makes a tunnel", first)
		}
		var rest strings.Builder
		_, _ = bufio.NewReader(got.rest).WriteTo(&rest)
		if !strings.HasSuffix(string(answer), rest.String()) {
			t.Errorf("the tunnel's bytes are changed: %q", rest.String())
		}
	})
}

// FuzzTunnelTarget holds that what a CONNECT may name is one host and port, and nothing that the guard refuses.
func FuzzTunnelTarget(f *testing.F) {
	for _, c := range readCases(f) {
		if _, rest, found := strings.Cut(c.input, "://"); found {
			host, _, _ := strings.Cut(rest, "/")
			f.Add(host)
			f.Add(host + ":443")
		}
	}
	g, err := newGate(Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := parseTunnelTarget(text)
		if err != nil {
			return
		}
		if got := tunnelTarget(u.origin); !strings.EqualFold(got, text) || *u.location != "/" {
			t.Fatalf("%q is read as %q %q", text, got, *u.location)
		}
		if _, err := g.admit(u, false); err == nil && u.origin.Host.Addr().IsValid() && !g.guard.permits(u.origin.Host.Addr(), false) {
			t.Errorf("%q is admitted", text)
		}
	})
}

// FuzzHeaderField holds that whatever is saved or filled into a header, the request on the wire has one line for it and no other.
func FuzzHeaderField(f *testing.F) {
	for _, c := range readCases(f) {
		if c.category == "header" {
			f.Add(c.input, c.input)
		}
	}
	f.Add("X-A", "v\r\nX: y")
	f.Add("Host ", "a")
	f.Add("X-A", "\u2028\x85")
	u, err := ParseURL("https://api.customer-name.com/x")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		h := Header{Name: name, Value: secret.New(value)}
		if checkField(h) != nil {
			return
		}
		text := wire{userAgent: "Usher"}.message(Request{Method: http.MethodGet, URL: u, Header: []Header{h}})
		req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(string(text))))
		if err != nil { // bytes that net/http does not take, such as a field name beyond its own list, reach nobody as two lines either
			if strings.Count(string(text), "\r\n") != 6 || strings.Count(string(text), "\n") != 6 {
				t.Errorf("%q: %q makes %q", name, value, text)
			}
			return
		}
		if len(req.Header) != 4 || req.Host != "api.customer-name.com" || req.ContentLength != 0 || !requesttemplate.IsToken(name) {
			t.Errorf("%q: %q arrives as %v, host %q, %d bytes", name, value, req.Header, req.Host, req.ContentLength)
		}
	})
}

// FuzzWorkerAnswer holds that a worker's answer, though signed, cannot give more than a server's could.
func FuzzWorkerAnswer(f *testing.F) {
	for _, text := range []string{
		"{\"v\":1,\"status\":200,\"headers\":[[\"content-type\",\"a\"]]}\n{}", "{\"v\":1,\"class\":\"timeout\"}\n", "{\"v\":1,\"status\":302,\"location\":\"http://a, //b\"}\n", "{\"v\":2}\n", "null", "",
		"{\"v\":1,\"status\":101}\n", "{\"v\":1,\"status\":200,\"headers\":[[\"set-cookie\",\"a\"],[\"retry-after\"]]}\nx",
	} {
		f.Add([]byte(text))
	}
	u, err := ParseURL("https://api.customer-name.com/x?key=geheim")
	if err != nil {
		f.Fatal(err)
	}
	w := &forwarded{limits: wire{maxHeader: 1 << 10, maxBody: 1 << 10, kept: usefulHeaders()}}
	f.Fuzz(func(t *testing.T, answer []byte) {
		resp, err := w.open(answer, u)
		var failure *Failure
		switch {
		case err != nil && (!errors.As(err, &failure) || len(failure.Text) > 400 || strings.Contains(failure.Text, "geheim")):
			t.Errorf("error = %v", err)
		case err == nil && (len(resp.Body) > w.limits.maxBody || resp.Status < 200 || resp.Status/100 == 3 || resp.Status > 999):
			t.Errorf("status %d, %d bytes", resp.Status, len(resp.Body))
		}
		for name := range resp.Header {
			if name != "Content-Type" && name != "Cache-Control" && name != "Retry-After" {
				t.Errorf("%s is handed back", name)
			}
		}
	})
}
