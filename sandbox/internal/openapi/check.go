package openapi

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Codes of problems that are not about a field.
const (
	// CodeUnknownRoute: the description has no such operation.
	CodeUnknownRoute = "UNKNOWN_ROUTE"
	// CodeContentType: the body is of a media type the operation does not take.
	CodeContentType = "CONTENT_TYPE_INVALID"
	// CodeInvalidJSON: the body is not JSON; Discord answers 50109.
	CodeInvalidJSON = "INVALID_JSON"
	// CodeUnknownStatus: the description does not declare the answer's status.
	CodeUnknownStatus = "UNKNOWN_STATUS"
	// CodeDescription: the description itself is broken here.
	CodeDescription = "DESCRIPTION_BROKEN"
)

// CheckRequest judges a request's body. The template's names of parameters do
// not matter. contentType is the header as sent, with the boundary of
// multipart, of which payload_json and the files' names are judged.
func (j *Judge) CheckRequest(method, template, contentType string, body []byte) []Problem {
	op := j.operations[operationKey(method, template)]
	if op == nil {
		return single(CodeUnknownRoute, "Discord has no route %s %s.", method, template)
	}
	if len(op.bodies) == 0 {
		return nil // Discord ignores a body that it does not expect
	}
	if len(bytes.TrimSpace(body)) == 0 {
		if op.required {
			return single(codeRequired, "A body is required.")
		}
		return nil
	}
	media, params, err := mime.ParseMediaType(contentType)
	at, known := op.bodies[media]
	if err != nil || !known || media != mediaJSON && media != mediaForm {
		return single(CodeContentType, "Content-Type is %q; send %s.", contentType, op.medias())
	}
	var value any
	if media == mediaForm {
		value, err = readForm(body, params["boundary"])
	} else {
		value, err = jsonschema.UnmarshalJSON(bytes.NewReader(body))
	}
	if err != nil {
		return single(CodeInvalidJSON, "The body cannot be read: %v.", err)
	}
	return j.requests.judge(at, value)
}

// medias lists what the operation takes and CheckRequest can read.
func (op *operation) medias() string {
	var names []string
	for _, m := range []string{mediaJSON, mediaForm} {
		if op.bodies[m] != "" {
			names = append(names, m)
		}
	}
	return strings.Join(names, " or ")
}

// CheckResponse judges an answer of the sandbox. Server errors are not judged:
// the description declares none.
func (j *Judge) CheckResponse(method, template string, status int, body []byte) []Problem {
	op := j.operations[operationKey(method, template)]
	if op == nil {
		return single(CodeUnknownRoute, "Discord has no route %s %s.", method, template)
	}
	if status >= http.StatusInternalServerError {
		return nil
	}
	text := strconv.Itoa(status)
	for _, key := range []string{text, text[:1] + "XX", "default"} {
		if a, ok := op.answers[key]; ok {
			return j.checkAnswer(a, body)
		}
	}
	declared := make([]string, 0, len(op.answers))
	for s := range op.answers {
		declared = append(declared, s)
	}
	slices.Sort(declared)
	return single(CodeUnknownStatus, "%s %s answers %s, never %d.", method, template, strings.Join(declared, ", "), status)
}

func (j *Judge) checkAnswer(a answer, body []byte) []Problem {
	switch {
	case a.empty && len(body) > 0:
		return single(CodeInvalidJSON, "The answer must have no body.")
	case a.schema == "":
		return nil
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return single(CodeInvalidJSON, "The answer is not JSON: %v.", err)
	}
	return j.responses.judge(a.schema, value)
}

// CheckObject judges JSON of the sandbox by a schema of the description's
// components, such as MessageResponse or GuildChannelResponse: gateway events
// have no description of their own but carry these objects. The error is
// ErrUnknownSchema.
func (j *Judge) CheckObject(schema string, body []byte) ([]Problem, error) {
	return j.responses.judgeAs(schema, body)
}

// CheckRequestAs judges JSON of a bot by a schema of the components. It is for
// operations whose body is one of several forms and the caller knows which:
// PATCH /channels/{id} lets everything pass that would do for a DM, unless the
// body of a guild's channel is judged as UpdateGuildChannelRequestPartial or
// UpdateThreadRequestPartial. The error is ErrUnknownSchema.
func (j *Judge) CheckRequestAs(schema string, body []byte) ([]Problem, error) {
	return j.requests.judgeAs(schema, body)
}

func (b *book) judgeAs(schema string, body []byte) ([]Problem, error) {
	at := "/components/schemas/" + escape(schema)
	if lookup(b.doc, at) == nil {
		return nil, fmt.Errorf("schema %q: %w", schema, ErrUnknownSchema)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return single(CodeInvalidJSON, "The body is not JSON: %v.", err), nil
	}
	return b.judge(at, value), nil
}

// judge validates a value by the schema at a JSON pointer.
func (b *book) judge(at string, value any) []Problem {
	schema, err := b.schema(at)
	if err != nil {
		return single(CodeDescription, "The description cannot be used: %v.", err)
	}
	err = schema.Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return single(CodeDescription, "The body cannot be judged: %v.", err)
	}
	return b.problems(invalid)
}
