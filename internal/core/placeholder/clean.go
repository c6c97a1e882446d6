package placeholder

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// MaxLines is how many lines a value may bring into a message; the rest is cut.
const MaxLines = 50

// Clean makes outside text fit to be shown: valid UTF-8 in NFC, without control, bidirectional, zero-width and tag characters, with
// at most one empty line in a row and MaxLines lines. Joiners inside emoji and scripts that need them are kept.
func Clean(text string) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(text)
	text = strings.Map(visible, text)
	return limitLines(norm.NFC.String(text))
}

// visible drops a rune that changes how others look without being seen itself.
func visible(r rune) rune {
	switch {
	case r == '\n':
		return r
	case r == '\u200c' || r == '\u200d': // (non-)joiners shape Persian, Indic scripts and emoji
		return r
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), r >= 0xe0000 && r <= 0xe0fff:
		return -1
	case r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0': // Hangul fillers look like nothing
		return -1
	}
	return r
}

func limitLines(text string) string {
	for strings.Contains(text, "\n\n\n") {
		text = strings.ReplaceAll(text, "\n\n\n", "\n\n")
	}
	if strings.Count(text, "\n") < MaxLines {
		return text
	}
	lines := strings.SplitN(text, "\n", MaxLines+1)
	return strings.Join(lines[:MaxLines], "\n") + Ellipsis
}

// EscapeMarkdown makes text that Discord shows exactly as it is: no styles, headings, lists, quotes, links, mentions, commands,
// emoji or timestamps. It leaves plain words and numbers untouched.
// https://support.discord.com/hc/en-us/articles/210298617
func EscapeMarkdown(text string) string {
	var b strings.Builder
	b.Grow(len(text) + 16)
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		escapeLine(&b, line)
	}
	return b.String()
}

func escapeLine(b *strings.Builder, line string) {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	mark := blockMark(line[indent:])
	for i := range len(line) {
		c := line[i]
		switch {
		case strings.IndexByte("\\*_~`|<[]", c) >= 0,
			mark > 0 && i == indent+mark-1,
			c == ':' && (strings.HasPrefix(line[i:], "://") || isShortcode(line[i:])),
			c == '.' && (hasPrefixFold(line[i:], ".gg/") || hasPrefixFold(line[i:], ".com/invite")):
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// isShortcode reports whether text begins with an emoji's name between colons, such as :smile:; 10:30:45 is none.
func isShortcode(text string) bool {
	end := strings.IndexByte(text[1:], ':')
	if end < 1 {
		return false
	}
	name := text[1 : end+1]
	letter := strings.ContainsFunc(name, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
	odd := strings.ContainsFunc(name, func(r rune) bool { return !isNameByte(r) && r != '+' })
	return letter && !odd
}

// blockMark tells at which byte (counted from 1) a line that begins like a heading, subtext, list or quote has to be escaped; 0 for
// any other line. The mark may also end the line, for the template may go on with a space.
func blockMark(line string) int {
	digits := 0
	for digits < len(line) && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	if digits > 0 && ends(line, digits, ".") {
		return digits + 1
	}
	for _, mark := range []string{"-#", "###", "##", "#", ">>>", ">", "-", "+"} {
		if ends(line, 0, mark) {
			return 1
		}
	}
	return 0
}

// ends reports whether mark stands at line[from:] and is followed by a space or nothing.
func ends(line string, from int, mark string) bool {
	rest, ok := strings.CutPrefix(line[from:], mark)
	return ok && (rest == "" || rest[0] == ' ')
}

// withoutMentions keeps markup but shows mentions of users, roles, channels and commands as plain text.
func withoutMentions(text string) string {
	return strings.NewReplacer("<@", "<\u200b@", "<#", "<\u200b#", "</", "<\u200b/", "<id:", "<\u200bid:").Replace(text)
}
