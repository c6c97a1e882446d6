package openapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// Discord's names of form errors.
const (
	codeRequired   = "BASE_TYPE_REQUIRED"
	codeLength     = "BASE_TYPE_BAD_LENGTH"
	codeMaxLength  = "BASE_TYPE_MAX_LENGTH"
	codeMinLength  = "BASE_TYPE_MIN_LENGTH"
	codeChoices    = "BASE_TYPE_CHOICES"
	codeUnion      = "UNION_TYPE_CHOICES"
	codeRegex      = "STRING_TYPE_REGEX"
	codeMax        = "NUMBER_TYPE_MAX"
	codeMin        = "NUMBER_TYPE_MIN"
	codeNumber     = "NUMBER_TYPE_COERCE"
	codeString     = "STRING_TYPE_CONVERT"
	codeBool       = "BOOLEAN_TYPE_CONVERT"
	codeDict       = "DICT_TYPE_CONVERT"
	codeList       = "LIST_TYPE_CONVERT"
	codeDate       = "DATE_TIME_TYPE_PARSE"
	codeURL        = "URL_TYPE_INVALID_URL"
	codeNotAllowed = "BASE_TYPE_INVALID"
)

// problems turns a validation error into Discord's words, one for each value
// that is wrong.
func (b *book) problems(err *jsonschema.ValidationError) []Problem {
	var out []Problem
	for _, leaf := range leaves(err) {
		for _, p := range b.explain(leaf) {
			p.Pointer = pointer(p.Path)
			same := func(o Problem) bool { return o.Pointer == p.Pointer && o.Code == p.Code }
			if !slices.ContainsFunc(out, same) {
				out = append(out, p)
			}
		}
	}
	// The validator walks objects in no fixed order.
	slices.SortStableFunc(out, func(x, y Problem) int {
		return cmp.Or(strings.Compare(x.Pointer, y.Pointer), strings.Compare(x.Code, y.Code))
	})
	return out
}

// leaves finds the errors that say something: below a union only those of the
// branch that was meant.
func leaves(err *jsonschema.ValidationError) []*jsonschema.ValidationError {
	switch k := err.ErrorKind.(type) {
	case *kind.AnyOf:
		return meant(err)
	case *kind.OneOf:
		if k.Subschemas == nil {
			return meant(err)
		}
	}
	if len(err.Causes) == 0 {
		return []*jsonschema.ValidationError{err}
	}
	var out []*jsonschema.ValidationError
	for _, cause := range err.Causes {
		out = append(out, leaves(cause)...)
	}
	return out
}

// meant picks the branch of a failed union: not one whose type or whose field
// "type" does not fit, and of the others the one with the fewest errors. If
// none fits, the union itself is the error.
func meant(union *jsonschema.ValidationError) []*jsonschema.ValidationError {
	depth := len(union.InstanceLocation)
	var best []*jsonschema.ValidationError
	var others []*jsonschema.ValidationError
	for _, branch := range union.Causes {
		found := leaves(branch)
		if slices.ContainsFunc(found, func(l *jsonschema.ValidationError) bool { return otherKind(l, depth) }) {
			others = append(others, found...)
			continue
		}
		if best == nil || len(found) < len(best) {
			best = found
		}
	}
	if best != nil {
		return best
	}
	return mismatch(union, others)
}

// otherKind says whether an error shows that the value was not meant for this
// branch of the union at the depth.
func otherKind(l *jsonschema.ValidationError, depth int) bool {
	switch l.ErrorKind.(type) {
	case *kind.Type:
		return len(l.InstanceLocation) == depth
	case *kind.Enum, *kind.Const:
		at := l.InstanceLocation
		return len(at) == depth || len(at) == depth+1 && at[depth] == "type"
	}
	return false
}

// mismatch merges what the branches of a union wanted: the choices for its
// field "type" or for itself, or else the types.
func mismatch(union *jsonschema.ValidationError, others []*jsonschema.ValidationError) []*jsonschema.ValidationError {
	var choices []any
	var types []string
	var chosen, typed *jsonschema.ValidationError
	var got string
	for _, l := range others {
		switch k := l.ErrorKind.(type) {
		case *kind.Enum:
			choices, chosen = append(choices, k.Want...), l
		case *kind.Const:
			choices, chosen = append(choices, k.Want), l
		case *kind.Type:
			if len(l.InstanceLocation) == len(union.InstanceLocation) && !slices.Equal(k.Want, []string{"null"}) {
				types, typed, got = append(types, k.Want...), l, k.Got
			}
		}
	}
	switch {
	case chosen != nil:
		merged := *chosen
		merged.ErrorKind = &kind.Enum{Want: choices}
		return []*jsonschema.ValidationError{&merged}
	case typed != nil:
		merged := *typed
		merged.ErrorKind = &kind.Type{Got: got, Want: types}
		return []*jsonschema.ValidationError{&merged}
	}
	return []*jsonschema.ValidationError{union}
}

// explain puts one error into Discord's words.
func (b *book) explain(l *jsonschema.ValidationError) []Problem {
	at := func(code, format string, args ...any) []Problem {
		return []Problem{{Path: l.InstanceLocation, Code: code, Message: fmt.Sprintf(format, args...)}}
	}
	switch k := l.ErrorKind.(type) {
	case *kind.Required:
		return missing(l.InstanceLocation, k.Missing)
	case *kind.Type:
		return at(typeCode(k.Want), "%s", typeMessage(k))
	case *kind.Enum:
		return at(choiceCode(l), "%s", choiceMessage(l, k.Want))
	case *kind.Const:
		return at(choiceCode(l), "%s", choiceMessage(l, []any{k.Want}))
	case *kind.Maximum:
		return at(codeMax, "int value should be less than or equal to %s.", number(k.Want))
	case *kind.Minimum:
		return at(codeMin, "int value should be greater than or equal to %s.", number(k.Want))
	case *kind.Pattern:
		return at(codeRegex, "String value did not match validation regex.")
	case *kind.Format:
		return at(formatCode(k.Want), "Not a valid %s.", k.Want)
	case *kind.OneOf:
		return at(codeUnion, "The value fits more than one of the forms it may have.")
	}
	if code, message, ok := b.lengthError(l); ok {
		return at(code, "%s", message)
	}
	return at(codeNotAllowed, "%s", plain(l))
}

func missing(path, names []string) []Problem {
	out := make([]Problem, 0, len(names))
	for _, name := range names {
		out = append(out, Problem{
			Path: append(slices.Clone(path), name), Code: codeRequired, Message: "This field is required",
		})
	}
	return out
}

// lengthError covers strings, lists and objects that are too long or short.
// Discord tells both bounds where there are two.
func (b *book) lengthError(l *jsonschema.ValidationError) (code, message string, ok bool) {
	var lowKey, highKey string
	var want int
	var tooLong bool
	switch k := l.ErrorKind.(type) {
	case *kind.MaxLength:
		lowKey, highKey, want, tooLong = "minLength", "maxLength", k.Want, true
	case *kind.MinLength:
		lowKey, highKey, want = "minLength", "maxLength", k.Want
	case *kind.MaxItems:
		lowKey, highKey, want, tooLong = "minItems", "maxItems", k.Want, true
	case *kind.MinItems:
		lowKey, highKey, want = "minItems", "maxItems", k.Want
	case *kind.MaxProperties:
		lowKey, highKey, want, tooLong = "minProperties", "maxProperties", k.Want, true
	case *kind.MinProperties:
		lowKey, highKey, want = "minProperties", "maxProperties", k.Want
	default:
		return "", "", false
	}
	_, at, _ := strings.Cut(l.SchemaURL, "#")
	schema, _ := lookup(b.doc, decodeFragment(at)).(map[string]any)
	low, high := schema[lowKey], schema[highKey]
	switch {
	case low != nil && high != nil && fmt.Sprint(low) != "0":
		return codeLength, fmt.Sprintf("Must be between %v and %v in length.", low, high), true
	case tooLong:
		return codeMaxLength, fmt.Sprintf("Must be %d or fewer in length.", want), true
	}
	return codeMinLength, fmt.Sprintf("Must be %d or more in length.", want), true
}

// typeCode names the error of a value of the wrong type.
func typeCode(want []string) string {
	codes := map[string]string{
		"integer": codeNumber, "number": codeNumber, "string": codeString,
		"boolean": codeBool, "object": codeDict, "array": codeList,
	}
	for _, t := range want {
		if code := codes[t]; code != "" {
			return code
		}
	}
	return codeNotAllowed
}

func typeMessage(k *kind.Type) string {
	names := map[string]string{"object": "dictionary", "array": "list", "integer": "int", "number": "float"}
	var want []string
	for _, t := range k.Want {
		if name := names[t]; name != "" {
			t = name
		}
		if t != "null" && !slices.Contains(want, t) {
			want = append(want, t)
		}
	}
	return fmt.Sprintf("Value must be of type %s, not %s.", strings.Join(want, " or "), k.Got)
}

// choiceCode tells a union's field "type" from other choices.
func choiceCode(l *jsonschema.ValidationError) string {
	if n := len(l.InstanceLocation); n > 0 && l.InstanceLocation[n-1] == "type" {
		return codeUnion
	}
	return codeChoices
}

func choiceMessage(l *jsonschema.ValidationError, want []any) string {
	slices.SortFunc(want, compareValues)
	want = slices.CompactFunc(want, func(a, b any) bool { return fmt.Sprint(a) == fmt.Sprint(b) })
	if choiceCode(l) == codeUnion {
		return fmt.Sprintf("Value of field \"type\" must be one of (%s).", list(want))
	}
	return fmt.Sprintf("Value must be one of (%s).", list(want))
}

// compareValues sorts numbers by size, everything else by text.
func compareValues(a, b any) int {
	x, aOK := rational(a)
	y, bOK := rational(b)
	if aOK && bOK {
		return x.Cmp(y)
	}
	return strings.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func rational(v any) (*big.Rat, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return nil, false
	}
	return new(big.Rat).SetString(n.String())
}

func number(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}

func formatCode(format string) string {
	switch format {
	case "date-time":
		return codeDate
	case "uri":
		return codeURL
	}
	return codeNotAllowed
}
