package store

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// clean makes a text that both databases take and give back unchanged: PostgreSQL refuses NUL and invalid UTF-8, SQLite keeps both
// and stumbles later.
func clean(text string) string {
	return strings.Map(func(r rune) rune { // which gives utf8.RuneError for each invalid byte, as encoding/json does
		if r == 0 {
			return utf8.RuneError
		}
		return r
	}, text)
}

// fold is the form in which names are compared and sorted: without regard to case (Unicode's full folding), to how accents are
// composed, or to the width of spaces. The databases' own LOWER and NOCASE differ, and know little beyond ASCII.
func fold(name string) string {
	// ToLower mends x/text, which folds the two cases of Cherokee into each other.
	folded := strings.ToLower(cases.Fold().String(norm.NFD.String(clean(name))))
	return strings.Join(strings.Fields(norm.NFC.String(folded)), " ")
}
