package openapi

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Problem is one thing wrong with a body.
type Problem struct {
	// Path leads to the value, empty for the whole body; Pointer is the same
	// as a JSON pointer (RFC 6901).
	Path    []string
	Pointer string
	// Code is Discord's name for this kind of form error, or one of the Code
	// constants, which are about the whole call.
	Code string
	// Message is a sentence as Discord puts it.
	Message string
}

// String is for logs: where, what, and the code.
func (p Problem) String() string {
	where := p.Pointer
	if where == "" {
		where = "(body)"
	}
	return where + ": " + p.Message + " [" + p.Code + "]"
}

func single(code, format string, args ...any) []Problem {
	return []Problem{{Code: code, Message: fmt.Sprintf(format, args...)}}
}

// fieldError is a leaf of Discord's errors object.
type fieldError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Errors nests the problems as Discord's errors object does: a key or index
// per level, and at the end _errors with code and message
// (https://docs.discord.com/developers/reference#error-messages).
func Errors(problems []Problem) map[string]any {
	root := map[string]any{}
	for _, p := range problems {
		node := root
		for _, key := range p.Path {
			child, ok := node[key].(map[string]any)
			if !ok {
				child = map[string]any{}
				node[key] = child
			}
			node = child
		}
		list, _ := node["_errors"].([]fieldError)
		node["_errors"] = append(list, fieldError{Code: p.Code, Message: p.Message})
	}
	return root
}

// Body is the JSON of the 400 that Discord gives for the problems: 50109 if
// the body could not be read, else 50035 with Errors.
func Body(problems []Problem) []byte {
	answer := struct {
		Message string         `json:"message"`
		Code    int            `json:"code"`
		Errors  map[string]any `json:"errors,omitempty"`
	}{Message: "Invalid Form Body", Code: 50035}
	if len(problems) == 1 && problems[0].Code == CodeInvalidJSON {
		answer.Message, answer.Code = "The request body contains invalid JSON.", 50109
	} else {
		answer.Errors = Errors(problems)
	}
	text, err := json.Marshal(answer)
	if err != nil {
		panic("openapi: strings did not marshal: " + err.Error())
	}
	return text
}

// list joins values for "one of (…)".
func list(values []any) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ", ")
}
