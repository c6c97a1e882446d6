package integration

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"usher/internal/core/jsonpath"
	"usher/internal/core/placeholder"
)

// Yield is what a placeholder gave in a test request (I-34).
type Yield struct {
	Name    string
	Path    string
	Text    string // the value, where there is one
	Missing bool   // there is none
	Shown   string // what stands in a message's text: the value in its format, or the fallback
	Why     string // a sentence about why the fallback is shown; empty where the value is
}

// yields tells what every placeholder of the draft gives of an answer; good says whether the answer counts at all. The error is the
// failure that the body is.
func (t Trial) yields(paths []Path, body []byte, hide masker, good bool) ([]Yield, error) {
	found := make([]Found, len(paths))
	why := func(int) string { return "The request failed." }
	var failure error
	if good {
		extracted, err := Extract(body, paths, t.Subject.variables())
		if err != nil {
			failure = &Failure{Class: ClassBadJSON, Text: err.Error()}
		} else if root, err := jsonpath.Read(body, MaxDepth); err == nil {
			found, why = extracted, func(n int) string { return paths[n].explain(root, t.Subject.variables()) }
		}
	}
	all := make([]Yield, len(paths))
	for n, p := range t.Draft.Placeholders {
		value := found[n].value(p, hide)
		y := Yield{Name: p.Name, Path: p.Path, Text: value.Text, Missing: value.Missing, Shown: show(value)}
		switch {
		case y.Missing:
			y.Why = hide.text(why(n))
		case value.Lacking() != "":
			y.Why = fmt.Sprintf("The value is no %s.", nameOf(p.Format))
		}
		all[n] = y
	}
	return all, failure
}

// show is what stands in a message's text for a value.
func show(v placeholder.Value) string {
	return placeholder.Parse("%v%").Fill(placeholder.InMarkdown, func(string) (placeholder.Value, bool) { return v, true }).String()
}

func nameOf(f placeholder.Format) string {
	switch f {
	case placeholder.URL:
		return "http or https address that Discord would take"
	case placeholder.Timestamp:
		return "moment: give seconds since 1970, or RFC 3339 such as 2026-01-31T12:00:00Z"
	default:
		return string(f)
	}
}

// explain says why a path gives nothing of an answer that is fine otherwise. It quotes keys of the path and nothing of the answer.
func (p Path) explain(root *jsonpath.Value, variables map[string]string) string {
	if p.query != nil {
		return p.explainQuery(root, variables)
	}
	at := root
	for n, key := range p.keys {
		where := "the answer"
		if n > 0 {
			where = strconv.Quote(strings.Join(p.keys[:n], "."))
		}
		next, why := stepInto(at, key, where)
		if next == nil {
			return why
		}
		at = next
	}
	return explainEnd(at)
}

// stepInto goes one key further, or says why it cannot.
func stepInto(at *jsonpath.Value, key, where string) (next *jsonpath.Value, why string) {
	switch at.Kind() {
	case jsonpath.Object:
		if next = at.Member(key); next != nil {
			return next, ""
		}
		return nil, fmt.Sprintf("There is no key %q in %s; capital and small letters differ.", key, where)
	case jsonpath.Array:
		elements := at.Elements()
		n, err := strconv.Atoi(key)
		if err != nil || strconv.Itoa(n) != key || n < 0 {
			return nil, fmt.Sprintf("%s is a list: its elements are numbered from 0, and %q is no number.", where, key)
		}
		if n < len(elements) {
			return &elements[n], ""
		}
		return nil, fmt.Sprintf("%s is a list of %d, numbered from 0: there is no %s.", where, len(elements), key)
	case jsonpath.Null:
		return nil, fmt.Sprintf("%s is null: there is nothing inside.", where)
	default:
		return nil, fmt.Sprintf("%s is a single value: there is nothing inside, so no %q.", where, key)
	}
}

// explainEnd says why the value at the end of a path is none.
func explainEnd(at *jsonpath.Value) string {
	switch at.Kind() {
	case jsonpath.Null:
		return "The value is null."
	case jsonpath.Object:
		return "The value is an object: go on to one of its keys."
	case jsonpath.Array:
		if len(at.Elements()) == 0 {
			return "The value is an empty list."
		}
		return "The value is a list that holds objects, lists or null: only lists of single values can be shown."
	default:
		return "The value cannot be shown."
	}
}

func (p Path) explainQuery(root *jsonpath.Value, variables map[string]string) string {
	selected, err := p.query.Select(root, variables, &jsonpath.Budget{Steps: maxSteps, Nodes: maxSelected})
	switch {
	case errors.Is(err, jsonpath.ErrBudget):
		return ErrTooMuch.Error()
	case err != nil:
		return "The JSONPath cannot be evaluated."
	case len(selected) == 0:
		return "The JSONPath selects nothing in this answer."
	case len(selected) == 1:
		return explainEnd(selected[0])
	default:
		return "The JSONPath selects several values, and not all of them are single values."
	}
}
