package placeholder

import (
	"strings"
	"unicode/utf16"

	"github.com/rivo/uniseg"
)

// Ellipsis ends a text that was cut.
const Ellipsis = "…"

// Units is the length of a text as Discord counts it: in UTF-16 code units.
func Units(text string) int {
	n := 0
	for _, r := range text {
		if size := utf16.RuneLen(r); size > 0 {
			n += size
		} else {
			n++
		}
	}
	return n
}

// Cut shortens text to at most limit units, with an ellipsis where something is missing. It never divides what a reader sees as one
// character, nor a backslash from what it escapes.
func Cut(text string, limit int) string {
	if Units(text) <= limit {
		return text
	}
	if limit < 1 {
		return ""
	}
	var b strings.Builder
	left := limit - 1 // for the ellipsis
	for rest := text; rest != ""; {
		atom := firstAtom(rest)
		size := Units(atom)
		if size > left {
			break
		}
		b.WriteString(atom)
		left -= size
		rest = rest[len(atom):]
	}
	return strings.TrimRight(b.String(), " \n") + Ellipsis
}

// firstAtom is the first grapheme cluster, with an escaping backslash before it.
func firstAtom(text string) string {
	cluster, rest, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
	if cluster != `\` || rest == "" {
		return cluster
	}
	next, _, _, _ := uniseg.FirstGraphemeClusterInString(rest, -1)
	return cluster + next
}
