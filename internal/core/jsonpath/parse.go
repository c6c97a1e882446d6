package jsonpath

import "unicode/utf8"

// Parse reads a query. names are the variables that may stand in its quoted texts; without names a percent sign is one like any other.
// With names, %word% for a word that is none of them is an error, and \u0025 writes a percent sign that begins no variable. The error
// is a *[SyntaxError].
func Parse(query string, names ...string) (parsed Query, err error) {
	s := &scanner{source: query, names: names}
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *SyntaxError:
			parsed, err = Query{}, p
		default:
			panic(p)
		}
	}()
	if len(query) > MaxQuery {
		s.fail(MaxQuery, "The query is longer than %d bytes: make it shorter.", MaxQuery)
	}
	for at, r := range query {
		if _, size := utf8.DecodeRuneInString(query[at:]); r == utf8.RuneError && size == 1 {
			s.fail(at, "The query is not valid UTF-8 here: write the character again.")
		}
	}
	s.expect("$", "at the beginning")
	segments := s.segments()
	if s.at < len(s.source) {
		s.unexpected("go on with a dot or a bracket, or end here")
	}
	return Query{segments: segments, variables: s.variables, dead: s.dead}, nil
}

// segments reads all that follow. Blanks before something else are left: they belong to it.
func (s *scanner) segments() []segment {
	var found []segment
	for {
		before := s.at
		s.blank()
		switch {
		case s.accept(".."):
			found = append(found, segment{descend: true, selectors: s.afterDots()})
		case s.accept("."):
			found = append(found, segment{selectors: s.afterDot()})
		case s.peek() == '[':
			found = append(found, segment{selectors: s.brackets()})
		default:
			s.at = before
			return found
		}
	}
}

func (s *scanner) afterDots() []selector {
	if s.peek() == '[' {
		return s.brackets()
	}
	return s.afterDot()
}

func (s *scanner) afterDot() []selector {
	if s.accept("*") {
		return []selector{wildcard{}}
	}
	name, found := s.shorthand()
	if !found {
		s.unexpected("after a dot write a key of letters, digits and _, or *, and put any other key into brackets and quotes: ['a-b']")
	}
	return []selector{byName{text{{literal: name}}}}
}

func (s *scanner) brackets() []selector {
	s.enter()
	defer s.leave()
	s.expect("[", "here")
	var found []selector
	for {
		s.blank()
		found = append(found, s.selector())
		s.blank()
		if s.accept("]") {
			return found
		}
		s.expect(",", "between selectors, or ] after the last one")
	}
}

func (s *scanner) selector() selector {
	switch c := s.peek(); {
	case c == '\'' || c == '"':
		return byName{s.quotedText()}
	case s.accept("*"):
		return wildcard{}
	case s.accept("?"):
		s.blank()
		return byFilter{s.condition()}
	case c == ':' || c == '-' || isDigit(c):
		return s.indexOrSlice()
	}
	s.unexpected("in brackets write a key in quotes, an index, a slice, * or a filter that begins with ?")
	return nil
}

func (s *scanner) indexOrSlice() selector {
	start := s.bound()
	after := s.at
	s.blank()
	if !s.accept(":") {
		s.at = after
		return byIndex{*start} // there is one: selector saw its first byte, or else a colon
	}
	slice := bySlice{start: start}
	s.blank()
	slice.end = s.bound()
	after = s.at
	s.blank()
	if !s.accept(":") {
		s.at = after
		return slice
	}
	after = s.at
	s.blank()
	if slice.step = s.bound(); slice.step == nil {
		s.at = after
	}
	return slice
}

// bound reads a whole number, or nil where there is none.
func (s *scanner) bound() *int64 {
	n, found := s.integer()
	if !found {
		return nil
	}
	return &n
}

// subquery reads a query inside of a filter, the next byte being its @ or $.
func (s *scanner) subquery() subquery {
	absolute := s.accept("$")
	if !absolute {
		s.expect("@", "or $ at the beginning of a query in a filter")
	}
	return subquery{absolute: absolute, segments: s.segments()}
}
