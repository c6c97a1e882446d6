// Package requesttemplate is the text of an outgoing request as an integration's author writes it: a URL and header values in which
// request variables and secrets stand as `%name%` (I-3, I-5 to I-7). A text is checked once, when it is saved, and filled many times.
//
// Filling puts a value into the parsed parts alone, encoded for its place, in one pass: no value can move a request to another host,
// add a path segment or a header, or call up another variable.
//
// The package is pure syntax. It knows no network, no name resolution, no operator's settings and no integration: which addresses and
// ports may be reached is the business of the way out.
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

// MaxURL is the longest URL that is parsed or made, in bytes. What an author may save is shorter (I-1); this bounds a filled one.
const MaxURL = 8192

// Template is a checked request URL with variables in its path and query.
type Template struct {
	origin   Origin
	segments [][]piece // the path, split at its slashes; there is always a first one
	query    []piece
	hasQuery bool
}

// Parse checks a request URL. names are the request variables and secrets that may occur; without names it parses a plain URL. The
// error is a [fault.Error] of kind Invalid whose Text names the wrong part and what to do, and never repeats path or query.
//
// `%name%` is a variable when name is one of names, letter for letter. Any other percent sign must begin a percent-escape of two hex
// digits, which stays as written; where both readings fit (a secret named `20name` in `%20name%`) the variable wins. Anything else is
// an error, so that a mistyped name is told and not sent.
func Parse(raw string, names ...string) (Template, error) {
	if err := checkCharacters(raw); err != nil {
		return Template{}, err
	}
	scheme, rest, err := cutScheme(raw, names)
	if err != nil {
		return Template{}, err
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	origin, err := parseAuthority(scheme, rest[:end], names)
	if err != nil {
		return Template{}, err
	}
	t := Template{origin: origin}
	if strings.Contains(rest[end:], "#") {
		return Template{}, invalid("Leave out the # and what follows it: a fragment is never sent to a server.")
	}
	path, query, hasQuery := strings.Cut(rest[end:], "?")
	t.hasQuery = hasQuery
	if t.query, err = scanURL(query, names, querySafe); err != nil {
		return Template{}, err
	}
	for segment := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		pieces, err := scanURL(segment, names, pathSafe)
		if err != nil {
			return Template{}, err
		}
		if len(pieces) == 1 && pieces[0].variable == "" && isDots(pieces[0].literal) {
			return Template{}, invalid("The path may not hold . or .. as a segment: write the path that you mean.")
		}
		t.segments = append(t.segments, pieces)
	}
	return t, nil
}

// Origin is the scheme, host and port, which no variable can change.
func (t Template) Origin() Origin { return t.origin }

// Variables lists the names that occur, each once, in the order of their first use.
func (t Template) Variables() []string {
	var names []string
	for _, pieces := range append(slices.Clone(t.segments), t.query) {
		names = collect(names, pieces)
	}
	return names
}

// PathVariables lists the names that occur in the path.
func (t Template) PathVariables() []string {
	var names []string
	for _, pieces := range t.segments {
		names = collect(names, pieces)
	}
	return names
}

// QueryVariables lists the names that occur in the query.
func (t Template) QueryVariables() []string { return collect(nil, t.query) }

// Sample is the URL with the value "1" for every variable: what is judged when the template is saved, by the same parser that
// judges what is sent.
func (t Template) Sample() string {
	values := make(map[string]secret.Value)
	for _, name := range t.Variables() {
		values[name] = secret.New("1")
	}
	filled, err := t.Fill(values)
	if err != nil {
		return t.origin.String() + "/" // only a URL at the length limit can grow too long by its samples; its origin is judged
	}
	return filled.Reveal()
}

// Fill gives the URL to request, values percent-encoded as one path segment or one query component (I-7). Invalid UTF-8 in a value
// becomes U+FFFD. A value that makes a whole segment `.` or `..` is an error (receivers resolve those, encoded or not), and so are a
// missing value and a URL longer than [MaxURL]; the error names the variable and never its value.
func (t Template) Fill(values map[string]secret.Value) (secret.Value, error) {
	var b strings.Builder
	b.WriteString(t.origin.String())
	for _, pieces := range t.segments {
		segment, err := fillPieces(pieces, values, escape)
		if err != nil {
			return secret.Value{}, err
		}
		if isDots(segment) {
			return secret.Value{}, invalid(fmt.Sprintf("The value of %%%s%% would make a path segment of dots alone, which means another path.", lastVariable(pieces)))
		}
		b.WriteByte('/')
		b.WriteString(segment)
	}
	if t.hasQuery {
		query, err := fillPieces(t.query, values, escape)
		if err != nil {
			return secret.Value{}, err
		}
		b.WriteByte('?')
		b.WriteString(query)
	}
	if b.Len() > MaxURL {
		return secret.Value{}, invalid(fmt.Sprintf("With its values the URL is longer than %d bytes.", MaxURL))
	}
	return secret.New(b.String()), nil
}

// checkCharacters refuses what has no place in a URL: controls, spaces, invisible characters and the backslash, which some parsers
// read as a slash.
func checkCharacters(raw string) error {
	switch {
	case raw == "":
		return invalid("Give a URL that begins with https://.")
	case len(raw) > MaxURL:
		return invalid(fmt.Sprintf("The URL is longer than %d bytes.", MaxURL))
	case !utf8.ValidString(raw):
		return invalid("The URL is not valid UTF-8.")
	}
	for i, r := range raw {
		switch {
		case unicode.IsSpace(r):
			return invalid(fmt.Sprintf("The URL holds a space or line break at byte %d: write %%20 for a space.", i+1))
		case r == '\\':
			return invalid(fmt.Sprintf("The URL holds a backslash at byte %d: write / or %%5C.", i+1))
		case !unicode.IsPrint(r):
			return invalid(fmt.Sprintf("The URL holds the invisible character U+%04X at byte %d: remove it.", r, i+1))
		}
	}
	return nil
}

func cutScheme(raw string, names []string) (scheme, rest string, err error) {
	before, rest, found := strings.Cut(raw, "://")
	if strings.ContainsAny(before, "/?#") {
		found = false // that :// stands in the path or query
	}
	if !found {
		return "", "", invalid("Give the whole URL with https:// and the host written out.")
	}
	if name := variableIn(before, names); name != "" {
		return "", "", misplaced(name, "scheme")
	}
	switch scheme = strings.ToLower(before); scheme {
	case "https", "http":
		return scheme, rest, nil
	default:
		return "", "", invalid("The URL must begin with https:// (or http:// where nothing secret is sent).")
	}
}

// isDots reports a segment that a receiver would resolve away, also when its dots are percent-encoded.
func isDots(segment string) bool {
	if len(segment) > len("%2e%2e") {
		return false
	}
	plain := strings.ReplaceAll(strings.ToLower(segment), "%2e", ".")
	return plain == "." || plain == ".."
}

func invalid(text string) *fault.Error { return fault.New(fault.Invalid, "url_invalid", text) }

func misplaced(name, part string) *fault.Error {
	return invalid(fmt.Sprintf("%%%s%% stands in the %s: variables and secrets may stand in the path and the query only.", name, part))
}
