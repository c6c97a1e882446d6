package egress

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzAnswer holds that no bytes of a server make the client crash, hang, give more than the limit or fail outside the closed set.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n",
		"HTTP/1.1 103 X\r\n\r\nHTTP/1.1 204 X\r\n\r\n", "HTTP/1.1 302 X\r\nLocation: //h\r\n\r\n", encoded("gzip", zipped([]byte("{}"))), "HTTP/0.9", "\x00\x00\x00\x04",
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	} {
		f.Add([]byte(text))
	}
	u, err := ParseURL("http://127.0.0.1/")
	if err != nil {
		f.Fatal(err)
	}
	w := wire{maxHeader: 1 << 10, maxBody: 1 << 10, userAgent: "Usher"}
	f.Fuzz(func(t *testing.T, answer []byte) {
		ours, theirs := net.Pipe()
		defer func() { _ = ours.Close() }()
		_ = ours.SetDeadline(time.Now().Add(5 * time.Second))
		go func() {
			defer func() { _ = theirs.Close() }()
			if readRequest(theirs) {
				_, _ = theirs.Write(answer)
			}
		}()
		resp, err := w.exchange(context.Background(), ours, Request{Method: http.MethodGet, URL: u})
		var failure *Failure
		switch {
		case err != nil && (!errors.As(err, &failure) || failure.Class == ClassTimeout):
			t.Errorf("error = %v", err)
		case err != nil && len(failure.Text) > 400:
			t.Errorf("a long text: %q", failure.Text)
		case err == nil && (len(resp.Body) > w.maxBody || resp.Status < 200 || resp.Status/100 == 3):
			t.Errorf("status %d, %d bytes", resp.Status, len(resp.Body))
		case err == nil && strings.Contains(strings.ToLower(string(answer[:min(len(answer), 7)])), "http/2"):
			t.Error("HTTP/2 is understood")
		}
	})
}
