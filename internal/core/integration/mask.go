package integration

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
)

// minMasked is how many characters a secret must have to be looked for inside other text; a shorter one is masked where it is the whole
// text, for it would stand in many by chance.
const minMasked = 4

// masker hides a guild's secrets in what came back: a server that answers with the request's headers must not put them into a channel.
type masker struct {
	whole    []string
	replacer *strings.Replacer // nil: there is nothing to look for inside text
}

func newMasker(secrets map[string]secret.Value) masker {
	var m masker
	inside := map[string]bool{}
	for _, v := range secrets {
		text := v.Reveal()
		if text == "" {
			continue
		}
		m.whole = append(m.whole, text)
		if utf8.RuneCountInString(text) >= minMasked {
			inside[placeholder.Clean(text)] = true
			inside[text], inside[url.QueryEscape(text)], inside[url.PathEscape(text)] = true, true, true // as it stood in a URL, too
			inside[percentEncoded(text)] = true
		}
	}
	delete(inside, "") // of a secret that nobody could see
	if len(inside) == 0 {
		return m
	}
	longest := slices.SortedFunc(maps.Keys(inside), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	var pairs []string // where two begin at one place, the one that stands first in the list counts
	for _, text := range longest {
		pairs = append(pairs, text, secret.Mask)
	}
	m.replacer = strings.NewReplacer(pairs...)
	return m
}

// maxTriedJSON is how much JSON is shown, in bytes; with masks in it an answer can be larger than it was.
const maxTriedJSON = 512 << 10

// percentEncoded is how a request template writes a value into a URL.
func percentEncoded(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// text gives text without the secrets.
func (m masker) text(text string) string {
	if slices.Contains(m.whole, text) {
		return secret.Mask
	}
	if m.replacer == nil {
		return text
	}
	return m.replacer.Replace(text)
}

// failure gives an error whose text, which can name the host of a redirect, is without the secrets.
func (m masker) failure(err error) error {
	f, ok := asFailure(err)
	if !ok {
		return err
	}
	hidden := *f
	hidden.Text = m.text(f.Text)
	return &hidden
}

// json gives a JSON text without the secrets: as texts, as names and as numbers. Numbers stay as they were sent, digit for digit. nil where
// body is no JSON, or deeper or larger than an integration's answer is read.
func (m masker) json(body []byte) []byte {
	decoder := jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	var b bytes.Buffer
	encoder := jsontext.NewEncoder(&b, jsontext.AllowDuplicateNames(true))
	for whole := false; ; {
		token, err := decoder.ReadToken()
		if whole && errors.Is(err, io.EOF) {
			return bytes.TrimRight(b.Bytes(), "\n")
		}
		if whole || err != nil || decoder.StackDepth() > MaxDepth {
			return nil
		}
		switch token.Kind() {
		case '"':
			token = jsontext.String(m.text(token.String()))
		case '0':
			if hidden := m.text(token.String()); hidden != token.String() {
				token = jsontext.String(hidden)
			}
		default:
		}
		if encoder.WriteToken(token) != nil || encoder.OutputOffset() > maxTriedJSON {
			return nil
		}
		whole = encoder.StackDepth() == 0
	}
}
