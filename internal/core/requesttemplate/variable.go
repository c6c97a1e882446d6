package requesttemplate

import (
	"fmt"
	"slices"
	"strings"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
)

// Bytes that stay as written in a literal part (RFC 3986, 3.3 and 3.4); all others are percent-encoded. Brackets stay in a query
// because `fields[]=x` is common there.
const (
	unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	pathSafe   = unreserved + "!$&'()*+,;=:@"
	querySafe  = pathSafe + "/?[]"
)

const nameSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// piece is a literal text or a variable.
type piece struct {
	literal  string
	variable string
}

// scanURL splits a part of a URL into pieces. Literals come out as they are sent: bytes outside safe percent-encoded.
func scanURL(text string, names []string, safe string) ([]piece, error) {
	var pieces []piece
	var literal strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '%' {
			writeEscaped(&literal, text[i], safe)
			i++
			continue
		}
		name, known := variableAt(text[i:], names)
		switch {
		case known:
			pieces = append(flush(pieces, &literal), piece{variable: name})
			i += len(name) + 2
		case isEscape(text[i:]):
			literal.WriteString(text[i : i+3])
			i += 3
		case name != "":
			return nil, unknown(name, names)
		default:
			return nil, invalid("A percent sign must begin a variable such as %user_id% or be followed by two hex digits: write %25 for the sign itself.")
		}
	}
	return flush(pieces, &literal), nil
}

// variableAt reads `%name%` at the start of text; name is empty where the text has another form.
func variableAt(text string, names []string) (name string, known bool) {
	end := strings.IndexByte(text[1:], '%')
	if end < 1 || strings.Trim(text[1:1+end], nameSafe) != "" {
		return "", false
	}
	name = text[1 : 1+end]
	return name, slices.Contains(names, name)
}

// variableIn gives the first known variable in text, or "".
func variableIn(text string, names []string) string {
	for i := range len(text) {
		if text[i] != '%' {
			continue
		}
		if name, known := variableAt(text[i:], names); known {
			return name
		}
	}
	return ""
}

func unknown(name string, names []string) *fault.Error {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return invalid(fmt.Sprintf("%%%s%% is not a variable: did you mean %%%s%%? Letter case counts.", name, n))
		}
	}
	return invalid(fmt.Sprintf("%%%s%% is neither a request variable nor one of the integration's secrets: add the secret or correct the name.", name))
}

func flush(pieces []piece, literal *strings.Builder) []piece {
	if literal.Len() == 0 {
		return pieces
	}
	pieces = append(pieces, piece{literal: literal.String()})
	literal.Reset()
	return pieces
}

func collect(names []string, pieces []piece) []string {
	for _, p := range pieces {
		if p.variable != "" && !slices.Contains(names, p.variable) {
			names = append(names, p.variable)
		}
	}
	return names
}

func lastVariable(pieces []piece) string {
	for _, p := range slices.Backward(pieces) {
		if p.variable != "" {
			return p.variable
		}
	}
	return ""
}

// fillPieces puts the values in place, once: what a value holds is never looked at again.
func fillPieces(pieces []piece, values map[string]secret.Value, encode func(string) string) (string, error) {
	var b strings.Builder
	for _, p := range pieces {
		if p.variable == "" {
			b.WriteString(p.literal)
			continue
		}
		value, ok := values[p.variable]
		if !ok {
			return "", invalid(fmt.Sprintf("There is no value for %%%s%%.", p.variable))
		}
		b.WriteString(encode(strings.ToValidUTF8(value.Reveal(), "\uFFFD")))
	}
	return b.String(), nil
}

// escape encodes a value as one path segment or query component: all but RFC 3986's unreserved characters.
func escape(value string) string {
	var b strings.Builder
	for i := range len(value) {
		writeEscaped(&b, value[i], unreserved)
	}
	return b.String()
}

func writeEscaped(b *strings.Builder, c byte, safe string) {
	const hex = "0123456789ABCDEF"
	if strings.IndexByte(safe, c) >= 0 {
		b.WriteByte(c)
		return
	}
	b.WriteByte('%')
	b.WriteByte(hex[c>>4])
	b.WriteByte(hex[c&15])
}

func isEscape(text string) bool {
	const hex = "0123456789ABCDEFabcdef"
	return len(text) >= 3 && strings.Trim(text[1:3], hex) == ""
}
