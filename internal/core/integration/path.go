package integration

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/internal/core/fault"
	"usher/internal/core/jsonpath"
)

// MaxPath is the longest JSON path, in bytes.
const MaxPath = 255

// Path is the way to a value in a JSON object: keys split by dots (I-16). A backslash keeps a dot or a backslash inside a key; a
// decimal number also counts into an array, from 0 (I-18).
//
// A path that starts with $ is an RFC 9535 JSONPath. Request variables (I-6, not the secrets) may stand in its quoted texts as %name%
// and stand there for their characters alone, also in a regular expression: no value can end the text or become a part of the query.
// Anywhere else they are refused, and so is an unknown %name%; \u0025 writes a percent sign that begins no variable.
type Path struct {
	keys  []string
	query *jsonpath.Query // in place of keys
}

// needs reports whether the path holds a request variable.
func (p Path) needs(variable string) bool {
	return p.query != nil && slices.Contains(p.query.Variables(), variable)
}

// ParsePath reads a path. The error is an Invalid fault whose sentence is for the integration's author.
func ParsePath(text string) (Path, error) {
	wrong := func(sentence string) (Path, error) { return Path{}, fault.New(fault.Invalid, "path_invalid", sentence) }
	switch {
	case text == "":
		return wrong("Give the path of keys to the value, such as user.username.")
	case len(text) > MaxPath:
		return wrong("The path is longer than 255 bytes.")
	case !utf8.ValidString(text):
		return wrong("The path is not valid UTF-8.")
	}
	if text[0] == '$' {
		return parseQuery(text)
	}
	keys, ok := splitKeys(text)
	if !ok {
		return wrong(`A backslash in a path must stand before a dot or another backslash: a\.b is the key "a.b".`)
	}
	for _, k := range keys {
		if k == "" {
			return wrong("The path has an empty key: write keys with one dot between them, such as user.username.")
		}
	}
	return Path{keys: keys}, nil
}

func parseQuery(text string) (Path, error) {
	query, err := jsonpath.Parse(text, RequestVariables()...)
	if err == nil {
		err = query.CheckPatterns()
	}
	var wrong *jsonpath.SyntaxError
	if errors.As(err, &wrong) {
		return Path{}, fault.New(fault.Invalid, "path_invalid", fmt.Sprintf("The JSONPath is wrong at byte %d: %s", wrong.Position, wrong.Text))
	}
	if err != nil {
		return Path{}, fmt.Errorf("reading a JSONPath: %w", err)
	}
	return Path{query: &query}, nil
}

// splitKeys splits at the dots that have no backslash; ok is false for a backslash before anything else.
func splitKeys(text string) (keys []string, ok bool) {
	var key strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '.':
			keys = append(keys, key.String())
			key.Reset()
		case '\\':
			if i+1 == len(text) || text[i+1] != '.' && text[i+1] != '\\' {
				return nil, false
			}
			i++
			key.WriteByte(text[i])
		default:
			key.WriteByte(text[i])
		}
	}
	return append(keys, key.String()), true
}
