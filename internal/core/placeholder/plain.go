package placeholder

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/internal/core/fault"
)

// CheckName adds to c what would make the name at path look like another one, or like nothing: line breaks, control characters, those that
// turn the direction of writing, and those that are not seen. A name without anything but spaces is the caller's to judge. It is the one check for all that a
// person calls something by, and for texts that stand on one line.
func CheckName(c *fault.Checks, path, name string) {
	c.Require(strings.TrimSpace(name) == "" || isPlain(name) && !strings.ContainsAny(name, "\n\r\t"), path, "Use no line breaks and no invisible characters.")
}

// CheckText is CheckName for a text that may have several lines.
func CheckText(c *fault.Checks, path, text string) {
	c.Require(strings.TrimSpace(text) == "" || isPlain(text), path, "Use no invisible characters.")
}

// isPlain reports whether a text shows something, and whatever it holds is seen or shapes what is seen.
func isPlain(text string) bool {
	shows := false
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
		case r == '\u2028' || r == '\u2029' || visible(r) < 0:
			return false
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Mn, r) && r != '\u200c' && r != '\u200d' && r != '\u2800': // joiners, accents and selectors need a base
			shows = true
		}
	}
	return shows && utf8.ValidString(text)
}
