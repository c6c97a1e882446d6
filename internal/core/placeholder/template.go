// Package placeholder is text with placeholders such as %username%: finding them, and filling them once with values that are encoded
// for the place where they stand.
//
// It knows neither where values come from nor what becomes of the text.
package placeholder

import (
	"strings"
)

// The longest name and template fallback that are read as a placeholder; longer ones are plain text. In bytes.
const (
	maxName     = 100 // slug.name: a slug can be as long as 66
	maxFallback = 200
)

// Template is a parsed text. Parsing cannot fail: what is no placeholder is text (I-19).
//
// A placeholder is %name% or %name|fallback%; a name is 1 to 100 of [A-Za-z0-9_.-], without regard to case. \% is a literal percent
// sign, so \%name\% shows %name%.
type Template struct {
	text string
}

// Parse reads a text.
func Parse(text string) Template { return Template{text: text} }

// Names are the folded names of all placeholders that may occur, each once, in order of first use. Whether "%a%b%" holds a or b
// depends on which of them is known, so both are given.
func (t Template) Names() []string {
	var names []string
	seen := map[string]bool{}
	for rest := t.text; rest != ""; {
		p, size := next(rest)
		if p.name != "" {
			if folded := Fold(p.name); !seen[folded] {
				seen[folded] = true
				names = append(names, folded)
			}
			size = 1 // the closing sign may open another
		}
		rest = rest[size:]
	}
	return names
}

// Fold gives the form under which a name is looked up: ASCII lower case (I-2).
func Fold(name string) string { return strings.ToLower(name) }

// piece is what stands at the beginning of a text: a placeholder (name set), or literal text.
type piece struct {
	name        string
	fallback    string
	hasFallback bool
	literal     string
}

// next reads the piece at the beginning of a text that is not empty, and how many bytes it takes.
func next(text string) (piece, int) {
	switch {
	case strings.HasPrefix(text, `\%`):
		return piece{literal: "%"}, 2
	case text[0] == '%':
		if p, size := placeholderAt(text); size > 0 {
			return p, size
		}
		return piece{literal: "%"}, 1
	case text[0] == '\\':
		return piece{literal: `\`}, 1
	}
	end := strings.IndexAny(text, `%\`)
	if end < 0 {
		end = len(text)
	}
	return piece{literal: text[:end]}, end
}

// placeholderAt reads "%name%" or "%name|fallback%"; size is 0 where there is none.
func placeholderAt(text string) (piece, int) {
	end := 1
	for end < len(text) && isNameByte(text[end]) {
		end++
	}
	if end == 1 || end-1 > maxName || end == len(text) {
		return piece{}, 0
	}
	name := text[1:end]
	switch text[end] {
	case '%':
		return piece{name: name, literal: text[:end+1]}, end + 1
	case '|':
		fallback, size := fallbackAt(text[end+1:])
		if size == 0 {
			return piece{}, 0
		}
		return piece{name: name, fallback: fallback, hasFallback: true, literal: text[:end+1+size]}, end + 1 + size
	}
	return piece{}, 0
}

// fallbackAt reads up to the closing percent sign, in which \% is a literal one.
func fallbackAt(text string) (string, int) {
	var b strings.Builder
	for i := 0; i < len(text) && i <= maxFallback; i++ {
		switch {
		case text[i] == '%':
			return b.String(), i + 1
		case text[i] == '\n':
			return "", 0
		case strings.HasPrefix(text[i:], `\%`):
			b.WriteByte('%')
			i++
		default:
			b.WriteByte(text[i])
		}
	}
	return "", 0
}

// isNameByte reports whether a byte, or a rune, may stand in a name.
func isNameByte[C byte | rune](c C) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.'
}
