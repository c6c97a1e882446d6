package requesttemplate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
)

// Limits of a header, in bytes.
const (
	MaxHeaderValue  = 255  // as the author writes it (I-5)
	MaxFilledHeader = 4096 // with its values in place
	maxHeaderName   = 64
)

// Line is a header as the author writes it. The value is often a key, so it is a secret from the start.
type Line struct {
	Name  string
	Value secret.Value
}

// Header is a checked header whose value may hold variables.
type Header struct {
	name   string
	pieces []piece
}

// ParseHeaders checks all headers of an integration (I-5): at most limit of them, no name twice. The error is one fault of kind Invalid
// with a field for each wrong place, `headers[2].name` or `headers[2].value`, that names the header.
func ParseHeaders(lines []Line, limit int, names ...string) ([]Header, error) {
	var checks fault.Checks
	if len(lines) > limit {
		checks.Add("headers", fmt.Sprintf("There are %d headers; at most %d are allowed.", len(lines), limit))
		return nil, checks.Err("headers_invalid", "There are too many headers.")
	}
	headers := make([]Header, 0, len(lines))
	seen := make([]string, 0, len(lines))
	for i, line := range lines {
		path := fmt.Sprintf("headers[%d]", i)
		lower := strings.ToLower(line.Name)
		if err := CheckHeaderName(line.Name); err != nil {
			checks.Add(path+".name", err.Text)
		} else if slices.Contains(seen, lower) {
			checks.Add(path+".name", fmt.Sprintf("The header %q is there twice: keep one.", line.Name))
		}
		seen = append(seen, lower)
		pieces, err := parseHeaderValue(line, names)
		if err != nil {
			checks.Add(path+".value", err.Text)
		}
		headers = append(headers, Header{name: line.Name, pieces: pieces})
	}
	if err := checks.Err("headers_invalid", "Some headers cannot be sent."); err != nil {
		return nil, err
	}
	return headers, nil
}

// Name is the header's name as the author wrote it.
func (h Header) Name() string { return h.name }

// Variables lists the names that occur in the value, each once.
func (h Header) Variables() []string { return collect(nil, h.pieces) }

// Fill gives the value to send. A value with a control character, such as a line break that would begin another header, is refused
// (I-7), and so is a result longer than [MaxFilledHeader]. Invalid UTF-8 becomes U+FFFD. The error never holds the value.
func (h Header) Fill(values map[string]secret.Value) (secret.Value, error) {
	filled, err := fillPieces(h.pieces, values, func(v string) string { return v })
	if err != nil {
		return secret.Value{}, err
	}
	if strings.ContainsFunc(filled, unicode.IsControl) {
		return secret.Value{}, invalid(fmt.Sprintf("A value in the header %q holds a control character, such as a line break.", h.name))
	}
	if len(filled) > MaxFilledHeader {
		return secret.Value{}, invalid(fmt.Sprintf("With its values the header %q is longer than %d bytes.", h.name, MaxFilledHeader))
	}
	return secret.New(filled), nil
}

func parseHeaderValue(line Line, names []string) ([]piece, *fault.Error) {
	value := line.Value.Reveal()
	switch {
	case value == "":
		return nil, invalid(fmt.Sprintf("The header %q has no value.", shown(line.Name)))
	case len(value) > MaxHeaderValue:
		return nil, invalid(fmt.Sprintf("The value of %q is longer than %d bytes.", shown(line.Name), MaxHeaderValue))
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return nil, invalid(fmt.Sprintf("The value of %q holds a control character, such as a line break, or is not valid UTF-8.", shown(line.Name)))
	case strings.TrimSpace(value) != value:
		return nil, invalid(fmt.Sprintf("The value of %q begins or ends with a space.", shown(line.Name)))
	}
	return scanHeader(value, names)
}

// scanHeader finds the variables. In a header a percent sign has no meaning of its own, so it stays as it is, save where it looks like
// a mistyped variable: sending `%api_kye%` in place of a key helps nobody.
func scanHeader(text string, names []string) ([]piece, *fault.Error) {
	var pieces []piece
	var literal strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '%' {
			literal.WriteByte(text[i])
			i++
			continue
		}
		name, known := variableAt(text[i:], names)
		if known {
			pieces = append(flush(pieces, &literal), piece{variable: name})
			i += len(name) + 2
			continue
		}
		if name != "" && !isEscape(text[i:]) {
			return nil, unknown(name, names)
		}
		literal.WriteByte('%')
		i++
	}
	return flush(pieces, &literal), nil
}

// CheckHeaderName says whether an author may set a header of this name; nil if so. The text names the header and the reason.
func CheckHeaderName(name string) *fault.Error {
	switch {
	case name == "":
		return invalid("The header has no name.")
	case len(name) > maxHeaderName:
		return invalid(fmt.Sprintf("The header name %q is longer than %d characters.", shown(name), maxHeaderName))
	case !IsToken(name):
		return invalid(fmt.Sprintf("%q is not a header name: use letters, digits and hyphens, without spaces or a colon.", shown(name)))
	}
	lower := strings.ToLower(name)
	for _, group := range refusedHeaders() {
		if slices.Contains(group.names, lower) || slices.ContainsFunc(group.prefixes, func(p string) bool { return strings.HasPrefix(lower, p) }) {
			return invalid(fmt.Sprintf("The header %q cannot be set: %s.", name, group.reason))
		}
	}
	return nil
}

type refusal struct {
	reason   string
	names    []string
	prefixes []string
}

// refusedHeaders is the list of I-5. A header is refused when it is saved, never dropped later.
func refusedHeaders() []refusal {
	return []refusal{
		{
			reason: "it belongs to the connection, which Usher controls",
			names: []string{
				"host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
				"http2-settings", "accept-encoding", "content-encoding",
			},
			prefixes: []string{"proxy-", "x-upstream-", "sec-"},
		},
		{
			reason:   "Usher sets it itself",
			names:    []string{"content-type", "user-agent", "x-guild-id", "x-user-id"},
			prefixes: []string{"webhook-"},
		},
		{
			reason:   "it claims who the sender is or what stands between, and servers may trust it",
			names:    []string{"forwarded", "via", "x-real-ip", "true-client-ip", "x-client-ip", "x-cluster-client-ip", "fastly-client-ip"},
			prefixes: []string{"x-forwarded-", "cf-"},
		},
		{
			reason: "there are no cookies in an integration's requests; use Authorization or a header of your own",
			names:  []string{"cookie", "cookie2", "set-cookie"},
		},
		{
			reason:   "it opens the metadata services of cloud machines",
			names:    []string{"metadata", "metadata-flavor", "x-google-metadata-request", "x-metadata-token"},
			prefixes: []string{"x-aws-ec2-metadata-"},
		},
	}
}

// IsToken reports whether name has the form of a header name (RFC 9110, 5.6.2).
func IsToken(name string) bool {
	return name != "" && strings.Trim(name, "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
}

// shown cuts a name for an error text; it is quoted there, so controls are harmless.
func shown(name string) string {
	const limit = 64
	if len(name) <= limit {
		return name
	}
	return strings.ToValidUTF8(name[:limit], "") + "…"
}
