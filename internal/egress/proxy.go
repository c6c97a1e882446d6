package egress

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
)

// maxTunnelAnswer bounds what a proxy says before the tunnel begins, in bytes.
const maxTunnelAnswer = 16 << 10

// onlyHeader asks a proxy to reach allowed networks only, and in its answer says that it did. It is `usher egress`'s own: any other proxy
// does not confirm it, and then nothing is sent.
const (
	onlyHeader = "Usher-Egress-Only"
	onlyValue  = "allowed-networks"
)

// Proxy is an HTTP CONNECT proxy (RFC 9110, 9.3.6) through which every call goes instead of being dialled from this machine: `usher egress`
// or any other (I-40). Names are resolved by it; its own rules apply besides those of [Config]. TLS to the target is end to end.
type Proxy struct {
	URL         string         // http://host:port or https://host:port
	Credentials secret.Value   // name:password for Basic; empty: none are sent
	RootCAs     *x509.CertPool // of an https proxy [the system's]
}

// proxied is the back end that goes through a proxy.
type proxied struct {
	tunnels *tunneler
	speaker speaker
}

var _ backEnd = (*proxied)(nil)

func newProxied(cfg Config) (*proxied, error) {
	t, err := newTunneler(*cfg.Proxy, cfg.ConnectTimeout)
	if err != nil {
		return nil, err
	}
	return &proxied{tunnels: t, speaker: newSpeaker(cfg)}, nil
}

// exchange implements backEnd with one tunnel for one call, for http too: a proxy that is handed a whole request may follow and remember.
func (p *proxied) exchange(ctx context.Context, c call) (Response, error) {
	conn, err := p.tunnels.open(ctx, c.URL.origin, c.allowedOnly)
	if err != nil {
		return Response{}, err
	}
	return p.speaker.speak(ctx, conn, c)
}

// tunneler opens tunnels through one proxy.
type tunneler struct {
	address       string
	tls           *tls.Config // nil: the proxy is spoken to in the clear
	authorization secret.Value
	timeout       time.Duration // for connecting to the proxy, and for its handshake
}

// newTunneler's errors name what is wrong and never the credentials.
func newTunneler(p Proxy, timeout time.Duration) (*tunneler, error) {
	u, err := url.Parse(p.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("egress: the proxy's address must be http://host:port or https://host:port and nothing else; its name and password are a setting of their own")
	}
	port := u.Port()
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil, errors.New("egress: the proxy's address has no port from 1 to 65535: write http://host:port")
	}
	t := &tunneler{address: net.JoinHostPort(u.Hostname(), port), timeout: timeout}
	if u.Scheme == "https" {
		t.tls = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: p.RootCAs, ServerName: u.Hostname(), NextProtos: []string{"http/1.1"}}
	}
	if p.Credentials.Empty() {
		return t, nil
	}
	if err := checkCredentials(p.Credentials); err != nil {
		return nil, fmt.Errorf("egress: the proxy's credentials: %w", err)
	}
	t.authorization = secret.New("Basic " + base64.StdEncoding.EncodeToString([]byte(p.Credentials.Reveal())))
	return t, nil
}

// checkCredentials judges a user-pass of RFC 7617. The error never quotes it.
func checkCredentials(v secret.Value) error {
	name, password, found := strings.Cut(v.Reveal(), ":")
	control := strings.ContainsFunc(v.Reveal(), func(r rune) bool { return r < ' ' || r == 0x7f })
	if !found || name == "" || password == "" || control {
		return errors.New("they are name:password, in one line")
	}
	return nil
}

// open gives a connection whose other end is the origin. The error is a *Failure: of ClassEgress when the proxy cannot be used, else what the
// proxy says of the target.
func (t *tunneler) open(ctx context.Context, origin requesttemplate.Origin, allowedOnly bool) (net.Conn, error) {
	conn, err := t.connect(ctx)
	if err != nil {
		return nil, err
	}
	// A literal address was judged on this side; where a name leads only the proxy knows.
	allowedOnly = allowedOnly && origin.Host.Name() != ""
	release := bind(ctx, conn)
	tunnel, err := t.request(ctx, conn, origin, allowedOnly)
	release()
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return tunnel, nil
}

// connect reaches the proxy itself, which the operator named: the guard has no say here.
func (t *tunneler) connect(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	conn, err := (&net.Dialer{KeepAlive: -1}).DialContext(ctx, "tcp", t.address)
	if err != nil {
		return nil, noWayOut()
	}
	if t.tls == nil {
		return conn, nil
	}
	secured := tls.Client(conn, t.tls)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, noWayOut()
	}
	return secured, nil
}

// request asks for the tunnel on a connection to the proxy.
func (t *tunneler) request(ctx context.Context, conn net.Conn, origin requesttemplate.Origin, allowedOnly bool) (net.Conn, error) {
	answer, err := t.ask(ctx, conn, tunnelTarget(origin), allowedOnly)
	if err != nil {
		return nil, err
	}
	if refused := answer.refusal(); refused != nil {
		return nil, refused
	}
	if allowedOnly && answer.header.Get(onlyHeader) != onlyValue {
		return nil, unreachable(ClassPolicy)
	}
	return &tunnel{Conn: conn, from: answer.rest}, nil
}

// tunnelTarget is the target of a CONNECT: host and port, always with the port.
func tunnelTarget(o requesttemplate.Origin) string {
	return o.Host.String() + ":" + strconv.Itoa(int(o.Port))
}

// tunnelAnswer is what the proxy said.
type tunnelAnswer struct {
	status int
	header textproto.MIMEHeader
	rest   *bufio.Reader // what follows: the tunnel, if there is one
}

func (t *tunneler) ask(ctx context.Context, conn net.Conn, to string, allowedOnly bool) (tunnelAnswer, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "CONNECT %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Usher\r\n", to, to)
	if !t.authorization.Empty() {
		fmt.Fprintf(&b, "Proxy-Authorization: %s\r\n", t.authorization.Reveal())
	}
	if allowedOnly {
		fmt.Fprintf(&b, "%s: %s\r\n", onlyHeader, onlyValue)
	}
	b.WriteString("\r\n")
	if _, err := io.WriteString(conn, b.String()); err != nil {
		return tunnelAnswer{}, noWayOut()
	}
	return readTunnelAnswer(ctx, conn)
}

// readTunnelAnswer does not use net/http, which would take bytes of the tunnel for a body.
func readTunnelAnswer(ctx context.Context, conn net.Conn) (tunnelAnswer, error) {
	source := &capped{from: conn, left: maxTunnelAnswer}
	lines := textproto.NewReader(bufio.NewReader(source))
	first, err := lines.ReadLine()
	if err != nil {
		return tunnelAnswer{}, unanswered(ctx, source)
	}
	protocol, rest, _ := strings.Cut(first, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if err != nil || len(code) != 3 || status < 100 || protocol != "HTTP/1.1" && protocol != "HTTP/1.0" {
		return tunnelAnswer{}, noWayOut()
	}
	header, err := lines.ReadMIMEHeader()
	if err != nil {
		return tunnelAnswer{}, unanswered(ctx, source)
	}
	source.left = math.MaxInt // from here on the limits of the exchange hold
	return tunnelAnswer{status: status, header: header, rest: lines.R}, nil
}

// unanswered says what it means that the proxy's answer did not come: one that waits is taken to wait for the target, since an author must not
// learn from a class which addresses swallow packets; one that hangs up or talks without end is broken.
func unanswered(ctx context.Context, source *capped) *Failure {
	if isTimeout(ctx, source.err) {
		return unreachable(ClassConnect)
	}
	return noWayOut()
}

// refusal sorts what the proxy said by Proxy-Status (RFC 9209), where it sent one, else by status; nil if there is a tunnel. No Location is
// followed and nothing is asked again.
func (a tunnelAnswer) refusal() *Failure {
	switch {
	case a.status >= 200 && a.status < 300:
		return nil
	case a.status < 400, a.status == http.StatusProxyAuthRequired, a.status == http.StatusUnauthorized: // whatever else it says
		return noWayOut()
	}
	switch proxyError(a.header.Values("Proxy-Status")) {
	case "destination_ip_prohibited", "http_request_denied":
		return unreachable(ClassPolicy)
	case "dns_error", "dns_timeout":
		return unreachable(ClassResolve)
	case "destination_not_found", "destination_unavailable", "destination_ip_unroutable", "connection_refused", "connection_terminated", "connection_timeout":
		return unreachable(ClassConnect)
	case "connection_limit_reached":
		return busy()
	}
	switch a.status {
	case http.StatusForbidden:
		return unreachable(ClassPolicy)
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusNotFound:
		return unreachable(ClassConnect)
	case http.StatusTooManyRequests:
		return busy()
	default: // no CONNECT proxy at all, or a broken one
		return noWayOut()
	}
}

// proxyError is the error parameter of the last proxy in Proxy-Status fields; "" if there is none.
func proxyError(fields []string) string {
	name := ""
	for _, parameter := range strings.FieldsFunc(strings.Join(fields, ","), func(r rune) bool { return r == ';' || r == ',' }) {
		if value, found := strings.CutPrefix(strings.TrimSpace(parameter), "error="); found {
			name = value
		}
	}
	return name
}

// probe says whether the proxy can be used, by asking for a name that cannot exist: the error is for the operator.
func (p *proxied) probe(ctx context.Context) error {
	conn, err := p.tunnels.connect(ctx)
	if err != nil {
		return fmt.Errorf("the proxy at %s cannot be reached, or its certificate is not valid for this name", p.tunnels.address)
	}
	defer func() { _ = conn.Close() }()
	defer bind(ctx, conn)()
	answer, err := p.tunnels.ask(ctx, conn, probeName+":443", false)
	switch {
	case err != nil:
		return fmt.Errorf("the proxy at %s does not answer as a CONNECT proxy", p.tunnels.address)
	case answer.status == http.StatusProxyAuthRequired || answer.status == http.StatusUnauthorized:
		return fmt.Errorf("the proxy at %s does not accept the credentials", p.tunnels.address)
	}
	if refused := answer.refusal(); refused != nil && refused.Class == ClassEgress {
		return fmt.Errorf("the proxy at %s answers CONNECT with status %d", p.tunnels.address, answer.status)
	}
	return nil
}

// tunnel is a connection through the proxy. What came with the proxy's answer is read first.
type tunnel struct {
	net.Conn
	from io.Reader
}

// Read implements io.Reader.
func (t *tunnel) Read(p []byte) (int, error) { return t.from.Read(p) }
