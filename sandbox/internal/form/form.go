// Package form checks JSON bodies field by field as Discord's API does and complains in its words: type, length,
// range, choice, required. It also names the fields it does not know. It knows shapes of requests and no state.
package form

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"usher/sandbox/internal/refusal"
)

// Type judges one value.
type Type interface {
	check(c *checker, path []string, v any)
}

type checker struct {
	tree    refusal.Tree
	unknown []string
}

func (c *checker) add(path []string, code, message string) {
	c.tree.Add(slices.Clone(path), code, message)
}

// Parse reads JSON keeping numbers exact; a body that is not JSON is refused with 50109.
func Parse(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, refusal.Code(50109)
	}
	if d.More() {
		return nil, refusal.Code(50109)
	}
	return v, nil
}

// Check judges v and gives the names of fields that t does not know. The error is a *refusal.Error with code 50035.
func Check(t Type, v any) (unknown []string, err error) {
	c := &checker{}
	t.check(c, nil, v)
	if !c.tree.Empty() {
		return c.unknown, refusal.Form(&c.tree)
	}
	return c.unknown, nil
}

// Field is a member of an object.
type Field struct {
	name     string
	is       Type
	required bool
	notNull  bool
}

// Req is a field that must be present and not null.
func Req(name string, is Type) Field { return Field{name: name, is: is, required: true, notNull: true} }

// Opt is a field that may be absent or null.
func Opt(name string, is Type) Field { return Field{name: name, is: is} }

// Maybe is a field that may be absent, but not null.
func Maybe(name string, is Type) Field { return Field{name: name, is: is, notNull: true} }

type object struct{ fields []Field }

// Object is a JSON object with these fields.
func Object(fields ...Field) Type { return &object{fields} }

func (o *object) check(c *checker, path []string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
		return
	}
	known := 0
	for _, f := range o.fields {
		value, present := m[f.name]
		if present {
			known++
		}
		switch {
		case present && value != nil:
			f.is.check(c, append(path, f.name), value)
		case f.required, present && f.notNull:
			c.add(append(path, f.name), "BASE_TYPE_REQUIRED", "This field is required")
		}
	}
	if known == len(m) {
		return
	}
	for name := range m {
		if !slices.ContainsFunc(o.fields, func(f Field) bool { return f.name == name }) {
			c.unknown = append(c.unknown, strings.Join(append(path, name), "."))
		}
	}
	slices.Sort(c.unknown)
}

type text struct {
	min, max int
	kind     string
}

// Text is a string of min to max characters; max 0 is no upper bound.
func Text(minimum, maximum int) Type { return text{min: minimum, max: maximum} }

// URL is an http, https or attachment address of at most max characters.
func URL(maximum int) Type { return text{max: maximum, kind: "url"} }

// Moment is an ISO 8601 time.
func Moment() Type { return text{kind: "time"} }

func (t text) check(c *checker, path []string, v any) {
	s, ok := scalarText(v)
	if !ok {
		c.add(path, "STRING_TYPE_CONVERT", "Could not interpret \""+fmt.Sprint(v)+"\" as string.")
		return
	}
	n := utf8.RuneCountInString(s)
	switch {
	case t.min > 0 && n == 0:
		c.add(path, "BASE_TYPE_REQUIRED", "This field is required")
	case t.min > 0 && t.max > 0 && (n < t.min || n > t.max):
		c.add(path, "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", t.min, t.max))
	case t.max > 0 && n > t.max:
		c.add(path, "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", t.max))
	case t.kind == "url":
		checkURL(c, path, s)
	case t.kind == "time":
		if _, err := parseMoment(s); err != nil {
			c.add(path, "DATE_TIME_TYPE_PARSE", "Could not parse "+s+". Should be ISO8601.")
		}
	}
}

// scalarText: Discord takes a number where it wants a string.
func scalarText(v any) (string, bool) {
	switch s := v.(type) {
	case string:
		return s, true
	case json.Number:
		return s.String(), true
	}
	return "", false
}

func checkURL(c *checker, path []string, s string) {
	u, err := url.Parse(s)
	switch {
	case s == "":
	case err != nil:
		c.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
	case !slices.Contains([]string{"http", "https", "attachment", "discord"}, u.Scheme):
		c.add(path, "URL_TYPE_INVALID_SCHEME", "Scheme \""+u.Scheme+"\" is not supported. Scheme must be one of ('http', 'https').")
	case u.Host == "":
		c.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
	}
}

func parseMoment(s string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", s)
}

type integer struct {
	min, max int64
	code     string
}

// Int is a whole number from min to max; Discord also takes it as a string of digits.
func Int(minimum, maximum int64) Type { return integer{min: minimum, max: maximum, code: "int"} }

// Flags is any whole number that is not negative.
func Flags() Type { return integer{max: math.MaxInt64, code: "int"} }

func (t integer) check(c *checker, path []string, v any) {
	s, ok := scalarText(v)
	n, err := strconv.ParseInt(s, 10, 64)
	if !ok || err != nil {
		c.add(path, "NUMBER_TYPE_COERCE", "Value \""+fmt.Sprint(v)+"\" is not int.")
		return
	}
	switch {
	case n < t.min:
		c.add(path, "NUMBER_TYPE_MIN", fmt.Sprintf("int value should be greater than or equal to %d.", t.min))
	case n > t.max:
		c.add(path, "NUMBER_TYPE_MAX", fmt.Sprintf("int value should be less than or equal to %d.", t.max))
	}
}

type number struct{}

// Number is any JSON number.
func Number() Type { return number{} }

func (number) check(c *checker, path []string, v any) {
	s, ok := scalarText(v)
	if _, err := strconv.ParseFloat(s, 64); !ok || err != nil {
		c.add(path, "NUMBER_TYPE_COERCE", "Value \""+fmt.Sprint(v)+"\" is not number.")
	}
}

type boolean struct{}

// Bool is true or false.
func Bool() Type { return boolean{} }

func (boolean) check(c *checker, path []string, v any) {
	if _, ok := v.(bool); !ok {
		c.add(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
	}
}

type snowflake struct{}

// ID is a snowflake.
func ID() Type { return snowflake{} }

func (snowflake) check(c *checker, path []string, v any) {
	s, ok := scalarText(v)
	if _, err := strconv.ParseUint(s, 10, 64); !ok || err != nil {
		c.add(path, "NUMBER_TYPE_COERCE", "Value \""+fmt.Sprint(v)+"\" is not snowflake.")
	}
}

type anything struct{}

// Any is any value.
func Any() Type { return anything{} }

func (anything) check(*checker, []string, any) {}

type list struct {
	min, max int
	of       Type
}

// List is an array of min to max values; max 0 is no upper bound.
func List(minimum, maximum int, of Type) Type { return list{min: minimum, max: maximum, of: of} }

// Word is one of these strings.
func Word(choices ...string) Type { return words(choices) }

// Words is an array of strings out of the given ones.
func Words(choices ...string) Type { return list{of: words(choices)} }

func (t list) check(c *checker, path []string, v any) {
	items, ok := v.([]any)
	if !ok {
		c.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return
	}
	if n := len(items); n < t.min || t.max > 0 && n > t.max {
		if t.min == 0 {
			c.add(path, "BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", t.max))
		} else {
			c.add(path, "BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", t.min, max(t.max, t.min)))
		}
		return
	}
	for i, item := range items {
		t.of.check(c, append(path, strconv.Itoa(i)), item)
	}
}

type words []string

func (t words) check(c *checker, path []string, v any) {
	s, ok := v.(string)
	if !ok || !slices.Contains(t, s) {
		c.add(path, "BASE_TYPE_CHOICES", "Value must be one of {'"+strings.Join(t, "', '")+"'}.")
	}
}

type choice []int64

// Choice is one of these whole numbers.
func Choice(values ...int64) Type { return choice(values) }

func (t choice) check(c *checker, path []string, v any) {
	s, ok := scalarText(v)
	n, err := strconv.ParseInt(s, 10, 64)
	if !ok || err != nil || !slices.Contains(t, n) {
		c.add(path, "BASE_TYPE_CHOICES", "Value must be one of "+t.braces()+".")
	}
}

func (t choice) braces() string {
	parts := make([]string, len(t))
	for i, n := range t {
		parts[i] = strconv.FormatInt(n, 10)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

type union struct {
	order []int64
	types map[int64]Type
}

// Case is one shape of a union.
type Case struct {
	Number int64
	Is     Type
}

// ByType is an object whose field "type" tells which of the shapes it has.
func ByType(cases ...Case) Type {
	u := &union{types: map[int64]Type{}}
	for _, one := range cases {
		u.order = append(u.order, one.Number)
		u.types[one.Number] = one.Is
	}
	return u
}

func (u *union) check(c *checker, path []string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
		return
	}
	at := append(path, "type")
	if m["type"] == nil {
		c.add(at, "BASE_TYPE_REQUIRED", "This field is required")
		return
	}
	s, _ := scalarText(m["type"])
	n, err := strconv.ParseInt(s, 10, 64)
	is, known := u.types[n]
	if err != nil || !known {
		inner := strings.Trim(choice(u.order).braces(), "{}")
		c.add(at, "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of ("+inner+",).")
		return
	}
	is.check(c, path, v)
}

type lazy func() Type

// Lazy lets a type contain itself.
func Lazy(f func() Type) Type { return lazy(f) }

func (l lazy) check(c *checker, path []string, v any) { l().check(c, path, v) }

type dictionary struct{ of Type }

// Map is an object with any keys and values of one type.
func Map(of Type) Type { return dictionary{of} }

func (t dictionary) check(c *checker, path []string, v any) {
	m, ok := v.(map[string]any)
	if !ok {
		c.add(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		return
	}
	for key, value := range m {
		t.of.check(c, append(path, key), value)
	}
}
