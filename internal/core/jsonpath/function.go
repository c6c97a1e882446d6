package jsonpath

import (
	"strconv"
	"unicode/utf8"
)

// argumentKind is the declared type of a function's argument (RFC 9535, 2.4.1).
type argumentKind uint8

const (
	oneValue argumentKind = iota // ValueType
	nodes                        // NodesType
)

// function is one of RFC 9535's function extensions. A logical one is a condition, any other gives a value.
type function struct {
	name      string
	arguments []argumentKind
	logical   bool
	give      func(r *run, current *Value, arguments []argument) *Value
	ask       func(r *run, current *Value, arguments []argument) bool
}

// functions are those of RFC 9535, 2.4.4 to 2.4.8.
func functions() []function {
	return []function{
		{name: "length", arguments: []argumentKind{oneValue}, give: length},
		{name: "count", arguments: []argumentKind{nodes}, give: count},
		{name: "value", arguments: []argumentKind{nodes}, give: onlyValue},
		{name: "match", arguments: []argumentKind{oneValue, oneValue}, logical: true, ask: func(r *run, current *Value, arguments []argument) bool {
			return r.matches(current, arguments, true)
		}},
		{name: "search", arguments: []argumentKind{oneValue, oneValue}, logical: true, ask: func(r *run, current *Value, arguments []argument) bool {
			return r.matches(current, arguments, false)
		}},
	}
}

// call is a function with its arguments.
type call struct {
	kind      function
	arguments []argument
}

// argument is an operand or, where the function takes nodes, a query.
type argument struct {
	value operand
	nodes subquery
}

func (c call) holds(r *run, current *Value) bool { return c.kind.ask(r, current, c.arguments) }

func (c call) value(r *run, current *Value) *Value { return c.kind.give(r, current, c.arguments) }

// length counts a string's characters, an array's elements or an object's members; of all else it is Nothing.
func length(r *run, current *Value, arguments []argument) *Value {
	of := arguments[0].value.value(r, current)
	if of == nil {
		return nil
	}
	switch of.kind {
	case String:
		if !r.spend(1 + len(of.text)/bytesPerStep) {
			return nil
		}
		return number(utf8.RuneCountInString(of.text))
	case Array, Object:
		return number(len(of.Elements()))
	default:
		return nil
	}
}

func count(r *run, current *Value, arguments []argument) *Value {
	n := 0
	arguments[0].nodes.walk(r, current, func(*Value) bool {
		n++
		return true
	})
	return number(n)
}

// onlyValue gives the value of a query that selects exactly one.
func onlyValue(r *run, current *Value, arguments []argument) *Value {
	var only *Value
	arguments[0].nodes.walk(r, current, func(v *Value) bool {
		if only != nil {
			only = nil
			return false
		}
		only = v
		return true
	})
	return only
}

func number(n int) *Value { return &Value{kind: Number, text: strconv.Itoa(n)} }
