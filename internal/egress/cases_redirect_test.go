package egress

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"usher/internal/core/secret"
)

// redirects holds that an answer is not followed: one request, none to the second server, class redirect. %[1]s is the second server's
// host and port, %[2]s the first's.
func redirects(head, wantText string) runner {
	return func(t *testing.T, _ egressCase) {
		second := listen(t, silent)
		first := listen(t, func(conn connection) {
			text := fmt.Sprintf(head, fmt.Sprintf("127.0.0.1:%d", second.port), conn.LocalAddr())
			answer(text + "\r\nContent-Length: 2\r\n\r\n{}")(conn)
		})
		err := postTo(t, loopback(), first.url())
		f := wantClass(t, err, ClassRedirect)
		if !strings.Contains(f.Text, wantText) {
			t.Errorf("text = %q, want %q in it", f.Text, wantText)
		}
		if first.connections.Load() != 1 || second.connections.Load() != 0 {
			t.Errorf("%d requests, %d of them followed", first.connections.Load(), second.connections.Load())
		}
	}
}

func postTo(t *testing.T, cfg Config, raw string) error {
	t.Helper()
	_, err := newClient(t, cfg).Do(t.Context(), Key{}, Request{
		Method: http.MethodPost, URL: target(t, raw), Body: []byte("geheim"), Confidential: true,
		Header: []Header{{Name: "Authorization", Value: secret.New("geheim")}},
	})
	return err
}

// unfollowed holds a row with a 2xx answer: it is an answer like any other, and the address in it is not fetched.
func unfollowed(head string, status int) runner {
	return func(t *testing.T, _ egressCase) {
		second := listen(t, silent)
		first := listen(t, answer(fmt.Sprintf(head, fmt.Sprintf("127.0.0.1:%d", second.port))))
		resp, err := get(t, newClient(t, loopback()), first.url())
		if err != nil || resp.Status != status {
			t.Errorf("status %d, %v", resp.Status, err)
		}
		if first.connections.Load() != 1 || second.connections.Load() != 0 {
			t.Errorf("%d requests, %d of them followed", first.connections.Load(), second.connections.Load())
		}
	}
}

func redirectRunners() map[string]runner {
	const elsewhere = "points to 127.0.0.1."
	return map[string]runner{
		"redirect-01": redirects("HTTP/1.1 302 Found\r\nLocation: http://%[1]s/", elsewhere),
		"redirect-03": redirects("HTTP/1.1 307 Temporary Redirect\r\nLocation: https://other.example.com/%.0[1]s", "points to other.example.com."),
		"redirect-05": redirectToHTTP,
		"redirect-07": redirects("HTTP/1.1 302 Found\r\nLocation: /elsewhere%.0[1]s", "another path on 127.0.0.1."),
		"redirect-09": redirects("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd%.0[1]s", "cannot be requested"),
		"redirect-10": redirects("HTTP/1.1 302 Found\r\nLocation: http://user:pass@%[1]s/", elsewhere),
		"redirect-11": redirects("HTTP/1.1 302 Found\r\nLocation: http://localhost/%.0[1]s", "cannot be requested"),
		"redirect-13": redirects("HTTP/1.1 302 Found\r\nLocation: http://%[2]s/x?key=again", elsewhere),
		"redirect-16": unfollowed("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<meta http-equiv=refresh content='0;url=http://%s/'>", 200),
		"redirect-17": redirects("HTTP/1.1 300 Multiple Choices\r\nLocation: http://%[1]s/", elsewhere),
		"redirect-18": redirects("HTTP/1.1 304 Not Modified%.0[1]s", "not followed."),
		"redirect-20": redirects("HTTP/1.1 302 Found\r\nLocation: http://%[1]s/\r\nLocation: http://%[2]s/", "not followed."),
		"redirect-21": hugeLocation,
		"redirect-22": unfollowed("HTTP/1.1 201 Created\r\nLocation: http://%s/\r\nContent-Length: 2\r\n\r\n{}", 201),
		"secret-18":   redirects("HTTP/1.1 302 Found\r\nLocation: http://%[1]s/", elsewhere),
	}
}

// hugeLocation may end at the header limit instead; what matters is that nothing is followed and the text stays short.
func hugeLocation(t *testing.T, _ egressCase) {
	huge := strings.Repeat("a", 100<<10)
	server := listen(t, answer("HTTP/1.1 302 Found\r\nLocation: http://other.example.com/"+huge+"\r\n\r\n"))
	wantClass(t, postTo(t, loopback(), server.url()), ClassTooLarge)
	cfg := loopback()
	cfg.MaxHeader = 200 << 10
	f := wantClass(t, postTo(t, cfg, server.url()), ClassRedirect)
	if !strings.Contains(f.Text, "points to other.example.com.") || len(f.Text) > 200 {
		t.Errorf("text = %.300q", f.Text)
	}
	server = listen(t, answer("HTTP/1.1 302 Found\r\nLocation: http://"+huge+"/\r\n\r\n"))
	f = wantClass(t, postTo(t, cfg, server.url()), ClassRedirect)
	if len(f.Text) > 200 {
		t.Errorf("text = %.300q", f.Text)
	}
}

func redirectToHTTP(t *testing.T, _ egressCase) {
	authority := newAuthority(t)
	serving := authority.serving(t, "127.0.0.1")
	server := listen(t, func(conn connection) {
		answer("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n")(tls.Server(conn, serving))
	})
	cfg := loopback()
	cfg.RootCAs = authority.pool
	f := wantClass(t, postTo(t, cfg, strings.Replace(server.url(), "http:", "https:", 1)), ClassRedirect)
	if !strings.Contains(f.Text, "points to 127.0.0.1.") || server.connections.Load() != 1 {
		t.Errorf("text = %q, %d connections", f.Text, server.connections.Load())
	}
}
