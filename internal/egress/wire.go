package egress

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"usher/internal/core/requesttemplate"
)

// wire speaks HTTP/1.1 for one exchange on one connection (RFC 9112). It uses net/http's reader of answers but not its Transport, which
// keeps reading after an unsolicited 101 beyond every timeout, keeps goroutines, and may send a request twice.
type wire struct {
	maxHeader int
	maxBody   int
	userAgent string
	kept      []string // the answer's headers that are handed back
}

// exchange sends req and reads the answer. It never reads more than the limits and never drains; the caller closes conn, whose deadline
// bounds the time.
func (w wire) exchange(ctx context.Context, conn net.Conn, req Request) (Response, error) {
	// A server may answer and close before it has read all: what it said counts, so a failed write is told only if there is no answer.
	_, writeErr := conn.Write(w.message(req))
	if isTimeout(ctx, writeErr) {
		return Response{}, timedOut()
	}
	source := &capped{from: conn, left: w.maxHeader}
	resp, err := readAnswer(bufio.NewReader(source), req.Method)
	if err != nil {
		return Response{}, w.failure(ctx, err, source)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode < http.StatusOK || resp.ProtoMajor != 1 {
		return Response{}, unreachable(ClassConnect)
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return Response{}, redirected(resp, req.URL)
	}
	// Chunks cost at most as much again as the bytes they carry before net/http refuses them.
	source.left = 2*w.maxBody + w.maxHeader
	body, size, err := w.body(resp)
	if err != nil {
		return Response{}, w.failure(ctx, err, source)
	}
	return Response{Status: resp.StatusCode, Header: few(resp.Header, w.kept), Body: body, Size: size}, nil
}

// message is the whole request as bytes. Header values were checked for line breaks.
func (w wire) message(req Request) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", req.Method, *req.URL.location, hostField(req.URL.origin))
	fmt.Fprintf(&b, "User-Agent: %s\r\nAccept-Encoding: gzip\r\nConnection: close\r\n", w.userAgent)
	for _, h := range req.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", h.Name, h.Value.Reveal())
	}
	if req.Method == http.MethodPost || len(req.Body) > 0 {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(req.Body))
	}
	b.WriteString("\r\n")
	b.Write(req.Body)
	return b.Bytes()
}

// readAnswer skips interim answers, whose bytes count as headers. 101 ends it: the connection is no longer HTTP.
func readAnswer(r *bufio.Reader, method string) (*http.Response, error) {
	for {
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil || resp.StatusCode >= http.StatusOK || resp.StatusCode < http.StatusContinue || resp.StatusCode == http.StatusSwitchingProtocols {
			return resp, err
		}
		_ = resp.Body.Close()
	}
}

// failure sorts what reading gave.
func (w wire) failure(ctx context.Context, err error, source *capped) *Failure {
	var f *Failure
	switch {
	case errors.As(err, &f):
		return f
	case source.exceeded:
		return w.tooMuch()
	case isTimeout(ctx, source.err):
		return timedOut()
	default:
		return unreachable(ClassConnect)
	}
}

func (w wire) tooMuch() *Failure {
	return fail(ClassTooLarge, fmt.Sprintf("The answer is too large: at most %d KiB of headers and %d KiB of body are read.", w.maxHeader>>10, w.maxBody>>10))
}

func isTimeout(ctx context.Context, err error) bool {
	return err != nil && (errors.Is(err, os.ErrDeadlineExceeded) || ctx.Err() != nil)
}

func timedOut() *Failure { return fail(ClassTimeout, "The server did not answer in time.") }

// redirected tells the author which host to use instead (I-11).
func redirected(resp *http.Response, from Target) *Failure {
	const dead = "The server answered with a redirect, which is not followed"
	values := resp.Header.Values("Location")
	if len(values) != 1 {
		return fail(ClassRedirect, dead+".")
	}
	to, err := url.Parse(values[0])
	if err != nil {
		return fail(ClassRedirect, dead+".")
	}
	if to.Host == "" && to.Scheme == "" {
		return fail(ClassRedirect, dead+": it points to another path on "+from.origin.Host.String()+". Use the final URL.")
	}
	host, err := requesttemplate.ParseHost(bracketed(to))
	if err != nil {
		return fail(ClassRedirect, dead+": it points to a place that cannot be requested.")
	}
	return fail(ClassRedirect, dead+": it points to "+host.String()+". Use the final URL.")
}

func bracketed(u *url.URL) string {
	if name := u.Hostname(); len(u.Host) == 0 || u.Host[0] != '[' {
		return name
	}
	return "[" + u.Hostname() + "]"
}

// hostField is the Host field: without the port that the scheme implies (RFC 9110, 7.2).
func hostField(o requesttemplate.Origin) string {
	if (o.Scheme == "https" && o.Port == 443) || (o.Scheme == "http" && o.Port == 80) {
		return o.Host.String()
	}
	return o.Host.String() + ":" + strconv.Itoa(int(o.Port))
}

// few keeps what the caller has a use for; cookies, alternative services and preload hints end here.
func few(all http.Header, names []string) http.Header {
	kept := make(http.Header)
	for _, name := range names {
		if values := all.Values(name); len(values) > 0 {
			kept[http.CanonicalHeaderKey(name)] = values
		}
	}
	return kept
}

// usefulHeaders are those that decide something, and those by which an author finds what is wrong with an answer (I-34).
func usefulHeaders() []string {
	return []string{
		"Content-Type", "Cache-Control", "Retry-After", "Age", "Allow", "Content-Encoding", "Etag", "Expires",
		"Last-Modified", "Ratelimit", "Ratelimit-Policy", "Server", "Www-Authenticate", "X-Ratelimit-Limit", "X-Ratelimit-Remaining",
		"X-Ratelimit-Reset", "X-Request-Id",
	}
}

// capped reads at most left bytes and then fails, unlike io.LimitReader, which would look like the end. It remembers the source's error,
// because readers above replace it with their own.
type capped struct {
	from     io.Reader
	left     int
	exceeded bool
	err      error
}

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		c.exceeded = true
		return 0, io.ErrUnexpectedEOF
	}
	n, err := c.from.Read(p[:min(len(p), c.left)])
	c.left -= n
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}
