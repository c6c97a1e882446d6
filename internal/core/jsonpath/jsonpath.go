// Package jsonpath picks values out of a JSON document with the query language of RFC 9535, for documents and queries that nobody
// vouches for: numbers stay as they were sent, digit for digit; regular expressions take linear time; and a [Budget] bounds what a
// query may cost.
//
// A query may hold variables, written %name% inside of its quoted texts. They are filled in after parsing, so a value never becomes
// part of the query's syntax.
//
// The package knows nothing of integrations or placeholders, and it does no I/O.
package jsonpath

import (
	"errors"
	"fmt"
	"slices"
)

// The limits of a query's text.
const (
	MaxQuery   = 4096 // bytes
	maxNesting = 32   // of filters, parentheses and functions inside of each other
)

// ErrBudget says that a query costs more than its budget.
var ErrBudget = errors.New("the query costs more than it may on this document")

// Query is a parsed query. It is safe for concurrent use.
type Query struct {
	segments  []segment
	variables []string
	dead      *SyntaxError // of the first pattern that can match nothing
}

// SyntaxError says where a query is wrong, and what to do.
type SyntaxError struct {
	Position int // the byte at which the wrong part begins, from 1
	Text     string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("at byte %d: %s", e.Position, e.Text) }

// Budget bounds the cost of queries. It is used up as they run: one budget given to several queries bounds all of them together.
type Budget struct {
	Steps int // visits of a value and comparisons; a regular expression costs by its size and the text's length
	Nodes int // selected values
}

// Variables lists the variables that the query uses, each once, in the order of their first use.
func (q Query) Variables() []string { return slices.Clone(q.variables) }

// CheckPatterns reports the first regular expression in the query that is none and so matches nothing: RFC 9535 lets it pass, but
// nobody means it. The error is a *[SyntaxError].
func (q Query) CheckPatterns() error {
	if q.dead == nil {
		return nil
	}
	return q.dead
}

// Select gives the values that the query selects, in the order of RFC 9535, object members in the document's order. values are what
// the query's variables stand for. A variable in the second argument of match() or search() stands for its characters, not for a
// pattern. Errors: [ErrBudget]; a variable without a value.
func (q Query) Select(document *Value, values map[string]string, budget *Budget) ([]*Value, error) {
	for _, name := range q.variables {
		if _, given := values[name]; !given {
			return nil, fmt.Errorf("the query's variable %q has no value", name)
		}
	}
	r := run{root: document, values: values, budget: budget, patterns: map[patternKey]*pattern{}}
	var selected []*Value
	r.walk(q.segments, document, func(v *Value) bool {
		if r.budget.Nodes--; r.budget.Nodes < 0 {
			r.exhausted = true
			return false
		}
		selected = append(selected, v)
		return true
	})
	if r.exhausted {
		return nil, ErrBudget
	}
	return selected, nil
}
