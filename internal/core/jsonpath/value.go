package jsonpath

import (
	"bytes"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Kind is the type of a JSON value.
type Kind uint8

// The kinds. Both truth values are one.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is one JSON value.
type Value struct {
	kind   Kind
	text   string
	inside *inside // of arrays and objects
}

// inside are the values in an array or an object. It is apart from Value so that the many scalars of a document stay small.
type inside struct {
	values []Value
	names  []string       // of an object's members, beside values
	places map[string]int // of names, where there are many
}

// few is up to how many names are searched one by one.
const few = 8

// Kind tells the value's type.
func (v *Value) Kind() Kind { return v.kind }

// Text is a string's text, a number as it stands in the document, "true", "false" or "null"; "" for arrays and objects.
func (v *Value) Text() string { return v.text }

// Elements are an array's elements or the values of an object's members, in the document's order. They must not be changed.
func (v *Value) Elements() []Value {
	if v.inside == nil {
		return nil
	}
	return v.inside.values
}

// Names are the names of an object's members, beside [Value.Elements]. They must not be changed.
func (v *Value) Names() []string {
	if v.inside == nil {
		return nil
	}
	return v.inside.names
}

// Member gives the value of an object's member, or nil.
func (v *Value) Member(name string) *Value {
	if v.kind != Object || v.inside == nil {
		return nil
	}
	if at := v.inside.find(name); at >= 0 {
		return &v.inside.values[at]
	}
	return nil
}

func (in *inside) find(name string) int {
	if in.places != nil {
		if at, there := in.places[name]; there {
			return at
		}
		return -1
	}
	for at, n := range in.names {
		if n == name {
			return at
		}
	}
	return -1
}

// put adds a member; one of the same name is replaced in its place, as in JavaScript.
func (in *inside) put(name string, v Value) {
	if at := in.find(name); at >= 0 {
		in.values[at] = v
		return
	}
	in.names, in.values = append(in.names, name), append(in.values, v)
	switch {
	case in.places != nil:
		in.places[name] = len(in.names) - 1
	case len(in.names) > few:
		in.places = make(map[string]int, 2*len(in.names))
		for at, n := range in.names {
			in.places[n] = at
		}
	}
}

// Errors of Read. They never quote the document.
var (
	ErrNotJSON = errors.New("the document is not valid JSON")
	ErrTooDeep = errors.New("the document nests too deep")
)

// Read reads a whole document that nests at most depth arrays and objects into each other. Of a name given twice the last value
// counts; invalid UTF-8 becomes U+FFFD. It takes memory in proportion to the document. Errors: [ErrNotJSON], [ErrTooDeep].
func Read(document []byte, depth int) (*Value, error) {
	r := reader{
		decoder: jsontext.NewDecoder(bytes.NewBuffer(document), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		depth:   depth,
	}
	var v Value
	if err := r.value(&v); err != nil {
		if errors.Is(err, ErrTooDeep) {
			return nil, ErrTooDeep
		}
		return nil, ErrNotJSON
	}
	if _, err := r.decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, ErrNotJSON
	}
	return &v, nil
}

type reader struct {
	decoder *jsontext.Decoder
	depth   int
}

func (r *reader) value(v *Value) error {
	token, err := r.decoder.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '[', '{':
		return r.compound(v, token.Kind())
	case 'n':
		*v = Value{kind: Null, text: "null"}
	case 't':
		*v = Value{kind: Bool, text: "true"}
	case 'f':
		*v = Value{kind: Bool, text: "false"}
	case '"':
		*v = Value{kind: String, text: token.String()}
	default:
		*v = Value{kind: Number, text: token.String()}
	}
	return nil
}

// compound reads what is inside of a bracket that has been read, and the closing one.
func (r *reader) compound(v *Value, opening jsontext.Kind) error {
	if r.decoder.StackDepth() > r.depth {
		return ErrTooDeep
	}
	in := &inside{}
	*v = Value{kind: Array, inside: in}
	if opening == '{' {
		v.kind = Object
	}
	for kind := r.decoder.PeekKind(); kind != ']' && kind != '}'; kind = r.decoder.PeekKind() {
		var name string
		if opening == '{' {
			token, err := r.decoder.ReadToken()
			if err != nil {
				return err
			}
			name = token.String()
		}
		var element Value
		if err := r.value(&element); err != nil {
			return err
		}
		if opening == '{' {
			in.put(name, element)
		} else {
			in.values = append(in.values, element)
		}
	}
	_, err := r.decoder.ReadToken()
	return err
}
