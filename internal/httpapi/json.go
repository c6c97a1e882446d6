package httpapi

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// maxDepth is how deep objects and lists may lie in one another in what is sent to us.
const maxDepth = 32

// jsonFormat reads strictly and writes plainly. The standard library's reader takes a key in any letter case, and of two equal keys
// the last: what a proxy or a log saw would not be what counts.
func jsonFormat() huma.Format {
	return huma.Format{Marshal: writeJSON, Unmarshal: readJSON}
}

func writeJSON(w io.Writer, v any) error {
	return json.MarshalWrite(w, v, json.Deterministic(true), jsontext.EscapeForHTML(false), jsonv1.OmitEmptyWithLegacySemantics(true),
		json.WithMarshalers(json.MarshalToFunc(writeMoment)),
		jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) // what an integration answered is shown as it came
}

// writeMoment writes moments as they are kept, in UTC and to the millisecond: the answer to a change and a later look at it say the same.
func writeMoment(e *jsontext.Encoder, t time.Time) error {
	return e.WriteToken(jsontext.String(t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)))
}

// unreadable is an error about the form of what was sent; it quotes nothing of it but the names of fields.
type unreadable struct {
	at   jsontext.Pointer
	text string
}

// Error implements error. huma hands on no more than this text, so the place is in it: see fieldOf.
func (u unreadable) Error() string { return pathOf(u.at) + placeMark + u.text }

// placeMark parts the place from the sentence in the text of an unreadable.
const placeMark = "\x1f"

func readJSON(data []byte, v any) error {
	if err := inspect(data); err != nil {
		return err
	}
	if _, first := v.(*any); !first { // what is sent is read twice: to be held to its description, and then for good
		if err := nulls(data); err != nil {
			return err
		}
	}
	err := json.Unmarshal(data, v, json.RejectUnknownMembers(true))
	var wrong *json.SemanticError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &wrong):
		return malformed(err)
	case errors.Is(err, json.ErrUnknownName):
		return unreadable{wrong.JSONPointer, unknownField}
	default:
		return unreadable{wrong.JSONPointer, otherForm}
	}
}

// nulls refuses null where a field may be left out: it would be read as the field's absence in one place and as a mistake in another.
func nulls(data []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.ReadToken()
		if err != nil {
			return nil //nolint:nilerr // inspect has read all of it before: this is the end
		}
		if token.Kind() == 'n' && d.StackDepth() > 0 {
			return unreadable{d.StackPointer(), "This is null. Give a value, or leave the field out."}
		}
	}
}

// unknownField is said of a field that an operation does not know.
const unknownField = "There is no such field. Is it a slip of the pen?"

// inspect refuses what would be read in more than one way, and what no database takes.
func inspect(data []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.ReadToken()
		if errors.Is(err, io.EOF) && d.StackDepth() == 0 {
			return nil
		}
		if err != nil {
			return malformed(err)
		}
		if d.StackDepth() > maxDepth {
			return unreadable{"", "The JSON has too many objects and lists in one another."}
		}
		if token.Kind() == '"' && strings.ContainsRune(token.String(), 0) {
			return unreadable{d.StackPointer(), "This holds the character U+0000. Leave it out."}
		}
	}
}

func malformed(err error) error {
	var wrong *jsontext.SyntacticError
	if !errors.As(err, &wrong) {
		return unreadable{"", "The JSON cannot be read."}
	}
	if errors.Is(wrong.Err, jsontext.ErrDuplicateName) {
		return unreadable{wrong.JSONPointer, "This is there twice. Name each field once."}
	}
	return unreadable{"", "This is not JSON, or not whole."}
}

// maxPath is how much of the path of a field is repeated, in characters: its names are the sender's.
const maxPath = 200

// pathOf writes the place of a field as core does: headers[1].name.
func pathOf(p jsontext.Pointer) string {
	var path strings.Builder
	for name := range p.Tokens() {
		if _, err := strconv.ParseUint(name, 10, 31); err == nil {
			path.WriteString("[" + name + "]")
			continue
		}
		if path.Len() > 0 {
			path.WriteByte('.')
		}
		path.WriteString(name)
	}
	text := []rune(path.String())
	if len(text) > maxPath {
		text = append(text[:maxPath-1], '…')
	}
	return string(text)
}
