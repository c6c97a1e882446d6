package egress

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"usher/internal/core/secret"
)

// TunnelClient may use [Tunnels]: one instance of Usher. A name may stand twice while its password is replaced.
type TunnelClient struct {
	Name     string       // for the log and the limits: 1 to 64 of a-z, A-Z, 0-9, dot, hyphen and underscore
	Password secret.Value // 16 to 256 visible ASCII characters
}

// ParseTunnelClients reads lines of name:password; empty lines and lines that begin with # are left out. The error names the line and never
// what it holds.
func ParseTunnelClients(text secret.Value) ([]TunnelClient, error) {
	var list []TunnelClient
	number := 0
	for line := range strings.Lines(text.Reveal()) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, password, found := strings.Cut(line, ":")
		if !found {
			return nil, fmt.Errorf("line %d is not name:password", number)
		}
		c := TunnelClient{Name: name, Password: secret.New(password)}
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		list = append(list, c)
	}
	return list, nil
}

func (c TunnelClient) check() error {
	visible := func(r rune) bool { return r <= ' ' || r > '~' }
	named := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '-' && r != '_'
	}
	switch n := len(c.Password.Reveal()); {
	case c.Name == "" || len(c.Name) > 64 || strings.ContainsFunc(c.Name, named):
		return errors.New("the name must be 1 to 64 letters, digits, dots, hyphens and underscores")
	case n < 16 || n > 256 || strings.ContainsFunc(c.Password.Reveal(), visible):
		return errors.New("the password must be 16 to 256 visible characters without spaces, such as `openssl rand -hex 32` gives")
	}
	return nil
}

// clients finds who is asking. It keeps hashes: they have one length, so that comparing them tells nothing by its time.
type clients []knownClient

type knownClient struct {
	name string
	hash [sha256.Size]byte
}

func newClients(list []TunnelClient) (clients, error) {
	if len(list) == 0 {
		return nil, errors.New("egress: there is no client that may use the tunnels: name one")
	}
	known := make(clients, len(list))
	for i, c := range list {
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("egress: client %d: %w", i+1, err)
		}
		known[i] = knownClient{name: c.Name, hash: sha256.Sum256([]byte(c.Name + ":" + c.Password.Reveal()))}
	}
	return known, nil
}

// named gives the name that belongs to a Proxy-Authorization. Every client is compared, whichever one it is.
func (c clients) named(authorization string) (name string, known bool) {
	scheme, encoded, _ := strings.Cut(authorization, " ")
	given, err := base64.StdEncoding.DecodeString(encoded)
	hash := sha256.Sum256(given)
	found := -1
	for i, one := range c {
		found = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(one.hash[:], hash[:]), i, found)
	}
	if err != nil || !strings.EqualFold(scheme, "Basic") || found < 0 {
		return "", false
	}
	return c[found].name, true
}

// oddHead says what a CONNECT carries that it must not, "" if nothing: a proxy that obeys or forwards what it does not know, such as
// X-Upstream-Https-Proxy, can be led elsewhere by it.
func oddHead(r *http.Request) string {
	if r.ContentLength != 0 || len(r.TransferEncoding) > 0 {
		return "A CONNECT has no body."
	}
	usual := []string{"Proxy-Authorization", "Proxy-Connection", "Connection", "User-Agent", "Accept", onlyHeader}
	for name, values := range r.Header {
		if !slices.Contains(usual, name) || len(values) != 1 {
			return "A header is not one that this proxy knows, or stands twice."
		}
	}
	if only := r.Header.Get(onlyHeader); only != "" && only != onlyValue {
		return onlyHeader + " has one value only."
	}
	return ""
}

// refusal is why there is no tunnel. The text holds nothing of the request; kind is an error type of RFC 9209.
type refusal struct {
	status int
	kind   string
	text   string
}

// refusalOf keeps apart what authors must not tell apart: the one who asks is an instance, whose operator needs to know.
func refusalOf(err error) *refusal {
	switch asFailure(err).Class {
	case ClassURL:
		return &refusal{status: http.StatusForbidden, kind: "http_request_denied", text: "The target cannot be used."}
	case ClassPolicy:
		return &refusal{status: http.StatusForbidden, kind: "destination_ip_prohibited", text: "The target is not allowed."}
	case ClassResolve:
		return &refusal{status: http.StatusBadGateway, kind: "dns_error", text: "The name has no address."}
	case ClassBusy:
		return &refusal{status: http.StatusServiceUnavailable, kind: "connection_limit_reached", text: "Too many tunnels are open."}
	default:
		return &refusal{status: http.StatusBadGateway, kind: "destination_unavailable", text: "The target does not take the connection."}
	}
}

// write ends the connection with it: who was refused once begins anew.
func (f *refusal) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Connection", "close")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Proxy-Status", "usher-egress; error="+f.kind)
	switch f.status {
	case http.StatusProxyAuthRequired:
		h.Set("Proxy-Authenticate", `Basic realm="usher egress", charset="UTF-8"`)
	case http.StatusMethodNotAllowed:
		h.Set("Allow", http.MethodConnect)
	}
	w.WriteHeader(f.status)
	_, _ = io.WriteString(w, f.text+"\n") //nolint:gosec // plain text, and nothing of the request in it
}
