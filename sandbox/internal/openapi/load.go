package openapi

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// ErrUnknownSchema is returned for a component that the description lacks.
var ErrUnknownSchema = errors.New("the description has no such schema")

// Route is an operation of the description.
type Route struct {
	// Method is upper case, and Template as in the description, with its names
	// of parameters.
	Method, Template string
	// Operation is its operationId.
	Operation string
}

// Judge holds the description. Schemas are compiled when first needed; it is
// safe for concurrent use.
type Judge struct {
	requests, responses *book
	operations          map[string]*operation
}

// operation is one method of one path.
type operation struct {
	route    Route
	required bool              // the request must have a body
	bodies   map[string]string // media type to JSON pointer of its schema
	answers  map[string]answer
}

// answer is a declared response.
type answer struct {
	schema string // JSON pointer; "" if the body is not JSON
	empty  bool   // no body is declared
}

// book is one form of the description with the schemas compiled so far.
type book struct {
	mu       sync.Mutex
	doc      map[string]any
	compiler *jsonschema.Compiler
	done     map[string]*jsonschema.Schema
}

const (
	specURL   = "mem:///openapi.json"
	mediaJSON = "application/json"
	mediaForm = "multipart/form-data"
)

// Load reads the description.
func Load(spec []byte) (*Judge, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(spec))
	if err != nil {
		return nil, fmt.Errorf("reading the OpenAPI description: %w", err)
	}
	doc, ok := value.(map[string]any)
	if !ok || doc["openapi"] == nil {
		return nil, errors.New("the OpenAPI description has no openapi version: is it the right file?")
	}
	correct(doc)
	j := &Judge{operations: map[string]*operation{}}
	if err := j.readPaths(doc); err != nil {
		return nil, err
	}
	if j.responses, err = newBook(doc); err != nil {
		return nil, err
	}
	// Formats such as date-time are the sandbox's duty; from bots Discord takes
	// more than the formats say.
	j.responses.compiler.AssertFormat()
	relaxed, _ := relax(doc, false).(map[string]any)
	if j.requests, err = newBook(relaxed); err != nil {
		return nil, err
	}
	return j, nil
}

func newBook(doc map[string]any) (*book, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource(specURL, doc); err != nil {
		return nil, fmt.Errorf("adding the OpenAPI description: %w", err)
	}
	return &book{doc: doc, compiler: c, done: map[string]*jsonschema.Schema{}}, nil
}

func (j *Judge) readPaths(doc map[string]any) error {
	paths, ok := doc["paths"].(map[string]any)
	if !ok {
		return errors.New("the OpenAPI description has no paths")
	}
	for template, item := range paths {
		methods, _ := item.(map[string]any)
		for method, value := range methods {
			raw, isOperation := value.(map[string]any)
			if !isOperation || !isMethod(method) {
				continue
			}
			key := operationKey(method, template)
			if other := j.operations[key]; other != nil {
				return fmt.Errorf("the description has %s %s twice: also as %s", method, template, other.route.Template)
			}
			at := "/paths/" + escape(template) + "/" + method
			j.operations[key] = readOperation(doc, raw, at, Route{Method: strings.ToUpper(method), Template: template})
		}
	}
	return nil
}

func readOperation(doc, raw map[string]any, at string, route Route) *operation {
	route.Operation, _ = raw["operationId"].(string)
	op := &operation{route: route, bodies: map[string]string{}, answers: map[string]answer{}}
	if body, ok := raw["requestBody"].(map[string]any); ok {
		op.required, _ = body["required"].(bool)
		content, _ := body["content"].(map[string]any)
		for media := range content {
			op.bodies[media] = at + "/requestBody/content/" + escape(media) + "/schema"
		}
	}
	responses, _ := raw["responses"].(map[string]any)
	for status, value := range responses {
		response, _ := value.(map[string]any)
		where := at + "/responses/" + status
		if ref, ok := response["$ref"].(string); ok {
			where = strings.TrimPrefix(ref, "#")
			response, _ = lookup(doc, where).(map[string]any)
		}
		content, _ := response["content"].(map[string]any)
		a := answer{empty: len(content) == 0}
		if _, isJSON := content[mediaJSON]; isJSON {
			a.schema = where + "/content/" + escape(mediaJSON) + "/schema"
		}
		op.answers[status] = a
	}
	return op
}

func isMethod(m string) bool {
	switch strings.ToUpper(m) {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}

// parameter is a path parameter of a template, whatever its name.
var parameter = regexp.MustCompile(`\{[^/}]*\}`)

func operationKey(method, template string) string {
	return strings.ToUpper(method) + " " + parameter.ReplaceAllString(template, "{}")
}

// Routes lists the operations, sorted by template and method.
func (j *Judge) Routes() []Route {
	routes := make([]Route, 0, len(j.operations))
	for _, op := range j.operations {
		routes = append(routes, op.route)
	}
	slices.SortFunc(routes, func(a, b Route) int {
		return cmp.Or(cmp.Compare(a.Template, b.Template), cmp.Compare(a.Method, b.Method))
	})
	return routes
}

// Route finds the operation of a template, whatever its parameters are called.
func (j *Judge) Route(method, template string) (Route, bool) {
	op := j.operations[operationKey(method, template)]
	if op == nil {
		return Route{}, false
	}
	return op.route, true
}

// schema compiles the schema at a JSON pointer, once.
func (b *book) schema(pointer string) (*jsonschema.Schema, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.done[pointer]; s != nil {
		return s, nil
	}
	s, err := b.compiler.Compile(specURL + "#" + fragment(pointer))
	if err != nil {
		return nil, fmt.Errorf("compiling the schema at %s: %w", pointer, err)
	}
	b.done[pointer] = s
	return s, nil
}
