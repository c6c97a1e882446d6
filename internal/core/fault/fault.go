// Package fault is the vocabulary of errors that a person can act on. Core returns an [Error] where somebody outside (a member, an
// administrator, a caller of the API) can do something about it; everything else is a plain wrapped error and is Internal.
//
// It knows no transport and no language but the plain English of Text: HTTP statuses and Discord answers are made from Kind and Code
// by the two renderers at the edge.
package fault

import (
	"errors"
	"strings"
	"time"
)

// Kind says what sort of answer an error deserves.
type Kind uint8

// The kinds. Internal is the zero value: an error nobody classified is ours.
const (
	Internal    Kind = iota // a defect or an unforeseen failure; people see a reference number only
	Invalid                 // the input is wrong; Fields name what to mend
	NotFound                // no such thing, or not for this guild
	Conflict                // it exists already, or it changed in the meantime
	Forbidden               // this person, or our bot, may not
	Unavailable             // something outside does not answer now; trying again may help
	Limited                 // this person asked for too much in a short time; Retry says when to go on
)

// String names the kind for logs.
func (k Kind) String() string {
	switch k {
	case Invalid:
		return "invalid"
	case NotFound:
		return "not_found"
	case Conflict:
		return "conflict"
	case Forbidden:
		return "forbidden"
	case Unavailable:
		return "unavailable"
	case Limited:
		return "limited"
	case Internal:
		return "internal"
	default:
		return "internal"
	}
}

// Field is one wrong input: Path as the caller wrote it (`headers[1].name`), and what to do about it.
type Field struct {
	Path string
	Text string
}

// Error is a failure with a sentence that may be shown to the person who caused it. The cause is for the log alone: Error() prints it,
// Text never holds it.
type Error struct {
	Kind   Kind
	Code   string        // stable, machine-readable, snake_case: "ticket_limit"
	Text   string        // a sentence for people that says what to do
	Fields []Field       // for Invalid
	Retry  time.Duration // for Limited: how long to wait
	cause  error
}

// New makes an error that people may read.
func New(kind Kind, code, text string) *Error {
	return &Error{Kind: kind, Code: code, Text: text}
}

// Because returns a copy of e that carries the hidden cause.
func (e *Error) Because(cause error) *Error {
	with := *e
	with.cause = cause
	return &with
}

// Error implements error, for logs: code, text, fields and the hidden cause.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	b.WriteString(": ")
	b.WriteString(e.Text)
	for _, f := range e.Fields {
		b.WriteString("; ")
		b.WriteString(f.Path)
		b.WriteString(": ")
		b.WriteString(f.Text)
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the hidden cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// KindOf is the kind of the first Error in err's chain, Internal where there is none.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// CodeOf is the code of the first Error in err's chain, "" where there is none.
func CodeOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// Checks collects field errors, so that a person learns of all of them at once.
type Checks struct {
	fields []Field
}

// Add notes that the input at path is wrong.
func (c *Checks) Add(path, text string) {
	c.fields = append(c.fields, Field{Path: path, Text: text})
}

// Require notes text at path unless ok.
func (c *Checks) Require(ok bool, path, text string) {
	if !ok {
		c.Add(path, text)
	}
}

// Err is nil when nothing was wrong, else one Invalid error with every field.
func (c *Checks) Err(code, text string) error {
	if len(c.fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: code, Text: text, Fields: c.fields}
}
