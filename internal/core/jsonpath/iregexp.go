package jsonpath

import (
	"strings"
	"unicode/utf8"
)

// translate checks an I-Regexp (RFC 9485) and writes it in RE2's syntax; false when it is none. ^ and $ anchor as they do in the
// mapping of RFC 9485, 5.4. Nothing of RE2 beyond I-Regexp gets through but \$, which I-Regexp forgot.
func translate(expression string) (string, bool) {
	if len(expression) > maxPattern {
		return "", false
	}
	t := translator{source: expression}
	if !t.branches(0) || t.at < len(t.source) {
		return "", false
	}
	return t.out.String(), true
}

type translator struct {
	source string
	at     int
	out    strings.Builder
}

func (t *translator) peek() byte {
	if t.at == len(t.source) {
		return 0
	}
	return t.source[t.at]
}

// copy writes the next n bytes as they are.
func (t *translator) copy(n int) bool {
	t.out.WriteString(t.source[t.at : t.at+n])
	t.at += n
	return true
}

// take copies the next byte if it is one of set.
func (t *translator) take(set string) bool {
	return t.at < len(t.source) && strings.IndexByte(set, t.source[t.at]) >= 0 && t.copy(1)
}

// branches reads alternatives up to a closing parenthesis or the end.
func (t *translator) branches(depth int) bool {
	for t.at < len(t.source) && t.peek() != ')' {
		if t.take("|") {
			continue
		}
		if !t.atom(depth) || !t.quantifier() {
			return false
		}
	}
	return true
}

func (t *translator) atom(depth int) bool {
	switch c := t.peek(); c {
	case '(':
		if depth == maxNesting {
			return false
		}
		t.at++
		t.out.WriteString("(?:")
		return t.branches(depth+1) && t.take(")")
	case '.':
		t.at++
		t.out.WriteString(`[^\n\r]`)
		return true
	case '[':
		return t.class()
	case '\\':
		return t.escape()
	case ')', '*', '+', '?', ']', '{', '|', '}':
		return false
	default:
		return t.character()
	}
}

// character copies one character of any length.
func (t *translator) character() bool {
	_, size := utf8.DecodeRuneInString(t.source[t.at:])
	return t.copy(size)
}

func (t *translator) quantifier() bool {
	if t.take("*+?") || !t.take("{") {
		return true
	}
	if !t.number() {
		return false
	}
	if t.take(",") {
		t.number()
	}
	return t.take("}")
}

func (t *translator) number() bool {
	from := t.at
	for t.take("0123456789") {
	}
	return t.at > from
}

// escape reads a backslash and what belongs to it: a single character, or a class such as \p{Lu}.
func (t *translator) escape() bool {
	if t.at+1 == len(t.source) {
		return false
	}
	if next := t.source[t.at+1]; strings.IndexByte(`()*+-.?[\]^nrt{|}$`, next) >= 0 {
		return t.copy(2)
	} else if next != 'p' && next != 'P' {
		return false
	}
	closing := strings.IndexByte(t.source[t.at:], '}')
	return closing > 0 && isCategory(t.source[t.at+2:t.at+closing]) && t.copy(closing+1)
}

// isCategory reports {L}, {Lu} and their like, without the closing brace.
func isCategory(text string) bool {
	const minors = "L:lmotu M:cen N:dlo P:cdefios S:ckmo Z:lps C:cfno "
	name, braced := strings.CutPrefix(text, "{")
	if !braced || name == "" || len(name) > 2 {
		return false
	}
	_, after, known := strings.Cut(minors, name[:1]+":")
	if !known || len(name) == 1 {
		return known
	}
	allowed, _, _ := strings.Cut(after, " ")
	return strings.Contains(allowed, name[1:])
}

// class reads a class in brackets.
func (t *translator) class() bool {
	t.copy(1)
	t.take("^")
	if t.peek() == ']' {
		return false
	}
	if t.peek() == '-' {
		t.dash()
	}
	for t.at < len(t.source) && t.peek() != ']' {
		if t.peek() == '-' {
			t.dash()
			return t.take("]")
		}
		if !t.classRange() {
			return false
		}
	}
	return t.take("]")
}

// dash writes a dash that stands for itself.
func (t *translator) dash() {
	t.at++
	t.out.WriteString(`\-`)
}

// classRange reads a character, two with a dash between them, or an escaped class.
func (t *translator) classRange() bool {
	category := strings.HasPrefix(t.source[t.at:], `\p`) || strings.HasPrefix(t.source[t.at:], `\P`)
	if !t.classCharacter() {
		return false
	}
	after := t.source[t.at:]
	if category || len(after) < 2 || after[0] != '-' || after[1] == ']' {
		return true
	}
	t.copy(1)
	if next := t.source[t.at:]; strings.HasPrefix(next, `\p`) || strings.HasPrefix(next, `\P`) {
		return false
	}
	return t.classCharacter()
}

func (t *translator) classCharacter() bool {
	switch t.peek() {
	case '\\':
		return t.escape()
	case '[', ']', '-':
		return false
	case '^':
		t.out.WriteByte('\\')
	}
	return t.character()
}

// literally writes a text as an expression that matches exactly it.
func literally(value string) string {
	var b strings.Builder
	for _, r := range value {
		if strings.ContainsRune(`()*+-.?[\]^{|}$`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
