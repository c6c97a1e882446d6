package jsonpath

import "slices"

// condition reads a filter's whole expression: terms joined with ||, of terms joined with &&.
func (s *scanner) condition() condition {
	s.enter()
	defer s.leave()
	return s.joined("||", func() condition {
		return s.joined("&&", s.term, func(terms []condition) condition { return all{terms} })
	}, func(terms []condition) condition { return either{terms} })
}

func (s *scanner) joined(operator string, one func() condition, join func([]condition) condition) condition {
	terms := []condition{one()}
	for {
		before := s.at
		s.blank()
		if !s.accept(operator) {
			s.at = before
			break
		}
		s.blank()
		terms = append(terms, one())
	}
	if len(terms) == 1 {
		return terms[0]
	}
	return join(terms)
}

// term reads an expression in parentheses, a test or a comparison.
func (s *scanner) term() condition {
	from := s.at
	negated := s.accept("!")
	if negated {
		s.blank()
	}
	var is condition
	if s.accept("(") {
		s.blank()
		is = s.condition()
		s.blank()
		s.expect(")", "after the expression in parentheses")
	} else {
		is = s.testOrComparison(from, negated)
	}
	if negated {
		return not{is}
	}
	return is
}

func (s *scanner) testOrComparison(from int, negated bool) condition {
	left := s.expression()
	operator := s.operator()
	if operator == "" {
		return s.test(left)
	}
	if negated {
		s.fail(from, "! cannot stand before a comparison: put the comparison into parentheses.")
	}
	s.blank()
	right := s.expression()
	return comparison{operator: operator, left: s.comparable(left), right: s.comparable(right)}
}

// operator reads the operator of a comparison, or "" where there is none.
func (s *scanner) operator() string {
	before := s.at
	s.blank()
	for _, operator := range []string{"==", "!=", "<=", ">=", "<", ">"} {
		if s.accept(operator) {
			return operator
		}
	}
	if s.peek() == '=' {
		s.unexpected("compare with ==")
	}
	s.at = before
	return ""
}

// expression is what may stand on one side of a comparison or as an argument; what it may be used for is checked after.
type expression struct {
	from     int
	literal  operand
	query    *subquery
	function *call
}

func (s *scanner) expression() expression {
	e := expression{from: s.at}
	switch c := s.peek(); {
	case c == '@' || c == '$':
		query := s.subquery()
		e.query = &query
	case c == '\'' || c == '"':
		e.literal = quoted{s.quotedText()}
	case c == '-' || isDigit(c):
		e.literal = constant{&Value{kind: Number, text: s.number()}}
	case isLower(c):
		e.literal, e.function = s.word()
	default:
		s.unexpected("write a query that begins with @ or $, a function, a number, a text in quotes, true, false or null")
	}
	return e
}

// word reads true, false, null or a function.
func (s *scanner) word() (operand, *call) {
	from := s.at
	for c := s.peek(); isLower(c) || c == '_' || isDigit(c); c = s.peek() {
		s.at++
	}
	name := s.source[from:s.at]
	if s.peek() == '(' {
		return nil, s.call(name, from)
	}
	switch name {
	case "true", "false":
		return constant{&Value{kind: Bool, text: name}}, nil
	case "null":
		return constant{&Value{kind: Null, text: name}}, nil
	}
	s.fail(from, "%s is no word of a filter: write texts in quotes, and keys as @.%s.", name, name)
	return nil, nil
}

// test makes a condition of an expression that stands alone.
func (s *scanner) test(e expression) condition {
	switch {
	case e.query != nil:
		return exists{*e.query}
	case e.function != nil && e.function.kind.logical:
		return *e.function
	case e.function != nil:
		s.fail(e.from, "%s() gives a value: compare it with something.", e.function.kind.name)
	default:
		s.fail(e.from, "A value alone is no condition: compare it with something.")
	}
	return nil
}

// comparable makes an operand of an expression.
func (s *scanner) comparable(e expression) operand {
	switch {
	case e.query != nil && !e.query.singular():
		s.fail(e.from, "This query can give several values, and only one can be compared: use keys and indexes alone, or value().")
	case e.query != nil:
		return *e.query
	case e.function != nil && e.function.kind.logical:
		s.fail(e.from, "%s() is a condition and cannot be compared: write it alone, or with ! before it.", e.function.kind.name)
	case e.function != nil:
		return *e.function
	}
	return e.literal
}

// call reads a function's arguments, the next byte being the parenthesis, and checks that they fit (RFC 9535, 2.4.3).
func (s *scanner) call(name string, from int) *call {
	kinds := functions()
	n := slices.IndexFunc(kinds, func(k function) bool { return k.name == name })
	if n < 0 {
		s.fail(from, "There is no function %s: use length, count, match, search or value.", name)
	}
	s.enter()
	defer s.leave()
	s.expect("(", "here")
	s.blank()
	var given []expression
	for s.peek() != ')' {
		if len(given) > 0 {
			s.expect(",", "between arguments, or ) after the last one")
			s.blank()
		}
		given = append(given, s.expression())
		s.blank()
	}
	s.expect(")", "after the arguments")
	made := &call{kind: kinds[n]}
	if len(given) != len(made.kind.arguments) {
		s.fail(from, "%s() takes %d and not %d arguments.", name, len(made.kind.arguments), len(given))
	}
	for i, e := range given {
		made.arguments = append(made.arguments, s.argument(name, made.kind.arguments[i], e))
		if made.kind.logical && i == 1 {
			s.checkPattern(e)
		}
	}
	return made
}

func (s *scanner) argument(name string, want argumentKind, e expression) argument {
	if want == oneValue {
		return argument{value: s.comparable(e)}
	}
	if e.query == nil {
		s.fail(e.from, "%s() takes a query that begins with @ or $.", name)
	}
	return argument{nodes: *e.query}
}

// checkPattern notes a quoted regular expression that is none, with a digit in place of each variable.
func (s *scanner) checkPattern(e expression) {
	q, isQuoted := e.literal.(quoted)
	if !isQuoted || s.dead != nil {
		return
	}
	sample := ""
	for _, p := range q.text {
		sample += p.literal
		if p.variable != "" {
			sample += "1"
		}
	}
	if compile(patternKey{expression: sample}).compiled == nil {
		s.dead = &SyntaxError{
			Position: e.from + 1,
			Text:     "This is no regular expression of RFC 9485: write [0-9] for \\d, [A-Za-z] or \\p{L} for letters, and two backslashes for one.",
		}
	}
}
