package openapi

import (
	"net/url"
	"strconv"
	"strings"
)

// escape makes a key a token of a JSON pointer (RFC 6901).
func escape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

func unescape(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

// pointer joins keys to a JSON pointer.
func pointer(path []string) string {
	var b strings.Builder
	for _, key := range path {
		b.WriteByte('/')
		b.WriteString(escape(key))
	}
	return b.String()
}

// fragment escapes a JSON pointer for use behind the # of a URL.
func fragment(pointer string) string {
	return (&url.URL{Fragment: pointer}).EscapedFragment()
}

// lookup finds what a JSON pointer points to, or nil.
func lookup(doc any, pointer string) any {
	if pointer == "" {
		return doc
	}
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch v := doc.(type) {
		case map[string]any:
			doc = v[unescape(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			doc = v[i]
		default:
			return nil
		}
	}
	return doc
}
