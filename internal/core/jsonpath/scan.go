package jsonpath

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxInteger is the largest index (RFC 7493, 2.2).
const maxInteger = 1<<53 - 1

// scanner reads the words of a query. The first error stays.
type scanner struct {
	source    string
	at        int
	nesting   int
	names     []string // of variables
	variables []string // those met
	dead      *SyntaxError
}

// fail ends the parsing; Parse recovers it. An error that every caller had to pass on would hide the grammar.
func (s *scanner) fail(position int, format string, args ...any) {
	panic(&SyntaxError{Position: position + 1, Text: fmt.Sprintf(format, args...)})
}

func (s *scanner) rest() string { return s.source[s.at:] }

// peek is the next byte, 0 at the end. NUL is nowhere valid outside of a name that is quoted.
func (s *scanner) peek() byte {
	if s.at == len(s.source) {
		return 0
	}
	return s.source[s.at]
}

func (s *scanner) accept(word string) bool {
	if !strings.HasPrefix(s.rest(), word) {
		return false
	}
	s.at += len(word)
	return true
}

func (s *scanner) expect(word, where string) {
	if !s.accept(word) {
		s.unexpected(fmt.Sprintf("write %s %s", word, where))
	}
}

// unexpected tells of what stands here, and what to do instead.
func (s *scanner) unexpected(advice string) {
	switch {
	case s.at == len(s.source):
		s.fail(s.at, "The query ends too early: %s.", advice)
	case s.peek() == '%' && len(s.names) > 0:
		s.fail(s.at, "A variable may stand in a quoted text only: write '…%%name%%…'.")
	default:
		r, _ := utf8.DecodeRuneInString(s.rest())
		s.fail(s.at, "%q cannot stand here: %s.", r, advice)
	}
}

func (s *scanner) blank() {
	s.at += len(s.rest()) - len(strings.TrimLeft(s.rest(), " \t\n\r"))
}

// enter and leave hold the limit of nesting.
func (s *scanner) enter() {
	if s.nesting++; s.nesting > maxNesting {
		s.fail(s.at, "Filters, parentheses and functions nest deeper than %d levels: make the query simpler.", maxNesting)
	}
}

func (s *scanner) leave() { s.nesting-- }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

func isNameFirst(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r >= utf8.RuneSelf
}

// shorthand reads a name without quotes; false where there is none.
func (s *scanner) shorthand() (string, bool) {
	from := s.at
	for i, r := range s.rest() {
		if !isNameFirst(r) && (i == 0 || r < '0' || r > '9') {
			break
		}
		s.at += utf8.RuneLen(r)
	}
	return s.source[from:s.at], s.at > from
}

// integer reads a whole number; false where there is none.
func (s *scanner) integer() (int64, bool) {
	from := s.at
	negative := s.accept("-")
	digits := s.digits()
	switch {
	case digits == "" && !negative:
		return 0, false
	case digits == "":
		s.unexpected("write a whole number after -")
	case digits[0] == '0' && (negative || len(digits) > 1):
		s.fail(from, "Write a whole number without leading zeros, and 0 without a sign.")
	}
	var n int64
	for _, c := range []byte(digits) {
		if n = n*10 + int64(c-'0'); n > maxInteger {
			s.fail(from, "The number is too large: use at most %d.", int64(maxInteger))
		}
	}
	if negative {
		n = -n
	}
	return n, true
}

func (s *scanner) digits() string {
	from := s.at
	for isDigit(s.peek()) {
		s.at++
	}
	return s.source[from:s.at]
}

// number reads a number as JSON writes it.
func (s *scanner) number() string {
	from := s.at
	s.accept("-")
	digits := s.digits()
	if digits == "" {
		s.unexpected("write a digit")
	}
	if digits[0] == '0' && len(digits) > 1 {
		s.fail(from, "Write the number without leading zeros.")
	}
	if s.accept(".") && s.digits() == "" {
		s.unexpected("write a digit after the point")
	}
	if s.accept("e") || s.accept("E") {
		if !s.accept("-") {
			s.accept("+")
		}
		if s.digits() == "" {
			s.unexpected("write the exponent's digits")
		}
	}
	return s.source[from:s.at]
}

// quotedText reads a text in quotes, the next byte being one, with its variables.
func (s *scanner) quotedText() text {
	opening, quote := s.at, s.peek()
	s.at++
	var (
		pieces  text
		literal strings.Builder
	)
	for {
		switch c := s.peek(); {
		case s.at == len(s.source):
			s.fail(opening, "This quoted text has no end: write %c after it.", quote)
		case c == quote:
			s.at++
			return flush(pieces, &literal)
		case c == '\\':
			literal.WriteRune(s.escape(quote))
		case c < ' ':
			s.fail(s.at, "A control character in a quoted text must be written as an escape, such as \\n or \\u%04x.", c)
		case c == '%' && len(s.names) > 0:
			if name := s.variable(); name != "" {
				pieces = append(flush(pieces, &literal), piece{variable: name})
				continue
			}
			literal.WriteByte(c)
			s.at++
		default:
			literal.WriteByte(c)
			s.at++
		}
	}
}

func flush(pieces text, literal *strings.Builder) text {
	if literal.Len() == 0 {
		return pieces
	}
	pieces = append(pieces, piece{literal: literal.String()})
	literal.Reset()
	return pieces
}

// variable reads %name%, or nothing where a percent sign stands for itself. An unknown name is an error: it is most often a slip.
func (s *scanner) variable() string {
	const safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	name, _, closed := strings.Cut(s.rest()[1:], "%")
	if !closed || name == "" || strings.Trim(name, safe) != "" {
		return ""
	}
	if !slices.Contains(s.names, name) {
		s.fail(s.at, "%%%s%% is not a variable here: use one of %s, or write \\u0025 for a percent sign.", name, strings.Join(s.names, ", "))
	}
	if !slices.Contains(s.variables, name) {
		s.variables = append(s.variables, name)
	}
	s.at += len(name) + 2
	return name
}

// escape reads a backslash and what belongs to it.
func (s *scanner) escape(quote byte) rune {
	from := s.at
	s.at++
	c := s.peek()
	s.at = min(s.at+1, len(s.source))
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case '/', '\\', quote:
		return rune(c)
	case 'u':
		return s.codePoint(from)
	}
	s.fail(from, `This is no escape: use \\, \/, \b, \f, \n, \r, \t, \%c or \u and four hexadecimal digits.`, quote)
	return 0
}

// codePoint reads the digits of \u, and for a surrogate also the second half of the pair.
func (s *scanner) codePoint(from int) rune {
	high := s.fourHex(from)
	if high < 0xD800 || high > 0xDFFF {
		return high
	}
	if high <= 0xDBFF && s.accept(`\u`) {
		if low := s.fourHex(from); low >= 0xDC00 && low <= 0xDFFF {
			return 0x10000 + (high-0xD800)<<10 + (low - 0xDC00)
		}
	}
	s.fail(from, `Half of a surrogate pair is no character: write both halves, such as \ud83d\ude00, or the character itself.`)
	return 0
}

func (s *scanner) fourHex(from int) rune {
	var n rune
	for range 4 {
		digit := strings.IndexByte("0123456789abcdef", s.peek()|0x20)
		if digit < 0 || s.peek() < '0' {
			s.fail(from, `Write four hexadecimal digits after \u.`)
		}
		n = n<<4 | rune(digit) //nolint:gosec // 0 to 15
		s.at++
	}
	return n
}
